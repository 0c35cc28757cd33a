/** People who leave their home organization: what else holds their accounts. */
import type { Schemas } from "roster-schema";
import type { Call, Context } from "../../auth/operation.ts";
import { find, requirePermission } from "../../managed/resource.ts";
import { findElsewhere } from "../../managed/rules.ts";
import { unprocessable } from "../../problems.ts";
import { users } from "./resource.ts";

type User = Schemas["User"];
type Holder = Schemas["UserHolder"];

const words: Readonly<Record<Holder, string>> = {
  membership: "a membership in another organization",
  api_key: "an API key of another organization",
  system_role: "a system role",
};

/**
 * Reads what holds a user's account, for its home organization.
 *
 * @throws Refusal `not_found`, `permission_denied`.
 */
export async function readHolders(call: Call<"getUserHolders">): Promise<Schemas["UserHolders"]> {
  const user = await find(call, users, call.path.userId);
  requirePermission(call, user.homeOrganization, "users:read");
  return { user: user.id, holders: await holdersOf(call, user) };
}

/**
 * Why the manager of a user lets go of it instead of deactivating it.
 *
 * @returns undefined if the user is deactivated.
 * @throws Refusal `unprocessable` if the caller doesn't identify itself as the manager.
 */
export async function keepsUser(call: Call, user: User): Promise<string | undefined> {
  const { outcome = "deactivate", managedAs } = call.query as Call<"deactivateUser">["query"];
  if (outcome === "deactivate") {
    return undefined;
  }
  if (managedAs === undefined || user.externalId !== managedAs) {
    throw unprocessable("/outcome", "Only the manager can let go of a user. Set managedAs to the user's externalId.");
  }
  if (outcome === "let_go") {
    return "its manager has let go of it.";
  }
  const holders = await holdersOf(call, user);
  return holders.length === 0
    ? undefined
    : `the account has ${holders.map((holder) => words[holder]).join(" and ")}, so it is not deactivated.`;
}

async function holdersOf(context: Pick<Context, "db" | "now">, user: User): Promise<Holder[]> {
  const elsewhere = await findElsewhere(context, user);
  const holders = elsewhere.map(({ kind }) => (kind === "membership" ? "membership" : "api_key") satisfies Holder);
  return [...holders, ...(user.systemRole === "none" ? [] : (["system_role"] as const))];
}
