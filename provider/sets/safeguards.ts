/** What is asked of a set before anything is sent. */
import { foldEmail } from "roster-schema";
import type { CheckFailure } from "../lifecycle/shape.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import { isUnknown } from "../values/unknown.ts";

/** At most so many entries are named in one error. */
export const maxNamed = 20;
/** So many entries may always be removed at once. */
const alwaysRemovable = 5;

/** @returns the first failures, and how many more there are. */
export function firstFailures(failures: readonly CheckFailure[]): CheckFailure[] {
  const [last] = failures.slice(-1);
  return failures.length <= maxNamed || last === undefined
    ? [...failures]
    : [...failures.slice(0, maxNamed), { property: last.property, reason: `and ${failures.length - maxNamed} more` }];
}

/** @returns whether an address is one of those that a set leaves alone. */
export function ignoredBy(ignore: unknown): (address: string) => boolean {
  const patterns = new Set((Array.isArray(ignore) ? ignore : []).map((pattern) => foldEmail(String(pattern))));
  return (address) => patterns.has(address) || patterns.has(`*${address.slice(address.lastIndexOf("@"))}`);
}

/**
 * Says which entries a refresh has found besides the set's own, in a way that tells no address: the engine knows that a map is
 * secret, and not that something else repeats it.
 *
 * @param found the addresses of what was found
 * @param entries all entries
 * @returns their places among all addresses, in order
 */
export function indexesOf(found: PropertyMap, entries: PropertyMap): readonly number[] {
  if (Object.keys(found).length === 0) return [];
  return inOrder(entries).flatMap((address, at) => (Object.hasOwn(found, address) ? [at] : []));
}

/** The addresses at {@link indexesOf}. */
function addressesAt(places: unknown, entries: PropertyMap): ReadonlySet<string | undefined> {
  if (!Array.isArray(places)) return new Set();
  const addresses = inOrder(entries);
  return new Set(places.map((at) => addresses[Number(at)]));
}

function inOrder(entries: PropertyMap): string[] {
  return Object.keys(entries).toSorted();
}

/**
 * Refuses to remove more of a set at once than its `maxRemovalFraction`, above five.
 *
 * @param entries the argument with the entries
 * @param before what was declared, with what a refresh has found besides, and its {@link indexesOf} under `__found`
 */
export function refuseRemovals(entries: string, args: PropertyMap, before: PropertyMap): CheckFailure | undefined {
  const [was, will, fraction] = [before[entries], args[entries], args.maxRemovalFraction];
  if (!isRecord(was) || !isRecord(will) || isUnknown(will) || typeof fraction !== "number") {
    return undefined;
  }
  const found = addressesAt(before.__found, was);
  const isIgnored = args.mode === "additive" ? () => true : ignoredBy(args.ignore);
  // Only whom the set didn't make is left alone; its own end when they are taken off the list.
  const stays = (address: string) => found.has(address) && isIgnored(address);
  const all = Object.keys(was).length;
  const removed = Object.keys(was).filter((address) => !Object.hasOwn(will, address) && !stays(address)).length;
  if (removed <= alwaysRemovable || removed <= fraction * all) {
    return undefined;
  }
  const needed = Math.ceil((removed / all) * 100) / 100;
  return {
    property: "maxRemovalFraction",
    reason:
      `${removed} of ${all} ${entries} would be removed at once, and it allows ${Math.max(alwaysRemovable, Math.floor(fraction * all))}: ` +
      `if that is intended, remove them in several steps, or set maxRemovalFraction to ${needed} for this change`,
  };
}
