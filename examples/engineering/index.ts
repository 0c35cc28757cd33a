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

const beside = (file: string) => path.join(__dirname, file);
const { organization, roles, memberships: guests } = fromManifest(beside("engineering.yaml"));

// The file names roles as people know them; the map says which role a name is.
const staff = new OrganizationMembers("staff", {
  organization,
  members: membersFromCsv(beside("members.csv"), { roles }),
  roles,
  onUnknownUser: "create",
});

const simulation = new ApiKey("simulation", { organization, name: "Simulation", kind: "server" });
// A key of a Web API; the provider makes it, and the service has its hash only.
const results = new ApiKey("results", { organization, name: "Results API", kind: "webapi" });

// Only a member can have a key, and leaving takes it away: the members come first and go last.
const assignees = assigneesFromCsv(beside("simulation-key.csv"));
new ApiKeyAssignees("simulation", { key: simulation, assignees }, { dependsOn: staff });
new ApiKeyAssignment("hedy", { key: results, email: "hedy@engineering.example" }, { dependsOn: staff });

// The lists wait for what they are to show.
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
