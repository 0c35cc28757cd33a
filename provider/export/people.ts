/** The people of an exported manifest: which of them are in `users`, in `members`, and in `people`. */
import { foldEmail, isOrganizationRole, type Schemas } from "roster-schema";
import type { Estate } from "../estate/estate.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { EntryNames } from "./entry-names.ts";
import type { Selection } from "./selection.ts";

type User = Schemas["User"];
type Membership = Schemas["Membership"];

/** Somebody with an account at home in the organization, a membership, or both. */
export interface Person {
  /** The present address. */
  readonly email: string;
  /** The name of the entry in `users` or `members`, if the person has one. */
  readonly name: string;
  /** The account, if the manifest can declare it. */
  readonly user: User | undefined;
  readonly membership: Membership | undefined;
  /** The role of the membership as the manifest names it; undefined if the manifest doesn't declare the membership. */
  readonly role: string | undefined;
  /** The names of an account that is at home in the organization. */
  readonly names: Pick<User, "givenName" | "familyName">;
  readonly section: "users" | "members" | "people" | undefined;
}

/** The people of an organization. */
export class People {
  /** Everybody, by address. */
  readonly all: readonly Person[];
  readonly #byUser = new Map<string, Person>();
  readonly #byAddress: ReadonlyMap<string, Person>;
  readonly #selection: Selection;

  constructor(all: readonly Person[], estate: Estate, selection: Selection) {
    this.#selection = selection;
    this.all = all.toSorted((one, other) => (foldEmail(one.email) < foldEmail(other.email) ? -1 : 1));
    this.#byAddress = new Map(all.map((person) => [foldEmail(person.email), person]));
    for (const { id, email } of estate.users) {
      this.#note(id, email);
    }
    for (const { user, email } of estate.members) {
      this.#note(user, email);
    }
  }

