/** Rules and notices for deactivating a user. */
import type { Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import { isServiceOwner } from "../../auth/principal.ts";
import { mailDeactivationNotice } from "../../mail/queue.ts";
import { load } from "../../managed/resource.ts";
import { keepAnAdministrator, refuseSelf } from "../../managed/rules.ts";
import { organizations } from "../organizations/resource.ts";
import { roles } from "../roles/resource.ts";

type User = Schemas["User"];

/**
 * Refuses a deactivation that would leave the user's home organization without an administrator. Other organizations don't
 * count.
 *
 * @throws Refusal `cannot_remove_self`, `last_administrator`.
 */
export async function refuseDeactivation(call: Context, user: User): Promise<void> {
  const { principal } = call;
  refuseSelf(principal, user.id, "deactivate themselves");
  if (user.homeOrganization !== null) {
    await keepAnAdministrator(call, user.homeOrganization, user.id);
  }
}

/** Notifies the administrators of the user's other organizations. */
export async function tellOtherOrganizations(call: Context, { id, email, homeOrganization }: User): Promise<void> {
  const { db, principal } = call;
  if (isServiceOwner(principal) || homeOrganization === null) {
    return;
  }
  const home = await load(call, organizations, homeOrganization);
  const elsewhere = await db
    .selectFrom("memberships")
    .select(["organization_id", "role"])
    .where("user_id", "=", id)
    .where("organization_id", "!=", homeOrganization)
    .where("status", "=", "active")
    .orderBy("id")
    .execute();
  for (const { organization_id, role } of elsewhere) {
    const organization = await load(call, organizations, organization_id);
    await mailDeactivationNotice(call, organization_id, {
      organization: organization?.name ?? organization_id,
      home: home?.name ?? homeOrganization,
      email,
      role: (await load(call, roles, role))?.name ?? role,
    });
  }
}

/** Whether a user has a membership, an assignment or a key that somebody else made. */
export async function hasWhatOthersMade({ db }: Pick<Context, "db">, { id }: User, maker: string): Promise<boolean> {
  const { found } = await db
    .selectNoFrom(({ exists, or, selectFrom }) =>
      or([
        exists(
          selectFrom("memberships")
            .select("id")
            .where("user_id", "=", id)
            .where("member_live", "is not", null)
            .where("created_by", "!=", maker),
        ),
        exists(
          selectFrom("api_key_assignments").select("id").where("user_id", "=", id).where("created_by", "!=", maker),
        ),
        exists(selectFrom("api_keys").select("id").where("owner_id", "=", id).where("created_by", "!=", maker)),
      ]).as("found"),
    )
    .executeTakeFirstOrThrow();
  return found === true;
}
