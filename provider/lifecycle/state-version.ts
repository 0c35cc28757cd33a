/** What earlier versions of this package wrote into a state, brought to what this one writes. */
import type { PropertyMap } from "../values/property-map.ts";

/**
 * Upgrades a state, or inputs.
 *
 * @param upgrades from version 1 to 2, from 2 to 3, …
 * @returns the values with their version; what is empty stays so
 * @throws Error if they are from a later version
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
      `this ${kind} was written by a later version of pulumi-roster (state version ${String(from)}, and this one knows ` +
        `${newest}): install that version, or a later one.`,
    );
  }
  const upgraded = upgrades.slice(from - 1).reduce((earlier, upgrade) => upgrade(earlier), rest);
  return { ...upgraded, __stateVersion: newest };
}

/** Brings the state of any kind from version 1 to version 2, which knows of adoption. */
export function toVersion2(values: PropertyMap): PropertyMap {
  return "etag" in values ? { adopted: false, ...values } : values;
}

/**
 * Brings what was written before the stack's names for its objects were made of kind and name to the version that knows of
 * both forms. What is stored stays: a name that is in the state is good for as long as the resource has it.
 *
 * @see docs/decisions/0037-names-without-a-front.md
 */
export function keepExternalId(values: PropertyMap): PropertyMap {
  return values;
}
