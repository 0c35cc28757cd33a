import type { Selectable } from "kysely";
import type { Schemas } from "roster-schema";
import type { Context } from "../operation.ts";
import type { Resource } from "../resource.ts";
import { createdColumns, liveName, type Tables } from "../tables.ts";

type User = Schemas["User"];

/** Users: people and robots. */
export const users: Resource<User> = {
  kind: "user",
  parameter: "userId",
  noun: "user",
  settable: ["externalId", "email", "givenName", "familyName", "systemRole", "state"],
  audited: [
    "externalId",
    "email",
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
      .select(createdColumns)
      .where("external_id_live", "=", liveName(scope ?? "", externalId))
      .executeTakeFirst(),
  nameOf: ({ email }) => email,
  isLive: ({ state }) => state === "active",
  // A person who completed the account, or somebody who was blocked, has been here.
  isUsed: ({ kind, status }) => status === "blocked" || (kind === "person" && status === "active"),
  organizationOf: ({ homeOrganization }) => homeOrganization,
  knownTo: isKnownUser,
  async loadAll({ db }, ids) {
    const rows = await db.selectFrom("users").selectAll().where("id", "in", ids).execute();
    return rows.map(presentUser);
  },
};

/** An address as addresses are compared: without regard to case. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** What a user is, of what was asked for and what happened. */
export function userStatusOf(
  row: Pick<Selectable<Tables["users"]>, "state" | "activated_at" | "block_reason">,
): User["status"] {
  if (row.state === "inactive") return "inactive";
  if (row.block_reason !== null) return "blocked";
  return row.activated_at === null ? "invited" : "active";
}

/** A user's row as the contract has it. */
export function presentUser(row: Selectable<Tables["users"]>): User {
  return {
    id: row.id,
    externalId: row.external_id,
    adopted: row.adoption_depth > 0,
    email: row.email,
    // A change of address waits for its confirmation by mail only where mail is sent.
    pendingEmail: null,
    givenName: row.given_name,
    familyName: row.family_name,
    kind: row.kind,
    homeOrganization: row.home_organization_id,
    systemRole: row.system_role,
    state: row.state,
    status: userStatusOf(row),
    inviteSentAt: null,
    inviteExpiresAt: null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** The user with an address, if there is one. */
export async function findUserByEmail({ db }: Pick<Context, "db">, email: string) {
  return await db
    .selectFrom("users")
    .selectAll()
    .where("email_normalized", "=", normalizeEmail(email))
    .executeTakeFirst();
}

/** A caller knows the users at home in its organization, and those who are members there. */
async function isKnownUser({ db, principal }: Context, user: User): Promise<boolean> {
  if (principal.kind === "owner" || user.homeOrganization === principal.organization) return true;
  const membership = await db
    .selectFrom("memberships")
    .select("id")
    .where("user_id", "=", user.id)
    .where("organization_id", "=", principal.organization)
    .where("member_live", "is not", null)
    .executeTakeFirst();
  return membership !== undefined;
}
