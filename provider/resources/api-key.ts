import type * as pulumi from "@pulumi/pulumi";
import {
  apiKeyAssignmentStatusValues,
  apiKeyFormatValues,
  apiKeyKindValues,
  apiKeyStateValues,
  apiKeyStatusValues,
  permissionValues,
  type Schemas,
} from "roster-schema";
import { z } from "zod";
import { type AdoptionArgs, wantsAdoption } from "../adoption.ts";
import type { Client } from "../client.ts";
import { type Acted, defineLifecycle } from "../lifecycle.ts";
import { managedAt } from "../managed-at.ts";
import { idOf, type Reference, RosterResource } from "../resource.ts";
import type { Values } from "../values.ts";
import {
  createAndDeliver,
  type DeliveryArgs,
  deliverPresent,
  deliveryMemory,
  deliveryRules,
  deliveryShape,
  rotateAndDeliver,
} from "./api-key-delivery.ts";
import { asksToRotate, defaultOverlap, makeClientSecret, nextGeneration, rotationOf } from "./api-key-rotation.ts";
import type { Organization } from "./organization.ts";
import type { Pinned } from "./pinned.ts";
import type { User } from "./user.ts";
import {
  duration,
  endDate,
  endOf,
  identifier,
  isoTime,
  permissions,
  sameSet,
  text,
  timeDescription,
  trigger,
} from "./values.ts";

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
    .describe("What it may do, for good; the owner's permissions unless given, none for a key without an owner."),
  endDate: endDate.optional().describe("A date (valid through that day) or a time, UTC; until then it can be moved."),
  secret: z
    .string()
    .min(16, "a secret has at least 16 characters")
    .max(512, "a secret has at most 512 characters")
    .regex(/^[\x21-\x7e]+$/, "a secret has visible ASCII characters only")
    .optional()
    .describe(
      "For kind webapi: a secret of your own, 16 to 512 visible ASCII characters. A changed one ends the one before.",
    ),
  rotate: trigger
    .optional()
    .describe("Gives the key a new secret when it is set or changed, though not at creation. Any text or number."),
  rotation: z
    .strictObject({
      overlap: duration
        .optional()
        .describe(
          `How long the secret before it lives on after a rotation; \`0s\` ends it at once. Unless given, ${defaultOverlap} after ` +
            "a change of `rotate`, and 0s after a change of `secret`.",
        ),
    })
    .optional(),
  ...deliveryShape,
  state: z
    .enum(apiKeyStateValues)
    .default("active")
    .describe("revoked is for good, and keeps the key in the stack as a record."),
};

/** An API key as the contract has it. */
export const apiKeyRemote = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  organization: z.string(),
  owner: z.string().nullable(),
  name: z.string(),
  displayName: z.string(),
  kind: z.enum(apiKeyKindValues),
  format: z.enum(apiKeyFormatValues),
  permissions: z.array(z.enum(permissionValues)),
  prefix: z.string(),
  fingerprint: z.string(),
  generation: z.number().int(),
  endDate: z.string().nullable(),
  legacy: z.boolean(),
  state: z.enum(apiKeyStateValues),
  status: z.enum(apiKeyStatusValues),
  createdAt: isoTime,
  updatedAt: isoTime,
  lastUsedAt: isoTime.nullable(),
  revokedAt: isoTime.nullable(),
  assignees: z.array(
    z.object({ user: z.string().nullable(), email: z.string(), status: z.enum(apiKeyAssignmentStatusValues) }),
  ),
  assigneeCount: z.number().int(),
});
const issued = apiKeyRemote.extend({ key: z.string().nullable() });

true satisfies Pinned<z.infer<typeof apiKeyRemote>, Schemas["ApiKey"]>;
true satisfies Pinned<z.infer<typeof issued>, Schemas["IssuedApiKey"]>;

