/** The roles that `people` of a manifest gives: in the manifest, and in CSV files. */
import { organizationRoles } from "roster-schema";
import type { z } from "zod";
import { type Fault, mustBeOneOf } from "../../issues.ts";
import { isRecord, type PropertyMap } from "../../values/property-map.ts";
import type { RoleWords } from "../csv/members.ts";
import { recordOf } from "./entries.ts";
import type { memberFile } from "./list-schema.ts";

type Path = Fault["path"];

/**
 * The roles that a file can name, by what it can call them: built-in ones, and those of the manifest by the names of their entries or
 * as people see them, as in a file that the service exports. Undefined where one name is that of two roles.
 */
export function rolesByName(document: PropertyMap): ReadonlyMap<string, string | undefined> {
  const own = Object.entries(recordOf(document.roles));
  const known = new Map<string, string | undefined>(
    [...organizationRoles, ...own.map(([name]) => name)].map((name) => [name, name]),
  );
  for (const [name, role] of own) {
    const { name: asPeopleSeeIt } = recordOf(role);
    if (typeof asPeopleSeeIt === "string") {
      const isOther = known.has(asPeopleSeeIt) && known.get(asPeopleSeeIt) !== name;
      known.set(asPeopleSeeIt, isOther ? undefined : name);
    }
  }
  return known;
}

/** What the words in the column with the role of a file mean. */
export function wordsOf(
  { role, roles: meant = {} }: z.infer<typeof memberFile>,
  ofAll: string | undefined,
  known: ReadonlyMap<string, string | undefined>,
): RoleWords {
  const remedy = "to say which role it means, use `roles` of the file";
  return {
    // What the file's own words mean comes first: another system may have a `member` too.
    roleOf: (word) => (Object.hasOwn(meant, word) ? meant[word] : known.get(word)),
    otherwise: role ?? ofAll,
    missing: "it is required: add a role to every row, or set `role` for the file or for all `people`",
    unknown: (word) =>
      known.has(word)
        ? `${JSON.stringify(word)} is the name of two roles: ${remedy}`
        : `${JSON.stringify(word)} is not a role; ${mustBeOneOf([...known.keys()])}; ${remedy}`,
  };
}

/** The roles that `people` gives, by where it says so. Those in files are checked as they are read. */
export function rolesGivenIn(people: unknown): { readonly path: Path; readonly role: unknown }[] {
  const { role, entries, from } = recordOf(people);
  const files = (Array.isArray(from) ? from.map((file, at) => [["from", at], file] as const) : [[["from"], from]]) as [
    Path,
    unknown,
  ][];
  return [
    { path: ["role"], role },
    ...Object.entries(recordOf(entries)).map(([address, entry]) =>
      isRecord(entry)
        ? { path: ["entries", address, "role"], role: entry.role }
        : { path: ["entries", address], role: entry },
    ),
    ...files.flatMap(([path, file]) => [
      { path: [...path, "role"], role: recordOf(file).role },
      ...Object.entries(recordOf(recordOf(file).roles)).map(([word, meant]) => ({
        path: [...path, "roles", word],
        role: meant,
      })),
    ]),
  ].map(({ path, role: given }) => ({ path: ["people", ...path], role: given }));
}
