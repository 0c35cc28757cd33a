/** Safeguards of a set, which are checked before anything is sent. */
import { foldEmail } from "roster-schema";
import type { CheckFailure } from "../lifecycle/shape.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import { isUnknown } from "../values/unknown.ts";
import { changedAddresses } from "./was.ts";

/** The maximum number of entries that one error names. */
export const maxNamed = 20;
/** The number of entries that can always be removed at once. */
const alwaysRemovable = 5;

/** @returns the first failures, and the number of further ones. */
export function firstFailures(failures: readonly CheckFailure[]): CheckFailure[] {
  const [last] = failures.slice(-1);
  return failures.length <= maxNamed || last === undefined
    ? [...failures]
    : [...failures.slice(0, maxNamed), { property: last.property, reason: `and ${failures.length - maxNamed} more` }];
}

/** @returns whether a set ignores an address. */
export function ignoredBy(ignore: unknown): (address: string) => boolean {
  const patterns = new Set((Array.isArray(ignore) ? ignore : []).map((pattern) => foldEmail(String(pattern))));
  return (address) => patterns.has(address) || patterns.has(`*${address.slice(address.lastIndexOf("@"))}`);
}

/**
 * Lists which entries a refresh has found in addition to the set's own, without revealing an address: the engine knows that a
 * map is secret, but not that another value repeats it.
 *
 * @param found the entries that were found, by address
 * @param entries all entries
 * @returns their indexes among all addresses, in order
 */
export function indexesOf(found: PropertyMap, entries: PropertyMap): readonly number[] {
  if (Object.keys(found).length === 0) {
    return [];
  }
  return inOrder(entries).flatMap((address, at) => (Object.hasOwn(found, address) ? [at] : []));
}

/** The addresses at {@link indexesOf}. */
function addressesAt(places: unknown, entries: PropertyMap): ReadonlySet<string | undefined> {
  if (!Array.isArray(places)) {
    return new Set();
  }
  const addresses = inOrder(entries);
  return new Set(places.map((at) => addresses[Number(at)]));
}

function inOrder(entries: PropertyMap): string[] {
  return Object.keys(entries).toSorted();
}

/**
 * Refuses to remove a larger fraction of a set than `maxRemovalFraction` at once, if it is more than five entries.
 *
 * @param entries the argument with the entries
 * @param before the previous entries, including those that a refresh has found, with the {@link indexesOf} the latter under `__found`
 */
export function refuseRemovals(entries: string, args: PropertyMap, before: PropertyMap): CheckFailure | undefined {
  const [was, will, fraction] = [before[entries], args[entries], args.maxRemovalFraction];
  if (!isRecord(was) || !isRecord(will) || isUnknown(will) || typeof fraction !== "number") {
    return undefined;
  }
  const found = addressesAt(before.__found, was);
  const isIgnored = args.mode === "additive" ? () => true : ignoredBy(args.ignore);
  // Only entries that the set did not create are kept; its own are deleted when they are no longer listed.
  const stays = (address: string) => found.has(address) && isIgnored(address);
  const all = Object.keys(was).length;
  const readdressed = new Set(changedAddresses(will, (address) => Object.hasOwn(was, address)).values());
  const isRemoved = (address: string) => !Object.hasOwn(will, address) && !readdressed.has(address) && !stays(address);
  const removed = Object.keys(was).filter(isRemoved).length;
  if (removed <= alwaysRemovable || removed <= fraction * all) {
    return undefined;
  }
  const needed = Math.ceil((removed / all) * 100) / 100;
  return {
    property: "maxRemovalFraction",
    reason:
      `this removes ${removed} of ${all} ${entries}, but maxRemovalFraction allows ${Math.max(alwaysRemovable, Math.floor(fraction * all))} at once: ` +
      `to remove them all, do it in several steps, or set maxRemovalFraction to ${needed} for this change`,
  };
}
