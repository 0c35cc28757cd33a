/** What else a tried change would change. */
import type { Schemas } from "roster-schema";
import { expect, test } from "vitest";
import { unique } from "./support/client.ts";
import { Pages } from "./support/people.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";
import { prices, Stripe } from "./support/stripe.ts";
import { inBatch, newMember, tryAll, tryOne } from "./support/trials.ts";

type Effect = Schemas["TrialEffect"];

const none = { object: null, user: null, lastUsedAt: null, recipient: null, count: 1 };

/** An effect on an object, as a test expects it. */
function on(action: string, kind: Schemas["ObjectKind"], id: string, rest: Partial<Effect> = {}) {
  const object = expect.objectContaining({ kind, id });
  return expect.objectContaining({ ...none, action, object, ...rest });
}

async function effectsOf(client: Scenario["owner"], ...[operation, asked]: Parameters<typeof inBatch>) {
  const { trial } = await tryOne(client, inBatch(operation, asked));
  expect(trial.outcome).toBe("done");
  return trial.effects;
}

onEachDatabase("P1 effects", (service) => {
  test("a member who ends loses keys and assignments, with their last use", async () => {
    const scenario = await makeScenario(service());
    const { user, membership } = await scenario.member("editor");
    const own = await scenario.key({ kind: "user", owner: user.id });
    const shared = await scenario.key();
    const { id: assignment } = await scenario.owner.do("createApiKeyAssignment", {
      path: { apiKeyId: shared.id },
      body: { user: user.id },
    });
    await scenario.owner.do("verifyApiKey", { body: { secret: own.key } });
    const { lastUsedAt } = await scenario.owner.do("getApiKey", { path: { apiKeyId: own.id } });
    expect(lastUsedAt).not.toBeNull();
    const request = inBatch("endMembership", { path: { membershipId: membership.id } });
    for (const dryRun of ["each", "sequence"] as const) {
      const { trial } = await tryOne(scenario.owner, request, { dryRun });
      expect(trial.effects).toHaveLength(2);
      expect(trial.effects).toContainEqual(on("api_key.revoke", "api_key", own.id, { user: user.id, lastUsedAt }));
      expect(trial.effects).toContainEqual(
        on("api_key_assignment.delete", "api_key_assignment", assignment, { user: user.id }),
      );
    }
    const name = trialName(await tryOne(scenario.owner, request), own.id);
    expect(name).toBe(own.name);
  });

  test("a key that is revoked or rotated, and the people who have it", async () => {
    const scenario = await makeScenario(service());
    const { user } = await scenario.member("member");
    const key = await scenario.key();
    const { id } = await scenario.owner.do("createApiKeyAssignment", {
      path: { apiKeyId: key.id },
      body: { user: user.id },
    });
    const path = { apiKeyId: key.id };
    const stops = [
      on("api_key.stop", "api_key", key.id),
      on("api_key_assignment.stop", "api_key_assignment", id, { user: user.id }),
    ];
    expect(await effectsOf(scenario.owner, "revokeApiKey", { path })).toEqual(stops);
    expect(await effectsOf(scenario.owner, "updateApiKey", { path, body: { state: "revoked" } })).toEqual(stops);
    expect(await effectsOf(scenario.owner, "updateApiKey", { path, body: { name: unique("name") } })).toEqual([]);
    expect(await effectsOf(scenario.owner, "rotateApiKey", { path, body: { generation: 2 } })).toEqual([
      on("api_key.replace_secret", "api_key", key.id),
    ]);
  });

  test("a user who is deactivated or blocked loses sessions, tokens and keys", async () => {
    const scenario = await makeScenario(service());
    const pages = new Pages(service());
    const { id: userId, email } = await pages.member([[scenario, "administrator"]]);
    const key = await scenario.key({ kind: "user", owner: userId });
    const expected = [
      on("api_key.stop", "api_key", key.id, { user: userId }),
      expect.objectContaining({ ...none, action: "session.end", user: userId, count: expect.any(Number) }),
      expect.objectContaining({ action: "access_token.stop", user: userId }),
    ];
    expect(await effectsOf(scenario.owner, "deactivateUser", { path: { userId } })).toEqual(expected);
    const blocked = await effectsOf(scenario.owner, "blockUser", { path: { userId } });
    const mail = { ...none, action: "mail.send", user: userId, recipient: email };
    expect(blocked).toEqual([...expected, expect.objectContaining(mail)]);
  });

  test("an organization that loses API access, or is closed", async () => {
    const scenario = await makeScenario(service());
    const key = await scenario.key();
    const token = await scenario.token();
    const { path, owner } = scenario;
    const body = { features: { externalApiAccess: false } };
    expect(await effectsOf(owner, "updateOrganization", { path, body })).toEqual([
      on("api_key.stop", "api_key", key.id),
    ]);
    const closed = (await effectsOf(owner, "closeOrganization", { path })).map(({ action }) => action);
    expect(closed.toSorted()).toEqual(["access_token.revoke", "api_key.revoke", "membership.end"]);
    expect(token.id).toBeDefined();
  });

  test("mails, with their recipients, and an account that is made", async () => {
    const scenario = await makeScenario(service(), { joinPolicies: ["existing", "invite", "create"] });
    const invited = newMember(scenario, { onUnknownUser: "invite" });
    const created = newMember(scenario);
    const answers = await tryAll(scenario.owner, [invited, created]);
    expect(answers[0]?.trial.effects).toEqual([{ ...none, action: "mail.send", recipient: invited.body?.email }]);
    expect(answers[1]?.trial.effects).toEqual([
      expect.objectContaining({
        action: "user.create",
        object: expect.objectContaining({ name: created.body?.email }),
      }),
    ]);
  });

  test("a plan at Stripe, which is not asked", async () => {
    const stripe = await Stripe.start();
    try {
      await service().start({ billing: stripe.billing({ sold: { premium: prices.premium } }) });
      const stripeSubscription = stripe.subscribe("basic");
      const scenario = await makeScenario(service(), {
        subscription: { plan: "basic", billing: "stripe", stripeSubscription },
        features: { externalApiAccess: false },
      });
      const changeTo = (plan: Schemas["Plan"]) =>
        inBatch("updateOrganization", { path: scenario.path, body: { subscription: { plan } } });
      const { trial } = await tryOne(scenario.owner, changeTo("premium"));
      expect(trial.effects).toEqual([on("subscription.change", "organization", scenario.organization.id)]);
      expect((await tryOne(scenario.owner, changeTo("enterprise"))).body).toMatchObject({ code: "contact_vendor" });
      expect([stripe.asked, stripe.changes]).toEqual([[], 0]);
    } finally {
      await service().start();
      await stripe.stop();
    }
  });

  test("only what the caller can read", async () => {
    const [one, other] = [await makeScenario(service()), await makeScenario(service())];
    const { user } = await one.member("member");
    await other.owner.do("createMembership", { path: other.path, body: { email: user.email, role: "member" } });
    const here = await one.key({ kind: "user", owner: user.id });
    const elsewhere = await other.key({ kind: "user", owner: user.id });
    const { client } = await one.actingAs("administrator");
    const path = { userId: user.id };
    const told = await effectsOf(client, "deactivateUser", { path });
    expect(told).toEqual([on("api_key.stop", "api_key", here.id, { user: user.id })]);
    const all = await effectsOf(one.owner, "deactivateUser", { path });
    expect(all.map(({ object }) => object?.id)).toEqual([here.id, elsewhere.id]);
  });
});

function trialName({ trial }: Awaited<ReturnType<typeof tryOne>>, id: string): string | undefined {
  return trial.effects.find(({ object }) => object?.id === id)?.object?.name;
}
