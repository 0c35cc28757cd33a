/** Row M19, the plan and who changes it, with Stripe beside the service. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Billing } from "../../../service/billing.ts";
import { idempotencyKey, unique } from "../support/client.ts";
import { makeScenario, type Scenario } from "../support/scenario.ts";
import { onEachDatabase } from "../support/service.ts";
import { prices, refusal, Stripe } from "../support/stripe.ts";

const contactUrl = "https://vendor.example/contact";

onEachDatabase("rows about billing", (service) => {
  let stripe: Stripe;

  beforeAll(async () => {
    stripe = await Stripe.start();
    await service().start({ contactUrl, billing: stripe.billing() });
  });
  afterAll(async () => await stripe.stop());

  /** An organization that is linked, and one of its administrators. */
  async function linked(plan: "basic" | "premium" = "premium") {
    const stripeSubscription = stripe.subscribe(plan);
    const subscription = { plan, billing: "stripe" as const, stripeSubscription };
    const scenario = await makeScenario(service(), { subscription: { plan: "enterprise" } });
    const { client } = await scenario.actingAs("administrator").catch(async () => await administratorOf(scenario));
    await scenario.owner.do("updateOrganization", {
      path: scenario.path,
      body: { subscription, features: { externalApiAccess: false } },
    });
    const price = () => stripe.subscriptions.get(stripeSubscription)?.price;
    const change = { path: scenario.path, body: { subscription: { plan: "enterprise" as const } } };
    return {
      ...scenario,
      scenario,
      owner: scenario.owner,
      path: scenario.path,
      client,
      price,
      change,
      stripeSubscription,
    };
  }

  /** Keys are made while there is API access, and manage Roster after it is withdrawn. */
  async function administratorOf(scenario: Scenario) {
    await scenario.owner.do("updateOrganization", {
      path: scenario.path,
      body: { features: { externalApiAccess: true } },
    });
    return await scenario.actingAs("administrator");
  }

  test("M19 linking takes the plan as it is, and asks Stripe for nothing", async () => {
    const before = stripe.asked.length;
    const { owner, path, stripeSubscription } = await linked();
    const { subscription } = await owner.do("getOrganization", { path });
    expect(subscription).toEqual({ plan: "premium", billing: "stripe", stripeSubscription });
    expect(stripe.asked).toHaveLength(before);
  });

  test("M19 an administrator changes a linked plan, and Stripe sells it", async () => {
    const { client, change, price } = await linked();
    const { subscription } = await client.do("updateOrganization", change);
    expect(subscription.plan).toBe("enterprise");
    expect(price()).toBe(prices.enterprise);
    expect(stripe.asked.at(-1)?.form).toMatchObject({ payment_behavior: "error_if_incomplete" });
    expect(stripe.asked.at(-1)?.form).not.toHaveProperty("proration_behavior");
  });

  test("M19 a custom plan is the vendor's to change, and the answer says whom to contact", async () => {
    const scenario = await makeScenario(service());
    const { client } = await scenario.actingAs("administrator");
    const { path } = scenario;
    const body = { subscription: { plan: "premium" as const } };
    const refused = await client.refused("contact_vendor", "updateOrganization", { path, body });
    expect(refused).toMatchObject({ contactUrl, detail: expect.stringContaining("custom") });
    await scenario.owner.do("updateOrganization", { path, body: { subscription: { billing: "stripe" } } });
    const unlinked = await client.refused("contact_vendor", "updateOrganization", { path, body });
    expect(unlinked.detail).toContain("not linked");
  });

  test("M19 a downgrade that what is in use exceeds is refused before Stripe hears of it", async () => {
    const { scenario, client, path, price } = await linked();
    await scenario.member("viewer");
    const before = stripe.asked.length;
    const body = { subscription: { plan: "basic" as const } };
    const members = await client.refused("plan_required", "updateOrganization", { path, body });
    expect(members.detail).toContain("several members");
    expect([stripe.asked.length, price()]).toEqual([before, prices.premium]);
  });

  test("M19 linking is the service owner's, with one organization, and only where billing is Stripe's", async () => {
    const { client, owner, path, stripeSubscription } = await linked();
    for (const subscription of [
      { stripeSubscription: null },
      { billing: "custom" as const, stripeSubscription: null },
    ]) {
      await client.refused("permission_denied", "updateOrganization", { path, body: { subscription } });
    }
    const other = await makeScenario(service());
    await owner.refused("unprocessable", "updateOrganization", {
      path: other.path,
      body: { subscription: { billing: "stripe", stripeSubscription } },
    });
    await owner.refused("unprocessable", "updateOrganization", { path, body: { subscription: { billing: "custom" } } });
    await owner.do("updateOrganization", {
      path,
      body: { subscription: { billing: "custom", stripeSubscription: null } },
    });
  });

  test("M19 what Stripe refuses changes nothing, and is said in words that betray nothing", async () => {
    const { client, owner, path, change, price } = await linked();
    for (const [answer, words] of [
      [refusal(402, "card_error", "card_declined"), "could not collect the payment"],
      [refusal(400, "invalid_request_error", "parameter_invalid"), "refused the change"],
    ] as const) {
      stripe.refusing = answer;
      const refused = await client.refused("billing_failed", "updateOrganization", change);
      expect(refused).toMatchObject({ status: 422, contactUrl, retryable: false });
      expect(refused.detail).toContain(words);
      expect(refused.detail).not.toMatch(/price_|words of Stripe|test-account/);
    }
    stripe.refusing = undefined;
    expect(price()).toBe(prices.premium);
    expect((await owner.do("getOrganization", { path })).subscription.plan).toBe("premium");
    await client.do("updateOrganization", change);
  });

  test("M19 while Stripe fails, the change can be repeated", async () => {
    const { client, change } = await linked();
    stripe.refusing = refusal(500, "api_error", "unknown");
    const refused = await client.refused("unavailable", "updateOrganization", change);
    expect(refused).toMatchObject({ status: 503, retryable: true });
    stripe.refusing = undefined;
    await client.do("updateOrganization", change);
  });

  test("M19 a change that was lost after Stripe made it is made once, when it is repeated", async () => {
    const { client, owner, path, change, price } = await linked();
    const before = stripe.changes;
    stripe.afterChange = () => service().failNextStatement("XX000");
    const headers = { "idempotency-key": idempotencyKey() };
    await client.refused("internal_error", "updateOrganization", { ...change, headers });
    stripe.afterChange = () => {};
    expect(price()).toBe(prices.enterprise);
    expect((await owner.do("getOrganization", { path })).subscription.plan).toBe("premium");
    await client.do("updateOrganization", { ...change, headers });
    expect((await owner.do("getOrganization", { path })).subscription.plan).toBe("enterprise");
    expect(stripe.changes).toBe(before + 1);
  });

  test("M19 a transaction that the database runs again changes Stripe once", async () => {
    const { client, change, price } = await linked();
    const before = stripe.changes;
    stripe.afterChange = () => {
      stripe.afterChange = () => {};
      service().failNextStatement("40001");
    };
    await client.do("updateOrganization", change);
    expect([price(), stripe.changes]).toEqual([prices.enterprise, before + 1]);
  });

  test("M19 the service owner's change of a linked plan reaches Stripe as well", async () => {
    const { owner, change, price } = await linked();
    await owner.do("updateOrganization", change);
    expect(price()).toBe(prices.enterprise);
  });

  test("M19 a subscription that ended, and a plan that isn't sold, are the vendor's to mend", async () => {
    const { client, change, stripeSubscription } = await linked();
    const there = stripe.subscriptions.get(stripeSubscription);
    if (there !== undefined) {
      there.status = "canceled";
    }
    await client.refused("billing_failed", "updateOrganization", change);
    stripe.subscriptions.delete(stripeSubscription);
    await client.refused("billing_failed", "updateOrganization", change);
    const { premium } = prices;
    await service().start({ contactUrl, billing: stripe.billing({ sold: { premium } }) });
    const refused = await client.refused("contact_vendor", "updateOrganization", change);
    expect(refused.detail).toContain("isn't sold through Stripe");
    await service().start({ contactUrl, billing: stripe.billing({ key: unique("wrong") }) });
    const { scenario } = await linked();
    await scenario.owner.refused("billing_failed", "updateOrganization", { path: scenario.path, body: change.body });
    const nowhere = new Billing({ key: "none", apiBase: "http://127.0.0.1:9", prices });
    await service().start({ contactUrl, billing: nowhere });
    await client.refused("unavailable", "updateOrganization", change);
    await service().start({ contactUrl, billing: stripe.billing() });
  });
});
