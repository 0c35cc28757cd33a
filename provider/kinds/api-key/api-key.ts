import type * as pulumi from "@pulumi/pulumi";
import { apiKeyFormatValues, apiKeyKindValues, apiKeyStateValues, type Schemas } from "roster-schema";
import { z } from "zod";
import type { AdoptionArgs } from "../../lifecycle/adoption.ts";
import type { Acted } from "../../lifecycle/definition.ts";
import { defineLifecycle } from "../../lifecycle/lifecycle.ts";
import { managedAt } from "../../lifecycle/managed-at.ts";
import { idOf, type Reference, RosterResource } from "../../program/resource.ts";
import {
  allowedIps,
  endDate,
  hasPassed,
  identifier,
  permissions,
  sameIpRanges,
  sameSet,
  text,
  timeDescription,
} from "../../values/property-types.ts";
import type { Values } from "../../values/values.ts";
import type { Client } from "../../wire/client.ts";
import type { MayPass } from "../../wire/retries.ts";
import type { Organization } from "../organization.ts";
import type { User } from "../user.ts";
import {
  createAndDeliver,
  type DeliveryArgs,
  deliverPresent,
  deliveryMemory,
  deliveryShape,
  dueDelivery,
  rotateAndDeliver,
} from "./delivery.ts";
import { apiKeyRemote, issued } from "./remote.ts";
import { heldSecrets, makeClientSecret, planRotation, presentRotation, rotationOf, rotationShape } from "./rotation.ts";
import { apiKeyRules } from "./rules.ts";

/** What an API key's arguments must look like. */
export const apiKeyShape = {
  organization: identifier("org", "an Organization").describe("The organization that the key authenticates."),
  name: text(200).describe("1 to 200 characters, unique among the active keys; say which integration and environment."),
  kind: z
    .enum(apiKeyKindValues)
    .describe("Who calls with it: a server, a Web API (with a secret of the client's own), or a user."),
  format: z.enum(apiKeyFormatValues).default("opaque").describe("jwt needs an owner with the role api_user."),
  owner: identifier("usr", "a User").optional().describe("The user whose key it is: it stops with the user."),
  permissions: permissions
    .optional()
    .describe("What it may do, for good; the owner's permissions by default, none for a key without an owner."),
  allowedIps: allowedIps
    .optional()
    .describe("From where it authenticates: addresses and ranges (CIDR), IPv4 and IPv6; from anywhere by default."),
  endDate: endDate.optional().describe("A date (valid through that day) or a time, UTC; until then it can be moved."),
  secret: z
    .string()
    .min(16, "a secret has at least 16 characters")
    .max(512, "a secret has at most 512 characters")
    .regex(/^[\x21-\x7e]+$/, "a secret has visible ASCII characters only")
    .optional()
    .describe(
      "For kind webapi: a secret of your own, made from 128 random bits or more; 16 to 512 visible ASCII characters. " +
        "A changed one ends the one before.",
    ),
  ...rotationShape,
  ...deliveryShape,
  state: z
    .enum(apiKeyStateValues)
    .default("active")
    .describe("revoked is for good, and keeps the key in the stack as a record."),
};

