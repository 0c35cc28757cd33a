import * as pulumi from "@pulumi/pulumi";
import { ApiKey, Membership, Organization, User } from "pulumi-roster";

const config = new pulumi.Config();

const organization = new Organization("flows", {
  slug: "flows",
  name: "Flows",
  subscription: { plan: "enterprise" },
  features: { externalApiAccess: true },
});

const people = { ada: "administrator", edsger: "editor", olga: "operator", vera: "viewer" } as const;
for (const [name, role] of Object.entries(people)) {
  const email = `${name}@flows.example`;
  // Each is mailed a link, and sets up the account there.
  const user = new User(name, { email, homeOrganization: organization });
  new Membership(name, { organization, user, role });
}

// Whoever calls a user-defined API: it may do that, and see its own messages, and nothing else.
const caller = new User("caller", {
  email: "caller@flows.example",
  kind: "system",
  homeOrganization: organization,
});
const mayCall = new Membership("caller", { organization, user: caller, role: "api_user" });
const callersKey = new ApiKey(
  "caller",
  {
    organization,
    name: "Caller",
    kind: "user",
    format: "jwt",
    owner: caller,
    rotate: config.get("regenerate"),
    rotation: { overlap: "0s" },
    state: config.getBoolean("revoke") ? "revoked" : "active",
  },
  { dependsOn: mayCall },
);

// What the API itself asks the service with: it may verify the keys of its own organization.
const verifier = new ApiKey("verifier", {
  organization,
  name: "Orders API",
  kind: "server",
  permissions: ["keys:verify"],
});

export const callerKey = callersKey.key;
export const verifierKey = verifier.key;
