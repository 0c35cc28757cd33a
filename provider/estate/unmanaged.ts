/** What of an organization no stack manages. */
import type { Schemas } from "roster-schema";
import type { Estate } from "./estate.ts";

/** The kinds of objects that can be unmanaged, each with the heading that people read. */
export const unmanagedKinds = {
  organization: "Organization",
  organization_profile: "Profile",
  role: "Roles",
  user: "Accounts",
  membership: "Memberships",
  api_key: "API keys",
  api_key_assignment: "Assignments of API keys",
  access_token: "Access tokens of system users",
} as const satisfies Record<Schemas["ObjectKind"], string>;

/** An object that no stack manages. */
export interface Unmanaged {
  readonly kind: Schemas["ObjectKind"];
  readonly id: string;
  /** The name by which people know it: an address for an account or a membership. */
  readonly name: string;
  /** RFC 3339, UTC; null if the service doesn't know. */
  readonly createdAt: string | null;
}

type Managed = Pick<Unmanaged, "id" | "createdAt"> & { readonly externalId: string | null };

/**
 * Finds what no stack manages: objects without an externalId that have not ended. Ended are inactive accounts, and keys and tokens that
 * are revoked or have expired. The profile is part of the organization unless the organization is unmanaged, and an account goes with a
 * managed membership: a set makes accounts without managing them.
 *
 * @returns the objects by kind, and by age in each kind
 */
export function unmanagedIn(estate: Estate): Unmanaged[] {
  const { organization, profile, roles, users, members, apiKeys, assignments, accessTokens } = estate;
  const managedMembers = new Set(members.flatMap(({ user, externalId }) => (externalId === null ? [] : [user])));
  const keyNames = new Map(apiKeys.map(({ id, displayName }) => [id, displayName]));
  return [
    ...found("organization", [organization], ({ name }) => name),
    ...found("organization_profile", organization.externalId === null ? [profile] : [], ({ name }) => name),
    ...found("role", roles, ({ name }) => name),
    ...found(
      "user",
      users.filter(({ id, state }) => state === "active" && !managedMembers.has(id)),
      ({ email }) => email,
    ),
    ...found("membership", members, ({ email }) => email),
    ...found("api_key", apiKeys.filter(isActive), ({ displayName }) => displayName),
    ...found("api_key_assignment", assignments, ({ email, key }) => `${keyNames.get(key) ?? key}: ${email}`),
    ...found("access_token", accessTokens.filter(isActive), ({ name }) => name),
  ];
}

function isActive({ status }: { readonly status: Schemas["ApiKeyStatus"] }): boolean {
  return status === "active";
}

function found<Item extends Managed>(
  kind: Schemas["ObjectKind"],
  items: readonly Item[],
  nameOf: (item: Item) => string,
): Unmanaged[] {
  return items
    .filter(({ externalId }) => externalId === null)
    .map((item) => ({ kind, id: item.id, name: nameOf(item), createdAt: item.createdAt }));
}
