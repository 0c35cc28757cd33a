/** Changes that people make to their own memberships: accepting and leaving. */
import type { Updateable } from "kysely";
import type { Schemas } from "roster-schema";
import { endLinks } from "../../auth/links.ts";
import type { PersonContext } from "../../auth/operation.ts";
import { changeAudited } from "../../managed/audit.ts";
import { keepAnAdministrator } from "../../managed/rules.ts";
import { Refusal } from "../../problems.ts";
import { liveName, type Tables } from "../../rows/tables.ts";
import { attachWaiting } from "../assignments/waiting.ts";
import { endedColumns, endWhatMembersHave } from "./ending.ts";
import { memberships } from "./resource.ts";

type Membership = Schemas["Membership"];

/**
 * Makes the person who accepts a pending membership a member, and attaches the keys that wait for it.
 *
 * @throws Refusal `unprocessable` if the membership is not pending, or is for another user; `already_member`.
 */
export async function acceptMembership(context: PersonContext, membershipId: string): Promise<void> {
  const userId = context.principal.user;
  await changeMembership(context, membershipId, "accept", async ({ status, user, organization }) => {
    if (status !== "pending" || (user !== null && user !== userId)) {
      throw new Refusal("unprocessable", "The invitation is no longer open, or it isn't for you.");
    }
    const member = liveName(organization, userId);
    const existing = await context.db
      .selectFrom("memberships")
      .select("id")
      .where("member_live", "=", member)
      .where("id", "!=", membershipId)
      .executeTakeFirst();
    if (existing !== undefined) {
      throw new Refusal("already_member", "You are already a member.");
    }
    return { user_id: userId, email: null, email_normalized: null, member_live: member, status: "active" };
  });
  await endLinks(context, { subject: membershipId });
  await attachWaiting(context, membershipId);
}

/**
 * Ends a membership because the member leaves; the organization can invite the person again.
 *
 * @throws Refusal `unprocessable` if the membership is not active; `last_administrator`.
 */
export async function leave(context: PersonContext, membershipId: string): Promise<void> {
  await changeMembership(context, membershipId, "leave", async ({ status, user, organization, role }) => {
    if (status !== "active" || user !== context.principal.user) {
      throw new Refusal("unprocessable", "The membership is not active, or it isn't yours.");
    }
    if (role === "administrator") {
      await keepAnAdministrator(context, organization, user);
    }
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
