import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  ApiKey,
  ApiKeyAssignees,
  assigneesFromCsv,
  membersFromCsv,
  Organization,
  OrganizationMembers,
  Role,
} from "pulumi-roster";

const engineering = new Organization("engineering", {
  slug: "engineering",
  name: "Engineering",
  subscription: { plan: "enterprise" },
  features: { externalApiAccess: true },
});

const engineer = new Role("simulation-engineer", {
  organization: engineering,
  name: "Simulation engineer",
  permissions: ["organization:read", "flows:read", "flows:run"],
});

// The file names roles as people know them; the map says which role a name is.
const roles = { "Simulation engineer": engineer };
const staff = new OrganizationMembers("staff", {
  organization: engineering,
  members: membersFromCsv(path.join(__dirname, "members.csv"), { roles }),
  roles,
  onUnknownUser: "create",
});

const simulation = new ApiKey("simulation", { organization: engineering, name: "Simulation", kind: "server" });

// Only a member can have a key, and leaving takes it away: the members come first and go last.
new ApiKeyAssignees(
  "simulation",
  { key: simulation, assignees: assigneesFromCsv(path.join(__dirname, "simulation-key.csv")) },
  { dependsOn: staff },
);

export const keys = pulumi.secret({ simulation: simulation.key });
