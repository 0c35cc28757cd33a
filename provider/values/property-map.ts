/** Values by name, as the engine passes and stores them. */
export type PropertyMap = Readonly<Record<string, unknown>>;

/** The engine has no null: what is not there is left out, at every depth. */
export function withoutNulls(values: PropertyMap): PropertyMap {
  const entries = Object.entries(values)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => [name, isRecord(value) ? withoutNulls(value) : value]);
  return Object.fromEntries(entries);
}

/** @returns the values of some names, or all, with what a function gives in its place. */
export function withFunctionsCalled(values: PropertyMap, names?: ReadonlySet<string>): PropertyMap {
  const entries = Object.entries(values).filter(([name]) => names?.has(name) !== false);
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === "function" ? value() : value]));
}

/** @returns the values that are there. */
export function withoutUndefined(values: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/**
 * Finds the members called `__proto__`. What copies an object member by member, as the engine does, sets the copy's prototype
 * by that name, and the member is lost.
 *
 * @returns the path of each
 */
export function unusableNames(value: unknown, path: readonly PropertyKey[] = []): (readonly PropertyKey[])[] {
  if (Array.isArray(value)) return value.flatMap((member, at) => unusableNames(member, [...path, at]));
  if (!isRecord(value) || ![Object.prototype, null].includes(Object.getPrototypeOf(value))) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    return name === "__proto__" ? [[...path, name]] : unusableNames(member, [...path, name]);
  });
}

/** What is said of {@link unusableNames}. */
export const unusableName = "a name can't be this one: use another";

/** @returns whether the value is an object with members. */
export function isRecord(value: unknown): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
