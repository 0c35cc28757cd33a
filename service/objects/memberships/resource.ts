/** Memberships as a resource: their rows, and their form in the contract. */
import { type Expression, type ExpressionBuilder, expressionBuilder, type Selectable, type SqlBool, sql } from "kysely";
import type { Schemas } from "roster-schema";
import type { Context, QueryOf } from "../../auth/operation.ts";
import { conflict, type Resource } from "../../managed/resource.ts";
import type { Refusal } from "../../problems.ts";
import { isActiveKey } from "../../rows/active-key.ts";
import { executeShared, sharedQuery, sharedRowQuery } from "../../rows/shared-statements.ts";
import { beginningWith, byByte, creationColumns, type Database, liveName, type Tables } from "../../rows/tables.ts";
import { userStatusOf } from "../../rows/user-status.ts";
import { invitationStatus } from "../invitation-status.ts";
import { normalizeEmail } from "../users/resource.ts";

type Membership = Schemas["Membership"];

const liveMembership = sharedRowQuery(
  "live membership by externalId",
  ({ db }: Pick<Context, "db">, names) =>
    db
      .selectFrom("memberships")
      .select([...creationColumns, "external_id_live"])
      .where("external_id_live", "in", names)
      .execute(),
  (row) => row.external_id_live,
);

/** Memberships: the roles of users in organizations. */
export const memberships: Resource<Membership> = {
  kind: "membership",
  parameter: "membershipId",
  noun: "membership",
  settable: ["externalId", "role"],
  audited: ["externalId", "user", "email", "role", "status"],
  naturalKey: ({ user, email }) => [user ?? normalizeEmail(email)],
  reading: "members:read",
  table: "memberships",
  organizationColumn: "organization_id",
  findLive: async ({ db }, scope, externalId) =>
    await executeShared(liveMembership, { db }, liveName(scope ?? "", externalId)),
  nameOf: ({ email }) => email,
  isLive: (membership) => !hasEnded(membership),
  hasEnded: hasEnded,
  organizationOf: ({ organization }) => organization,
  async loadAll({ db, now }, ids) {
    const rows = await selectMemberships(db, now).where("memberships.id", "in", ids).execute();
    return rows.map((row) => toMembership(row, now));
  },
};

/** A query for memberships with data of their users, and the numbers of the users' keys. */
export function selectMemberships(db: Database, now: Date) {
  return db
    .selectFrom("memberships")
    .leftJoin("users", "users.id", "memberships.user_id")
    .selectAll("memberships")
    .select(["users.email as user_email", "users.state", "users.activated_at", "users.block_reason"])
    .select(({ selectFrom }) =>
      selectFrom("api_key_assignments")
        .innerJoin("api_keys", "api_keys.id", "api_key_assignments.key_id")
        .select(({ fn }) => fn.countAll().as("keys"))
        .whereRef("api_key_assignments.user_id", "=", "memberships.user_id")
        .whereRef("api_key_assignments.organization_id", "=", "memberships.organization_id")
        .where("api_key_assignments.status", "=", "active")
        .where(isActiveKey(now))
        .as("active_keys"),
    );
}

type Row = Awaited<ReturnType<ReturnType<typeof selectMemberships>["executeTakeFirstOrThrow"]>>;