/** The life of an API key. Deleting one revokes it; it stays listed as a record. */
export const apiKeyLifecycle = defineLifecycle({
  kind: "ApiKey",
  args: apiKeyShape,
  rules: [
    {
      needs: ["endDate"],
      // A key that has expired since it was declared is no error: only what is new must lie ahead.
      check: ({ endDate }, previous) =>
        endDate !== undefined && endDate !== previous.endDate && endOf(endDate) <= Date.now()
          ? { property: "endDate", reason: `${endDate} has passed: give a later one, or leave it out` }
          : undefined,
    },
    {
      needs: ["kind", "secret"],
      check: ({ kind, secret }) =>
        secret !== undefined && kind !== "webapi"
          ? {
              property: "secret",
              reason: `only a key of kind webapi takes one; the service makes that of kind ${kind}`,
            }
          : undefined,
    },
    {
      needs: ["format", "owner"],
      check: ({ format, owner }) =>
        format === "jwt" && owner === undefined
          ? { property: "owner", reason: "a key of format jwt needs an owner, who has the role api_user" }
          : undefined,
    },
    {
      needs: ["format", "kind"],
      check: ({ format, kind }) =>
        format === "jwt" && kind === "webapi"
          ? { property: "format", reason: "a key of kind webapi is a secret of the client's own: opaque" }
          : undefined,
    },
    {
      needs: ["kind", "owner"],
      check: ({ kind, owner }) =>
        kind === "user" && owner === undefined
          ? { property: "owner", reason: "a key of kind user needs an owner" }
          : undefined,
    },
    {
      needs: ["secret"],
      check: ({ secret, ...args }, previous) =>
        secret !== undefined && previous.kind === undefined && wantsAdoption(args)
          ? {
              property: "secret",
              reason:
                "an adopted key keeps the secret that it has: leave it out, and set it afterwards to rotate the key",
            }
          : undefined,
    },
    {
      needs: ["state"],
      check: ({ state }, previous) =>
        state === "revoked" && previous.kind === undefined
          ? { property: "state", reason: "a key can't be made revoked: leave the resource out" }
          : undefined,
    },
    {
      needs: ["rotate", "state"],
      check: (args, previous) =>
        args.state === "revoked" && asksToRotate(args, previous)
          ? { property: "rotate", reason: "a revoked key gets no new secret: leave this as it was" }
          : undefined,
    },
    {
      needs: ["rotate", "kind", "secret"],
      check: (args, previous) =>
        args.secret !== undefined && args.secret === previous.secret && asksToRotate(args, previous)
          ? { property: "rotate", reason: "the key has a secret of your own: change that, which rotates the key" }
          : undefined,
    },
    ...deliveryRules,
  ],
  replaceOn: ["organization", "kind", "format", "owner"],
  forGood: ["permissions"],
  acts: ["rotate"],
  computed: { generation: nextGeneration },
  // Revoked is for good, and what has expired stays so: only a new key can take the place of either.
  replaces: ({ state, status, __undelivered }, args) => [
    ...(__undelivered === true ? (["deliverTo"] as const) : []),
    ...(state === "revoked" && args.state === "active" ? (["state"] as const) : []),
    ...(status === "expired" ? (["endDate"] as const) : []),
  ],
  same: {
    permissions: (before, now) => now === undefined || sameSet(before, now),
    // Leaving the secret out keeps the one that is.
    secret: (_before, now) => now === undefined,
    storeSecret: (before, now) => (before ?? true) === (now ?? true),
  },
  outputs: {
    key: "The plaintext, secret; none for an adopted key, nor with `storeSecret: false`.",
    keyAvailable: "Whether the stack has the plaintext.",
    displayName: "The name as it is shown.",
    grantedPermissions: "What the key may do while its owner, if any, may.",
    prefix: "What a key of the service's own begins with; empty for a client-made secret.",
    fingerprint: "Tells keys apart in lists and logs.",
    generation: "How many secrets the key has had.",
    legacy: "Whether it is from before multi-key support.",
    status: "What is, where `state` is what was asked for: active, expired or revoked.",
    createdAt: timeDescription,
    lastUsedAt: `Of the last refresh. ${timeDescription}`,
    revokedAt: timeDescription,
    assignees:
      "The first 1,000 users that the key is attached to, each with `user`, `email` and `status`; of the last refresh.",
    assigneeCount: "How many there are.",
  },
  // A user's address may be a secret of the stack, and a key doesn't know.
  secrets: ["key", "secret", "assignees"],
  onceOnly: ["key", ...deliveryMemory],
  remote: apiKeyRemote,
  collection: ({ organization }) => `/v1/organizations/${organization}/api-keys`,
  naturalKey: ({ name }) => ({ name, status: "active" }),
  item: (id) => `/v1/api-keys/${id}`,
  settable: ({ name, endDate, state }) => ({ name, endDate: endDate ?? null, state }),
  createOnly: ({ kind, format, owner, permissions, secret }) => ({
    kind,
    format,
    owner,
    permissions,
    // The secret of a Web API is made on the client's side, so that the service never had to send it.
    secret: secret ?? makeClientSecret(kind),
  }),
  observe: ({ organization, owner, name, kind, format, endDate, state }) => ({
    organization,
    owner,
    name,
    kind,
    format,
    endDate,
    state,
  }),
  fixed: ({ permissions }) => ({ permissions }),
  describe: (key, once) => ({
    keyAvailable: once.key !== undefined,
    displayName: key.displayName,
    grantedPermissions: key.permissions,
    prefix: key.prefix,
    fingerprint: key.fingerprint,
    generation: key.generation,
    legacy: key.legacy,
    status: key.status,
    createdAt: key.createdAt,
    lastUsedAt: key.lastUsedAt,
    revokedAt: key.revokedAt,
    // The engine has no null.
    assignees: key.assignees.map(({ user, ...assignee }) => (user === null ? assignee : { user, ...assignee })),
    assigneeCount: key.assigneeCount,
  }),
  async create(client, path, body, args) {
    const { state: _madeActive, ...create } = body;
    const revoke = (id: string) => client.delete(managedAt(`/v1/api-keys/${id}`, create));
    return createAndDeliver(args, () => issue(client, path, create), revoke);
  },
  async act(client, change) {
    const rotation = rotationOf(change);
    const rotate = (asked: Values) => issue(client, change.at("/rotations"), asked);
    const endSecret = (secret: Values) => client.post(change.at("/secret-revocations"), secret, apiKeyRemote);
    return rotation === undefined
      ? deliverPresent(change, { endSecret })
      : rotateAndDeliver(change, rotation, rotate, { endSecret });
  },
});

