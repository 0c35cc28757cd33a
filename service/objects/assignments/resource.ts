/** API key assignments as a resource: their rows, and their form in the contract. */
import type { Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import type { Resource } from "../../managed/resource.ts";
import { executeShared, sharedRowQuery } from "../../rows/shared-statements.ts";
import { creationColumns, type Database } from "../../rows/tables.ts";
import { invitationStatus } from "../invitation-status.ts";
import { normalizeEmail } from "../users/resource.ts";

type ApiKeyAssignment = Schemas["ApiKeyAssignment"];

const liveAssignment = sharedRowQuery(
  "assignment by externalId",
  ({ db, scope }: Pick<Context, "db"> & { readonly scope: string | null }, externalIds) =>
    db
      .selectFrom("api_key_assignments")
      .select([...creationColumns, "external_id"])
      .where("organization_id", "=", scope)
      .where("external_id", "in", externalIds)
      .execute(),
  (row) => row.external_id,
);

/** Assignments: the users that API keys are attached to. */
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
  findLive: async ({ db }, scope, externalId) => await executeShared(liveAssignment, { db, scope }, externalId),
  nameOf: ({ email }) => email,
  isLive: () => true,
  organizationOf: ({ organization }) => organization,
  async loadAll({ db, now }, ids) {
    const rows = await selectAssignments(db).where("api_key_assignments.id", "in", ids).execute();
    return rows.map((row) => toAssignment(row, now));
  },
};

/** A query for assignments with their users' addresses, and the memberships that they wait for. */
export function selectAssignments(db: Database) {
  return db
    .selectFrom("api_key_assignments")
    .leftJoin("users", "users.id", "api_key_assignments.user_id")
    .leftJoin("memberships as awaited", "awaited.id", "api_key_assignments.membership_id")
    .selectAll("api_key_assignments")
    .select(["users.email as user_email", "awaited.invite_expires_at as membership_expires_at"]);
}

type Row = Awaited<ReturnType<ReturnType<typeof selectAssignments>["executeTakeFirstOrThrow"]>>;

/** Converts the row of an assignment to the contract's form. */
export function toAssignment(row: Row, now: Date): ApiKeyAssignment {
  return {
    id: row.id,
    externalId: row.external_id,
    adopted: row.adoption_depth > 0,
    organization: row.organization_id,
    key: row.key_id,
    user: row.user_id,
    email: row.user_email ?? row.email ?? "",
    external: row.external,
    // An assignment that waits for a membership has no link of its own.
    status: invitationStatus({ ...row, invite_expires_at: row.membership_expires_at ?? row.invite_expires_at }, now),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
