import * as pulumi from "@pulumi/pulumi";
import { ApiKey, getOrganizationOutput } from "pulumi-roster";

const config = new pulumi.Config();
const organization = getOrganizationOutput({ slug: config.require("organization") }).id;

// The legacy key that all integrations still share. It keeps working until it is revoked.
export const legacy = new ApiKey("legacy", {
  organization,
  name: config.require("legacyKey"),
  kind: "server",
  adopt: true,
  state: config.getBoolean("revokeLegacy") ? "revoked" : "active",
}).displayName;

// One for each integration and environment, so that each can be rotated and revoked independently.
const integrations = config.requireObject<string[]>("integrations");
export const keys = pulumi.secret(
  Object.fromEntries(
    integrations.map((name) => [name, new ApiKey(name, { organization, name, kind: "server" }).key] as const),
  ),
);
