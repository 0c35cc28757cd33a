/** What every object has a member of, though nobody gave it one: `constructor`, `toString`, `__proto__` and others. */
export const inheritedNames: readonly string[] = Object.getOwnPropertyNames(Object.prototype);
