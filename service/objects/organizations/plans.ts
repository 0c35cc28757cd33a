/** What each plan allows an organization. */
import { isAllowed, type PlanFeature, plansWith, type Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import { Refusal } from "../../problems.ts";
import { refuseGroup } from "../../rows/shared-statements.ts";
import type { Database } from "../../rows/tables.ts";

type Organization = Schemas["Organization"];

/**
 * What each plan allows.
 *
 * @param members how many memberships there are; counted only where the plan changes or one is added.
 * @throws Refusal `plan_required`
 */
export function refuseBeyondPlan(
  { subscription: { plan }, websiteUrl, logo, features }: Organization,
  members: number,
): void {
  const wanted: readonly [PlanFeature, isWanted: boolean, words: string][] = [
    ["severalMembers", members > 1, "several members need"],
    ["websiteUrl", websiteUrl !== null, "a website needs"],
    ["logo", logo !== null, "a logo needs"],
    ["externalApiAccess", features.externalApiAccess, "external API access needs"],
  ];
  const missing = wanted
    .filter(([feature, isWanted]) => isWanted && !isAllowed(plan, feature))
    .map(([feature, _isWanted, words]) => `${words} the ${plansWith(feature)[0]} plan`);
  if (missing.length === 0) return;
  throw new Refusal(
    "plan_required",
    `The plan is ${plan}: ${missing.join("; ")}. Contact the vendor for a larger plan.`,
  );
}

/** @throws Refusal `plan_required` where the plan allows no further member. */
export async function refuseMemberBeyondPlan({ db }: Pick<Context, "db">, organization: Organization): Promise<void> {
  // The others have no limit, and an organization may have a hundred thousand members to count.
  if (isAllowed(organization.subscription.plan, "severalMembers")) return;
  refuseGroup();
  refuseBeyondPlan(organization, (await countMembers(db, organization.id)) + 1);
}

/** How many memberships of an organization have not ended. */
export async function countMembers(db: Database, organizationId: string): Promise<number> {
  const { members } = await db
    .selectFrom("memberships")
    .select(({ fn }) => fn.countAll().as("members"))
    .where("organization_id", "=", organizationId)
    .where("member_live", "is not", null)
    .executeTakeFirstOrThrow();
  return Number(members);
}
