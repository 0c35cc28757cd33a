/** What each plan allows an organization. */
import { type components, planValues } from "./generated/openapi.ts";

type Plan = components["schemas"]["Plan"];

/** The smallest plan that allows each of what not every plan allows. */
const smallestPlan = {
  severalMembers: "premium",
  websiteUrl: "premium",
  logo: "premium",
  externalApiAccess: "enterprise",
} as const satisfies Readonly<Record<string, Plan>>;

/** What not every plan allows. */
export type PlanFeature = keyof typeof smallestPlan;

/** The plans that allow a feature, from the smallest to the largest. */
export function plansWith(feature: PlanFeature): readonly Plan[] {
  return planValues.slice(planValues.indexOf(smallestPlan[feature]));
}

/** Whether a plan allows a feature. */
export function isAllowed(plan: Plan, feature: PlanFeature): boolean {
  return plansWith(feature).includes(plan);
}
