/** The properties that API keys and access tokens have in common. */
import { apiKeyStateValues, apiKeyStatusValues, durationMs } from "roster-schema";
import { z } from "zod";
import type { Args } from "../../lifecycle/definition.ts";
import { property } from "../../values/property.ts";
import {
  actionArgument,
  allowedIps,
  creationTime,
  duration,
  endDate,
  namedTime,
  reference,
  text,
  time,
  timeFormat,
} from "../../values/property-types.ts";
import type { SecretNames } from "./names.ts";

/** How long the previous secret works after a rotation by schedule or by `rotate`. */
export const defaultOverlap = "24h";

/** Every rotation requires an `up`, and the service records uses by the minute. */
const minEveryMs = 60_000;

/** The arguments that API keys and access tokens have in common. */
export type SharedShape = ReturnType<typeof sharedShape>;

/** The same, as checked values. */
export type SharedArgs = Args<SharedShape>;

/** The arguments that both have. */
export function sharedShape(names: SecretNames) {
  const { word } = names;
  return {
    organization: reference("Organization").meta(
      property(
        word === "key" ? "The organization that the key authenticates." : "The organization that the token manages.",
        { change: "replaces" },
      ),
    ),
    name: text(200).describe(
      word === "key"
        ? "1 to 200 characters, unique among the organization's active keys; include the integration and the environment."
        : "1 to 200 characters, unique among the active tokens of the organization's system users.",
    ),
    allowedIps: allowedIps
      .optional()
      .describe(
        `Where the ${word} authenticates from: 1 to 100 addresses such as \`203.0.113.7\` and ranges (CIDR) such as \`2001:db8::/48\`, in ` +
          "any order. If omitted, it authenticates from anywhere.",
      ),
    endDate: endDate
      .optional()
      .describe(
        `A date (the ${word} is valid through that day) or a time, UTC. It can be changed until it has passed.`,
      ),
    ...rotationShape(names),
    ...deliveryShape(names),
    state: z
      .enum(apiKeyStateValues)
      .default("active")
      .meta(
        property(`\`revoked\` ends the ${word} permanently, and keeps it in the stack as a record.`, {
          defaultEvenIfAdopted: true,
        }),
      ),
  };
}

/** The arguments that determine when a secret is rotated. */
function rotationShape({ word }: SecretNames) {
  return {
    rotate: actionArgument(`Gives the ${word} a new secret.`),
    rotation: z
      .strictObject({
        every: duration
          .refine((every) => durationMs(every) >= minEveryMs, `a ${word} can be rotated at most once a minute`)
          .optional()
          .describe(
            "The age, such as `90d`, at which the next `up` rotates a secret. At least `1m`, and longer than the overlap.",
          ),
        overlap: duration
          .optional()
          .describe(
            `How long the previous secret works after a rotation, such as \`12h\`; \`0s\` ends it at once. If omitted, \`${defaultOverlap}\`` +
              (word === "key" ? ", or `0s` after a change of `secret`." : "."),
          ),
      })
      .optional()
      .meta(
        property(`When the ${word} is rotated, and for how long the previous secret works.`, {
          schemaName: word === "key" ? "ApiKeyRotation" : "AccessTokenRotation",
        }),
      ),
    holdRotation: z.boolean().optional().describe("Whether rotation is on hold: a rotation that is due waits."),
    holdWhileUsed: duration
      .optional()
      .describe(
        "Postpones the end of the previous secret, and with it the next rotation, for as long as that secret was used within " +
          "this time, such as `1h`. For rotations with an overlap.",
      ),
  };
}

/** The arguments that determine where secrets are delivered and stored. */
function deliveryShape({ secret }: SecretNames) {
  return {
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
      .meta(
        property(
          "Writes each secret to a file, at creation and at every rotation. A relative path is from the program's folder.",
          { schemaName: "Delivery" },
        ),
      ),
    storeSecret: z
      .boolean()
      .optional()
      .describe(
        `Whether the state keeps the secret, as the output \`${secret}\`. If omitted, it does; \`false\` requires \`deliverTo\`.`,
      ),
  };
}

/** The outputs about the plaintexts. */
export function plaintextOutputs({ word, secret, available, previous, previousExpiresAt, previousHeld }: SecretNames) {
  return {
    [secret]: z
      .string()
      .meta(
        property(
          `The plaintext of the secret. Adopted ${word}s have none, nor do ${word}s with \`storeSecret: false\`.`,
          { secret: true },
        ),
      ),
    [available]: z.boolean().describe("Whether the stack has the plaintext of a secret that works."),
    [previous]: z
      .string()
      .optional()
      .meta(property("The plaintext of the previous secret, as long as it works.", { secret: true })),
    [previousExpiresAt]: time
      .optional()
      .describe(`When the previous secret ends; \`holdWhileUsed\` can postpone that. ${timeFormat}`),
    [previousHeld]: z.boolean().describe("Whether the end of the previous secret is postponed, because it is in use."),
  };
}

/** The outputs that identify the secret, and about its rotation. */
export function generationOutputs({ word }: SecretNames) {
  return {
    prefix: z
      .string()
      .describe(
        word === "key"
          ? "The first characters of a key that the service made; empty for a secret that the client made."
          : "The first characters of the plaintext.",
      ),
    fingerprint: z.string().describe("Identifies the secret in lists and logs."),
    generation: z.int().describe(`The number of secrets that the ${word} has had, up to the one that the stack has.`),
    rotatedAt: time.describe(`When that secret was made. ${timeFormat}`),
    rotatesAt: time
      .optional()
      .describe(`The time from which \`up\` rotates the ${word}, with \`rotation.every\`. ${timeFormat}`),
  };
}

/** The outputs about the status. */
export const statusOutputs = {
  status: z
    .enum(apiKeyStatusValues)
    .describe("The actual status, whereas `state` is the declared one: `active`, `expired` or `revoked`."),
  createdAt: creationTime,
  lastUsedAt: time.optional().describe(`As of the last refresh. ${timeFormat}`),
  revokedAt: namedTime.optional(),
};
