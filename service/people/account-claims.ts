/** Accounts that people claim: signing up, and taking over an account that was created for their address. */

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
import { insertUser, invitedPerson } from "../objects/users/rules.ts";
import type { Tables } from "../rows/tables.ts";

/**
 * Whether the owner of an account's address can claim the account: it is not set up and not blocked. A deactivation prevents
 * this only for an account without a home organization, which only the service owner can deactivate.
 */
export function isUnclaimed(user: Selectable<Tables["users"]>): boolean {
  if (user.activated_at !== null || user.block_reason !== null) {
    return false;
  }
  return user.state === "active" || user.home_organization_id !== null;
}

/** Creates a complete account without a home organization, for a confirmed address. */
export async function signUp(context: PersonContext, email: string, names: Names): Promise<void> {
  const { db, now, principal } = context;
  const id = principal.user;
  await insertUser(context, invitedPerson({ id, email, ...names, homeOrganization: null }, now));
  await db.updateTable("users").set({ activated_at: now }).where("id", "=", id).execute();
  await audit(context, users, "sign_up", [{ before: undefined, after: await load(context, users, id) }]);
}

/**
 * Completes an account that an organization created for the person's address, as the person's own account: it leaves its
 * home organization. Its memberships and keys stay, except those in the home organization if that had deactivated it.
 */
export async function claimAccount(context: PersonContext, names: Names): Promise<void> {
  const { db, now, principal } = context;
  const { user: id } = principal;
  const before = await load(context, users, id);
  const home = before?.homeOrganization ?? null;
  if (before === undefined || home === null) {
    return await activateUser(context, names);
  }
  if (before.state === "inactive") {
    await endAllIn(context, home);
  }
  await forgetAdoptions(context, users, id);
  await endLinks(context, { subject: id });
  await db
    .updateTable("users")
    .set({
      home_organization_id: null,
      // The stack's name for the account becomes free.
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
  // Write the entry to the audit of the organization that the account leaves.
  const leaving = { ...users, organizationOf: () => home };
  await audit(context, leaving, "sign_up", [{ before, after: await load(context, users, id) }]);
}

/** Ends the memberships and assignments of the person in an organization. */
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
    if (before === undefined) {
      continue;
    }
    await endMembership(context, before);
    await audit(context, memberships, "end", [{ before, after: await load(context, memberships, id) }]);
  }
  // Also keys that were offered without a membership.
  const members = new Map([[context.principal.user, context.requestId]]);
  await deleteAssignments(context, { organizationId, members });
}
