/** The link between an organization's plan and its subscription at Stripe. */
import { createHash } from "node:crypto";
import type { Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import { Refusal, unprocessable } from "../../problems.ts";
import type { Database } from "../../rows/tables.ts";

type Organization = Schemas["Organization"];

/**
 * Requires billing `stripe` for a subscription at Stripe, and that no other organization uses the subscription.
 *
 * @throws Refusal `unprocessable`
 */
export async function refuseWrongLink(db: Database, { id, subscription }: Organization): Promise<void> {
  const { billing, stripeSubscription } = subscription;
  if (stripeSubscription === null) {
    return;
  }
  const pointer = "/subscription/stripeSubscription";
  if (billing !== "stripe") {
    throw unprocessable(pointer, "Only billing `stripe` has a subscription at Stripe. Omit it, or clear it.");
  }
  const other = await db
    .selectFrom("organizations")
    .select("id")
    .where("stripe_subscription", "=", stripeSubscription)
    .where("status", "=", "open")
    .where("id", "!=", id)
    .executeTakeFirst();
  if (other !== undefined) {
    const detail = "Another organization is linked to this subscription.";
    throw unprocessable(pointer, detail, [{ kind: "organization", id: other.id }]);
  }
}

/**
 * Changes the plan at Stripe if the organization stays linked; linking itself doesn't change the plan at Stripe.
 *
 * The caller's transaction waits for this, and can still fail afterwards. Then a repeat of the change finds that it has
 * already been made at Stripe.
 *
 * @throws Refusal `billing_failed`, `contact_vendor`, `unavailable`.
 */
export async function changePlanAtStripe(context: Context, before: Organization, after: Organization): Promise<void> {
  const { plan, stripeSubscription } = after.subscription;
  if (stripeSubscription === null || stripeSubscription !== before.subscription.stripeSubscription) {
    return;
  }
  if (plan === before.subscription.plan) {
    return;
  }
  const { billing } = context.facilities;
  if (billing === undefined) {
    throw new Refusal(
      "billing_failed",
      "The subscription is linked to Stripe, but this service isn't connected to Stripe. Contact the operators of the service.",
      { dependsOn: [{ kind: "organization", id: after.id }] },
    );
  }
  // Derive the key from the request's idempotency key, so that a repeat is a repeat at Stripe too.
  const parts = [context.principal.id, context.attempt, after.id, plan].join(" ");
  const idempotencyKey = createHash("sha256").update(parts).digest("base64url");
  await billing.changePlan(stripeSubscription, plan, idempotencyKey);
}
