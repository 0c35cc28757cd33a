import { type Expression, type ExpressionBuilder, expressionBuilder, type SqlBool, sql, type Updateable } from "kysely";
import type { Schemas } from "roster-schema";
import { endLinks } from "../../auth/links.ts";
import type { Context, PersonContext, QueryOf } from "../../auth/operation.ts";
import { type MailContext, mailLink } from "../../mail/queue.ts";
import { type AuditedContext, audit, changeAudited } from "../../managed/audit.ts";
import type { Resource } from "../../managed/resource.ts";
import { keepAnAdministrator } from "../../managed/rules.ts";
import { Refusal } from "../../problems.ts";
import { isActiveKey } from "../../rows/active-key.ts";
import { beginningWith, byByte, createdColumns, type Database, liveName, type Tables } from "../../rows/tables.ts";
import { gatheredRow, gatheredWrite } from "../../rows/together.ts";
import { revokeKeys } from "../api-keys/resource.ts";
import { deleteAssignments } from "../assignments/resource.ts";
import { invitationStatus } from "../invitation-status.ts";
import { normalizeEmail, userStatusOf } from "../users/resource.ts";

type Membership = Schemas["Membership"];

/** Who has which role in an organization. */
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
    await gatheredRow(
      "live membership by externalId",
      liveName(scope ?? "", externalId),
      (names) =>
        db
          .selectFrom("memberships")
          .select([...createdColumns, "external_id_live"])
          .where("external_id_live", "in", names)
          .execute(),
      (row) => row.external_id_live,
    ),
  nameOf: ({ email }) => email,
  isLive: (membership) => !hasEnded(membership),
  isEnded: hasEnded,
  organizationOf: ({ organization }) => organization,
  async loadAll({ db, now }, ids) {
    const rows = await selectMemberships(db, now).where("memberships.id", "in", ids).execute();
    return rows.map((row) => presentMembership(row, now));
  },
};

/** A query for memberships with what they show of their users and of those users' keys. */
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

