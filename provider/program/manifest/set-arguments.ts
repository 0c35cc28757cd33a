/** The arguments of a manifest's sets, as far as they depend on the rest of the manifest. */
import { emailFault, foldEmail } from "roster-schema";
import { isRecord, type PropertyMap } from "../../values/property-map.ts";
import type { CsvMember } from "../csv/members.ts";
import { recordOf } from "./entries.ts";

/**
 * The arguments of `people` that depend on `users` and `members`: an authoritative set leaves these alone, and it needs no
 * administrator of its own if one of these people is one.
 *
 * @param document the manifest, which may have any form
 */
export function argumentsOfPeople(document: PropertyMap): PropertyMap {
  const { role: _role, entries: _entries, from: _from, ...args } = recordOf(document.people);
  const others = membersIn(document);
  const hasAdministrator = others.some(({ role, kind }) => role === "administrator" && kind !== "system");
  return {
    ...leavingAlone(
      args,
      others.map(({ email }) => email),
    ),
    ...(hasAdministrator && args.minAdmins === undefined && { minAdmins: 0 }),
  };
}

/** The arguments of the `assignees` of a key that depend on its `assignedTo`: an authoritative set leaves these alone. */
export function argumentsOfAssignees(document: PropertyMap, name: string): PropertyMap {
  const { assignees, assignedTo } = recordOf(recordOf(document.apiKeys)[name]);
  const { entries: _entries, from: _from, ...args } = recordOf(assignees);
  const people: PropertyMap = { ...recordOf(document.members), ...recordOf(document.users) };
  const others = (Array.isArray(assignedTo) ? assignedTo : []).map((assignee: unknown) =>
    typeof assignee === "string" && Object.hasOwn(people, assignee) ? people[assignee] : assignee,
  );
  return leavingAlone(
    args,
    others.map((other) => recordOf(other).email),
  );
}

/** The roles of the manifest that a list gives: only these are arguments of the set, so another role in the manifest doesn't change it. */
export function rolesUsedIn(entries: Readonly<Record<string, CsvMember>>, roles: PropertyMap): string[] {
  const used = new Set(Object.values(entries).map((member) => (typeof member === "string" ? member : member.role)));
  return Object.keys(roles).filter((name) => used.has(name));
}

/** Who is a member by `users` or `members`. */
function membersIn(document: PropertyMap): PropertyMap[] {
  const users = Object.values(recordOf(document.users)).filter((user) => recordOf(user).role !== undefined);
  return [...users, ...Object.values(recordOf(document.members))].filter(isRecord);
}

function leavingAlone(args: PropertyMap, emails: readonly unknown[]): PropertyMap {
  const { mode, ignore = [] } = args;
  const addresses = emails.filter((email) => typeof email === "string" && emailFault(email) === undefined).map(String);
  return mode === "authoritative" && Array.isArray(ignore) && addresses.length > 0
    ? { ...args, ignore: [...new Set([...ignore, ...addresses.map(foldEmail).toSorted()])] }
    : args;
}
