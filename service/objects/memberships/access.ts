/** The access check: whether a user can work in an organization. */
import type { Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import { Refusal } from "../../problems.ts";
import { selectMemberships, toMembership } from "./resource.ts";

/**
 * Requires an active membership, an active account, and an active API key that is assigned to the user.
 *
 * @returns the membership.
 * @throws Refusal `not_member`, `user_not_active`, `no_api_key`.
 */
export async function requireAccess(
  { db, now }: Pick<Context, "db" | "now">,
  organizationId: string,
  userId: string,
): Promise<Schemas["Membership"]> {
  const row = await selectMemberships(db, now)
    .where("memberships.organization_id", "=", organizationId)
    .where("memberships.user_id", "=", userId)
    .where("memberships.status", "=", "active")
    .executeTakeFirst();
  // Don't reveal whether the user exists in another organization.
  if (row === undefined) {
    throw new Refusal("not_member", "The user has no active membership in the organization. Add the user first.");
  }
  const membership = toMembership(row, now);
  const { userStatus, operational } = membership;
  if (userStatus !== "active") {
    throw new Refusal("user_not_active", `The user's account is ${userStatus}. It must be active.`);
  }
  if (!operational) {
    throw new Refusal("no_api_key", "No active API key of the organization is assigned to the user. Assign one first.");
  }
  return membership;
}