/** A membership's row as the contract has it. */
export function presentMembership(row: Row, now: Date): Membership {
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

/** Whether a membership has a status, as a condition of a query. */
export function hasStatus(status: Membership["status"], now: Date) {
  return ({ and, eb, or }: ExpressionBuilder<Tables, "memberships">): Expression<SqlBool> => {
    if (status !== "pending" && status !== "expired") return eb("memberships.status", "=", status);
    const expiry = eb.ref("memberships.invite_expires_at");
    const isWaiting = status === "pending" ? or([eb(expiry, "is", null), eb(expiry, ">", now)]) : eb(expiry, "<=", now);
    return and([eb("memberships.status", "=", "pending"), isWaiting]);
  };
}

/** Whether a membership or an assignment is that of an address, the user's or the invited one, as a condition of a query. */
export function hasEmail<T extends "memberships" | "api_key_assignments">(table: T, email: string) {
  const normalized = normalizeEmail(email);
  // Not by the user that is joined: for a condition that is about two tables, every row would be looked at.
  const user = expressionBuilder<Tables, "users">()
    .selectFrom("users as addressee")
    .select("addressee.id")
    .where("addressee.email_normalized", "=", normalized);
  return ({ eb, or }: ExpressionBuilder<Tables, "users" | T>): Expression<SqlBool> =>
    or([eb(sql.ref<string>(`${table}.user_id`), "=", user), eb(sql.ref(`${table}.email_normalized`), "=", normalized)]);
}

/** Whether a membership is one that a list asks for, whatever its status, as a condition of a query. */
export function isAsked({ user, email, externalId, externalIdPrefix }: QueryOf<"listMembers">) {
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

/** Mails the link that accepts a membership; the link before it stops working. */
export async function inviteMember(context: MailContext, { id, organization, email }: Membership): Promise<void> {
  const { db } = context;
  const { name } = await db
    .selectFrom("organizations")
    .select("name")
    .where("id", "=", organization)
    .executeTakeFirstOrThrow();
  const link = { purpose: "membership", subject: id, email } as const;
  // Not by the membership: one that is cancelled can be followed by another.
  const { expiresAt } = await mailLink(context, link, { organization, about: organization }, { organization: name });
  await db.updateTable("memberships").set({ invite_expires_at: expiresAt }).where("id", "=", id).execute();
}

/**
 * Makes the person who has followed the link of a pending membership a member.
 *
 * @throws Refusal `unprocessable` unless the membership is pending and the user's to accept; `already_member`.
 */
export async function acceptMembership(context: PersonContext, membershipId: string): Promise<void> {
  const userId = context.principal.user;
  await changeMembership(context, membershipId, "accept", async ({ status, user, organization }) => {
    if (status !== "pending" || (user !== null && user !== userId)) {
      throw new Refusal("unprocessable", "The invitation is not open, or it isn't yours.");
    }
    const member = liveName(organization, userId);
    const existing = await context.db
      .selectFrom("memberships")
      .select("id")
      .where("member_live", "=", member)
      .where("id", "!=", membershipId)
      .executeTakeFirst();
    if (existing !== undefined) throw new Refusal("already_member", "You are a member already.");
    return { user_id: userId, email: null, email_normalized: null, member_live: member, status: "active" };
  });
  await endLinks(context, { subject: membershipId });
}

/**
 * Ends a membership by the member's own wish; the organization can invite the person again.
 *
 * @throws Refusal `unprocessable` unless it is active; `last_administrator`.
 */
export async function leave(context: PersonContext, membershipId: string): Promise<void> {
  await changeMembership(context, membershipId, "leave", async ({ status, user, organization, role }) => {
    if (status !== "active" || user !== context.principal.user) {
      throw new Refusal("unprocessable", "The membership is not active, or it isn't yours.");
    }
    if (role === "administrator") await keepAnAdministrator(context, organization, user);
    await endWhatMembersHave(context, organization, new Map([[user, context.requestId]]));
    return { ...endedColumns(context.now), status: "left" };
  });
}

async function changeMembership(
  context: PersonContext,
  membershipId: string,
  verb: string,
  columns: (membership: Membership) => Promise<Updateable<Tables["memberships"]>>,
): Promise<void> {
  await changeAudited(context, memberships, membershipId, verb, async (before) => {
    const set = { updated_at: context.now, ...(await columns(before)) };
    await context.db.updateTable("memberships").set(set).where("id", "=", membershipId).execute();
  });
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
    await gatheredWrite(`what members of ${organization} have`, [user, context.requestId] as const, async (members) => {
      await endWhatMembersHave(context, organization, new Map(members));
    });
  }
  const status = endedStatus(membership);
  await gatheredWrite(`memberships that are ${status}`, membership.id, async (ids) => {
    await context.db
      .updateTable("memberships")
      .set({ ...endedColumns(context.now), status })
      .where("id", "in", ids)
      .execute();
  });
  await endLinks(context, { subject: membership.id });
}

/** @param members who, each with the request that ends the membership. */
async function endWhatMembersHave(
  context: AuditedContext,
  organizationId: string,
  members: ReadonlyMap<string, string>,
): Promise<void> {
  await deleteAssignments(context, { organizationId, users: members });
  await revokeKeys(context, { organizationId, owners: members });
}

/** Ends every membership of an organization, with an audit entry for each; keys and assignments are the caller's. */
export async function endMemberships(context: Context, of: { readonly organizationId: string }): Promise<void> {
  const rows = await selectMemberships(context.db, context.now)
    .where("memberships.organization_id", "=", of.organizationId)
    .where("memberships.member_live", "is not", null)
    .orderBy("memberships.id")
    .execute();
  for (const status of ["active", "pending"] as const) {
    await context.db
      .updateTable("memberships")
      .set({ ...endedColumns(context.now), status: endedStatus({ status }) })
      .where("organization_id", "=", of.organizationId)
      .where("status", "=", status)
      .execute();
  }
  for (const { id } of rows.filter(({ status }) => status === "pending")) await endLinks(context, { subject: id });
  const records = rows.map((row) => {
    const before = presentMembership(row, context.now);
    return { before, after: { ...before, status: endedStatus(before) } };
  });
  await audit(context, memberships, "end", records);
}

function endedColumns(now: Date) {
  return { member_live: null, external_id_live: null, ended_at: now, updated_at: now };
}
