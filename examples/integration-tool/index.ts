import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ApiKey, fromManifest } from "pulumi-roster";

const config = new pulumi.Config();

const { organization, users, memberships } = fromManifest(path.join(__dirname, "flows.yaml"));

const callersKey = new ApiKey(
  "caller",
  {
    organization,
    name: "Caller",
    kind: "user",
    format: "jwt",
    owner: users.caller,
    rotate: config.get("regenerate"),
    rotation: { overlap: "0s" },
    state: config.getBoolean("revoke") ? "revoked" : "active",
  },
  // A key of a user needs the user's role, which is what its membership gives.
  { dependsOn: Object.values(memberships) },
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
