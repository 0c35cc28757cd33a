/** What the sections of a manifest say of each other: references by name, and people who are declared twice. */
import { foldEmail, isBuiltInRole, organizationRoles } from "roster-schema";
import { type Fault, mustBeOneOf } from "../../issues.ts";
import type { PropertyMap } from "../../values/property-map.ts";
import { isUnknown } from "../../values/unknown.ts";
import { recordOf } from "./entries.ts";
import { rolesGivenIn } from "./roles-of-people.ts";

type Path = Fault["path"];
type Entry = readonly [name: string, properties: PropertyMap];

/** The sections, as far as they have their form. */
interface Sections {
  readonly roles: readonly Entry[];
  readonly users: readonly Entry[];
  readonly members: readonly Entry[];
  readonly apiKeys: readonly Entry[];
  readonly accessTokens: readonly Entry[];
  /** The roles that `people` gives. */
  readonly rolesOfPeople: readonly { readonly path: Path; readonly role: unknown }[];
}

/**
 * Finds references to undeclared names, and duplicate declarations. It takes the document as it was read, so that an error
 * elsewhere doesn't hide these.
 */
export function brokenReferences(document: unknown): Fault[] {
  const section = (of: string) =>
    Object.entries(recordOf(recordOf(document)[of])).map(([name, value]): Entry => [name, recordOf(value)]);
  const sections = {
    roles: section("roles"),
    users: section("users"),
    members: section("members"),
    apiKeys: section("apiKeys"),
    accessTokens: section("accessTokens"),
    rolesOfPeople: rolesGivenIn(recordOf(document).people),
  };
  return [
    ...wrongRoles(sections),
    ...repeatedPeople(sections),
    ...sections.apiKeys.flatMap(([name, key]) => [
      ...wrongOwner(["apiKeys", name, "owner"], key, sections),
      ...wrongAssignees(["apiKeys", name, "assignedTo"], key, sections),
    ]),
    ...sections.accessTokens.flatMap(([name, token]) =>
      wrongTokenUser(["accessTokens", name, "user"], token, sections),
    ),
  ];
}

/** @returns the fault of a text that is none of the known names */
function unknownName(path: Path, value: unknown, known: readonly string[], what: string): Fault[] {
  return typeof value === "string" && !known.includes(value)
    ? [{ path, reason: `${JSON.stringify(value)} is not ${what}; ${mustBeOneOf(known)}` }]
    : [];
}

function wrongRoles({ roles, users, members, rolesOfPeople }: Sections): Fault[] {
  // A role without a `name` has the name of its entry. Names are compared without regard to case.
  const builtIn = roles.filter(([name, role]) => isBuiltInRole(role.name === undefined ? name.toLowerCase() : name));
  const known = [...organizationRoles, ...roles.map(([name]) => name)];
  const systemRole = "super_admin is a system role, and not a role in an organization";
  const inUsers = `${systemRole}: declare the person in \`users\`, with \`systemRole: super_admin\`, which only the service owner can set`;
  const given = [
    ...users.map(([name, { role }]) => ({
      path: ["users", name, "role"],
      role,
      hint: `${systemRole}: set \`systemRole: super_admin\` instead, which only the service owner can do`,
    })),
    ...members.map(([name, { role }]) => ({
      path: ["members", name, "role"],
      role,
      hint: inUsers,
    })),
    ...rolesOfPeople.map((place) => ({ ...place, hint: inUsers })),
  ];
  return [
    ...builtIn.map(([name]) => ({
      path: ["roles", name],
      reason: "this is the name of a built-in role: use another name",
      atName: true,
    })),
    ...given.flatMap(({ path, role, hint }) =>
      role === "super_admin" && !known.includes(role)
        ? [{ path, reason: hint }]
        : unknownName(path, role, known, "a role"),
    ),
  ];
}

