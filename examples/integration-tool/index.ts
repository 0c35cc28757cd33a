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
  // A user's key needs the role that the membership gives the user.
  { dependsOn: Object.values(memberships) },
);

// The API verifies its callers' keys with this key.
const verifier = new ApiKey("verifier", {
  organization,
  name: "Orders API",
  kind: "server",
  permissions: ["keys:verify"],
});

export const callerKey = callersKey.key;
export const verifierKey = verifier.key;
