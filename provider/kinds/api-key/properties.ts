/** The properties of an API key. */
import {
  apiKeyAssignmentStatusValues,
  apiKeyFormatValues,
  apiKeyKindValues,
  apiKeyStateValues,
  apiKeyStatusValues,
  durationMs,
  permissionValues,
  userStatusValues,
} from "roster-schema";
import { z } from "zod";
import { property } from "../../values/property.ts";
import {
  actionArgument,
  allowedIps,
  duration,
  endDate,
  namedTime,
  permissions,
  reference,
  text,
  time,
  timeFormat,
} from "../../values/property-types.ts";

/** How long the previous secret works after a rotation by schedule or by `rotate`. */
export const defaultOverlap = "24h";

/** Every rotation requires an `up`, and the service records uses by the minute. */
const minEveryMs = 60_000;

/** The arguments that determine when a key is rotated. */
const rotationShape = {
  rotate: actionArgument("Gives the key a new secret."),
  rotation: z
    .strictObject({
      every: duration
        .refine((every) => durationMs(every) >= minEveryMs, "a key can be rotated at most once a minute")
        .optional()
        .describe(
          "The age, such as `90d`, at which the next `up` rotates a secret. At least `1m`, and longer than the overlap.",
        ),
      overlap: duration
        .optional()
        .describe(
          `How long the previous secret works after a rotation, such as \`12h\`; \`0s\` ends it at once. If omitted, \`${defaultOverlap}\`, or ` +
            "`0s` after a change of `secret`.",
        ),
    })
    .optional()
    .describe("When the key is rotated, and for how long the previous secret works."),
  holdRotation: z.boolean().optional().describe("Whether rotation is on hold: a rotation that is due waits."),
  holdWhileUsed: duration
    .optional()
    .describe(
      "Postpones the end of the previous secret, and with it the next rotation, for as long as that secret was used within " +
        "this time, such as `1h`. For rotations with an overlap.",
    ),
};

/** The arguments that determine where a key's secrets are delivered and stored. */
const deliveryShape = {
  deliverTo: z
    .strictObject({
      file: z
        .string()
        .max(4096, "a path has at most 4096 characters")
        .regex(/^[^\0]*[^\0/\\]$/, "it must be the path of a file")
        .describe(
          "The file, which holds the secret and nothing else. It is written whole or not at all, and only its owner can read it (mode 0600).",
        ),
    })
    .optional()
    .describe(
      "Writes each secret to a file, at creation and at every rotation. A relative path is from the program's folder.",
    ),
  storeSecret: z
    .boolean()
    .optional()
    .describe(
      "Whether the state keeps the secret, as the output `key`. If omitted, it does; `false` requires `deliverTo`.",
    ),
};

/** The arguments of an API key. */
export const apiKeyShape = {
  organization: reference("Organization").meta(
    property("The organization that the key authenticates.", { change: "replaces" }),
  ),
  name: text(200).describe(
    "1 to 200 characters, unique among the organization's active keys; include the integration and the environment.",
  ),
  kind: z.enum(apiKeyKindValues).meta(
    property("What calls with the key: a server, a Web API (with a secret that the client made), or a user.", {
      change: "replaces",
    }),
  ),
  format: z
    .enum(apiKeyFormatValues)
    .default("opaque")
    .meta(
      property("The format of the secret; `jwt` requires an owner with the role `api_user`.", { change: "replaces" }),
    ),
  owner: reference("User")
    .optional()
    .meta(property("The user who owns the key; the key stops with the user.", { change: "replaces" })),
  permissions: permissions
    .optional()
    .describe(
      "What the key can do. If omitted at creation, it has the permissions that the owner has then, or none if the key has no " +
        "owner; if omitted later, they stay as they are.",
    ),
  allowedIps: allowedIps
    .optional()
    .describe(
      "Where the key authenticates from: 1 to 100 addresses such as `203.0.113.7` and ranges (CIDR) such as `2001:db8::/48`, in " +
        "any order. If omitted, it authenticates from anywhere.",
    ),
  endDate: endDate
    .optional()
    .describe("A date (the key is valid through that day) or a time, UTC. It can be changed until it has passed."),
  secret: z
    .string()
    .min(16, "a secret must have at least 16 characters")
    .max(512, "a secret must have at most 512 characters")
    .regex(/^[\x21-\x7e]+$/, "a secret must consist of visible ASCII characters")
    .optional()
    .meta(
      property(
        "For kind `webapi`: a secret of your own, made from 128 random bits or more; 16 to 512 visible ASCII characters. " +
          "Changing it ends the previous one.",
        { secret: true },
      ),
    ),
  ...rotationShape,
  ...deliveryShape,
  state: z
    .enum(apiKeyStateValues)
    .default("active")
    .meta(
      property("`revoked` ends the key permanently, and keeps it in the stack as a record.", {
        defaultEvenIfAdopted: true,
      }),
    ),
};

const assignee = z.object({
  user: z.string().optional().describe("The user's id; none until an invited or external person has accepted."),
  email: z.string().describe("The address."),
  status: z.enum(apiKeyAssignmentStatusValues).describe("`pending`, `active` or `expired`."),
});

/** The properties of a key that the service computes. */
export const apiKeyOutputs = {
  key: z.string().meta(
    property("The plaintext of the secret. Adopted keys have none, nor do keys with `storeSecret: false`.", {
      secret: true,
    }),
  ),
  keyAvailable: z.boolean().describe("Whether the stack has the plaintext of a secret that works."),
  previousKey: z
    .string()
    .optional()
    .meta(property("The plaintext of the previous secret, as long as it works.", { secret: true })),
  previousKeyExpiresAt: time
    .optional()
    .describe(`When the previous secret ends; \`holdWhileUsed\` can postpone that. ${timeFormat}`),
  previousKeyHeld: z.boolean().describe("Whether the end of the previous secret is postponed, because it is in use."),
  displayName: z.string().meta(property("The name as people see it.", { repeats: "name" })),
  grantedPermissions: z
    .array(z.enum(permissionValues))
    .meta(property("What the key can do, as long as its owner, if it has one, can.", { repeats: "permissions" })),
  prefix: z
    .string()
    .describe("The first characters of a key that the service made; empty for a secret that the client made."),
  fingerprint: z.string().describe("Identifies the secret in lists and logs."),
  generation: z.int().describe("The number of secrets that the key has had, up to the one that the stack has."),
  rotatedAt: time.describe(`When that secret was made. ${timeFormat}`),
  rotatesAt: time
    .optional()
    .describe(`The time from which \`up\` rotates the key, with \`rotation.every\`. ${timeFormat}`),
  ownerStatus: z
    .enum(userStatusValues)
    .optional()
    .describe(
      "The status of the owner's account. Until the owner has set it up, it is `invited`, and the key doesn't authenticate.",
    ),
  legacy: z.boolean().describe("Whether the key was created before the service supported several keys for each owner."),
  status: z
    .enum(apiKeyStatusValues)
    .describe("The actual status, whereas `state` is the declared one: `active`, `expired` or `revoked`."),
  createdAt: namedTime,
  lastUsedAt: time.optional().describe(`As of the last refresh. ${timeFormat}`),
  revokedAt: namedTime.optional(),
  // A user's address may be a secret of the stack, which a key can't determine.
  assignees: z
    .array(assignee)
    .meta(property("The first 100 users that the key is attached to, as of the last refresh.", { secret: true })),
  assigneeCount: z.int().describe("The number of users that the key is attached to."),
};
