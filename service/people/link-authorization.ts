/**
 * Checks whether the request of a link would still be allowed: the rule of its operation is applied again to its requester,
 * when the link is followed and before it is mailed.
 */

import { endLinks, findMailedLink, type Link } from "../auth/links.ts";
import type { CallerContext, Context } from "../auth/operation.ts";
import { byRule } from "../auth/principal.ts";
import { requesterNow } from "../auth/requesters.ts";
import { load, type Managed, notFound, type Resource } from "../managed/resource.ts";
import { requireUserManagement } from "../managed/rules.ts";
import { requireOffer } from "../objects/assignments/offers.ts";
import { apiKeyAssignments } from "../objects/assignments/resource.ts";
import { requireInvitation } from "../objects/memberships/invitations.ts";
import { memberships } from "../objects/memberships/resource.ts";
import { withdrawEmailChange } from "../objects/users/addresses.ts";
import { requireInviting } from "../objects/users/invitations.ts";
import { users } from "../objects/users/resource.ts";
import { passes } from "../problems.ts";
import { inTransaction } from "../rows/database.ts";
import type { Database, LinkPurpose } from "../rows/tables.ts";

/** The rules of the operations that request links, by purpose. */
const rules: { readonly [P in LinkPurpose]: (asking: CallerContext, subject: string) => Promise<unknown> } = {
  set_up: async (asking, subject) => await requireInviting(asking, await subjectOf(asking, users, subject)),
  membership: async (asking, subject) => await requireInvitation(asking, await subjectOf(asking, memberships, subject)),
  assignment: async (asking, subject) =>
    await requireOffer(asking, (await subjectOf(asking, apiKeyAssignments, subject)).key),
  email_change: async (asking, subject) => await requireUserManagement(asking, await subjectOf(asking, users, subject)),
  password_reset: async (asking, subject) =>
    await requireUserManagement(asking, await subjectOf(asking, users, subject)),
  // Anybody can sign up.
  sign_up: async () => {},
};

/** Whether the request of a link would now be refused. */
export async function isRefused(context: Pick<Context, "db" | "now">, link: Link): Promise<boolean> {
  const { db, now } = context;
  const principal = await requesterNow(db, link.requester, now);
  if (principal === undefined) {
    return true;
  }
  return !(await passes(rules[link.purpose]({ db, now, principal }, link.subject)));
}

/**
 * Ends a link whose request would now be refused, and withdraws a pending change of address, which can then be requested
 * again. An invitation or offer stays without a link until somebody with the permission resends or ends it.
 *
 * @returns whether the link has ended.
 */
export async function endIfRefused(
  database: Database,
  link: Link,
  { now, requestId }: Pick<Context, "now" | "requestId">,
): Promise<boolean> {
  return await inTransaction(database, async (db) => {
    // Read it again, because it may have been replaced, or have another requester.
    const current = await findMailedLink({ db, now }, link.id);
    if (current === undefined) {
      return true;
    }
    if (!(await isRefused({ db, now }, current))) {
      return false;
    }
    await endLinks({ db, now }, current);
    const isPending = link.purpose === "email_change" && (await load({ db, now }, users, link.subject)) !== undefined;
    if (isPending) {
      await withdrawEmailChange({ db, now, requestId, principal: byRule }, link.subject);
    }
    return true;
  });
}

async function subjectOf<T extends Managed>(asking: CallerContext, resource: Resource<T>, id: string): Promise<T> {
  const item = await load(asking, resource, id);
  if (item === undefined) {
    throw notFound(resource.noun, id);
  }
  return item;
}