/** The life of an API key. Deleting one revokes it; it stays listed as a record. */
export const apiKeyLifecycle = defineLifecycle({
  kind: "ApiKey",
  existence: { reading: "keys:read", organization: "organization", isKept: true },
  args: apiKeyShape,
  rules: apiKeyRules,
  replaceOn: ["organization", "kind", "format", "owner"],
  forGood: ["permissions"],
  acts: ["rotate"],
  computed: ["generation", "rotatedAt", "previousKeyExpiresAt", "__target", "__aheadMs"],
  compute: (args, previous) => ({ ...planRotation(args, previous) }),
  hasName: ({ state, status = state }) => status === "active",
  replacing: (before, { secret }) =>
    secret !== undefined && [before.secret, before.key, before.previousKey].includes(secret)
      ? {
          property: "secret",
          reason:
            "the key that is replaced has this one, and no secret is taken twice: change `secret` together with what replaces the key",
        }
      : undefined,
  due: (state, inputs) => [
    ...(Number(inputs.generation) > Number(state.generation) ? ["generation"] : []),
    ...dueDelivery(state, inputs),
  ],
  advice: [
    {
      where: "previousKeyHeld",
      is: true,
      say: "The secret before the present one is still in use: its end is put off, and the next rotation with it.",
    },
  ],
  // Revoked is for good, and what has expired stays so: only a new key can take the place of either.
  replaces: ({ state, status, endDate, __undelivered }, args) => [
    ...(__undelivered === true ? (["deliverTo"] as const) : []),
    ...(state === "revoked" && args.state === "active" ? (["state"] as const) : []),
    // What has ended since the last refresh is active in the state.
    ...(status === "expired" || isOver(endDate) ? (["endDate"] as const) : []),
  ],
  same: {
    permissions: (before, now) => now === undefined || sameSet(before, now),
    allowedIps: sameIpRanges,
    // Leaving the secret out keeps the one that is.
    secret: (_before, now) => now === undefined,
    storeSecret: (before, now) => (before ?? true) === (now ?? true),
  },
  outputs: {
    key: "The plaintext, secret; none for an adopted key, nor with `storeSecret: false`.",
    keyAvailable: "Whether the stack has the plaintext of a secret that lives.",
    previousKey: "The plaintext of the secret before, secret, while it lives on.",
    previousKeyExpiresAt: `When that one stops; \`holdWhileUsed\` may put it off. ${timeDescription}`,
    previousKeyHeld: "Whether its end is put off, because it is in use.",
    displayName: "The name as it is shown.",
    grantedPermissions: "What the key may do while its owner, if any, may.",
    prefix: "What a key of the service's own begins with; empty for a client-made secret.",
    fingerprint: "Tells keys apart in lists and logs.",
    generation: "Counts the secrets that the key has had, up to the one that the stack has.",
    rotatedAt: `When that one was made. ${timeDescription}`,
    rotatesAt: `From when on \`up\` rotates the key. ${timeDescription}`,
    legacy: "Whether it is from before multi-key support.",
    status: "What is, where `state` is what was asked for: active, expired or revoked.",
    createdAt: timeDescription,
    lastUsedAt: `Of the last refresh. ${timeDescription}`,
    revokedAt: timeDescription,
    assignees:
      "The first 100 users that the key is attached to, each with `user`, `email` and `status`; of the last refresh.",
    assigneeCount: "How many there are.",
  },
  // A user's address may be a secret of the stack, and a key doesn't know.
  secrets: ["key", "previousKey", "secret", "assignees"],
  repeats: { displayName: "name", grantedPermissions: "permissions" },
  onceOnly: ["key", "previousKey", "rotatedAt", "__held", "__heldFingerprint", "__aheadMs", ...deliveryMemory],
  remote: apiKeyRemote,
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
    const endSecret = (secret: Values) => client.post(change.at("/secret-revocations"), secret, apiKeyRemote);
    return rotation === undefined
      ? deliverPresent(change, { endSecret })
      : rotateAndDeliver(change, rotation, rotate, { endSecret });
  },
  upgrades: [
    // From 2 to 3: the stack has the secret of the generation that the state shows.
    (values) => ("key" in values ? { ...values, __held: values.generation } : values),
    // From 3 to 4: the fingerprint that the state shows is that of the secret, unless the key has moved on from it.
    ({ ...values }) =>
      values.__held !== undefined && values.__held === values.generation && values.__target === undefined
        ? { ...values, __heldFingerprint: values.fingerprint }
        : values,
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
): Promise<Acted<z.infer<typeof apiKeyRemote>>> {
  const answer = await client.post(path, body, issued, mayPass);
  // Nobody can show the secret of a key that was there already, and the one that was sent is not it.
  const isOthers = answer.body.key === null && answer.body.adopted && body.generation === undefined;
  return { answer, once: isOthers ? {} : heldSecrets(answer.body, answer.body.key ?? body.secret, state) };
}

/** The arguments of an {@link ApiKey}. */
export interface ApiKeyArgs extends AdoptionArgs, DeliveryArgs {
  /** The organization that the key authenticates. Changing it replaces the key. */
  organization: Reference<Organization>;
  /** 1 to 200 characters, unique among the organization's active keys; say which integration and environment. */
  name: pulumi.Input<string>;
  /** Who calls with it: a server, a Web API (with a secret of the client's own), or a user. Changing it replaces the key. */
  kind: pulumi.Input<Schemas["ApiKeyKind"]>;
  /** opaque by default; jwt needs an owner with the role api_user. Changing it replaces the key. */
  format?: pulumi.Input<Schemas["ApiKeyFormat"]>;
  /** The user whose key it is: it stops with the user. Changing it replaces the key. */
  owner?: Reference<User>;
  /** What it may do, for good; the owner's permissions by default, and none for a key without an owner. */
  permissions?: pulumi.Input<pulumi.Input<Schemas["Permission"]>[]>;
  /**
   * From where it authenticates, 1 to 100: addresses such as `203.0.113.7`, and ranges (CIDR) such as `2001:db8::/48`. From anywhere
   * by default. Order doesn't matter.
   */
  allowedIps?: pulumi.Input<pulumi.Input<string>[]>;
  /** A date (valid through that day) or a time, UTC. Changed in place until it has passed. */
  endDate?: pulumi.Input<string>;
  /**
   * For kind webapi: a secret of your own, made from 128 random bits or more; 16 to 512 visible ASCII characters. Changing it
   * ends the one before.
   */
  secret?: pulumi.Input<string>;
  /** Gives the key a new secret when it is set or changed, though not at creation. Any text or number. */
  rotate?: pulumi.Input<string | number>;
  rotation?: pulumi.Input<{
    /** How old a secret gets before the next `up` rotates it, as `90d`; longer than the overlap, at least `1m`. */
    every?: pulumi.Input<string>;
    /**
     * How long the secret before it lives on after a rotation, as `12h`; `0s` ends it at once. By default, 24h, but 0s after a
     * change of `secret`.
     */
    overlap?: pulumi.Input<string>;
  }>;
  /** Whether rotation rests: what is due waits. */
  holdRotation?: pulumi.Input<boolean>;
  /**
   * Puts off the end of the secret before the present one while it was used that recently, as `1h`, and with it the next
   * rotation. For rotations with an overlap.
   */
  holdWhileUsed?: pulumi.Input<string>;
  /** active by default; revoked is for good, and keeps the key in the stack as a record. */
  state?: pulumi.Input<Schemas["ApiKeyState"]>;
}

/**
 * An API key. Its plaintext is the secret output `key`, kept in the stack's state only: the service has a hash. With `deliverTo` and
 * `storeSecret: false` it is in a file, and not in the state.
 *
 * @example
 * ```ts
 * const storefront = new ApiKey("storefront", { organization: acme, name: "Storefront (production)", kind: "server" });
 * export const storefrontKey = storefront.key;
 * ```
 * @see schema/openapi.yaml, `createApiKey`
 */
export class ApiKey extends RosterResource {
  declare readonly organization: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly kind: pulumi.Output<Schemas["ApiKeyKind"]>;
  declare readonly format: pulumi.Output<Schemas["ApiKeyFormat"]>;
  declare readonly owner: pulumi.Output<string | undefined>;
  declare readonly allowedIps: pulumi.Output<string[] | undefined>;
  declare readonly endDate: pulumi.Output<string | undefined>;
  declare readonly rotate: pulumi.Output<string | number | undefined>;
  declare readonly rotation: pulumi.Output<{ readonly every?: string; readonly overlap?: string } | undefined>;
  declare readonly holdRotation: pulumi.Output<boolean | undefined>;
  declare readonly holdWhileUsed: pulumi.Output<string | undefined>;
  declare readonly deliverTo: pulumi.Output<{ readonly file: string } | undefined>;
  declare readonly storeSecret: pulumi.Output<boolean | undefined>;
  declare readonly state: pulumi.Output<Schemas["ApiKeyState"]>;
  /** The plaintext, secret; undefined for an adopted key, and with `storeSecret: false`. */
  declare readonly key: pulumi.Output<string>;
  /** Whether the stack has the plaintext of a secret that lives. */
  declare readonly keyAvailable: pulumi.Output<boolean>;
  /** The plaintext of the secret before, secret; undefined unless that one lives on. */
  declare readonly previousKey: pulumi.Output<string | undefined>;
  /** RFC 3339, UTC; `holdWhileUsed` may put it off. */
  declare readonly previousKeyExpiresAt: pulumi.Output<string | undefined>;
  /** Whether its end is put off, because it is in use. */
  declare readonly previousKeyHeld: pulumi.Output<boolean>;
  /** The name as it is shown. */
  declare readonly displayName: pulumi.Output<string>;
  /** What the key may do while its owner, if any, may. */
  declare readonly grantedPermissions: pulumi.Output<Schemas["Permission"][]>;
  /** What a key of the service's own begins with; empty for a client-made secret. */
  declare readonly prefix: pulumi.Output<string>;
  /** Tells keys apart in lists and logs. */
  declare readonly fingerprint: pulumi.Output<string>;
  /** Counts the secrets that the key has had, up to the one that the stack has. */
  declare readonly generation: pulumi.Output<number>;
  /** When that one was made; RFC 3339, UTC. */
  declare readonly rotatedAt: pulumi.Output<string>;
  /** From when on `up` rotates the key; RFC 3339, UTC; undefined without `rotation.every`. */
  declare readonly rotatesAt: pulumi.Output<string | undefined>;
  declare readonly legacy: pulumi.Output<boolean>;
  /** What is, where `state` is what was asked for: active, expired or revoked. */
  declare readonly status: pulumi.Output<Schemas["ApiKeyStatus"]>;
  /** RFC 3339, UTC. */
  declare readonly createdAt: pulumi.Output<string>;
  /** RFC 3339, UTC; of the last refresh. */
  declare readonly lastUsedAt: pulumi.Output<string | undefined>;
  /** RFC 3339, UTC. */
  declare readonly revokedAt: pulumi.Output<string | undefined>;
  /** The first 100 users that the key is attached to; of the last refresh. */
  declare readonly assignees: pulumi.Output<
    readonly {
      readonly user?: string;
      readonly email: string;
      readonly status: Schemas["ApiKeyAssignmentStatus"];
    }[]
  >;
  /** How many there are. */
  declare readonly assigneeCount: pulumi.Output<number>;

  constructor(name: string, args: ApiKeyArgs, options?: pulumi.CustomResourceOptions) {
    super(apiKeyLifecycle, name, { ...args, organization: idOf(args.organization), owner: idOf(args.owner) }, options);
  }
}
