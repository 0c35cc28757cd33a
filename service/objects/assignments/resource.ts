import type { Schemas } from "roster-schema";
import { endLinks } from "../../auth/links.ts";
import type { PersonContext } from "../../auth/operation.ts";
import { type MailContext, mailLink } from "../../mail/queue.ts";
import { type AuditedContext, audit, changeAudited } from "../../managed/audit.ts";
import type { Resource } from "../../managed/resource.ts";
import { Refusal } from "../../problems.ts";
import { createdColumns, type Database } from "../../rows/tables.ts";
import { gatheredRow } from "../../rows/together.ts";
import { invitationStatus } from "../invitation-status.ts";
import { normalizeEmail } from "../users/resource.ts";

type ApiKeyAssignment = Schemas["ApiKeyAssignment"];

/** Who may use which API key. */
export const apiKeyAssignments: Resource<ApiKeyAssignment> = {
  kind: "api_key_assignment",
  parameter: "assignmentId",
  noun: "assignment",
  settable: ["externalId"],
  audited: ["externalId", "key", "user", "email", "external", "status"],
  naturalKey: ({ key, user, email }) => [key, user ?? normalizeEmail(email)],
  reading: "keys:read",
  table: "api_key_assignments",
  organizationColumn: "organization_id",
  findLive: async ({ db }, scope, externalId) =>
    await gatheredRow(
      `assignment of ${scope} by externalId`,
      externalId,
      (externalIds) =>
        db
          .selectFrom("api_key_assignments")
          .select([...createdColumns, "external_id"])
          .where("organization_id", "=", scope)
          .where("external_id", "in", externalIds)
          .execute(),
      (row) => row.external_id,
    ),
  nameOf: ({ email }) => email,
  isLive: () => true,
  organizationOf: ({ organization }) => organization,
  async loadAll({ db, now }, ids) {
    const rows = await selectAssignments(db).where("api_key_assignments.id", "in", ids).execute();
    return rows.map((row) => presentAssignment(row, now));
  },
};

/** A query for assignments with their users' addresses. */
export function selectAssignments(db: Database) {
  return db
    .selectFrom("api_key_assignments")
    .leftJoin("users", "users.id", "api_key_assignments.user_id")
    .selectAll("api_key_assignments")
    .select("users.email as user_email");
}

type Row = Awaited<ReturnType<ReturnType<typeof selectAssignments>["executeTakeFirstOrThrow"]>>;

/** An assignment's row as the contract has it. */
export function presentAssignment(row: Row, now: Date): ApiKeyAssignment {
  return {
    id: row.id,
    externalId: row.external_id,
    adopted: row.adoption_depth > 0,
    organization: row.organization_id,
    key: row.key_id,
    user: row.user_id,
    email: row.user_email ?? row.email ?? "",
    external: row.external,
    status: invitationStatus(row, now),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** Mails the link that accepts an assignment; the link before it stops working. The key is in no mail. */
export async function inviteAssignee(context: MailContext, assignment: ApiKeyAssignment): Promise<void> {
  const { db } = context;
  const { id, key, email, organization } = assignment;
  const about = await db
    .selectFrom("api_keys")
    .innerJoin("organizations", "organizations.id", "api_keys.organization_id")
    .select(["organizations.name as organization", "api_keys.name as key"])
    .where("api_keys.id", "=", key)
    .executeTakeFirstOrThrow();
  const link = { purpose: "assignment", subject: id, email } as const;
  // Not by the assignment: one that is deleted can be followed by another.
  const { expiresAt } = await mailLink(context, link, { organization, about: key }, about);
  await db.updateTable("api_key_assignments").set({ invite_expires_at: expiresAt }).where("id", "=", id).execute();
}

/**
 * Attaches the key to the person who has followed the link of a pending assignment.
 *
 * @throws Refusal `unprocessable` unless the assignment is pending and the user's to accept; `already_assigned`.
 */
export async function acceptAssignment(context: PersonContext, assignmentId: string): Promise<void> {
  const { db, now, principal } = context;
  const userId = principal.user;
  await changeAudited(context, apiKeyAssignments, assignmentId, "accept", async ({ status, user, key }) => {
    if (status !== "pending" || (user !== null && user !== userId)) {
      throw new Refusal("unprocessable", "The invitation is not open, or it isn't yours.");
    }
    const existing = await db
      .selectFrom("api_key_assignments")
      .select("id")
      .where("key_id", "=", key)
      .where("user_id", "=", userId)
      .where("id", "!=", assignmentId)
      .executeTakeFirst();
    if (existing !== undefined) throw new Refusal("already_assigned", "You have this key already.");
    const none = { email: null, email_normalized: null, invited_live: null };
    await db
      .updateTable("api_key_assignments")
      .set({ ...none, user_id: userId, status: "active", updated_at: now })
      .where("id", "=", assignmentId)
      .execute();
    await endLinks(context, { subject: assignmentId });
  });
}

/**
 * Deletes an organization's assignments, or some users' there, with an audit entry for each.
 *
 * @param of.users the users, each with the request that this is for.
 */
export async function deleteAssignments(
  context: AuditedContext,
  of: { readonly organizationId: string; readonly users?: ReadonlyMap<string, string> },
): Promise<void> {
  let query = selectAssignments(context.db).where("api_key_assignments.organization_id", "=", of.organizationId);
  let deletion = context.db.deleteFrom("api_key_assignments").where("organization_id", "=", of.organizationId);
  if (of.users !== undefined) {
    const users = [...of.users.keys()];
    query = query.where("api_key_assignments.user_id", "in", users);
    deletion = deletion.where("user_id", "in", users);
  }
  const rows = await query.orderBy("api_key_assignments.id").execute();
  if (rows.length === 0) return;
  await deletion.execute();
  for (const { id } of rows.filter(({ status }) => status === "pending")) await endLinks(context, { subject: id });
  const records = rows.map((row) => {
    const requestId = of.users?.get(row.user_id ?? "");
    return { before: presentAssignment(row, context.now), after: undefined, requestId };
  });
  await audit(context, apiKeyAssignments, "delete", records);
}
