/** Users as a resource: their rows, and their form in the contract. */
import type { Selectable } from "kysely";
import { foldEmail, type Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import type { Resource } from "../../managed/resource.ts";
import { executeShared, sharedQuery, sharedRowQuery } from "../../rows/shared-statements.ts";
import { creationColumns, liveName, type Tables } from "../../rows/tables.ts";
import { userStatusOf } from "../../rows/user-status.ts";

type User = Schemas["User"];

/** The names of a person. */
export type Names = Pick<User, "givenName" | "familyName">;

/** Users: people and system users. */
export const users: Resource<User> = {
  kind: "user",
  parameter: "userId",
  noun: "user",
  settable: ["externalId", "email", "givenName", "familyName", "systemRole", "state"],
  movable: ["homeOrganization"],
  audited: [
    "externalId",
    "email",
    "pendingEmail",
    "givenName",
    "familyName",
    "kind",
    "homeOrganization",
    "systemRole",
    "state",
    "status",
  ],
  naturalKey: ({ email }) => [normalizeEmail(email)],
  reading: "users:read",
  table: "users",
  organizationColumn: "home_organization_id",
  findLive: async ({ db }, scope, externalId) =>
    await db
      .selectFrom("users")
      .select(creationColumns)
      .where("external_id_live", "=", liveName(scope ?? "", externalId))
      .executeTakeFirst(),
  // The desired address is the pending one, if any.
  desired: (user) => ({ ...user, email: user.pendingEmail ?? user.email }),
  nameOf: ({ email }) => email,
  whereTaken: ({ state, externalId }) => ({
    note:
      state === "active"
        ? ""
        : externalId === null
          ? " It is inactive, and no stack manages it any more."
          : " It is inactive.",
    advice: "give it another address, or choose another",
  }),
  isLive: ({ state }) => state === "active",
  // A complete or blocked account has been used.
  isUsed: ({ kind, status }) => status === "blocked" || (kind === "person" && status === "active"),
  organizationOf: ({ homeOrganization }) => homeOrganization,
  visibleIn: visibleIn,
  async loadAll({ db }, ids) {
    const rows = await db.selectFrom("users").selectAll().where("id", "in", ids).execute();
    return rows.map(toUser);
  },
};

/** Normalizes an address for comparison, which ignores case. */
export function normalizeEmail(email: string): string {
  return foldEmail(email);
}

/** Converts the row of a user to the contract's form. */
export function toUser(row: Selectable<Tables["users"]>): User {
  return {
    id: row.id,
    externalId: row.external_id,
    adopted: row.adoption_depth > 0,
    email: row.email,
    pendingEmail: row.pending_email,
    givenName: row.given_name,
    familyName: row.family_name,
    kind: row.kind,
    homeOrganization: row.home_organization_id,
    systemRole: row.system_role,
    state: row.state,
    status: userStatusOf(row),
    inviteSentAt: row.invite_sent_at?.toISOString() ?? null,
    inviteExpiresAt: row.invite_expires_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

const userByEmail = sharedRowQuery(
  "user by address",
  ({ db }: Pick<Context, "db">, addresses) =>
    db.selectFrom("users").selectAll().where("email_normalized", "in", addresses).execute(),
  (row) => row.email_normalized,
);

/** Finds the user with an address. */
export async function findUserByEmail({ db }: Pick<Context, "db">, email: string) {
  return await executeShared(userByEmail, { db }, normalizeEmail(email));
}

type InOrganizations = Pick<Context, "db"> & { readonly organizations: readonly string[] };

const organizationsOfMember = sharedQuery(
  "organizations of a member",
  async ({ db, organizations }: InOrganizations, ids: readonly string[]) => {
    const rows = await db
      .selectFrom("memberships")
      .select(["user_id", "organization_id"])
      .where("user_id", "in", ids)
      .where("organization_id", "in", organizations)
      .where("member_live", "is not", null)
      .execute();
    const byUser = new Map<string | null, string[]>();
    for (const { user_id, organization_id } of rows) {
      byUser.set(user_id, [...(byUser.get(user_id) ?? []), organization_id]);
    }
    return ids.map((id) => byUser.get(id) ?? []);
  },
);

/** A user is visible in its home organization, and in those that it is a member of. */
async function visibleIn(
  { db }: Pick<Context, "db">,
  organizations: readonly string[],
  { id, homeOrganization }: User,
): Promise<readonly string[]> {
  if (organizations.length === 0) {
    return [];
  }
  // With one organization, the home answers already.
  const home = organizations.filter((organization) => organization === homeOrganization);
  if (home.length === organizations.length) {
    return home;
  }
  return [...home, ...(await executeShared(organizationsOfMember, { db, organizations }, id))];
}