  #note(user: string | null, email: string): void {
    const person = this.#byAddress.get(foldEmail(email));
    if (user !== null && person !== undefined) {
      this.#byUser.set(user, person);
    }
  }

  /** The person with an account; undefined for somebody outside the organization. */
  withAccount(user: string | null): Person | undefined {
    return user === null ? undefined : this.#byUser.get(user);
  }

  withAddress(email: string): Person | undefined {
    return this.#byAddress.get(foldEmail(email));
  }

  /** The entries of a section, each with its name. */
  entries(section: "users" | "members"): [name: string, entry: PropertyMap][] {
    const entry = section === "users" ? userEntry : memberEntry;
    return this.all
      .filter((person) => person.section === section)
      .map((person) => [person.name, entry(person, this.#selection)]);
  }

  /** The people whom a CSV file lists. */
  get inFile(): readonly Person[] {
    return this.all.filter(({ section }) => section === "people");
  }
}

/** How people are exported. */
export interface PeopleOptions {
  /** The ids of the users who own keys and tokens of the manifest. */
  readonly owners: ReadonlySet<string>;
  /** The names of the organization's own roles in the manifest, by their ids. */
  readonly roles: ReadonlyMap<string, string>;
  /** Up to how many people each of them is an entry. */
  readonly maxEntries: number;
  readonly isServiceOwner: boolean;
}

/** Finds the people of an organization, and where the manifest declares each of them. */
export function peopleOf(estate: Estate, selection: Selection, options: PeopleOptions): People {
  const found = foundIn(estate, selection);
  const persons = found.filter(({ user }) => user?.kind !== "system").length;
  const isMany = persons > options.maxEntries;
  const names = new EntryNames();
  return new People(
    found.map((one) => {
      const [local = ""] = one.email.split("@");
      const name = names.give([local, one.email], "member");
      return { ...placed(one, selection, options, isMany), name, email: one.email };
    }),
    estate,
    selection,
  );
}

/** Somebody as the service has them. */
interface Found {
  readonly email: string;
  readonly user: User | undefined;
  readonly membership: Membership | undefined;
}

/** Everybody once, oldest first. */
function foundIn({ users, members }: Estate, selection: Selection): Found[] {
  const byAddress = new Map<string, Found>(
    users.map((user) => [foldEmail(user.email), { email: user.email, user, membership: undefined }]),
  );
  // An invitation can have the address that another member has by now.
  const activeFirst = [...members.filter(({ user }) => user !== null), ...members.filter(({ user }) => user === null)];
  for (const membership of activeFirst) {
    const { id, email } = membership;
    const found = byAddress.get(foldEmail(email));
    if (found?.membership === undefined) {
      byAddress.set(foldEmail(email), { email, user: found?.user, membership });
    } else {
      selection.leaveOut("membership", id, email, "another membership has its address");
    }
  }
  // The times of the service are equally long, so their texts are in their order.
  const ageOf = ({ email, user, membership }: Found) =>
    `${[user?.createdAt, membership?.createdAt].filter((at) => at !== undefined).toSorted()[0]} ${foldEmail(email)}`;
  return [...byAddress.values()].toSorted((one, other) => (ageOf(one) < ageOf(other) ? -1 : 1));
}

function placed(
  { email, user: account, membership }: Found,
  selection: Selection,
  { owners, roles, isServiceOwner }: PeopleOptions,
  isMany: boolean,
): Omit<Person, "name" | "email"> {
  const role = membership === undefined ? undefined : roleOf(membership, roles);
  const isMember =
    membership !== undefined &&
    selection.takes("membership", membership, email, role === undefined ? "its role is left out" : undefined);
  const names = { givenName: account?.givenName ?? null, familyName: account?.familyName ?? null };
  const isSeparate =
    !isMany ||
    account?.kind === "system" ||
    account?.state === "inactive" ||
    account?.systemRole === "super_admin" ||
    [account?.id, membership?.user].some((id) => typeof id === "string" && owners.has(id));
  const user =
    isSeparate || !isMember ? declarable(account, membership, selection, { isServiceOwner, isSeparate }) : undefined;
  const section = user !== undefined ? "users" : !isMember ? undefined : isSeparate ? "members" : "people";
  return { user, membership, names, role: isMember ? role : undefined, section };
}

/** The role of a membership, as a manifest names it. */
function roleOf({ role }: Membership, roles: ReadonlyMap<string, string>): string | undefined {
  return isOrganizationRole(role) ? role : roles.get(role);
}

/** An account that the manifest can declare. Otherwise it is left out. */
function declarable(
  account: User | undefined,
  membership: Membership | undefined,
  selection: Selection,
  { isServiceOwner, isSeparate }: { readonly isServiceOwner: boolean; readonly isSeparate: boolean },
): User | undefined {
  if (account === undefined) {
    return undefined;
  }
  const reason =
    undeclarable(account, membership, isServiceOwner) ??
    (isSeparate ? undefined : "the manifest declares no membership of its person");
  return selection.takes("account", account, account.email, reason) ? account : undefined;
}

function undeclarable(
  { id, pendingEmail, systemRole }: User,
  membership: Membership | undefined,
  isServiceOwner: boolean,
): string | undefined {
  if (pendingEmail !== null) {
    return "its new address is not confirmed yet";
  }
  if (membership !== undefined && membership.user !== id) {
    return "its person has not accepted the invitation to the organization yet";
  }
  return systemRole !== "none" && !isServiceOwner ? "only the service owner can manage a system role" : undefined;
}

/** How an account is declared, without what is left out by default. @param homeOrganization how the organization is named */
export function userArgs(person: Person, homeOrganization: unknown): PropertyMap {
  const { email, ...args } = accountArgs(person);
  return { email, homeOrganization, ...args };
}

function accountArgs({ email, user, names }: Person): PropertyMap {
  const { kind, systemRole, state } = user ?? {};
  return {
    email,
    ...namesIn(names),
    ...(kind === "system" && { kind }),
    ...(systemRole !== "none" && { systemRole }),
    ...(state !== "active" && { state }),
  };
}

function userEntry(person: Person, selection: Selection): PropertyMap {
  const { user, membership, role } = person;
  return {
    ...accountArgs(person),
    ...(role !== undefined && { role }),
    ...selection.adoption(user, role === undefined ? undefined : membership),
  };
}

function memberEntry({ email, membership, role }: Person, selection: Selection): PropertyMap {
  return { email, role, ...selection.adoption(membership) };
}

function namesIn({ givenName, familyName }: Person["names"]): PropertyMap {
  return { ...(givenName !== null && { givenName }), ...(familyName !== null && { familyName }) };
}
