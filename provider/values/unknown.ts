/**
 * Values that aren't known before an update: at preview, the engine passes one sentinel string in place of any value,
 * whatever its type, at any depth.
 */

/** What the engine passes in place of a value that isn't known yet; a part of its protocol. */
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

/** @returns whether following the path into the value meets an unknown on the way, or ends at one. */
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
