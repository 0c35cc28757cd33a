/** The part of Stripe's API that the service asks: form-encoded requests, JSON answers, and idempotency. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Billing } from "../../../service/billing.ts";

/** What is sold, and for what price. */
export const prices = { basic: "price_basic", premium: "price_premium", enterprise: "price_enterprise" };

const key = "a-key-of-the-test-account";

/** A subscription as it is there. */
export interface Subscription {
  price: string;
  status: string;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** A refusal, as Stripe words it. */
export function refusal(status: number, type: string, code: string): Answer {
  return { status, body: { error: { type, code, message: "words of Stripe's own, about price_premium" } } };
}

/** Stripe, on a port of its own. */
export class Stripe {
  readonly subscriptions = new Map<string, Subscription>();
  /** Every change that was asked for, with its idempotency key. */
  readonly asked: { readonly key: string; readonly form: Readonly<Record<string, string>> }[] = [];
  /** How often a subscription was really changed. */
  changes = 0;
  /** In place of carrying a change out. */
  refusing: Answer | undefined;
  /** Called once a change is made, before it is answered. */
  afterChange = () => {};
  readonly #server: Server;
  readonly #answers = new Map<string, Answer>();

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<Stripe> {
    const stripe = new Stripe();
    stripe.#server.listen(0, "127.0.0.1");
    await once(stripe.#server, "listening");
    return stripe;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What a service is given to sell through it. */
  billing(account: { key?: string; sold?: Partial<typeof prices> } = {}): Billing {
    return new Billing({
      key,
      apiBase: this.endpoint,
      prices: prices,
      ...account,
      ...(account.sold && { prices: account.sold }),
    });
  }

  /** A new subscription for a plan. */
  subscribe(plan: keyof typeof prices): string {
    const id = `sub_${this.subscriptions.size + 1}${Date.now()}`;
    this.subscriptions.set(id, { price: prices[plan], status: "active" });
    return id;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    const { status, body } = this.#decide(request, form);
    response.writeHead(status, { "content-type": "application/json", "request-id": "req_of_stripe" });
    response.end(JSON.stringify(body));
  }

  #decide({ method, url = "", headers }: IncomingMessage, form: Readonly<Record<string, string>>): Answer {
    if (headers.authorization !== `Bearer ${key}`) {
      return refusal(401, "invalid_request_error", "api_key_invalid");
    }
    const id = /^\/v1\/subscriptions\/(\w+)$/.exec(url)?.[1] ?? "";
    const subscription = this.subscriptions.get(id);
    if (subscription === undefined) {
      return refusal(404, "invalid_request_error", "resource_missing");
    }
    if (method === "GET") {
      return { status: 200, body: present(id, subscription) };
    }
    const name = String(headers["idempotency-key"]);
    this.asked.push({ key: name, form });
    const known = this.#answers.get(name);
    const answer = known ?? this.#change(id, subscription, form);
    this.#answers.set(name, answer);
    return answer;
  }

  #change(id: string, subscription: Subscription, form: Readonly<Record<string, string>>): Answer {
    if (this.refusing !== undefined) {
      return this.refusing;
    }
    const price = form["items[0][price]"];
    if (form["items[0][id]"] !== `si_of_${id}` || price === undefined || !Object.values(prices).includes(price)) {
      return refusal(400, "invalid_request_error", "parameter_invalid");
    }
    subscription.price = price;
    this.changes++;
    this.afterChange();
    return { status: 200, body: present(id, subscription) };
  }
}

function present(id: string, { price, status }: Subscription): object {
  const item = { id: `si_of_${id}`, object: "subscription_item", price: { id: price, object: "price" } };
  return { id, object: "subscription", status, items: { object: "list", data: [item], has_more: false } };
}