async function issue(client: Client, path: string, body: Values): Promise<Acted<z.infer<typeof apiKeyRemote>>> {
  const answer = await client.post(path, body, issued);
  // Nobody can show the secret of a key that was there already, and the one that was sent is not it.
  const key = answer.body.key ?? (answer.body.adopted ? undefined : body.secret);
  return { answer, once: { key } };
}

/** The arguments of an {@link ApiKey}. */
export interface ApiKeyArgs extends AdoptionArgs, DeliveryArgs {
  /** The organization that the key authenticates. Changing it replaces the key. */
  organization: Reference<Organization>;
  /** 1 to 200 characters, unique among the organization's active keys; say which integration and environment. */
  name: pulumi.Input<string>;
  /** Who calls with it: a server, a Web API (with a secret of the client's own), or a user. Changing it replaces the key. */
  kind: pulumi.Input<Schemas["ApiKeyKind"]>;
  /** opaque unless given; jwt needs an owner with the role api_user. Changing it replaces the key. */
  format?: pulumi.Input<Schemas["ApiKeyFormat"]>;
  /** The user whose key it is: it stops with the user. Changing it replaces the key. */
  owner?: Reference<User>;
  /** What it may do, for good; the owner's permissions unless given, and none for a key without an owner. */
  permissions?: pulumi.Input<pulumi.Input<Schemas["Permission"]>[]>;
  /** A date (valid through that day) or a time, UTC. Changed in place until it has passed. */
  endDate?: pulumi.Input<string>;
  /** For kind webapi: a secret of your own, 16 to 512 visible ASCII characters. Changing it ends the one before. */
  secret?: pulumi.Input<string>;
  /** Gives the key a new secret when it is set or changed, though not at creation. Any text or number. */
  rotate?: pulumi.Input<string | number>;
  rotation?: pulumi.Input<{
    /**
     * How long the secret before it lives on after a rotation, as `12h`; `0s` ends it at once. Unless given, 24h after a change
     * of `rotate`, and 0s after a change of `secret`.
     */
    overlap?: pulumi.Input<string>;
  }>;
  /** active unless given; revoked is for good, and keeps the key in the stack as a record. */
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
  declare readonly endDate: pulumi.Output<string | undefined>;
  declare readonly rotate: pulumi.Output<string | number | undefined>;
  declare readonly rotation: pulumi.Output<{ readonly overlap?: string } | undefined>;
  declare readonly deliverTo: pulumi.Output<{ readonly file: string } | undefined>;
  declare readonly storeSecret: pulumi.Output<boolean | undefined>;
  declare readonly state: pulumi.Output<Schemas["ApiKeyState"]>;
  /** The plaintext, secret; undefined for an adopted key, and with `storeSecret: false`. */
  declare readonly key: pulumi.Output<string>;
  /** Whether the stack has the plaintext. */
  declare readonly keyAvailable: pulumi.Output<boolean>;
  /** The name as it is shown. */
  declare readonly displayName: pulumi.Output<string>;
  /** What the key may do while its owner, if any, may. */
  declare readonly grantedPermissions: pulumi.Output<Schemas["Permission"][]>;
  /** What a key of the service's own begins with; empty for a client-made secret. */
  declare readonly prefix: pulumi.Output<string>;
  /** Tells keys apart in lists and logs. */
  declare readonly fingerprint: pulumi.Output<string>;
  /** How many secrets the key has had. */
  declare readonly generation: pulumi.Output<number>;
  declare readonly legacy: pulumi.Output<boolean>;
  /** What is, where `state` is what was asked for: active, expired or revoked. */
  declare readonly status: pulumi.Output<Schemas["ApiKeyStatus"]>;
  /** RFC 3339, UTC. */
  declare readonly createdAt: pulumi.Output<string>;
  /** RFC 3339, UTC; of the last refresh. */
  declare readonly lastUsedAt: pulumi.Output<string | undefined>;
  /** RFC 3339, UTC. */
  declare readonly revokedAt: pulumi.Output<string | undefined>;
  /** The first 1,000 users that the key is attached to; of the last refresh. */
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
