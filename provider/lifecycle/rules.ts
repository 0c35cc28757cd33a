/** The check of rules over several arguments. */
import type { PropertyMap } from "../values/property-map.ts";
import { containsUnknown } from "../values/unknown.ts";
import type { Rule } from "./definition.ts";
import { leftOutOf } from "./left-out.ts";
import type { CheckFailure } from "./shape.ts";

/**
 * Checks the rules whose arguments are all known and have no failure of their own.
 *
 * @param previous the previous arguments; empty if the object is created or replaced
 * @param failures those that were found before
 */
export function brokenRules<Args extends object>(
  rules: readonly Rule<Args>[],
  args: Args,
  previous: Partial<Args>,
  failures: readonly CheckFailure[],
): CheckFailure[] {
  const wrong = new Set<unknown>(failures.map(({ property }) => property.split(/[.[]/)[0]));
  // The program doesn't know the values that an adopted object keeps.
  const unusable = new Set([...wrong, ...leftOutOf({ ...args } as PropertyMap)]);
  const broken = rules
    .filter(({ needs }) => !needs.some((name) => unusable.has(name) || containsUnknown(args[name])))
    .map(({ check }) => check(args, previous));
  return broken.filter((failure) => failure !== undefined);
}
