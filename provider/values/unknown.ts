/**
 * Values that aren't known before an update. At preview, the engine passes one sentinel string in place of each of them,
 * whatever its type and at any depth.
 */

/** The string that the engine passes in place of an unknown value; a part of its protocol. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** @returns whether the value itself is unknown. */
export function isUnknown(value: unknown): boolean {
  return value === unknownValue;
}

/** @returns whether the value, or anything inside it, is unknown. */
export function containsUnknown(value: unknown): boolean {
  if (Array.isArray(value)) {
    return value.some(containsUnknown);
  }
  if (typeof value === "object" && value !== null) {
    return Object.values(value).some(containsUnknown);
  }
  return isUnknown(value);
}

/** @returns whether there is an unknown value at the path, or on the way there. */
export function isUnknownAt(value: unknown, path: readonly PropertyKey[]): boolean {
  let at: unknown = value;
  for (const key of path) {
    if (isUnknown(at) || typeof at !== "object" || at === null) {
      return isUnknown(at);
    }
    at = Object.hasOwn(at, key) ? (at as Record<PropertyKey, unknown>)[key] : undefined;
  }
  return isUnknown(at);
}
