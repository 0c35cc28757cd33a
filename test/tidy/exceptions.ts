/** Exceptions to the rules of this folder: each has a name and a reason in words, and goes when nothing needs it any more. */

/** Exceptions by name, each with its reason. */
export type Exceptions = Readonly<Record<string, string>>;

/** A reason has at least two words. */
const words = /\w\S* \w/;

/**
 * What is wrong with exceptions, each by its name: those without a reason, and those that nothing needs.
 *
 * @param isNeeded whether the rule would be broken without it
 */
export function faultsOf(exceptions: Exceptions, isNeeded: (name: string) => boolean): string[] {
  return Object.entries(exceptions).flatMap(([name, why]) => [
    ...(words.test(why) ? [] : [`${name}: give a reason`]),
    ...(isNeeded(name) ? [] : [`${name}: no longer needed, take it off the list`]),
  ]);
}
