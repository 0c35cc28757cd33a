/** Checks organizations against their plans. */
import { type components, planValues } from "./generated/openapi.ts";

type Plan = components["schemas"]["Plan"];

/** The smallest plan with each feature that not every plan has. */
const smallestPlan = {
  severalMembers: "premium",
  websiteUrl: "premium",
  logo: "premium",
  externalApiAccess: "enterprise",
} as const satisfies Readonly<Record<string, Plan>>;

/** A feature that not every plan has. */
export type PlanFeature = keyof typeof smallestPlan;

/** The plans with a feature, from the smallest to the largest. */
export function plansWith(feature: PlanFeature): readonly Plan[] {
  return planValues.slice(planValues.indexOf(smallestPlan[feature]));
}

/** Whether a plan has a feature. */
export function isAllowed(plan: Plan, feature: PlanFeature): boolean {
  return plansWith(feature).includes(plan);
}
