/** Entries that say which address their person had before: `was`. */
import { foldEmail } from "roster-schema";
import type { CheckFailure } from "../lifecycle/shape.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import { isUnknown } from "../values/unknown.ts";

/** The previous address in an entry, in lower case; undefined if it has none, or if it isn't known yet. */
export function previousAddressIn(value: unknown): string | undefined {
  const was = isRecord(value) ? value.was : undefined;
  return typeof was === "string" && !isUnknown(was) ? foldEmail(was) : undefined;
}

/** The previous addresses that entries declare, by current address. */
export function previousAddresses(entries: PropertyMap): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(entries).flatMap(([address, value]): [string, string][] => {
      const was = previousAddressIn(value);
      return was === undefined ? [] : [[address, was]];
    }),
  );
}

/**
 * The previous addresses that a change makes use of: those that the set has, for entries that it doesn't have yet.
 *
 * @param has whether the set has an address
 */
export function changedAddresses(entries: PropertyMap, has: (address: string) => boolean): ReadonlyMap<string, string> {
  return new Map(
    [...previousAddresses(entries)].filter(
      ([address, was]) => !has(address) && has(was) && !Object.hasOwn(entries, was),
    ),
  );
}

/**
 * Refuses previous addresses that are also entries, which includes chains and exchanges, and those that two entries declare: it
 * would not be clear which person is meant.
 *
 * @param argument the argument with the entries
 */
export function refusePreviousAddresses(argument: string, entries: PropertyMap): CheckFailure[] {
  const claimedBy = new Map<string, string>();
  return [...previousAddresses(entries)].flatMap(([address, was]): CheckFailure[] => {
    const property = `${argument}.${address}.was`;
    const other = claimedBy.get(was);
    claimedBy.set(was, other ?? address);
    if (was === address) {
      return [{ property, reason: "this is the entry's own address: remove it, or declare the previous one" }];
    }
    if (Object.hasOwn(entries, was)) {
      return [
        {
          property,
          reason:
            `${argument}.${was} declares this address as well, so it is not clear which person has it. If ${address} has the new ` +
            "address already, remove `was`. To pass an address from one person to the next, change one address in each update.",
        },
      ];
    }
    return other === undefined
      ? []
      : [{ property, reason: `${argument}.${other} has the same \`was\`: a person can have only one new address` }];
  });
}
