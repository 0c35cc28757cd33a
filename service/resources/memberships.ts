import type { Schemas } from "roster-schema";
import { audit } from "../audit.ts";
import type { Context } from "../operation.ts";
import type { Resource } from "../resource.ts";
import { createdColumns, type Database, liveName } from "../tables.ts";
import { deleteAssignments } from "./api-key-assignments.ts";
import { isActiveKey, revokeKeys } from "./api-keys.ts";
import { userStatusOf } from "./users.ts";

type Membership = Schemas["Membership"];

/** Who has which role in an organization. */
export const memberships: Resource<Membership> = {
  kind: "membership",
  parameter: "membershipId",
  noun: "membership",
  settable: ["externalId", "role"],
  audited: ["externalId", "user", "role", "status"],
  naturalKey: ({ user }) => [user],
  reading: "members:read",
  table: "memberships",
  organizationColumn: "organization_id",
  findLive: async ({ db }, scope, externalId) =>
    await db
      .selectFrom("memberships")
      .select(createdColumns)
      .where("external_id_live", "=", liveName(scope ?? "", externalId))
      .executeTakeFirst(),
  nameOf: ({ email }) => email,
  isLive: (membership) => !hasEnded(membership),
  isEnded: hasEnded,
  organizationOf: ({ organization }) => organization,
  async loadAll({ db, now }, ids) {
    const rows = await selectMemberships(db, now).where("memberships.id", "in", ids).execute();
    return rows.map(presentMembership);
  },
};

/** A query for memberships with what they show of their users and of those users' keys. */
export function selectMemberships(db: Database, now: Date) {
  return db
    .selectFrom("memberships")
    .innerJoin("users", "users.id", "memberships.user_id")
    .selectAll("memberships")
    .select(["users.email", "users.state", "users.activated_at", "users.block_reason"])
    .select(({ selectFrom }) =>
      selectFrom("api_key_assignments")
        .innerJoin("api_keys", "api_keys.id", "api_key_assignments.key_id")
        .select(({ fn }) => fn.countAll().as("keys"))
        .whereRef("api_key_assignments.user_id", "=", "memberships.user_id")
        .whereRef("api_key_assignments.organization_id", "=", "memberships.organization_id")
        .where(isActiveKey(now))
        .as("active_keys"),
    );
}

type Row = Awaited<ReturnType<ReturnType<typeof selectMemberships>["executeTakeFirstOrThrow"]>>;

/** A membership's row as the contract has it. */
export function presentMembership(row: Row): Membership {
  const userStatus = userStatusOf(row);
  const apiKeyCount = Number(row.active_keys);
  return {
    id: row.id,
    externalId: row.external_id,
    adopted: row.adoption_depth > 0,
    organization: row.organization_id,
    user: row.user_id,
    email: row.email,
    role: row.role,
    status: row.status,
    userStatus,
    apiKeyCount,
    operational: row.status === "active" && userStatus === "active" && apiKeyCount > 0,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}

/** Whether a membership is over. */
export function hasEnded({ status }: Pick<Membership, "status">): boolean {
  return status !== "active" && status !== "pending" && status !== "expired";
}

/** What an ended membership becomes: an active one is removed, one that nobody accepted is cancelled. */
export function endedStatus({ status }: Pick<Membership, "status">): "removed" | "cancelled" {
  return status === "active" ? "removed" : "cancelled";
}

/** Ends one membership, and with it the user's assignments and own keys in the organization. */
export async function endMembership(context: Context, membership: Membership): Promise<void> {
  const { organization, user } = membership;
  if (user !== null) {
    await deleteAssignments(context, { organizationId: organization, userId: user });
    await revokeKeys(context, { organizationId: organization, ownerId: user });
  }
  await context.db
    .updateTable("memberships")
    .set({ ...endedColumns(context.now), status: endedStatus(membership) })
    .where("id", "=", membership.id)
    .execute();
}

/** Ends every membership of an organization, with an audit entry for each; keys and assignments are the caller's. */
export async function endMemberships(context: Context, of: { readonly organizationId: string }): Promise<void> {
  const rows = await selectMemberships(context.db, context.now)
    .where("memberships.organization_id", "=", of.organizationId)
    .where("memberships.member_live", "is not", null)
    .orderBy("memberships.id")
    .execute();
  for (const status of ["active", "pending", "expired"] as const) {
    await context.db
      .updateTable("memberships")
      .set({ ...endedColumns(context.now), status: endedStatus({ status }) })
      .where("organization_id", "=", of.organizationId)
      .where("status", "=", status)
      .execute();
  }
  const records = rows.map((row) => {
    const before = presentMembership(row);
    return { before, after: { ...before, status: endedStatus(before) } };
  });
  await audit(context, memberships, "end", records);
}

function endedColumns(now: Date) {
  return { member_live: null, external_id_live: null, ended_at: now, updated_at: now };
}
