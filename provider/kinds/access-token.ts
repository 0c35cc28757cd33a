/** The access token of a system user. */
import type { Schemas } from "roster-schema";
import { defineLifecycle } from "../lifecycle/lifecycle.ts";
import { property } from "../values/property.ts";
import { permissions as permissionSet, reference, sameIpRanges, sameSet } from "../values/property-types.ts";
import { accessTokenAnswer, issuedAccessTokenAnswer } from "../wire/generated/answers.ts";
import { credentialOf } from "./api-key/credential.ts";
import { ofTokens } from "./api-key/names.ts";
import { rotationOutputs } from "./api-key/rotation.ts";
import { generationOutputs, plaintextOutputs, sharedShape, statusOutputs } from "./api-key/shared-properties.ts";
import { sharedRules } from "./api-key/shared-rules.ts";

const { organization, name, ...sharedArgs } = sharedShape(ofTokens);

/** The arguments of an access token. */
export const accessTokenShape = {
  organization,
  user: reference("User").meta(
    property(
      "The system user that the token acts as: one whose `homeOrganization` is the organization, and who is a member of it. The " +
        "token stops with the user.",
      { change: "replaces" },
    ),
  ),
  name,
  permissions: permissionSet
    .min(1, "a token needs at least one permission")
    .describe(
      "What the token can do: at most what its user's role can, and never more than the stack's own token may do. A wider role doesn't widen it.",
    ),
  ...sharedArgs,
};

/** The lifecycle of the access token of a system user. */
export const accessTokenLifecycle = defineLifecycle<typeof accessTokenShape, Schemas["AccessToken"]>({
  kind: "AccessToken",
  documentation: {
    summary:
      "An access token of a system user, with which a pipeline manages one organization. It can do what `permissions` says, as " +
      "long as its user's role can, and needs no external API access. Its plaintext is the secret output `token`, and only the " +
      "stack's state contains it: the service has a hash. With `deliverTo` and `storeSecret: false`, it is in a file instead. " +
      "Deleting the token revokes it, unless it has expired; it stays listed as a record. People make their tokens on their own page.",
    example:
      'const robot = new User("pipeline", { email: "pipeline@acme.example", kind: "system", homeOrganization: acme });\n' +
      'const member = new Membership("pipeline", { organization: acme, user: robot, role: "administrator" });\n' +
      "const pipeline = new AccessToken(\n" +
      '  "pipeline",\n' +
      '  { organization: acme, user: robot, name: "Pipeline", permissions: ["members:read", "members:manage"] },\n' +
      "  { dependsOn: member },\n" +
      ");\n" +
      "export const pipelineToken = pipeline.token;",
    operation: "createAccessToken",
  },
  existence: { readPermission: "keys:read", organization: "organization", isPermanent: true },
  args: accessTokenShape,
  outputs: { ...plaintextOutputs(ofTokens), ...generationOutputs(ofTokens), ...statusOutputs },
  rules: sharedRules(ofTokens),
  same: {
    permissions: sameSet,
    allowedIps: sameIpRanges,
    storeSecret: (before, now) => (before ?? true) === (now ?? true),
  },
  warnings: [
    {
      property: "previousTokenHeld",
      equals: true,
      message: "The previous secret is still in use: its end is postponed, and so is the next rotation.",
    },
  ],
  remote: accessTokenAnswer,
  collection: ({ organization: within }) => `/v1/organizations/${within}/access-tokens`,
  naturalKey: ({ name: called }) => ({ name: called, status: "active", kind: "system" }),
  item: (id) => `/v1/access-tokens/${id}`,
  settable: ({ name: called, permissions, allowedIps, endDate, state }) => ({
    name: called,
    permissions,
    allowedIps: allowedIps ?? null,
    endDate: endDate ?? null,
    state,
  }),
  createOnly: ({ user }) => ({ user }),
  readArgs: (token) => ({
    organization: token.organization,
    user: token.user,
    name: token.name,
    permissions: token.permissions,
    allowedIps: token.allowedIps,
    endDate: token.endDate,
    state: token.state,
  }),
  readOutputs: (token, once, args) => ({
    ...rotationOutputs(ofTokens, token, once, args),
    prefix: token.prefix,
    fingerprint: token.fingerprint,
    status: token.status,
    createdAt: token.createdAt,
    lastUsedAt: token.lastUsedAt,
    revokedAt: token.revokedAt,
  }),
  credential: credentialOf(ofTokens, {
    plain: accessTokenAnswer,
    issued: issuedAccessTokenAnswer,
    plaintextOf: ({ token }) => token,
  }),
});
