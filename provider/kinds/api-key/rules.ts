/** The rules about combinations of an API key's arguments, and about their changes. */
import {
  clientSecretMinBits,
  durationMs,
  estimateEntropyBits,
  isClientSecret,
  isFormatOf,
  needsOwner,
  requiredOwnerRole,
} from "roster-schema";
import { wantsAdoption } from "../../lifecycle/adoption.ts";
import type { Args, Rule } from "../../lifecycle/definition.ts";
import { hasPassed } from "../../values/property-types.ts";
import { deliveryRules } from "./delivery.ts";
import { type apiKeyShape, defaultOverlap } from "./properties.ts";
import { asksToRotate } from "./rotation.ts";

/** The rules, in the order in which they are checked. */
export const apiKeyRules: readonly Rule<Args<typeof apiKeyShape>>[] = [
  {
    needs: ["endDate"],
    // A key that has expired since it was declared is not an error: only a new end date must be in the future.
    check: ({ endDate }, previous) =>
      endDate !== undefined && endDate !== previous.endDate && hasPassed(endDate, Date.now())
        ? { property: "endDate", reason: `${endDate} has passed: set a later one, or remove it` }
        : undefined,
  },
  {
    needs: ["kind", "secret"],
    check: ({ kind, secret }) =>
      secret !== undefined && !isClientSecret(kind)
        ? {
            property: "secret",
            reason: `only a key of kind webapi can have one; for kind ${kind}, the service makes the secret`,
          }
        : undefined,
  },
  {
    needs: ["kind", "secret"],
    // A secret that the service has already accepted is not an error.
    check: ({ kind, secret }, previous) =>
      isClientSecret(kind) &&
      secret !== undefined &&
      secret !== previous.secret &&
      estimateEntropyBits(secret) < clientSecretMinBits
        ? {
            property: "secret",
            reason: `it is too easy to guess: make it from at least ${clientSecretMinBits} random bits, such as with RandomPassword of @pulumi/random and a length of 32`,
          }
        : undefined,
  },
  {
    needs: ["format", "owner"],
    check: ({ format, owner }) =>
      requiredOwnerRole(format) !== undefined && owner === undefined
        ? {
            property: "owner",
            reason: `a key of format ${format} requires an owner with the role ${requiredOwnerRole(format)}`,
          }
        : undefined,
  },
  {
    needs: ["format", "kind"],
    check: ({ format, kind }) =>
      !isFormatOf(kind, format)
        ? { property: "format", reason: `a key of kind ${kind} must have the format opaque` }
        : undefined,
  },
  {
    needs: ["kind", "owner"],
    check: ({ kind, owner }) =>
      needsOwner(kind, "opaque") && owner === undefined
        ? { property: "owner", reason: `a key of kind ${kind} requires an owner` }
        : undefined,
  },
  {
    needs: ["secret"],
    check: ({ secret, ...args }, previous) =>
      secret !== undefined && previous.kind === undefined && wantsAdoption(args)
        ? {
            property: "secret",
            reason: "an adopted key keeps its secret: remove `secret`, and set it later to rotate the key",
          }
        : undefined,
  },
  {
    needs: ["state"],
    check: ({ state }, previous) =>
      state === "revoked" && previous.kind === undefined
        ? { property: "state", reason: "a key can't be created as revoked: remove the resource" }
        : undefined,
  },
  {
    needs: ["rotate", "state"],
    check: (args, previous) =>
      args.state === "revoked" && asksToRotate(args, previous)
        ? { property: "rotate", reason: "a revoked key can't be rotated: undo the change" }
        : undefined,
  },
  {
    needs: ["rotate", "kind", "secret"],
    check: (args, previous) =>
      args.secret !== undefined && args.secret === previous.secret && asksToRotate(args, previous)
        ? { property: "rotate", reason: "you declare the key's secret: change `secret` to rotate the key" }
        : undefined,
  },
  {
    needs: ["rotate", "holdRotation", "kind"],
    check: (args, previous) =>
      args.holdRotation && asksToRotate(args, previous)
        ? { property: "rotate", reason: "rotation is on hold: undo the change, or remove `holdRotation`" }
        : undefined,
  },
  {
    needs: ["rotation", "secret"],
    check: ({ rotation, secret }) =>
      rotation?.every !== undefined && secret !== undefined
        ? {
            property: "rotation.every",
            reason: "you declare the key's secret: remove this, and change `secret` to rotate the key",
          }
        : undefined,
  },
  {
    needs: ["rotation"],
    check: ({ rotation: { every, overlap = defaultOverlap } = {} }) =>
      every !== undefined && durationMs(every) <= durationMs(overlap)
        ? {
            property: "rotation.every",
            reason: `it must be longer than the overlap, which is ${overlap}, because a key has at most two secrets`,
          }
        : undefined,
  },
  {
    needs: ["rotation", "holdWhileUsed"],
    check: ({ rotation, holdWhileUsed }) =>
      holdWhileUsed !== undefined && durationMs(rotation?.overlap ?? defaultOverlap) === 0
        ? {
            property: "holdWhileUsed",
            reason: "without an overlap, it has no effect: set an overlap, or remove it",
          }
        : undefined,
  },
  ...deliveryRules,
];
