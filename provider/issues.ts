/** How what zod finds is told to a person. */

/** @returns a path into a value as people write it: `permissions[2]`, `users.ada.role`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, at) => (typeof key === "number" ? `[${key}]` : `${at === 0 ? "" : "."}${String(key)}`))
    .join("");
}

/** Says of a value that is missing that it is required, rather than that it is undefined. */
export function missingIsRequired(issue: { readonly input?: unknown }): string | undefined {
  return issue.input === undefined ? "it is required" : undefined;
}

/** Says what there is, to who asked for something that there isn't. */
export function thereAre(names: readonly string[]): string {
  return names.length === 0
    ? "there is none"
    : `${names.length === 1 ? "there is only" : "there are"} ${[...new Set(names)].join(", ")}`;
}
