/** Assignments that wait for a membership: they become active, or end, when the person accepts the invitation. */
import type { Schemas } from "roster-schema";
import type { CallerContext, PersonContext } from "../../auth/operation.ts";
import { byRule } from "../../auth/principal.ts";
import { requesterNow } from "../../auth/requesters.ts";
import { audit } from "../../managed/audit.ts";
import { load } from "../../managed/resource.ts";
import { passes } from "../../problems.ts";
import type { Database } from "../../rows/tables.ts";
import { requireApiAccess } from "../api-keys/draft.ts";
import { findOpenOrganization } from "../organizations/resource.ts";
import { requireOffer } from "./offers.ts";
import { apiKeyAssignments, selectAssignments, toAssignment } from "./resource.ts";

type Waiting = Awaited<ReturnType<typeof selectWaiting>>[number];

/**
 * Requires that a caller can attach a key to somebody whose membership is pending. This is checked for the request, and again
 * for its caller when the person accepts the invitation.
 *
 * @throws Refusal `not_found`, `permission_denied`, `key_not_active`, `organization_closed`, `api_access_disabled`.
 */
export async function requireWaitingOffer(asking: CallerContext, keyId: string): Promise<Schemas["ApiKey"]> {
  const key = await requireOffer(asking, keyId);
  requireApiAccess(await findOpenOrganization(asking, key.organization));
  return key;
}

/** Attaches the keys that wait for a membership to the person who accepts it. Those that would now be refused end instead. */
export async function attachWaiting(context: PersonContext, membershipId: string): Promise<void> {
  const { db, now, principal } = context;
  for (const row of await selectWaiting(db, membershipId)) {
    const before = toAssignment(row, now);
    if (!(await isStillWanted(context, row))) {
      await db.deleteFrom("api_key_assignments").where("id", "=", row.id).execute();
      await audit({ ...context, principal: byRule }, apiKeyAssignments, "delete", [{ before, after: undefined }]);
      continue;
    }
    const none = { email: null, email_normalized: null, invited_live: null, membership_id: null, requested_by: null };
    await db
      .updateTable("api_key_assignments")
      .set({ ...none, user_id: principal.user, status: "active", updated_at: now })
      .where("id", "=", row.id)
      .execute();
    const after = await load(context, apiKeyAssignments, row.id);
    await audit(context, apiKeyAssignments, "accept", [{ before, after }]);
  }
}

/** Whether the person who accepts can have a waiting key, by the rules of this moment. */
async function isStillWanted({ db, now, principal }: PersonContext, row: Waiting): Promise<boolean> {
  const { user } = principal;
  // The key was attached to a user, and another one accepts.
  if (row.user_id !== null && row.user_id !== user) {
    return false;
  }
  const other = await db
    .selectFrom("api_key_assignments")
    .select("id")
    .where("key_id", "=", row.key_id)
    .where("user_id", "=", user)
    .where("id", "!=", row.id)
    .executeTakeFirst();
  const requester = other === undefined ? await requesterNow(db, row.requested_by, now) : undefined;
  if (requester === undefined) {
    return false;
  }
  return await passes(requireWaitingOffer({ db, now, principal: requester }, row.key_id));
}

async function selectWaiting(db: Database, membershipId: string) {
  return await selectAssignments(db)
    .where("api_key_assignments.membership_id", "=", membershipId)
    .orderBy("api_key_assignments.id")
    .execute();
}
