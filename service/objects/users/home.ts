/** Rules for the home organization of a user. */
import type { Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import { isIn } from "../../auth/rights.ts";
import { load, requireServiceOwner } from "../../managed/resource.ts";
import { unprocessable } from "../../problems.ts";
import { organizations } from "../organizations/resource.ts";

type User = Schemas["User"];

/**
 * Requires an open organization that is visible to the caller.
 *
 * @throws Refusal `unprocessable`
 */
export async function requireOpenHome(call: Context, home: string): Promise<void> {
  const { principal } = call;
  const organization = await load(call, organizations, home);
  const isVisible = isIn(home, principal.rights.organizations);
  if (organization?.status === "open" && isVisible) {
    return;
  }
  throw unprocessable(
    "/homeOrganization",
    `The organization ${home} does not exist or is closed, or you don't have access to it.`,
    [{ kind: "organization", id: home }],
  );
}

/**
 * Refuses a change of the home organization, unless the current one is closed; then the service owner can set another one
 * or none.
 *
 * @throws Refusal `permission_denied`, `unprocessable`
 */
export async function refuseMoving(
  call: Context,
  { id, homeOrganization: from }: User,
  to: string | null,
): Promise<void> {
  requireServiceOwner(call, "Giving a user another home organization");
  const home = from === null ? undefined : await load(call, organizations, from);
  if (home?.status !== "closed") {
    const current = from === null ? "has no home organization" : `has the home organization ${from}, which is open`;
    throw unprocessable(
      "/homeOrganization",
      `The user ${id} ${current}. That can't be changed: leave homeOrganization as it is.`,
      [{ kind: "user", id }, ...(from === null ? [] : [{ kind: "organization" as const, id: from }])],
    );
  }
  if (to !== null) {
    await requireOpenHome(call, to);
  }
}
