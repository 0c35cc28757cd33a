/** An API key. */
import type { Schemas } from "roster-schema";
import type { WriteResult } from "../../lifecycle/definition.ts";
import { defineLifecycle } from "../../lifecycle/lifecycle.ts";
import { managedPath } from "../../lifecycle/managed-path.ts";
import { keepExternalId } from "../../lifecycle/state-version.ts";
import type { PropertyMap } from "../../values/property-map.ts";
import { hasPassed, sameIpRanges, sameSet } from "../../values/property-types.ts";
import type { Client } from "../../wire/client.ts";
import { apiKeyAnswer, issuedApiKeyAnswer } from "../../wire/generated/answers.ts";
import type { ConflictRetry } from "../../wire/retries.ts";
import { createAndDeliver, deliverCurrent, deliveryOutputs, dueDelivery, rotateAndDeliver } from "./delivery.ts";
import { apiKeyOutputs, apiKeyShape } from "./properties.ts";
import { makeClientSecret, planRotation, rotationOf, rotationOutputs, secretOutputs } from "./rotation.ts";
import { apiKeyRules } from "./rules.ts";

/** The lifecycle of an API key. */
export const apiKeyLifecycle = defineLifecycle({
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
    ...rotationOutputs(key, once, args),
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
  credential: {
    computed: ["generation", "rotatedAt", "previousKeyExpiresAt", "__target", "__aheadMs"],
    compute: (args, previous) => ({ ...planRotation(args, previous) }),
    hasName: ({ state, status = state }) => status === "active",
    due: (state, inputs) => [
      ...(Number(inputs.generation) > Number(state.generation) ? ["generation"] : []),
      ...dueDelivery(state, inputs),
    ],
    // Revocation and expiry are permanent: only a new key can replace such a key.
    replaces: ({ state, status, endDate, __undelivered }, args) => [
      ...(__undelivered === true ? (["deliverTo"] as const) : []),
      ...(state === "revoked" && args.state === "active" ? (["state"] as const) : []),
      // A key that has expired since the last refresh is active in the state.
      ...(status === "expired" || hasExpired(endDate) ? (["endDate"] as const) : []),
    ],
    onceOnly: ["key", "previousKey", "rotatedAt", "__held", "__heldFingerprint", "__aheadMs", ...deliveryOutputs],
    async create(client, path, body, args, retryConflict) {
      const { state: _madeActive, ...create } = body;
      const revoke = async (id: string): Promise<void> => {
        await client.delete(managedPath(`/v1/api-keys/${id}`, create));
      };
      return createAndDeliver(args, () => issue(client, path, create, {}, retryConflict), revoke);
    },
    async update(client, change) {
      const rotation = rotationOf(change);
      const rotate = (asked: PropertyMap) => issue(client, change.pathOf("/rotations"), asked, change.state);
      const revokeSecret = (secret: PropertyMap) =>
        client.post(change.pathOf("/secret-revocations"), secret, apiKeyAnswer);
      return rotation === undefined
        ? deliverCurrent(change, { revokeSecret })
        : rotateAndDeliver(change, rotation, rotate, { revokeSecret });
    },
  },
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

function hasExpired(endDate: unknown): boolean {
  return typeof endDate === "string" && hasPassed(endDate, Date.now());
}

async function issue(
  client: Client,
  path: string,
  body: PropertyMap,
  state: PropertyMap,
  retryConflict?: ConflictRetry,
): Promise<WriteResult<Schemas["ApiKey"]>> {
  const response = await client.post(path, body, issuedApiKeyAnswer, retryConflict);
  // The secret of an adopted key can't be read, and it is not the one that was sent.
  const isOthers = response.body.key === null && response.body.adopted && body.generation === undefined;
  return { response, once: isOthers ? {} : secretOutputs(response.body, response.body.key ?? body.secret, state) };
}
