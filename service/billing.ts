/** Billing through Stripe: the plan of a linked organization follows its subscription at Stripe. */
import { planValues, type Schemas } from "roster-schema";
import Stripe from "stripe";
import { Refusal } from "./problems.ts";

type Plan = Schemas["Plan"];

const timeoutMs = 4000;
const maxRetries = 1;

/** The account at Stripe, and the plans that are sold there. */
export interface StripeAccount {
  readonly key: string;
  /** The base URL of Stripe's API; Stripe's own by default. */
  readonly apiBase?: string | undefined;
  /** The price of each plan that is sold through Stripe. */
  readonly prices: Readonly<Partial<Record<Plan, string>>>;
}

/** Changes plans at Stripe. */
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
   * The price of a plan at Stripe.
   *
   * @throws Refusal `contact_vendor` if the plan isn't sold through Stripe.
   */
  priceOf(plan: Plan): string {
    const price = this.#prices[plan];
    if (price === undefined) {
      throw new Refusal("contact_vendor", `The plan ${plan} isn't sold through Stripe. Contact the vendor to get it.`);
    }
    return price;
  }

  /**
   * Changes the plan of a subscription, unless it already has the plan.
   *
   * @param idempotencyKey identifies the change: a repeat with the same key has no further effect.
   * @throws Refusal `contact_vendor` if the plan isn't sold through Stripe, `billing_failed` if Stripe refuses the change,
   * `unavailable` if Stripe doesn't answer.
   */
  async changePlan(subscriptionId: string, plan: Plan, idempotencyKey: string): Promise<void> {
    const price = this.priceOf(plan);
    try {
      const { items, status } = await this.#stripe.subscriptions.retrieve(subscriptionId);
      const sold = new Set(Object.values(this.#prices));
      const item = items.data.find((candidate) => sold.has(candidate.price.id));
      if (item === undefined || status === "canceled" || status === "incomplete_expired") {
        throw new Refusal(
          "billing_failed",
          "The subscription at Stripe has ended, or isn't for any of the plans. Contact the vendor to link another one.",
        );
      }
      if (item.price.id === price) {
        return;
      }
      await this.#stripe.subscriptions.update(
        subscriptionId,
        // Fail if the payment fails; proration follows Stripe's default.
        { items: [{ id: item.id, price }], payment_behavior: "error_if_incomplete" },
        { idempotencyKey },
      );
    } catch (error) {
      throw error instanceof Stripe.errors.StripeError ? refusalOf(error) : error;
    }
  }
}

/** Converts an error of Stripe. Stripe's own message is not shown, because it may contain the vendor's data. */
function refusalOf(error: InstanceType<typeof Stripe.errors.StripeError>): Refusal {
  const { type, code, requestId } = error;
  const cause = new Error([type, code, requestId].filter((part) => part !== undefined).join(" "));
  switch (type) {
    case "StripeConnectionError":
    case "StripeAPIError":
    case "StripeRateLimitError":
      return new Refusal(
        "unavailable",
        "Stripe doesn't answer. Try again in a moment; the change is made only once, even if Stripe has already made it.",
        { cause, retryAfterSeconds: 2 },
      );
    case "StripeCardError":
      return new Refusal(
        "billing_failed",
        "Stripe could not collect the payment. The plan was not changed. Update the payment method at Stripe, and try again.",
        { cause },
      );
    default:
      return new Refusal(
        "billing_failed",
        "Stripe refused the change. The plan was not changed. Contact the vendor, who can find the reason in the service's log.",
        { cause },
      );
  }
}

/**
 * Parses the prices of plans, such as `premium:price_…,enterprise:price_…`.
 *
 * @returns undefined if the text doesn't have this form.
 */
export function parsePrices(text: string): StripeAccount["prices"] | undefined {
  const prices: Partial<Record<Plan, string>> = {};
  for (const entry of text.split(",")) {
    const [name, price, ...rest] = entry.trim().split(":");
    const plan = planValues.find((candidate) => candidate === name);
    if (plan === undefined || price === undefined || !/^price_\w+$/.test(price) || rest.length > 0) {
      return undefined;
    }
    if (prices[plan] !== undefined) {
      return undefined;
    }
    prices[plan] = price;
  }
  return prices;
}
