/** Who can do what in an organization: its people, and the keys and tokens that work. */
import { builtInRoles, foldEmail, isBuiltInRole, type Schemas } from "roster-schema";
import type { Estate } from "../estate/estate.ts";
import { grouped } from "../preview/grouped.ts";
import type { Client } from "../wire/client.ts";
import { personalAccessTokenAnswer } from "../wire/generated/answers.ts";

/** Whether a person can act. */
export const personStatuses = ["active", "pending", "expired", "inactive", "blocked"] as const;

/**
 * Whether a person can act: `pending` people have not accepted their invitation or not set up their account, and the link of `expired`
 * ones has expired.
 */
export type PersonStatus = (typeof personStatuses)[number];

/** The kinds of what authenticates: those of API keys, and access tokens of system users and of people. */
export const keyKinds = ["server", "webapi", "user", "access_token", "personal_access_token"] as const;

/** A key as its people have it. */
export interface HeldKey {
  readonly id: string;
  readonly name: string;
  /** RFC 3339, UTC; null if it was never used. */
  readonly lastUsedAt: string | null;
}

/** Somebody who is a member, whose account is at home in the organization, or who has one of its keys. */
export interface Person {
  readonly email: string;
  /** The user's id; null until an invitation is accepted. */
  readonly user: string | null;
  /** Null if the account is at home elsewhere. */
  readonly kind: Schemas["UserKind"] | null;
  /** The name of the role; null for somebody who is not a member. */
  readonly role: string | null;
  /** Whether the role is `administrator`. */
  readonly isAdministrator: boolean;
  /** Whether the role gives access to others: it has `members:manage`, `roles:assign` or `roles:manage`. */
  readonly hasAdministratorRights: boolean;
  /** Whether the person is a super_admin. It is known only of accounts that are at home in the organization. */
  readonly isSuperAdmin: boolean;
  readonly status: PersonStatus;
  /** The keys and tokens that the person owns. */
  readonly owned: readonly HeldKey[];
  /** The keys that are attached to the person, including offers that are not accepted. */
  readonly attached: readonly HeldKey[];
}

/** A key or token that works. */
export interface Key extends HeldKey {
  readonly kind: (typeof keyKinds)[number];
  /** The address of the owner, or of the user of a token; the id of an owner whose address isn't known; null if nobody owns the key. */
  readonly owner: string | null;
  /** Null if a token has all permissions of its user. */
  readonly permissions: readonly Schemas["Permission"][] | null;
  readonly createdAt: string;
  /** A date or a time; null if the key doesn't end. */
  readonly endDate: string | null;
  /** The addresses of the people that it is attached to. */
  readonly holders: readonly string[];
}

/** Who can do what in an organization. */
export interface Access {
  readonly organization: Pick<Schemas["Organization"], "id" | "slug" | "name">;
  /** By address. */
  readonly people: readonly Person[];
  /** By name. */
  readonly keys: readonly Key[];
}

/** Reads the access tokens that people have made and that act in an organization. */
export async function readPersonalTokens(
  client: Client,
  organization: string,
): Promise<Schemas["PersonalAccessToken"][]> {
  const query = { kind: "person", status: "active" };
  return await client.list(`/v1/organizations/${organization}/access-tokens`, query, personalAccessTokenAnswer);
}

/**
 * Finds who can do what in an organization. Inactive accounts that have neither a membership nor a key are left out, and so are keys and
 * tokens that are revoked or have expired.
 *
 * @param personalTokens the access tokens of people
 */
export function accessIn(
  estate: Estate,
  personalTokens: readonly Schemas["PersonalAccessToken"][],
  nowMs: number,
): Access {
  const { id, slug, name } = estate.organization;
  const keys = keysIn(estate, personalTokens);
  const people = peopleIn(estate, keys, nowMs);
  return {
    organization: { id, slug, name },
    people: sortedBy(people, ({ email }) => foldEmail(email)),
    keys: sortedBy(keys, (key) => `${key.name}\n${key.id}`),
  };
}

