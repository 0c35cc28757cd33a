/** Billing through Stripe: the plan of a linked organization is what its subscription there is for. */
import { planValues, type Schemas } from "roster-schema";
import Stripe from "stripe";
import { Refusal } from "./problems.ts";

type Plan = Schemas["Plan"];

const timeoutMs = 4000;
const maxRetries = 1;

/** How the service reaches Stripe, and what it sells there. */
export interface StripeAccount {
  readonly key: string;
  /** Stripe's own address by default. */
  readonly apiBase?: string | undefined;
  /** The price of each plan that is sold through Stripe. */
  readonly prices: Readonly<Partial<Record<Plan, string>>>;
}

/** Changes of plans at Stripe. */
export class Billing {
  readonly #stripe: Stripe;
  readonly #prices: StripeAccount["prices"];

  constructor({ key, apiBase, prices }: StripeAccount) {
    const { protocol, hostname, port } = new URL(apiBase ?? "https://api.stripe.com");
    this.#stripe = new Stripe(key, {
      protocol: protocol === "http:" ? "http" : "https",
      host: hostname,
      ...(port === "" ? {} : { port }),
      // A transaction waits for this.
      timeout: timeoutMs,
      maxNetworkRetries: maxRetries,
      telemetry: false,
    });
    this.#prices = prices;
  }

  /**
   * Makes a subscription one for a plan; one that is already stays as it is.
   *
   * @param idempotencyKey names the change: repeated under it, it is made once.
   * @throws Refusal `contact_vendor` where the plan isn't sold through Stripe, `billing_failed` where Stripe refuses the
   * change, `unavailable` where it doesn't answer.
   */
  async changePlan(subscriptionId: string, plan: Plan, idempotencyKey: string): Promise<void> {
    const price = this.#prices[plan];
    if (price === undefined) {
      throw new Refusal("contact_vendor", `The plan ${plan} isn't sold through Stripe: contact the vendor to get it.`);
    }
    try {
      const { items, status } = await this.#stripe.subscriptions.retrieve(subscriptionId);
      const sold = new Set(Object.values(this.#prices));
      const item = items.data.find((candidate) => sold.has(candidate.price.id));
      if (item === undefined || status === "canceled" || status === "incomplete_expired") {
        throw new Refusal(
          "billing_failed",
          "The subscription at Stripe has ended, or is for none of the plans. Contact the vendor to link another.",
        );
      }
      if (item.price.id === price) return;
      await this.#stripe.subscriptions.update(
        subscriptionId,
        // Nothing is granted that isn't paid for; what is due in proportion is Stripe's default.
        { items: [{ id: item.id, price }], payment_behavior: "error_if_incomplete" },
        { idempotencyKey },
      );
    } catch (error) {
      throw error instanceof Stripe.errors.StripeError ? refusalOf(error) : error;
    }
  }
}

/** What Stripe's error means to whoever asked: never its own words, which may name what is the vendor's. */
function refusalOf(error: InstanceType<typeof Stripe.errors.StripeError>): Refusal {
  const { type, code, requestId } = error;
  const cause = new Error([type, code, requestId].filter((part) => part !== undefined).join(" "));
  switch (type) {
    case "StripeConnectionError":
    case "StripeAPIError":
    case "StripeRateLimitError":
      return new Refusal(
        "unavailable",
        "Stripe doesn't answer. Try again in a moment: what it may have changed all the same is changed once.",
        { cause, retryAfterSeconds: 2 },
      );
    case "StripeCardError":
      return new Refusal(
        "billing_failed",
        "Stripe could not collect the payment. The plan is as it was: give Stripe another means of payment, and try again.",
        { cause },
      );
    default:
      return new Refusal(
        "billing_failed",
        "Stripe refused the change. The plan is as it was: contact the vendor, who finds the reason in the service's log.",
        { cause },
      );
  }
}

/**
 * Reads the prices of plans, as `premium:price_…,enterprise:price_…`.
 *
 * @returns undefined where it is not that.
 */
export function parsePrices(text: string): StripeAccount["prices"] | undefined {
  const prices: Partial<Record<Plan, string>> = {};
  for (const entry of text.split(",")) {
    const [name, price, ...rest] = entry.trim().split(":");
    const plan = planValues.find((candidate) => candidate === name);
    if (plan === undefined || price === undefined || !/^price_\w+$/.test(price) || rest.length > 0) return undefined;
    if (prices[plan] !== undefined) return undefined;
    prices[plan] = price;
  }
  return prices;
}
