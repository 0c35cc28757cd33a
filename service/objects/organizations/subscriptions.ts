/** What an organization's plan has to do with its subscription at Stripe. */
import { createHash } from "node:crypto";
import type { Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import { Refusal, unprocessable } from "../../problems.ts";
import type { Database } from "../../rows/tables.ts";

type Organization = Schemas["Organization"];

/**
 * A subscription at Stripe goes with billing `stripe`, and with one organization.
 *
 * @throws Refusal `unprocessable`
 */
export async function refuseWrongLink(db: Database, { id, subscription }: Organization): Promise<void> {
  const { billing, stripeSubscription } = subscription;
  if (stripeSubscription === null) return;
  const pointer = "/subscription/stripeSubscription";
  if (billing !== "stripe") throw unprocessable(pointer, "Only billing `stripe` has one: leave it out, or clear it.");
  const other = await db
    .selectFrom("organizations")
    .select("id")
    .where("stripe_subscription", "=", stripeSubscription)
    .where("status", "=", "open")
    .where("id", "!=", id)
    .executeTakeFirst();
  if (other !== undefined) throw unprocessable(pointer, "Another organization is linked to this subscription.");
}

/**
 * Changes the plan at Stripe too, where the organization is linked and stays so: what links it is taken as it is.
 *
 * The caller's transaction waits for it, and may fail afterwards. Then Stripe is ahead, until the same change is asked for
 * again: that finds it made there.
 *
 * @throws Refusal `billing_failed`, `contact_vendor`, `unavailable`.
 */
export async function changePlanAtStripe(context: Context, before: Organization, after: Organization): Promise<void> {
  const { plan, stripeSubscription } = after.subscription;
  if (stripeSubscription === null || stripeSubscription !== before.subscription.stripeSubscription) return;
  if (plan === before.subscription.plan) return;
  const { billing } = context.facilities;
  if (billing === undefined) {
    throw new Refusal(
      "billing_failed",
      "This service isn't connected to Stripe, and the subscription is linked to it. Contact whoever runs the service.",
    );
  }
  // Of the caller's own name for the request, so that a repeat of it is one at Stripe too.
  const parts = [context.principal.id, context.attempt, after.id, plan].join(" ");
  const idempotencyKey = createHash("sha256").update(parts).digest("base64url");
  await billing.changePlan(stripeSubscription, plan, idempotencyKey);
}
