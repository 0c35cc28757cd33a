/** The check of rules over several arguments. */
import { containsUnknown } from "../values/unknown.ts";
import type { Rule } from "./definition.ts";
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
  const wrong = new Set(failures.map(({ property }) => property.split(/[.[]/)[0]));
  const broken = rules
    .filter(({ needs }) => !needs.some((name) => wrong.has(name) || containsUnknown(args[name])))
    .map(({ check }) => check(args, previous));
  return broken.filter((failure) => failure !== undefined);
}
