import type { Schemas } from "roster-schema";
import type { Call } from "../../auth/operation.ts";
import { type Routes, read } from "../../http/route.ts";
import { Refusal } from "../../problems.ts";
import { findOrganization } from "../organizations/resource.ts";
import { presentMembership, selectMemberships } from "./resource.ts";

/** The route that says whether a user can work. */
export const accessCheckRoutes: Routes<"checkAccess"> = { checkAccess: read(checkAccess) };

async function checkAccess(call: Call<"checkAccess">): Promise<Schemas["Access"]> {
  const { body, db, now, path } = call;
  const organization = await findOrganization(call, path.organizationId, "keys:verify");
  const row = await selectMemberships(db, now)
    .where("memberships.organization_id", "=", organization.id)
    .where("memberships.user_id", "=", body.user)
    .where("memberships.status", "=", "active")
    .executeTakeFirst();
  // Whether there is such a user elsewhere is not said.
  if (row === undefined) {
    throw new Refusal("not_member", "The user has no active membership of the organization. Add the user first.");
  }
  const { id, role, userStatus, apiKeyCount, operational } = presentMembership(row, now);
  if (userStatus !== "active") {
    throw new Refusal("user_not_active", `The user's account is ${userStatus}, and has to be active.`);
  }
  if (!operational) {
    throw new Refusal("no_api_key", "No active API key of the organization is assigned to the user. Assign one first.");
  }
  return { organization: organization.id, user: body.user, membership: id, role, apiKeyCount };
}