function keysIn(estate: Estate, personalTokens: readonly Schemas["PersonalAccessToken"][]): Key[] {
  const addresses = new Map(
    [...estate.users.map(({ id, email }) => ({ user: id, email })), ...estate.members].map(({ user, email }) => [
      user,
      email,
    ]),
  );
  const holders = grouped(estate.assignments, ({ key }) => key);
  const active = <Item extends { readonly status: Schemas["ApiKeyStatus"] }>(items: readonly Item[]) =>
    items.filter(({ status }) => status === "active");
  return [
    ...active(estate.apiKeys).map((key): Key => {
      const { id, kind, owner, permissions, createdAt, endDate, lastUsedAt, displayName: name } = key;
      return {
        ...{ id, name, kind, permissions, createdAt, endDate, lastUsedAt },
        owner: owner === null ? null : (addresses.get(owner) ?? owner),
        holders: sortedBy(
          (holders.get(id) ?? []).map(({ email }) => email),
          foldEmail,
        ),
      };
    }),
    ...active(estate.accessTokens).map((token): Key => {
      const { id, name, email: owner, permissions, createdAt, endDate, lastUsedAt } = token;
      return { id, name, kind: "access_token", owner, permissions, createdAt, endDate, lastUsedAt, holders: [] };
    }),
    ...active(personalTokens).map((token): Key => {
      const { id, name, email: owner, permissions, createdAt, expiresAt: endDate, lastUsedAt } = token;
      return {
        id,
        name,
        kind: "personal_access_token",
        owner,
        permissions,
        createdAt,
        endDate,
        lastUsedAt,
        holders: [],
      };
    }),
  ];
}

/** What is known of a person, before the keys are added. */
interface Known {
  readonly email: string;
  readonly user: string | null;
  readonly account?: Schemas["User"];
  readonly membership?: Schemas["Membership"];
  readonly assignment?: Schemas["ApiKeyAssignment"];
}

function peopleIn({ roles, users, members, assignments }: Estate, keys: readonly Key[], nowMs: number): Person[] {
  const known = new Map<string, Known>();
  const note = (one: Known) => {
    const before = known.get(foldEmail(one.email));
    known.set(foldEmail(one.email), { ...before, ...one, user: one.user ?? before?.user ?? null });
  };
  for (const account of users) {
    note({ email: account.email, user: account.id, account });
  }
  for (const membership of members) {
    note({ email: membership.email, user: membership.user, membership });
  }
  for (const assignment of assignments) {
    note({ email: assignment.email, user: assignment.user, assignment });
  }
  const owned = grouped(keys, ({ owner }) => foldEmail(owner ?? ""));
  const attached = grouped(
    keys.flatMap((key) => key.holders.map((holder) => ({ holder, key }))),
    ({ holder }) => foldEmail(holder),
  );
  const people = [...known].map(([address, one]): Person => {
    const { email, user, account, membership } = one;
    const { name = null, permissions = [] } = membership === undefined ? {} : roleOf(membership.role, roles);
    return {
      ...{ email, user, role: name },
      kind: account?.kind ?? null,
      isAdministrator: membership?.role === "administrator",
      hasAdministratorRights: permissions.some((permission) => administratorRights.has(permission)),
      isSuperAdmin: account?.systemRole === "super_admin",
      status: statusOf(one, nowMs),
      owned: (owned.get(address) ?? []).map(heldKey),
      attached: (attached.get(address) ?? []).map(({ key }) => heldKey(key)),
    };
  });
  return people.filter(
    ({ status, role, owned, attached }) => status !== "inactive" || role !== null || owned.length + attached.length > 0,
  );
}

/** Whoever has one of these can give access to others. */
const administratorRights: ReadonlySet<Schemas["Permission"]> = new Set([
  "members:manage",
  "roles:assign",
  "roles:manage",
]);

function roleOf(role: string, roles: readonly Schemas["Role"][]): Pick<Schemas["Role"], "name" | "permissions"> {
  return isBuiltInRole(role)
    ? { name: role, permissions: [...builtInRoles[role]] }
    : (roles.find(({ id }) => id === role) ?? { name: role, permissions: [] });
}

function statusOf({ account, membership, assignment }: Known, nowMs: number): PersonStatus {
  if (membership?.status === "pending" || membership?.status === "expired") {
    return membership.status;
  }
  const status = account?.status ?? membership?.userStatus ?? assignment?.status ?? "active";
  if (status !== "invited") {
    return status;
  }
  const expiresAt = account?.inviteExpiresAt ?? null;
  return expiresAt !== null && Date.parse(expiresAt) <= nowMs ? "expired" : "pending";
}

function heldKey({ id, name, lastUsedAt }: Key): HeldKey {
  return { id, name, lastUsedAt };
}

function sortedBy<Item>(items: readonly Item[], textOf: (item: Item) => string): Item[] {
  const texts = new Map(items.map((item) => [item, textOf(item)]));
  return items.toSorted((one, other) => ((texts.get(one) ?? "") < (texts.get(other) ?? "") ? -1 : 1));
}
