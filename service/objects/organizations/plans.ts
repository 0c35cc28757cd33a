/** Checks organizations against their plans. */
import { isAllowed, type PlanFeature, plansWith, type Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import { Refusal } from "../../problems.ts";
import { refuseGroup } from "../../rows/shared-statements.ts";
import type { Database } from "../../rows/tables.ts";

type Organization = Schemas["Organization"];

/**
 * Refuses an organization that exceeds its plan.
 *
 * @param members the number of memberships; only needed if the plan changes or a member is added.
 * @throws Refusal `plan_required`
 */
export function refuseBeyondPlan(
  { id, subscription: { plan }, websiteUrl, logo, features }: Organization,
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
  if (missing.length === 0) {
    return;
  }
  throw new Refusal(
    "plan_required",
    `The plan is ${plan}: ${missing.join("; ")}. Contact the vendor for a larger plan.`,
    { dependsOn: [{ kind: "organization", id }] },
  );
}

/** @throws Refusal `plan_required` if the plan doesn't allow another member. */
export async function refuseMemberBeyondPlan({ db }: Pick<Context, "db">, organization: Organization): Promise<void> {
  // Other plans have no limit, and counting would be slow for large organizations.
  if (isAllowed(organization.subscription.plan, "severalMembers")) {
    return;
  }
  refuseGroup();
  refuseBeyondPlan(organization, (await countMembers(db, organization.id)) + 1);
}

/** The number of an organization's memberships that have not ended. */
export async function countMembers(db: Database, organizationId: string): Promise<number> {
  const { members } = await db
    .selectFrom("memberships")
    .select(({ fn }) => fn.countAll().as("members"))
    .where("organization_id", "=", organizationId)
    .where("member_live", "is not", null)
    .executeTakeFirstOrThrow();
  return Number(members);
}
