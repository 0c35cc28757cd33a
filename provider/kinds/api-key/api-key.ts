/** An API key. */
import type { Schemas } from "roster-schema";
import type { Acted } from "../../lifecycle/definition.ts";
import { defineLifecycle } from "../../lifecycle/lifecycle.ts";
import { managedAt } from "../../lifecycle/managed-at.ts";
import { keepsName } from "../../lifecycle/state-version.ts";
import { hasPassed, sameIpRanges, sameSet } from "../../values/property-types.ts";
import type { Values } from "../../values/values.ts";
import type { Client } from "../../wire/client.ts";
import { apiKeyAnswer, issuedApiKeyAnswer } from "../../wire/generated/answers.ts";
import type { MayPass } from "../../wire/retries.ts";
import { createAndDeliver, deliverPresent, deliveryMemory, dueDelivery, rotateAndDeliver } from "./delivery.ts";
import { apiKeyOutputs, apiKeyShape } from "./properties.ts";
import { heldSecrets, makeClientSecret, planRotation, presentRotation, rotationOf } from "./rotation.ts";
import { apiKeyRules } from "./rules.ts";

/** The life of an API key. */
export const apiKeyLifecycle = defineLifecycle({
  kind: "ApiKey",
  documentation: {
    summary:
      "An API key. Its plaintext is the secret output `key`, and is only in the stack's state: the service has a hash. With " +
      "`deliverTo` and `storeSecret: false`, it is in a file, and not in the state. Deleting the key revokes it; it stays listed as " +
      "a record.",
    example:
      'const storefront = new ApiKey("storefront", { organization: acme, name: "Storefront (production)", kind: "server" });\n' +
      "export const storefrontKey = storefront.key;",
    operation: "createApiKey",
  },
  existence: { reading: "keys:read", organization: "organization", isKept: true },
  args: apiKeyShape,
  outputs: apiKeyOutputs,
  rules: apiKeyRules,
  replacing: (before, { secret }) =>
    secret !== undefined && [before.secret, before.key, before.previousKey].includes(secret)
      ? {
          property: "secret",
          reason:
            "the key that is replaced has this one, and no secret is taken twice: change `secret` together with what replaces the key",
        }
      : undefined,
  same: {
    permissions: (before, now) => now === undefined || sameSet(before, now),
    allowedIps: sameIpRanges,
    // Leaving the secret out keeps the one that is.
    secret: (_before, now) => now === undefined,
    storeSecret: (before, now) => (before ?? true) === (now ?? true),
  },
  advice: [
    {
      where: "previousKeyHeld",
      is: true,
      say: "The secret before the present one is still in use: its end is put off, and the next rotation with it.",
    },
  ],
  remote: apiKeyAnswer,
  collection: ({ organization }) => `/v1/organizations/${organization}/api-keys`,
  naturalKey: ({ name }) => ({ name, status: "active" }),
  item: (id) => `/v1/api-keys/${id}`,
  settable: ({ name, allowedIps, endDate, state }) => ({
    name,
    allowedIps: allowedIps ?? null,
    endDate: endDate ?? null,
    state,
  }),
  createOnly: ({ kind, format, owner, permissions, secret }) => ({
    kind,
    format,
    owner,
    permissions,
    // The secret of a Web API is made on the client's side, so that the service never had to send it.
    secret: secret ?? makeClientSecret(kind),
  }),
  observe: ({ organization, owner, name, kind, format, allowedIps, endDate, state }) => ({
    organization,
    owner,
    name,
    kind,
    format,
    allowedIps,
    endDate,
    state,
  }),
  fixed: ({ permissions }) => ({ permissions }),
  describe: (key, once, args) => ({
    ...presentRotation(key, once, args),
    displayName: key.displayName,
    grantedPermissions: key.permissions,
    prefix: key.prefix,
    fingerprint: key.fingerprint,
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
    // Revoked is for good, and what has expired stays so: only a new key can take the place of either.
    replaces: ({ state, status, endDate, __undelivered }, args) => [
      ...(__undelivered === true ? (["deliverTo"] as const) : []),
      ...(state === "revoked" && args.state === "active" ? (["state"] as const) : []),
      // What has ended since the last refresh is active in the state.
      ...(status === "expired" || isOver(endDate) ? (["endDate"] as const) : []),
    ],
    onceOnly: ["key", "previousKey", "rotatedAt", "__held", "__heldFingerprint", "__aheadMs", ...deliveryMemory],
    async create(client, path, body, args, mayPass) {
      const { state: _madeActive, ...create } = body;
      const revoke = async (id: string): Promise<void> => {
        await client.delete(managedAt(`/v1/api-keys/${id}`, create));
      };
      return createAndDeliver(args, () => issue(client, path, create, {}, mayPass), revoke);
    },
    async act(client, change) {
      const rotation = rotationOf(change);
      const rotate = (asked: Values) => issue(client, change.at("/rotations"), asked, change.state);
      const endSecret = (secret: Values) => client.post(change.at("/secret-revocations"), secret, apiKeyAnswer);
      return rotation === undefined
        ? deliverPresent(change, { endSecret })
        : rotateAndDeliver(change, rotation, rotate, { endSecret });
    },
  },
  upgrades: [
    // From 2 to 3: the stack has the secret of the generation that the state shows.
    (values) => ("key" in values ? { ...values, __held: values.generation } : values),
    // From 3 to 4: the fingerprint that the state shows is that of the secret, unless the key has moved on from it.
    ({ ...values }) =>
      values.__held !== undefined && values.__held === values.generation && values.__target === undefined
        ? { ...values, __heldFingerprint: values.fingerprint }
        : values,
    keepsName,
  ],
});

function isOver(endDate: unknown): boolean {
  return typeof endDate === "string" && hasPassed(endDate, Date.now());
}

async function issue(
  client: Client,
  path: string,
  body: Values,
  state: Values,
  mayPass?: MayPass,
): Promise<Acted<Schemas["ApiKey"]>> {
  const answer = await client.post(path, body, issuedApiKeyAnswer, mayPass);
  // Nobody can show the secret of a key that was there already, and the one that was sent is not it.
  const isOthers = answer.body.key === null && answer.body.adopted && body.generation === undefined;
  return { answer, once: isOthers ? {} : heldSecrets(answer.body, answer.body.key ?? body.secret, state) };
}
