/** Upgrades of states that earlier versions of this package have written. */
import type { PropertyMap } from "../values/property-map.ts";

/**
 * Upgrades a state, or inputs.
 *
 * @param upgrades from version 1 to 2, from 2 to 3, …
 * @returns the values with their version; empty values stay empty
 * @throws Error if a later version has written them
 */
export function upgradeState(
  kind: string,
  values: PropertyMap,
  upgrades: readonly ((values: PropertyMap) => PropertyMap)[],
): PropertyMap {
  if (Object.keys(values).length === 0) {
    return values;
  }
  const newest = upgrades.length + 1;
  const { __stateVersion: from = 1, ...rest } = values;
  if (typeof from !== "number" || from > newest) {
    throw new Error(
      `this ${kind} was written by a later version of pulumi-roster (its state version is ${String(from)}, and this version ` +
        `supports ${newest}): install that version or a later one.`,
    );
  }
  const upgraded = upgrades.slice(from - 1).reduce((earlier, upgrade) => upgrade(earlier), rest);
  return { ...upgraded, __stateVersion: newest };
}

/** Upgrades the state of any kind from version 1 to version 2, which has adoption. */
export function toVersion2(values: PropertyMap): PropertyMap {
  return "etag" in values ? { adopted: false, ...values } : values;
}

/**
 * Upgrades a state from before the externalId was made of kind and name. Nothing changes: an externalId in the state stays
 * valid for as long as the resource has it.
 *
 * @see docs/decisions/0037-names-without-a-front.md
 */
export function keepExternalId(values: PropertyMap): PropertyMap {
  return values;
}
