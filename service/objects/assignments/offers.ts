/** Offers of API keys: the permission to attach a key, the mail to somebody outside, and accepting. */
import type { Schemas } from "roster-schema";
import { endLinks } from "../../auth/links.ts";
import type { CallerContext, Context, PersonContext } from "../../auth/operation.ts";
import { type MailContext, mailLink } from "../../mail/queue.ts";
import { changeAudited } from "../../managed/audit.ts";
import { find } from "../../managed/resource.ts";
import { Refusal, unprocessable } from "../../problems.ts";
import { notActive } from "../api-keys/key.ts";
import { apiKeyKind, apiKeys } from "../api-keys/resource.ts";
import { apiKeyAssignments } from "./resource.ts";

type ApiKeyAssignment = Schemas["ApiKeyAssignment"];

/**
 * Requires that a caller can attach a key. This is checked for the request, and again for its caller when the link is used.
 *
 * @throws Refusal `not_found`, `permission_denied`, `key_not_active`.
 */
export async function requireOffer(asking: CallerContext, keyId: string): Promise<Schemas["ApiKey"]> {
  const key = await find(asking, apiKeys, keyId, "keys:assign");
  if (key.status !== "active") {
    throw notActive(apiKeyKind, key, "Only an active key can be attached.");
  }
  return key;
}

/** Mails the link for accepting an assignment; the previous link stops working. Mails never contain the key. */
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
  // Count by key, because a deleted assignment can be created again.
  const { expiresAt } = await mailLink(context, link, { organization, about: key }, about);
  await db.updateTable("api_key_assignments").set({ invite_expires_at: expiresAt }).where("id", "=", id).execute();
}

/**
 * Mails the link of an offer again.
 *
 * @throws Refusal `unprocessable` if the assignment is active, or has no link because it waits for a membership; see
 * `requireOffer`.
 */
export async function resendInvite(context: Context, assignment: ApiKeyAssignment): Promise<void> {
  if (assignment.status === "active") {
    throw unprocessable("/resendInvite", "The assignment is already active: there is nothing to accept.", [
      { kind: "api_key_assignment", id: assignment.id },
    ]);
  }
  const { membership_id } = await context.db
    .selectFrom("api_key_assignments")
    .select("membership_id")
    .where("id", "=", assignment.id)
    .executeTakeFirstOrThrow();
  if (membership_id !== null) {
    throw unprocessable(
      "/resendInvite",
      `The assignment has no invitation of its own: it becomes active when the person accepts the membership ${membership_id}. Resend the invitation of that membership.`,
      [{ kind: "membership", id: membership_id }],
    );
  }
  await requireOffer(context, assignment.key);
  await inviteAssignee(context, assignment);
}

/**
 * Attaches the key to the person who accepts a pending assignment.
 *
 * @throws Refusal `unprocessable` if the assignment is not pending, or is for another user; `already_assigned`.
 */
export async function acceptAssignment(context: PersonContext, assignmentId: string): Promise<void> {
  const { db, now, principal } = context;
  const userId = principal.user;
  await changeAudited(context, apiKeyAssignments, assignmentId, "accept", async ({ status, user, key }) => {
    if (status !== "pending" || (user !== null && user !== userId)) {
      throw new Refusal("unprocessable", "The invitation is no longer open, or it isn't for you.");
    }
    const existing = await db
      .selectFrom("api_key_assignments")
      .select("id")
      .where("key_id", "=", key)
      .where("user_id", "=", userId)
      .where("id", "!=", assignmentId)
      .executeTakeFirst();
    if (existing !== undefined) {
      throw new Refusal("already_assigned", "You already have this key.");
    }
    const none = { email: null, email_normalized: null, invited_live: null };
    await db
      .updateTable("api_key_assignments")
      .set({ ...none, user_id: userId, status: "active", updated_at: now })
      .where("id", "=", assignmentId)
      .execute();
    await endLinks(context, { subject: assignmentId });
  });
}
