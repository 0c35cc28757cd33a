/** The API keys that people have, or were offered, and giving them up. */
import type { Schemas } from "roster-schema";
import { endLinks } from "../../auth/links.ts";
import type { Context, PersonContext } from "../../auth/operation.ts";
import { audit } from "../../managed/audit.ts";
import { Refusal } from "../../problems.ts";
import { normalizeEmail } from "../users/resource.ts";
import { apiKeyAssignments, selectAssignments, toAssignment } from "./resource.ts";

type ApiKeyAssignment = Schemas["ApiKeyAssignment"];

/** A key that a person has, or was offered. */
export interface OwnAssignment extends ApiKeyAssignment {
  readonly keyName: string;
  readonly organizationName: string;
}

/** Lists the assignments of a person's user, and the offers to the person's address. */
export async function listOwnAssignments(
  { db, now }: Pick<Context, "db" | "now">,
  { id, email }: Pick<Schemas["User"], "id" | "email">,
): Promise<OwnAssignment[]> {
  const rows = await selectAssignments(db)
    .innerJoin("api_keys", "api_keys.id", "api_key_assignments.key_id")
    .innerJoin("organizations", "organizations.id", "api_key_assignments.organization_id")
    .select(["api_keys.name as key_name", "organizations.name as organization_name"])
    .where(({ eb, or }) =>
      or([
        eb("api_key_assignments.user_id", "=", id),
        eb("api_key_assignments.email_normalized", "=", normalizeEmail(email)),
      ]),
    )
    .orderBy("api_key_assignments.id")
    .execute();
  return rows.map((row) => ({
    ...toAssignment(row, now),
    keyName: row.key_name,
    organizationName: row.organization_name,
  }));
}

/**
 * Ends an assignment or an offer because the person gives it up; the organization can assign the key again.
 *
 * @throws Refusal `not_found` if it isn't the person's.
 */
export async function giveUp(context: PersonContext, email: string, assignmentId: string): Promise<void> {
  const own = await listOwnAssignments(context, { id: context.principal.user, email });
  const found = own.find(({ id }) => id === assignmentId);
  if (found === undefined) {
    throw new Refusal("not_found", "You don't have this key.");
  }
  await context.db.deleteFrom("api_key_assignments").where("id", "=", assignmentId).execute();
  await endLinks(context, { subject: assignmentId });
  await audit(context, apiKeyAssignments, "give_up", [{ before: found, after: undefined }]);
}
