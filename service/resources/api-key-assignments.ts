import type { Schemas } from "roster-schema";
import { audit } from "../audit.ts";
import type { Context } from "../operation.ts";
import type { Resource } from "../resource.ts";
import { createdColumns, type Database } from "../tables.ts";

type ApiKeyAssignment = Schemas["ApiKeyAssignment"];

/** Who may use which API key. */
export const apiKeyAssignments: Resource<ApiKeyAssignment> = {
  kind: "api_key_assignment",
  parameter: "assignmentId",
  noun: "assignment",
  settable: ["externalId"],
  audited: ["externalId", "key", "user", "external", "status"],
  naturalKey: ({ key, user }) => [key, user],
  reading: "keys:read",
  table: "api_key_assignments",
  organizationColumn: "organization_id",
  findLive: async ({ db }, scope, externalId) =>
    await db
      .selectFrom("api_key_assignments")
      .select(createdColumns)
      .where("organization_id", "=", scope)
      .where("external_id", "=", externalId)
      .executeTakeFirst(),
  nameOf: ({ email }) => email,
  isLive: () => true,
  organizationOf: ({ organization }) => organization,
  async loadAll({ db }, ids) {
    const rows = await selectAssignments(db).where("api_key_assignments.id", "in", ids).execute();
    return rows.map(presentAssignment);
  },
};

/** A query for assignments with their users' addresses. */
export function selectAssignments(db: Database) {
  return db
    .selectFrom("api_key_assignments")
    .innerJoin("users", "users.id", "api_key_assignments.user_id")
    .selectAll("api_key_assignments")
    .select("users.email");
}

type Row = Awaited<ReturnType<ReturnType<typeof selectAssignments>["executeTakeFirstOrThrow"]>>;

/** An assignment's row as the contract has it. */
export function presentAssignment(row: Row): ApiKeyAssignment {
  return {
    id: row.id,
    externalId: row.external_id,
    adopted: row.adoption_depth > 0,
    organization: row.organization_id,
    key: row.key_id,
    user: row.user_id,
    email: row.email,
    external: row.external,
    // Only what waits for a mailed link would be pending.
    status: "active",
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** Deletes an organization's assignments, or one user's there, with an audit entry for each. */
export async function deleteAssignments(
  context: Context,
  of: { readonly organizationId: string; readonly userId?: string },
): Promise<void> {
  let query = selectAssignments(context.db).where("api_key_assignments.organization_id", "=", of.organizationId);
  let deletion = context.db.deleteFrom("api_key_assignments").where("organization_id", "=", of.organizationId);
  if (of.userId !== undefined) {
    query = query.where("api_key_assignments.user_id", "=", of.userId);
    deletion = deletion.where("user_id", "=", of.userId);
  }
  const rows = await query.orderBy("api_key_assignments.id").execute();
  if (rows.length === 0) return;
  await deletion.execute();
  const records = rows.map((row) => ({ before: presentAssignment(row), after: undefined }));
  await audit(context, apiKeyAssignments, "delete", records);
}
