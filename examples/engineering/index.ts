import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  ApiKey,
  ApiKeyAssignees,
  ApiKeyAssignment,
  assigneesFromCsv,
  getApiKeysOutput,
  getMembershipsOutput,
  Membership,
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

// A key of a Web API; the provider makes it, and the service has its hash only.
const results = new ApiKey("results", { organization: engineering, name: "Results API", kind: "webapi" });
const second = new ApiKeyAssignment("hedy", { key: results, email: "hedy@engineering.example" }, { dependsOn: staff });

// Nobody has this address yet: the person is mailed an invitation, and is pending until it is accepted.
const guest = new Membership("olive", {
  organization: engineering,
  email: "olive@visitors.example",
  role: "viewer",
  onUnknownUser: "invite",
});

// The lists wait for what they are to show.
const organization = pulumi.all([engineering.id, staff.id, guest.id, second.id]).apply(([id]) => id);
const members = getMembershipsOutput({ organization });
const listed = (status: string) =>
  members.apply((all) => all.filter((member) => member.status === status).map(({ email }) => email));
export const users = listed("active");
export const invitations = listed("pending");
export const webApis = getApiKeysOutput({ organization, kind: "webapi" }).apply((all) => all.map(({ name }) => name));

export const keys = pulumi.secret({ simulation: simulation.key });
