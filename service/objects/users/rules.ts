/** What inviting and deactivating a user takes beyond the rules that every operation has. */
import type { Schemas } from "roster-schema";
import type { Asking, Context } from "../../auth/operation.ts";
import { mailDeactivationNotice } from "../../mail/queue.ts";
import { load, permissionDenied, requirePermission } from "../../managed/resource.ts";
import { keepAnAdministrator, refuseSelf } from "../../managed/rules.ts";
import { organizations, refuseClosed } from "../organizations/resource.ts";
import { roles } from "../roles/resource.ts";

type User = Schemas["User"];

/**
 * What mailing a person the link that sets up the account takes: when it is asked for, and of whoever asked for it when
 * the link is followed.
 *
 * @throws Refusal `permission_denied`, `organization_closed`.
 */
export async function requireInviting(asking: Asking, user: User): Promise<void> {
  const { principal } = asking;
  const home = user.homeOrganization === null ? undefined : await load(asking, organizations, user.homeOrganization);
  if (principal.kind !== "owner") {
    requirePermission(asking, "users:create");
    if (user.homeOrganization !== principal.organization) {
      throw permissionDenied("A user is invited by those who create users in its home organization.");
    }
  }
  if (home !== undefined) refuseClosed(home);
}

/**
 * Refuses a deactivation for what it would leave behind. A leaver goes also where another organization made them its only
 * administrator: the caller's own organization counts.
 *
 * @throws Refusal `cannot_remove_self`, `last_administrator`.
 */
export async function refuseDeactivation(call: Context, user: User): Promise<void> {
  const { principal } = call;
  refuseSelf(principal, user.id, "deactivate themselves");
  if (principal.kind === "api_key") await keepAnAdministrator(call, principal.organization, user.id);
}

/** Those who administer another organization learn that its member was deactivated from outside. */
export async function tellOtherOrganizations(call: Context, { id, email }: User): Promise<void> {
  const { db, principal } = call;
  if (principal.kind !== "api_key") return;
  const home = await load(call, organizations, principal.organization);
  const elsewhere = await db
    .selectFrom("memberships")
    .select(["organization_id", "role"])
    .where("user_id", "=", id)
    .where("organization_id", "!=", principal.organization)
    .where("status", "=", "active")
    .orderBy("id")
    .execute();
  for (const { organization_id, role } of elsewhere) {
    const organization = await load(call, organizations, organization_id);
    await mailDeactivationNotice(call, organization_id, {
      organization: organization?.name ?? organization_id,
      home: home?.name ?? principal.organization,
      email,
      role: (await load(call, roles, role))?.name ?? role,
    });
  }
}
