/**
 * Objects that `pulumi import` has put into the state. Nothing in the service is changed by that, so such an object has no externalId of
 * the stack until the stack updates it.
 */
import type { PropertyMap } from "../values/property-map.ts";

/** The property of a state and of inputs that says so. The engine doesn't display it. */
export const importedProperty = "__imported";

/** Whether the state or the inputs of a resource are those that were read when it was imported. */
export function isImported(values: PropertyMap): boolean {
  return values[importedProperty] === true;
}

/** The values, with the property if `before` has it. */
export function stillImported(before: PropertyMap, values: PropertyMap): PropertyMap {
  return isImported(before) ? { ...values, [importedProperty]: true } : values;
}

/** Whether no update has given an imported object an externalId yet. Another stack can take it over until then. */
export function isUnclaimed(state: PropertyMap): boolean {
  return isImported(state) && state.externalId === undefined;
}

/**
 * Whether another resource has an imported object, or an entry of an imported set, by now.
 *
 * @param found what the service has
 * @param name the externalId by which the stack would claim it
 */
export function isTakenOver(
  state: PropertyMap,
  found: { readonly externalId: string | null } | undefined,
  name?: unknown,
): boolean {
  return isUnclaimed(state) && found !== undefined && found.externalId !== null && found.externalId !== name;
}

/** The changed properties of an object, without its externalId if the next update gives it its first one. */
export function withoutClaim(state: PropertyMap, changed: readonly string[]): readonly string[] {
  return isUnclaimed(state) ? changed.filter((name) => name !== "externalId") : changed;
}
