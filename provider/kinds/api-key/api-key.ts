/** An API key. */
import type { Schemas } from "roster-schema";
import { defineLifecycle } from "../../lifecycle/lifecycle.ts";
import { keepExternalId } from "../../lifecycle/state-version.ts";
import { sameIpRanges, sameSet } from "../../values/property-types.ts";
import { apiKeyAnswer, issuedApiKeyAnswer } from "../../wire/generated/answers.ts";
import { credentialOf } from "./credential.ts";
import { ofKeys } from "./names.ts";
import { apiKeyOutputs, apiKeyShape } from "./properties.ts";
import { makeClientSecret, rotationOutputs } from "./rotation.ts";
import { apiKeyRules } from "./rules.ts";

/** The lifecycle of an API key. */
export const apiKeyLifecycle = defineLifecycle<typeof apiKeyShape, Schemas["ApiKey"]>({
  kind: "ApiKey",
  documentation: {
    summary:
      "An API key. Its plaintext is the secret output `key`, and only the stack's state contains it: the service has a hash. With " +
      "`deliverTo` and `storeSecret: false`, it is in a file instead. Deleting the key revokes it, unless it has expired; it stays listed as a record.",
    example:
      'const storefront = new ApiKey("storefront", { organization: acme, name: "Storefront (production)", kind: "server" });\n' +
      "export const storefrontKey = storefront.key;",
    operation: "createApiKey",
  },
  existence: { readPermission: "keys:read", organization: "organization", isPermanent: true },
  args: apiKeyShape,
  outputs: apiKeyOutputs,
  rules: apiKeyRules,
  refuseReplacing: (before, { secret }) =>
    secret !== undefined && [before.secret, before.key, before.previousKey].includes(secret)
      ? {
          property: "secret",
          reason:
            "the replaced key has this secret, and the service accepts no secret twice: change `secret` in the same update",
        }
      : undefined,
  same: {
    permissions: (before, now) => now === undefined || sameSet(before, now),
    allowedIps: sameIpRanges,
    // Omitting the secret keeps the current one.
    secret: (_before, now) => now === undefined,
    storeSecret: (before, now) => (before ?? true) === (now ?? true),
  },
  warnings: [
    {
      property: "ownerStatus",
      equals: "invited",
      message: "The owner has not finished setting up the account: the key does not authenticate until then.",
    },
    {
      property: "previousKeyHeld",
      equals: true,
      message: "The previous secret is still in use: its end is postponed, and so is the next rotation.",
    },
  ],
  remote: apiKeyAnswer,
  collection: ({ organization }) => `/v1/organizations/${organization}/api-keys`,
  naturalKey: ({ name }) => ({ name, status: "active" }),
  item: (id) => `/v1/api-keys/${id}`,
  settable: ({ name, permissions, allowedIps, endDate, state }) => ({
    name,
    // Permissions that the stack doesn't declare are kept.
    ...(permissions === undefined ? {} : { permissions }),
    allowedIps: allowedIps ?? null,
    endDate: endDate ?? null,
    state,
  }),
  createOnly: ({ kind, format, owner, secret }) => ({
    kind,
    format,
    owner,
    // The client side makes the secret of a Web API, so that the service never has to send it.
    secret: secret ?? makeClientSecret(kind),
  }),
  readArgs: ({ organization, owner, name, kind, format, permissions, allowedIps, endDate, state }, declared) => ({
    organization,
    owner,
    name,
    kind,
    format,
    permissions: declared.permissions === undefined ? null : permissions,
    allowedIps,
    endDate,
    state,
  }),
  readOutputs: (key, once, args) => ({
    ...rotationOutputs(ofKeys, key, once, args),
    displayName: key.displayName,
    grantedPermissions: key.permissions,
    prefix: key.prefix,
    fingerprint: key.fingerprint,
    ownerStatus: key.ownerStatus,
    legacy: key.legacy,
    status: key.status,
    createdAt: key.createdAt,
    lastUsedAt: key.lastUsedAt,
    revokedAt: key.revokedAt,
    // The engine has no null.
    assignees: key.assignees.map(({ user, ...assignee }) => (user === null ? assignee : { user, ...assignee })),
    assigneeCount: key.assigneeCount,
  }),
  credential: credentialOf(ofKeys, {
    plain: apiKeyAnswer,
    issued: issuedApiKeyAnswer,
    plaintextOf: ({ key }) => key,
  }),
  upgrades: [
    // From 2 to 3: the stack has the secret of the generation in the state.
    (values) => ("key" in values ? { ...values, __held: values.generation } : values),
    // From 3 to 4: the fingerprint in the state is that of the secret, unless the key was rotated outside the stack.
    ({ ...values }) =>
      values.__held !== undefined && values.__held === values.generation && values.__target === undefined
        ? { ...values, __heldFingerprint: values.fingerprint }
        : values,
    keepExternalId,
  ],
});
