/** What an API key's arguments must be together, and beside those before. */
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

/** Asked at check, in this order. */
export const apiKeyRules: readonly Rule<Args<typeof apiKeyShape>>[] = [
  {
    needs: ["endDate"],
    // A key that has expired since it was declared is no error: only what is new must lie ahead.
    check: ({ endDate }, previous) =>
      endDate !== undefined && endDate !== previous.endDate && hasPassed(endDate, Date.now())
        ? { property: "endDate", reason: `${endDate} has passed: give a later one, or leave it out` }
        : undefined,
  },
  {
    needs: ["kind", "secret"],
    check: ({ kind, secret }) =>
      secret !== undefined && !isClientSecret(kind)
        ? {
            property: "secret",
            reason: `only a key of kind webapi takes one; the service makes that of kind ${kind}`,
          }
        : undefined,
  },
  {
    needs: ["kind", "secret"],
    // One that the service has taken already is no error.
    check: ({ kind, secret }, previous) =>
      isClientSecret(kind) &&
      secret !== undefined &&
      secret !== previous.secret &&
      estimateEntropyBits(secret) < clientSecretMinBits
        ? {
            property: "secret",
            reason: `it is too easy to guess: make it from at least ${clientSecretMinBits} random bits, as RandomPassword of @pulumi/random with a length of 32`,
          }
        : undefined,
  },
  {
    needs: ["format", "owner"],
    check: ({ format, owner }) =>
      requiredOwnerRole(format) !== undefined && owner === undefined
        ? {
            property: "owner",
            reason: `a key of format ${format} needs an owner, who has the role ${requiredOwnerRole(format)}`,
          }
        : undefined,
  },
  {
    needs: ["format", "kind"],
    check: ({ format, kind }) =>
      !isFormatOf(kind, format)
        ? { property: "format", reason: "a key of kind webapi is a secret of the client's own: opaque" }
        : undefined,
  },
  {
    needs: ["kind", "owner"],
    check: ({ kind, owner }) =>
      needsOwner(kind, "opaque") && owner === undefined
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
  {
    needs: ["rotate", "holdRotation", "kind"],
    check: (args, previous) =>
      args.holdRotation && asksToRotate(args, previous)
        ? { property: "rotate", reason: "rotation is held: leave this as it was, or take `holdRotation` out" }
        : undefined,
  },
  {
    needs: ["rotation", "secret"],
    check: ({ rotation, secret }) =>
      rotation?.every !== undefined && secret !== undefined
        ? { property: "rotation.every", reason: "the secret is your own: change `secret`, which rotates the key" }
        : undefined,
  },
  {
    needs: ["rotation"],
    check: ({ rotation: { every, overlap = defaultOverlap } = {} }) =>
      every !== undefined && durationMs(every) <= durationMs(overlap)
        ? {
            property: "rotation.every",
            reason: `it must be longer than the overlap, which is ${overlap}: a key has two secrets at most`,
          }
        : undefined,
  },
  {
    needs: ["rotation", "holdWhileUsed"],
    check: ({ rotation, holdWhileUsed }) =>
      holdWhileUsed !== undefined && durationMs(rotation?.overlap ?? defaultOverlap) === 0
        ? {
            property: "holdWhileUsed",
            reason: "without an overlap there is nothing to put off: give one, or take it out",
          }
        : undefined,
  },
  ...deliveryRules,
];
