/** The rules about combinations of the arguments that API keys and access tokens have in common, and about their changes. */
import { durationMs } from "roster-schema";
import type { Rule } from "../../lifecycle/definition.ts";
import { hasPassed } from "../../values/property-types.ts";
import { deliveryRules } from "./delivery.ts";
import type { SecretNames } from "./names.ts";
import { asksToRotate, exists } from "./rotation.ts";
import { defaultOverlap, type SharedArgs } from "./shared-properties.ts";

/** The rules, in the order in which they are checked. */
export function sharedRules(names: SecretNames): readonly Rule<SharedArgs>[] {
  const { word } = names;
  return [
    {
      needs: ["endDate"],
      // One that has expired since it was declared is not an error: only a new end date must be in the future.
      check: ({ endDate }, previous) =>
        endDate !== undefined && endDate !== previous.endDate && hasPassed(endDate, Date.now())
          ? { property: "endDate", reason: `${endDate} has passed: set a later one, or remove it` }
          : undefined,
    },
    {
      needs: ["state"],
      check: ({ state }, previous) =>
        state === "revoked" && !exists(previous)
          ? { property: "state", reason: `a ${word} can't be created as revoked: remove the resource` }
          : undefined,
    },
    {
      needs: ["rotate", "state"],
      check: (args, previous) =>
        args.state === "revoked" && asksToRotate(args, previous)
          ? { property: "rotate", reason: `a revoked ${word} can't be rotated: undo the change` }
          : undefined,
    },
    {
      needs: ["rotate", "holdRotation"],
      check: (args, previous) =>
        args.holdRotation && asksToRotate(args, previous)
          ? { property: "rotate", reason: "rotation is on hold: undo the change, or remove `holdRotation`" }
          : undefined,
    },
    {
      needs: ["rotation"],
      check: ({ rotation: { every, overlap = defaultOverlap } = {} }) =>
        every !== undefined && durationMs(every) <= durationMs(overlap)
          ? {
              property: "rotation.every",
              reason: `it must be longer than the overlap, which is ${overlap}, because a ${word} has at most two secrets`,
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
    ...deliveryRules(names),
  ];
}
