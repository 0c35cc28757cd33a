import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { unique } from "../support/client.ts";
import { image } from "../support/images.ts";
import { goodPassword, wordsOn } from "../support/pages.ts";
import { Pages } from "../support/people.ts";
import { makeScenario } from "../support/scenario.ts";
import { onEachDatabase } from "../support/service.ts";
import { Stripe } from "../support/stripe.ts";

const hash = "0123456789abcdef0123456789abcdef";

onEachDatabase("a person's pages", (service) => {
  let pages: Pages;

  beforeAll(async () => {
    pages = new Pages(service());
    await pages.start({ contactUrl: "mailto:vendor@example.com" });
  });

  describe("what is one's own", () => {
    test("A8 names can be changed, and are checked", async () => {
      const { browser, id } = await pages.loggedIn();
      await browser.get("/me/profile");
      const wrong = await browser.post("/me/profile", { givenName: "", familyName: "x".repeat(201) });
      expect(wrong.statusCode).toBe(422);
      expect(wordsOn(wrong)).toContain("Enter your given name.");
      const saved = await browser.post("/me/profile", { givenName: "Grace", familyName: "Hopper" });
      expect(saved.headers.location).toBe("/me?done=names");
      const path = { userId: id };
      expect(await service().as().do("getUser", { path })).toMatchObject({ givenName: "Grace", familyName: "Hopper" });
      const { items } = await service()
        .as()
        .do("listServiceAuditEntries", { query: { object: id } });
      expect(items.at(-1)).toMatchObject({ action: "user.rename", actor: { kind: "user", id } });
    });

    test("A8 sessions are listed, and each can be ended", async () => {
      const { browser, email } = await pages.loggedIn();
      const other = pages.browser();
      await other.logIn(email, goodPassword);
      const shown = await browser.get("/me/sessions");
      expect(wordsOn(shown)).toMatch(/This browser.*Another browser|Another browser.*This browser/);
      const [, sessionId = ""] = /\/me\/sessions\/([\w-]+)\/end/.exec(shown.body) ?? [];
      const ended = await browser.post(`/me/sessions/${sessionId}/end`);
      expect(ended.headers.location).toBe("/me/sessions?done=ended");
      expect((await other.get("/me")).headers.location).toBe("/log-in");
      expect((await browser.get("/me")).statusCode).toBe(200);
      // Nobody ends another person's session.
      const { browser: stranger } = await pages.loggedIn();
      await stranger.get("/me/sessions");
      const own = /\/me\/sessions\/([\w-]+)\/end/.exec((await browser.get("/me/sessions")).body)?.[1] ?? sessionId;
      await stranger.post(`/me/sessions/${own}/end`);
      expect((await browser.get("/me")).statusCode).toBe(200);
    });

    test("A8 keys that one has or was offered are listed, and can be given up", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const { browser, id, email } = await pages.loggedIn();
      await owner.do("createMembership", { path, body: { user: id, role: "viewer" } });
      const [had, offered, owned] = [await scenario.key(), await scenario.key(), await scenario.key({ owner: id })];
      await owner.do("createApiKeyAssignment", { path: { apiKeyId: had.id }, body: { user: id } });
      const elsewhere = await makeScenario(service());
      const foreign = await elsewhere.key();
      await elsewhere.owner.do("createApiKeyAssignment", {
        path: { apiKeyId: foreign.id },
        body: { email, external: true },
      });
      const words = wordsOn(await browser.get("/me"));
      expect(words).toContain(`${had.name} An organization · Yours to use`);
      expect(words).toContain(`${foreign.name} An organization · Offered.`);
      expect(words).toContain(`${owned.name} Acts in your name · active · never used`);
      expect(words).not.toContain(offered.name);
      for (const { id: apiKeyId } of [had, foreign]) {
        const [assignment] = (await owner.do("listApiKeyAssignments", { path: { apiKeyId } })).items;
        const url = `/me/assignments/${assignment?.id}/give-up`;
        const given = await browser.submit(url);
        expect(given.headers.location).toBe("/me?done=given_up");
        expect((await owner.do("listApiKeyAssignments", { path: { apiKeyId } })).items).toEqual([]);
        const { browser: stranger } = await pages.loggedIn();
        expect((await stranger.get(url)).statusCode).toBe(404);
      }
    });

    test("A8 an API user sees its own messages", async () => {
      const scenario = await makeScenario(service());
      const { browser, id } = await pages.loggedIn();
      await scenario.owner.do("createMembership", { path: scenario.path, body: { user: id, role: "api_user" } });
      const { key } = await scenario.key({ kind: "user", format: "jwt", owner: id });
      await scenario.owner.do("verifyApiKey", { body: { secret: key, api: "orders" } });
      const other = await scenario.key();
      await scenario.owner.do("verifyApiKey", { body: { secret: other.key, api: "invoices" } });
      const words = wordsOn(await browser.get("/me/messages"));
      expect(words).toContain("orders");
      expect(words).toContain("accepted");
      expect(words).not.toContain("invoices");
    });

    test("A8 somebody who is blocked is told by mail, and why", async () => {
      const { id, email } = await pages.person();
      await service()
        .as()
        .do("blockUser", { path: { userId: id } });
      const [mail] = await service().mailbox.to(email, 1);
      expect(mail?.subject).toBe("Your account is blocked");
      expect(mail?.text).toContain("blocked it for misuse");
      expect(mail?.text).toContain("Contact: mailto:vendor@example.com");
    });
  });

  test("A8 the logo links to the website where both are there, and a page without a logo isn't there", async () => {
    const logo = { content: image("png").toString("base64") };
    const slug = unique("org");
    const { owner, path } = await makeScenario(service(), { slug, name: "Acme & Co", logo });
    const shown = await pages.browser().get(`/o/${slug}`);
    expect(shown.body).toContain(`<img class="logo" src="/logos/${path.organizationId}"`);
    expect(shown.body).not.toContain('<a href="https://acme.example"');
    await owner.do("updateOrganization", { path, body: { websiteUrl: "https://acme.example" } });
    expect((await pages.browser().get(`/o/${slug}`)).body).toContain('<a href="https://acme.example"');
    const plain = await makeScenario(service());
    expect((await pages.browser().get(`/o/${plain.organization.slug}`)).statusCode).toBe(404);
  });

  describe("an administrator's page", () => {
    async function administrator(body: Parameters<typeof makeScenario>[1] = {}, role = "administrator") {
      const scenario = await makeScenario(service(), body);
      const { browser, ...somebody } = await pages.loggedIn();
      await scenario.owner.do("createMembership", { path: scenario.path, body: { user: somebody.id, role } });
      const url = `/me/organizations/${scenario.organization.id}`;
      const settings = { name: "Renamed", websiteUrl: "https://acme.example", "join-existing": "yes" };
      return { scenario, browser, url, settings, ...somebody };
    }

    test("A8 changes the settings that no stack manages, and says what is wrong", async () => {
      const { scenario, browser, url, settings, id } = await administrator();
      expect(wordsOn(await browser.get("/me"))).toContain("Settings of An organization");
      await browser.get(url);
      const wrong = await browser.post(url, { name: "", websiteUrl: "javascript:alert(1)" });
      expect(wrong.statusCode).toBe(422);
      expect(wordsOn(wrong)).toMatch(/Enter a name\..*Enter an address such as.*Choose at least one way to join\./);
      expect((await browser.post(url, settings)).headers.location).toBe(`${url}?done=settings`);
      const read = await scenario.owner.do("getOrganization", { path: scenario.path });
      expect(read).toMatchObject({ name: "Renamed", websiteUrl: "https://acme.example", joinPolicies: ["existing"] });
      const { items } = await scenario.owner.do("listAuditEntries", { path: scenario.path });
      expect(items.at(-1)).toMatchObject({ action: "organization_profile.update", actor: { kind: "user", id } });
    });

    test("A8 only shows what a stack manages, with the stack's name", async () => {
      const { scenario, browser, url, settings } = await administrator();
      const externalId = `organization/acme/production/${hash}`;
      await scenario.owner.do("createOrganizationProfile", { path: scenario.path, body: { externalId } });
      const shown = await browser.get(url);
      expect(wordsOn(shown)).toContain("These settings are declared in the stack organization/acme/production.");
      expect(shown.body).not.toContain('name="websiteUrl"');
      expect((await browser.post(url, settings)).statusCode).toBe(422);
      const read = await scenario.owner.do("getOrganization", { path: scenario.path });
      expect(read.name).toBe("An organization");
    });

    test("A8 is nobody's who may not change the settings", async () => {
      const { browser, url, settings } = await administrator({}, "customer_admin");
      expect((await browser.get(url)).statusCode).toBe(404);
      expect((await browser.post(url, settings)).statusCode).toBe(404);
      expect(wordsOn(await browser.get("/me"))).not.toContain("Settings of");
    });

    test("A8 M19 says what the plan includes, and whom to ask for another", async () => {
      const { browser, url } = await administrator({ subscription: { plan: "premium" }, features: {} });
      const words = wordsOn(await browser.get(url));
      expect(words).toContain("Planpremium");
      expect(words).toContain("IncludesSeveral members. A website. A logo");
      expect(words).toContain("API accessNot enabled. The vendor enables it.");
      expect(words).toContain("Only the vendor can change this plan. Contact");
      expect((await browser.post(`${url}/plan`, { plan: "enterprise" })).statusCode).toBe(422);
    });
  });

  test("A8 M19 an administrator changes a plan that is billed by Stripe", async () => {
    const stripe = await Stripe.start();
    const stripeSubscription = stripe.subscribe("premium");
    await pages.start({ billing: stripe.billing() });
    onTestFinished(async () => {
      await pages.start({ contactUrl: "mailto:vendor@example.com" });
      await stripe.stop();
    });
    const scenario = await makeScenario(service(), {
      subscription: { plan: "premium", billing: "stripe", stripeSubscription },
      features: {},
    });
    const { browser, id } = await pages.loggedIn();
    await scenario.owner.do("createMembership", { path: scenario.path, body: { user: id, role: "administrator" } });
    const url = `/me/organizations/${scenario.organization.id}`;
    await browser.get(url);
    expect((await browser.post(`${url}/plan`, { plan: "enterprise" })).headers.location).toBe(`${url}?done=plan`);
    const { subscription } = await scenario.owner.do("getOrganization", { path: scenario.path });
    expect(subscription.plan).toBe("enterprise");
    expect(stripe.changes).toBe(1);
  });
});
