/** Values by name, as the engine passes and stores them. */
export type PropertyMap = Readonly<Record<string, unknown>>;

/** Removes nulls at every depth, because the engine has no null. */
export function withoutNulls(values: PropertyMap): PropertyMap {
  const entries = Object.entries(values)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => [name, isRecord(value) ? withoutNulls(value) : value]);
  return Object.fromEntries(entries);
}

/** @returns the values with some names, or all values, after calling those that are functions. */
export function withFunctionsCalled(values: PropertyMap, names?: ReadonlySet<string>): PropertyMap {
  const entries = Object.entries(values).filter(([name]) => names?.has(name) !== false);
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === "function" ? value() : value]));
}

/** @returns the values without those that have one of the names. */
export function withoutNames(values: PropertyMap, names: readonly string[]): PropertyMap {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}

/** @returns the values that are not undefined. */
export function withoutUndefined(values: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/**
 * Finds the members called `__proto__`. Code that copies an object member by member, as the engine does, sets the copy's prototype
 * instead, and loses the member.
 *
 * @returns the path of each
 */
export function unusableNames(value: unknown, path: readonly PropertyKey[] = []): (readonly PropertyKey[])[] {
  if (Array.isArray(value)) {
    return value.flatMap((member, at) => unusableNames(member, [...path, at]));
  }
  if (!isRecord(value) || ![Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    return [];
  }
  return Object.entries(value).flatMap(([name, member]) => {
    return name === "__proto__" ? [[...path, name]] : unusableNames(member, [...path, name]);
  });
}

/** The message about {@link unusableNames}. */
export const unusableName = "this name can't be used: choose another";

/** @returns whether the value is an object with members. */
export function isRecord(value: unknown): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The members of a value that the declared value has as well, at every depth; the value itself if the two aren't both maps. */
export function declaredPart(value: unknown, declared: unknown): unknown {
  if (!isRecord(value) || !isRecord(declared)) {
    return value;
  }
  const members = Object.entries(value).filter(([name]) => declared[name] !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, declaredPart(member, declared[name])]));
}