/** Converts the row of a membership to the contract's form. */
export function toMembership(row: Row, now: Date): Membership {
  const { state, activated_at, block_reason } = row;
  const userStatus = state === null ? null : userStatusOf({ state, activated_at, block_reason });
  const apiKeyCount = Number(row.active_keys);
  return {
    id: row.id,
    externalId: row.external_id,
    adopted: row.adoption_depth > 0,
    organization: row.organization_id,
    user: row.user_id,
    email: row.user_email ?? row.email ?? "",
    role: row.role,
    status: invitationStatus(row, now),
    userStatus,
    apiKeyCount,
    operational: row.status === "active" && userStatus === "active" && apiKeyCount > 0,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}

/** The SQL condition for a membership with a status. */
function hasStatus(status: Membership["status"], now: Date) {
  return ({ and, eb, or }: ExpressionBuilder<Tables, "memberships">): Expression<SqlBool> => {
    if (status !== "pending" && status !== "expired") {
      return eb("memberships.status", "=", status);
    }
    const expiry = eb.ref("memberships.invite_expires_at");
    const isWaiting = status === "pending" ? or([eb(expiry, "is", null), eb(expiry, ">", now)]) : eb(expiry, "<=", now);
    return and([eb("memberships.status", "=", "pending"), isWaiting]);
  };
}

/** The SQL condition for the memberships that a list requests by their status; by default, those that have not ended. */
export function isListed(status: QueryOf<"listMembers">["status"], now: Date) {
  return (builder: ExpressionBuilder<Tables, "memberships">): Expression<SqlBool> => {
    if (status === undefined) {
      return builder("memberships.member_live", "is not", null);
    }
    return status === "all" ? builder.and([]) : hasStatus(status, now)(builder);
  };
}

/** The SQL condition for a membership or an assignment of an address: the user's, or the invited one. */
export function hasEmail<T extends "memberships" | "api_key_assignments">(table: T, email: string) {
  const normalized = normalizeEmail(email);
  // Don't use the joined user: a condition on two tables would need a scan of every row.
  const user = expressionBuilder<Tables, "users">()
    .selectFrom("users as addressee")
    .select("addressee.id")
    .where("addressee.email_normalized", "=", normalized);
  return ({ eb, or }: ExpressionBuilder<Tables, "users" | T>): Expression<SqlBool> =>
    or([eb(sql.ref<string>(`${table}.user_id`), "=", user), eb(sql.ref(`${table}.email_normalized`), "=", normalized)]);
}

/** The SQL condition for the memberships that a list requests, with any status. */
export function matchesQuery({ user, email, externalId, externalIdPrefix }: QueryOf<"listMembers">) {
  return (builder: ExpressionBuilder<Tables, "users" | "memberships">): Expression<SqlBool> => {
    const { and, eb } = builder;
    return and([
      ...(user === undefined ? [] : [eb("memberships.user_id", "=", user)]),
      ...(email === undefined ? [] : [hasEmail("memberships", email)(builder)]),
      ...(externalId === undefined ? [] : [eb(byByte("memberships.external_id"), "=", externalId)]),
      ...(externalIdPrefix === undefined
        ? []
        : [eb("memberships.external_id", "like", beginningWith(externalIdPrefix))]),
    ]);
  };
}

/** Whether a membership has ended. */
export function hasEnded({ status }: Pick<Membership, "status">): boolean {
  return status !== "active" && status !== "pending" && status !== "expired";
}

/** The live names of a member to find, and a membership to ignore. */
interface LiveNames {
  readonly live: readonly string[];
  readonly except: string;
}

const liveMember = sharedQuery("live member", async ({ db }: Pick<Context, "db">, lookups: readonly LiveNames[]) => {
  const all = lookups.flatMap((one) => one.live);
  const rows = await db
    .selectFrom("memberships")
    .select(["id", "member_live", "status", "user_id"])
    .where("member_live", "in", all)
    .execute();
  const found = new Map(rows.map((row) => [row.member_live, row]));
  return lookups.map((one) => one.live.map((name) => found.get(name)).find((row) => row && row.id !== one.except));
});

/** A live membership: it is active, or pending for a user or an address. */
export type LiveMember = Pick<Selectable<Tables["memberships"]>, "id" | "status" | "user_id">;

/** Finds the live membership of one of several users or addresses; the first of them counts most. */
export async function findLiveMember(
  db: Database,
  organizationId: string,
  names: readonly (string | undefined)[],
  except = "",
): Promise<LiveMember | undefined> {
  const live = names.flatMap((name) => (name === undefined ? [] : liveName(organizationId, name)));
  if (live.length === 0) {
    return undefined;
  }
  return await executeShared(liveMember, { db }, { live, except });
}

/** The refusal of a second membership. */
export async function alreadyMember(context: Context, existing: { readonly id: string }): Promise<Refusal> {
  return await conflict(context, memberships, existing, "already_member", "This user is already a member or invited");
}
