/** What people do on their pages that is nobody else's to do. */

import type { Selectable } from "kysely";
import { endLinks } from "../auth/links.ts";
import type { PersonContext } from "../auth/operation.ts";
import { forgetAdoptions } from "../managed/adoption.ts";
import { audit } from "../managed/audit.ts";
import { load } from "../managed/resource.ts";
import { deleteAssignments } from "../objects/assignments/rules.ts";
import { endMembership } from "../objects/memberships/ending.ts";
import { memberships } from "../objects/memberships/resource.ts";
import { activateUser } from "../objects/users/own-account.ts";
import { type Names, users } from "../objects/users/resource.ts";
import { insertUser } from "../objects/users/rules.ts";
import type { Tables } from "../rows/tables.ts";

/**
 * Whether the account of an address is still there for whoever proves that the address is theirs: nobody has set it up.
 * An organization that has deactivated it stands in nobody's way; the service owner, for an account of no organization,
 * does, and so does a block.
 */
export function isUnclaimed(user: Selectable<Tables["users"]>): boolean {
  if (user.activated_at !== null || user.block_reason !== null) return false;
  return user.state === "active" || user.home_organization_id !== null;
}

/** Makes the acting person's account, complete and of no organization, with a proven address. */
export async function signUp(context: PersonContext, email: string, names: Names): Promise<void> {
  const { db, now, principal } = context;
  const id = principal.user;
  const at = now.toISOString();
  await insertUser(context, {
    id,
    externalId: null,
    adopted: false,
    email,
    pendingEmail: null,
    ...names,
    kind: "person",
    homeOrganization: null,
    systemRole: "none",
    state: "active",
    status: "invited",
    inviteSentAt: null,
    inviteExpiresAt: null,
    createdAt: at,
    updatedAt: at,
  });
  await db.updateTable("users").set({ activated_at: now }).where("id", "=", id).execute();
  await audit(context, users, "sign_up", [{ before: undefined, after: await load(context, users, id) }]);
}

/**
 * Completes the account that was made for the acting person's address as their own: it leaves its home organization,
 * which manages it no longer. What it has been given stays, in every organization; where the home organization had
 * deactivated it, nothing stays there.
 */
export async function claimAccount(context: PersonContext, names: Names): Promise<void> {
  const { db, now, principal } = context;
  const { user: id } = principal;
  const before = await load(context, users, id);
  const home = before?.homeOrganization ?? null;
  if (before === undefined || home === null) return await activateUser(context, names);
  if (before.state === "inactive") await endAllIn(context, home);
  await forgetAdoptions(context, users, id);
  await endLinks(context, { subject: id });
  await db
    .updateTable("users")
    .set({
      home_organization_id: null,
      // The name that a stack has for it; that stack may give it to another one.
      external_id: null,
      external_id_live: null,
      given_name: names.givenName,
      family_name: names.familyName,
      state: "active",
      activated_at: now,
      updated_at: now,
    })
    .where("id", "=", id)
    .execute();
  // In the audit of the organization that it leaves, whose administrators would look for it there.
  const leaving = { ...users, organizationOf: () => home };
  await audit(context, leaving, "sign_up", [{ before, after: await load(context, users, id) }]);
}

/** Ends what the acting person has in an organization. */
async function endAllIn(context: PersonContext, organizationId: string): Promise<void> {
  const rows = await context.db
    .selectFrom("memberships")
    .select("id")
    .where("user_id", "=", context.principal.user)
    .where("organization_id", "=", organizationId)
    .where("member_live", "is not", null)
    .execute();
  for (const { id } of rows) {
    const before = await load(context, memberships, id);
    if (before === undefined) continue;
    await endMembership(context, before);
    await audit(context, memberships, "end", [{ before, after: await load(context, memberships, id) }]);
  }
  // A key that it was offered there as no member.
  const members = new Map([[context.principal.user, context.requestId]]);
  await deleteAssignments(context, { organizationId, members });
}