function repeatedPeople({ users, members }: Sections): Fault[] {
  const faults: Fault[] = members
    .filter(([name]) => users.some(([user]) => user === name))
    .map(([name]) => ({
      path: ["members", name],
      reason: "a user already has this name: use another name",
      atName: true,
    }));
  const seen = new Map<string, string>();
  for (const [of, entries] of [
    ["users", users],
    ["members", members],
  ] as const) {
    for (const [name, { email }] of entries) {
      if (typeof email !== "string") {
        continue;
      }
      const first = seen.get(foldEmail(email));
      if (first === undefined) {
        seen.set(foldEmail(email), `${of}.${name}`);
      } else {
        faults.push({ path: [of, name, "email"], reason: `${first} already has this address` });
      }
    }
  }
  return faults;
}

function wrongOwner(path: Path, { owner, format }: PropertyMap, { users, members }: Sections): Fault[] {
  const people = new Map([...users, ...members]);
  const found = typeof owner === "string" ? people.get(owner) : undefined;
  if (found === undefined) {
    return unknownName(path, owner, [...people.keys()], "one of users or members");
  }
  if (found.onUnknownUser === "invite") {
    const reason =
      `${String(owner)} may have no account until the invitation is accepted: add the key afterwards, and remove ` +
      "`onUnknownUser: invite` from the member";
    return [{ path, reason }];
  }
  return format === "jwt" && found.role !== "api_user" && !isUnknown(found.role)
    ? [{ path, reason: "a key of format jwt requires an owner with role: api_user" }]
    : [];
}

/** A token acts as a system user whose home is this organization, and which is a member of it. */
function wrongTokenUser(path: Path, { user }: PropertyMap, { users, members }: Sections): Fault[] {
  const found = typeof user === "string" ? users.find(([name]) => name === user)?.[1] : undefined;
  if (found === undefined) {
    const isMember = members.some(([name]) => name === user);
    const reason = `${String(user)} is one of members: a token acts as one of users, with \`kind: system\``;
    return isMember
      ? [{ path, reason }]
      : unknownName(
          path,
          user,
          users.map(([name]) => name),
          "one of users",
        );
  }
  if (found.kind === undefined || found.kind === "person") {
    const reason =
      `${String(user)} is a person, and people make their tokens on their own page: name one of users with ` +
      "`kind: system`, or declare one";
    return [{ path, reason }];
  }
  return found.role === undefined ? [{ path, reason: `${String(user)} is not a member: set the user's role` }] : [];
}

function wrongAssignees(path: Path, { assignedTo }: PropertyMap, { users, members }: Sections): Fault[] {
  const roles = new Map([...users, ...members].map(([name, { role }]) => [name, role]));
  const memberAt = new Map(
    [...users, ...members]
      .filter(([, { email, role }]) => typeof email === "string" && role !== undefined)
      .map(([name, { email }]) => [foldEmail(String(email)), name]),
  );
  const assignees: readonly unknown[] = Array.isArray(assignedTo) ? assignedTo : [];
  const seen = new Set<string>();
  return assignees.flatMap((assignee, at): Fault[] => {
    const place = [...path, at];
    if (typeof assignee === "string") {
      const faults = unknownName(place, assignee, [...roles.keys()], "one of users or members");
      if (roles.has(assignee) && roles.get(assignee) === undefined) {
        faults.push({ path: place, reason: `${assignee} is not a member: set the user's role` });
      }
      return [...faults, ...repeated(place, assignee, seen)];
    }
    const { email } = recordOf(assignee);
    if (typeof email !== "string") {
      return [];
    }
    const member = memberAt.get(foldEmail(email));
    const faults = repeated([...place, "email"], foldEmail(email), seen);
    return member === undefined
      ? faults
      : [{ path: [...place, "email"], reason: `${member} is a member with this address: list ${member} instead` }];
  });
}

/** @returns the fault of a name that is there for the second time */
function repeated(path: Path, name: string, seen: Set<string>): Fault[] {
  const isRepeated = seen.has(name);
  seen.add(name);
  return isRepeated ? [{ path, reason: `${name} is listed twice` }] : [];
}
