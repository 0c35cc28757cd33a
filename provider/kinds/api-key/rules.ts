/** The rules about combinations of an API key's arguments, and about their changes. */
import {
  clientSecretMinBits,
  estimateEntropyBits,
  isClientSecret,
  isFormatOf,
  needsOwner,
  requiredOwnerRole,
} from "roster-schema";
import { wantsAdoption } from "../../lifecycle/adoption.ts";
import type { Args, Rule } from "../../lifecycle/definition.ts";
import { ofKeys } from "./names.ts";
import type { apiKeyShape } from "./properties.ts";
import { asksToRotate, exists } from "./rotation.ts";
import { sharedRules } from "./shared-rules.ts";

/** The rules, in the order in which they are checked. */
export const apiKeyRules: readonly Rule<Args<typeof apiKeyShape>>[] = [
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
      secret !== undefined && !exists(previous) && wantsAdoption(args)
        ? {
            property: "secret",
            reason: "an adopted key keeps its secret: remove `secret`, and set it later to rotate the key",
          }
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
    needs: ["rotation", "secret"],
    check: ({ rotation, secret }) =>
      rotation?.every !== undefined && secret !== undefined
        ? {
            property: "rotation.every",
            reason: "you declare the key's secret: remove this, and change `secret` to rotate the key",
          }
        : undefined,
  },
  ...sharedRules(ofKeys),
  {
    needs: ["storeSecret"],
    // This also applies to an unknown secret, because it will be an input.
    check: ({ storeSecret, secret }) =>
      storeSecret === false && secret !== undefined
        ? {
            property: "storeSecret",
            reason:
              "a `secret` in the program is stored in the state as an input: remove it, and the provider makes one",
          }
        : undefined,
  },
];
