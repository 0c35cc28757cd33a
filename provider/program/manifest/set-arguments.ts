/** The arguments of a manifest's sets, as far as the manifest says them by other names or in other places. */
import type { PropertyMap } from "../../values/property-map.ts";
import type { CsvMember } from "../csv/members.ts";
import { recordOf } from "./entries.ts";

/**
 * The arguments of `people`. It needs no administrator of its own if one of `users` or `members` is one.
 *
 * @param document the manifest, which may have any form
 */
export function argumentsOfPeople(document: PropertyMap): PropertyMap {
  const { role: _role, entries: _entries, from: _from, ...args } = recordOf(document.people);
  const others = [...Object.values(recordOf(document.users)), ...Object.values(recordOf(document.members))];
  const hasAdministrator = others.map(recordOf).some(({ role, kind }) => role === "administrator" && kind !== "system");
  return { ...args, ...(hasAdministrator && args.minAdmins === undefined && { minAdmins: 0 }) };
}

/** The arguments of the `assignees` of a key. */
export function argumentsOfAssignees(document: PropertyMap, name: string): PropertyMap {
  const { entries: _entries, from: _from, ...args } = recordOf(recordOf(recordOf(document.apiKeys)[name]).assignees);
  return args;
}

/** The roles of the manifest that a list gives: only these are arguments of the set, so another role in the manifest doesn't change it. */
export function rolesUsedIn(entries: Readonly<Record<string, CsvMember>>, roles: PropertyMap): string[] {
  const used = new Set(Object.values(entries).map((member) => (typeof member === "string" ? member : member.role)));
  return Object.keys(roles).filter((name) => used.has(name));
}
