import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  ApiKey,
  ApiKeyAssignees,
  ApiKeyAssignment,
  assigneesFromCsv,
  fromManifest,
  getApiKeysOutput,
  getMembershipsOutput,
  membersFromCsv,
  OrganizationMembers,
} from "pulumi-roster";

const inThisFolder = (file: string) => path.join(__dirname, file);
const { organization, roles, memberships: guests } = fromManifest(inThisFolder("engineering.yaml"));

// The CSV file has display names of roles; this map assigns a role to each name.
const staff = new OrganizationMembers("staff", {
  organization,
  members: membersFromCsv(inThisFolder("members.csv"), { roles }),
  roles,
  onUnknownUser: "create",
});

const simulation = new ApiKey("simulation", { organization, name: "Simulation", kind: "server" });
// The key of a Web API. The provider generates the secret, and the service stores only its hash.
const results = new ApiKey("results", { organization, name: "Results API", kind: "webapi" });

// Only members, and people who are invited, can have a key: create the members first, and remove them last.
const assignees = assigneesFromCsv(inThisFolder("simulation-key.csv"));
new ApiKeyAssignees("simulation", { key: simulation, assignees }, { dependsOn: staff });
new ApiKeyAssignment("hedy", { key: results, email: "hedy@engineering.example" }, { dependsOn: staff });

// Wait for the resources that the lists show.
const shown = [staff, results, ...Object.values(guests)];
const complete = pulumi.all([organization.id, pulumi.all(shown.map(({ id }) => id))]).apply(([id]) => id);
const members = getMembershipsOutput({ organization: complete });
const emailsOf = (status: string) =>
  members.apply((all) => all.filter((member) => member.status === status).map(({ email }) => email));

export const users = emailsOf("active");
export const invitations = emailsOf("pending");
export const webApis = getApiKeysOutput({ organization: complete, kind: "webapi" }).apply((all) =>
  all.map(({ name }) => name),
);
export const keys = pulumi.secret({ simulation: simulation.key, results: results.key });
