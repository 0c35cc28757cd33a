/** Rules and notices for deactivating a user. */
import type { Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import { mailDeactivationNotice } from "../../mail/queue.ts";
import { load } from "../../managed/resource.ts";
import { keepAnAdministrator, refuseSelf } from "../../managed/rules.ts";
import { organizations } from "../organizations/resource.ts";
import { roles } from "../roles/resource.ts";

type User = Schemas["User"];

/**
 * Refuses a deactivation that would leave the caller's organization without an administrator. Other organizations don't
 * count.
 *
 * @throws Refusal `cannot_remove_self`, `last_administrator`.
 */
export async function refuseDeactivation(call: Context, user: User): Promise<void> {
  const { principal } = call;
  refuseSelf(principal, user.id, "deactivate themselves");
  if (principal.kind === "api_key") {
    await keepAnAdministrator(call, principal.organization, user.id);
  }
}

/** Notifies the administrators of the user's other organizations. */
export async function tellOtherOrganizations(call: Context, { id, email }: User): Promise<void> {
  const { db, principal } = call;
  if (principal.kind !== "api_key") {
    return;
  }
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
