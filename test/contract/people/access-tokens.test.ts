import { beforeAll, describe, expect, test } from "vitest";
import { idempotencyKey, unique } from "../support/client.ts";
import { account, goodPassword, otherPassword, tokenShownOn, wordsOn } from "../support/pages.ts";
import { makeToken, Pages } from "../support/people.ts";
import { makeScenario } from "../support/scenario.ts";
import { onEachDatabase } from "../support/service.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

onEachDatabase("access tokens", (service) => {
  let pages: Pages;

  beforeAll(async () => {
    pages = new Pages(service());
    await pages.start();
  });

  /** The form of a token, as a person fills it in. */
  const wanted = (fields: Readonly<Record<string, string>> = {}) => ({
    name: unique("token"),
    days: "30",
    limit: "all",
    ...fields,
  });

  async function ownersUser(id: string, body: object) {
    return await service()
      .as()
      .do("updateUser", { path: { userId: id }, body });
  }

  describe("making them", () => {
    test("A1 takes a password that was entered in the last ten minutes, and leads back to the form", async () => {
      const { browser } = await pages.loggedIn();
      expect((await browser.get("/me/tokens/new")).statusCode).toBe(200);
      service().advance(11 * minuteMs);
      const next = "/me/tokens/new";
      const asked = await browser.get(next);
      expect(asked.headers.location).toBe(`/confirm-password?next=${encodeURIComponent(next)}`);
      expect((await browser.post("/me/tokens", wanted())).headers.location).toBe(asked.headers.location);
      await browser.get(asked.headers.location ?? "");
      const wrong = await browser.post("/confirm-password", { password: "wrong", next });
      expect(wrong.statusCode).toBe(422);
      expect(wordsOn(wrong)).toContain("The password is wrong.");
      const right = await browser.post("/confirm-password", { password: goodPassword, next });
      expect(right.headers.location).toBe(next);
      expect(await makeToken(browser)).toMatch(/^rst_token_/);
    });

    test("A1 shows the token once, again only to the same form, and lists it with its last use", async () => {
      const { browser, id } = await pages.loggedIn();
      await browser.get("/me/tokens/new");
      const form = wanted({ name: "For the office stack", formId: browser.field("formId") });
      const [made, again] = [await browser.post("/me/tokens", form), await browser.post("/me/tokens", form)];
      const token = tokenShownOn(made) ?? "";
      expect(tokenShownOn(again)).toBe(token);
      expect(made.headers["cache-control"]).toBe("no-store");
      expect(wordsOn(await browser.get("/me/tokens"))).toContain("all of your organizations · never used · ends");
      await service().as(token).do("getSelf");
      const listed = await browser.get("/me/tokens");
      expect(wordsOn(listed)).toContain("last used");
      expect(listed.body).not.toContain(token.slice(0, 20));
      const rows = await service().database.selectFrom("access_tokens").selectAll().where("user_id", "=", id).execute();
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toContain(token);
      const kept = await service().database.selectFrom("idempotency_keys").selectAll().execute();
      expect(JSON.stringify(kept)).not.toContain(token);
    });

    test("A1 refuses a form that isn't whole, and says what is wrong at the field", async () => {
      const { browser } = await pages.loggedIn();
      await browser.get("/me/tokens/new");
      const refused = async (fields: Record<string, string>) => {
        const page = await browser.post("/me/tokens", wanted({ formId: unique("form"), ...fields }));
        expect(page.statusCode).toBe(422);
        return wordsOn(page);
      };
      expect(await refused({ name: "" })).toContain("Enter a name.");
      expect(await refused({ name: "a".repeat(101) })).toContain("The name must have at most 100 characters.");
      expect(await refused({ limit: "chosen" })).toContain("Choose at least one permission.");
      const { organization } = await makeScenario(service());
      expect(await refused({ organization: organization.id })).toContain("Choose one of your organizations.");
      await refused({ days: "400" });
    });

    test("A1 a person can't log in from the log-in page to another site", async () => {
      const { email } = await pages.person();
      for (const next of [
        "https://evil.example",
        "//evil.example",
        "/device?code=ABCD-EFGH/../..",
        "/me/tokens/new?x=1",
      ]) {
        const browser = pages.browser();
        await browser.get("/log-in");
        const page = await browser.post("/log-in", { email, password: goodPassword, next });
        expect(page.headers.location, next).toBe("/me");
      }
      const browser = pages.browser();
      await browser.get("/me/tokens/new");
      await browser.get("/log-in?next=%2Fme%2Ftokens%2Fnew");
      const page = await browser.post("/log-in", { email, password: goodPassword, next: browser.field("next") });
      expect(page.headers.location).toBe("/me/tokens/new");
    });
  });

  describe("what they may do", () => {
    test("A1 is what their person may do at that moment, on every plan, without external API access", async () => {
      const scenario = await makeScenario(service(), { subscription: { plan: "premium" }, features: {} });
      const { path, owner } = scenario;
      const { client, id, email } = await pages.member([[scenario, "viewer"]]);
      expect(await client.do("getSelf")).toMatchObject({
        caller: { kind: "user", id, user: id, email, serviceOwner: false, accessToken: { name: expect.any(String) } },
        organizations: [{ id: path.organizationId, role: "viewer", slug: scenario.organization.slug }],
      });
      await client.refused("permission_denied", "listMembers", { path });
      const [membership] = (await owner.do("listMembers", { path, query: { user: id } })).items;
      const at = { membershipId: membership?.id ?? "" };
      await owner.do("updateMembership", { path: at, body: { role: "administrator" } });
      await client.do("listMembers", { path });
      await client.do("updateOrganization", { path, body: { name: "Renamed by a person" } });
      await owner.do("endMembership", { path: at });
      await client.refused("not_found", "getOrganization", { path });
      expect((await client.do("getSelf")).organizations).toEqual([]);
    });

    test("A1 can be limited to one organization, and to some permissions of those that the person has", async () => {
      const [one, other] = [await makeScenario(service()), await makeScenario(service())];
      const roles = [
        [one, "administrator"],
        [other, "viewer"],
      ] as const;
      const { browser, client } = await pages.member(roles);
      const inOne = service().as(await makeToken(browser, { organization: one.organization.id }));
      await inOne.do("listMembers", { path: one.path });
      await inOne.refused("not_found", "getOrganization", { path: other.path });
      await client.do("getOrganization", { path: other.path });
      const chosen = { limit: "chosen", "may-organization:read": "yes", "may-members:read": "yes" };
      const narrow = service().as(await makeToken(browser, chosen));
      await narrow.do("listMembers", { path: one.path });
      await narrow.refused("permission_denied", "listUsers");
      // The person has members:read in one of them only.
      await narrow.refused("permission_denied", "listMembers", { path: other.path });
    });

    test("A1 the principal is the person: in the audit with the token, and in the rules about oneself", async () => {
      const scenario = await makeScenario(service());
      const { path, owner } = scenario;
      const { browser, client, id, token } = await pages.member([[scenario, "administrator"]]);
      await client.do("updateOrganization", { path, body: { name: "By a person" } });
      const { accessToken } = (await client.do("getSelf")).caller;
      const entries = (await owner.do("listAuditEntries", { path })).items;
      expect(entries.at(-1)?.actor).toEqual({ kind: "user", id, accessToken: accessToken?.id });
      expect(await owner.do("verifyAudit", { path })).toMatchObject({ intact: true });
      const [membership] = (await owner.do("listMembers", { path, query: { user: id } })).items;
      await client.refused("cannot_remove_self", "endMembership", { path: { membershipId: membership?.id ?? "" } });
      // A repeat with another token of the same person is the same person's.
      const second = service().as(await makeToken(browser));
      const headers = { "idempotency-key": idempotencyKey() };
      const body = { name: unique("role"), permissions: [] };
      const first = await client.send("createRole", { path, body, headers });
      const repeated = await second.send("createRole", { path, body, headers });
      expect(repeated.headers["idempotency-replayed"]).toBe("true");
      expect(repeated.json().id).toBe(first.json().id);
      expect(token).toMatch(/^rst_token_/);
    });

    test("T7 an invitation stands when the token has ended, and falls with the person's role", async () => {
      const scenario = await makeScenario(service());
      const { path, owner } = scenario;
      const { client, id } = await pages.member([[scenario, "administrator"]]);
      const invite = async () => {
        const email = pages.address();
        const body = { email, role: "viewer", onUnknownUser: "invite" } as const;
        const { id: membershipId } = await client.do("createMembership", { path, body });
        return { link: await pages.mailed(email), membershipId };
      };
      const [stands, falls] = [await invite(), await invite()];
      await client.do("endOwnAccessToken");
      expect((await pages.browser().submit(stands.link, account)).statusCode).toBe(303);
      const [membership] = (await owner.do("listMembers", { path, query: { user: id } })).items;
      await owner.do("updateMembership", { path: { membershipId: membership?.id ?? "" }, body: { role: "viewer" } });
      expect((await pages.browser().get(falls.link)).statusCode).toBe(410);
    });
  });

  describe("their end", () => {
    const ends = async (act: (somebody: Awaited<ReturnType<Pages["member"]>>) => Promise<unknown>) => {
      const somebody = await pages.member([]);
      await somebody.client.do("getSelf");
      await act(somebody);
      await somebody.client.refused("unauthenticated", "getSelf");
      return somebody;
    };

    test("A1 comes with their time, on the page, and with logging out", async () => {
      await ends(async () => service().advance(31 * dayMs));
      const { browser } = await ends(async ({ browser, client }) => {
        const { accessToken } = (await client.do("getSelf")).caller;
        await browser.get(`/me/tokens/${accessToken?.id}`);
        const ended = await browser.post(`/me/tokens/${accessToken?.id}/end`);
        expect(ended.headers.location).toBe("/me/tokens?done=ended");
      });
      expect(wordsOn(await browser.get("/me/tokens"))).toContain("You have no active access token.");
      await ends(({ client }) => client.do("endOwnAccessToken"));
      const problem = await service().as().refused("unprocessable", "endOwnAccessToken");
      expect(problem.detail).toContain("can't log out");
    });

    test("A1 comes with deactivation and a block for misuse, for good; a block for failed log-ins doesn't stop them", async () => {
      const { client } = await ends(({ id }) => ownersUser(id, { state: "inactive" }));
      const { id, client: blocked } = await ends(({ id: userId }) =>
        service().as().do("blockUser", { path: { userId } }),
      );
      await service()
        .as()
        .do("unblockUser", { path: { userId: id } });
      await blocked.refused("unauthenticated", "getSelf");
      await client.refused("unauthenticated", "getSelf");
      const locked = await pages.member([]);
      const browser = pages.browser();
      await browser.get("/log-in");
      for (let attempt = 0; attempt < 10; attempt++) {
        await browser.post("/log-in", { email: locked.email, password: "wrong" });
      }
      await locked.client.do("getSelf");
    });

    test("A1 comes with a new password only if the person asks for it", async () => {
      const change = async ({ id, email }: { id: string; email: string }, fields: Record<string, string>) => {
        const link = await pages.link({ purpose: "password_reset", subject: id, email });
        const password = { password: otherPassword, "password-again": otherPassword };
        expect((await pages.browser().submit(link, { ...password, ...fields })).statusCode).toBe(303);
      };
      await ends((somebody) => change(somebody, { "end-tokens": "yes" }));
      const somebody = await pages.member([]);
      await change(somebody, {});
      await somebody.client.do("getSelf");
    });

    test("A1 nobody ends or sees another person's token", async () => {
      const { client } = await pages.member([]);
      const { accessToken } = (await client.do("getSelf")).caller;
      const { browser } = await pages.loggedIn();
      expect((await browser.get(`/me/tokens/${accessToken?.id}`)).statusCode).toBe(404);
      expect((await browser.post(`/me/tokens/${accessToken?.id}/end`)).statusCode).toBe(404);
      await client.do("getSelf");
    });
  });

  describe("of a super_admin", () => {
    test("A1 act as the service owner, with the person's identity, and the person is mailed", async () => {
      const somebody = await pages.loggedIn();
      await ownersUser(somebody.id, { systemRole: "super_admin" });
      const client = service().as(await makeToken(somebody.browser, { name: "Everything" }));
      expect((await client.do("getSelf")).caller).toMatchObject({ kind: "user", id: somebody.id, serviceOwner: true });
      const body = { slug: unique("org"), name: "Made by a person" };
      const { id: organizationId } = await client.do("createOrganization", { body });
      const { items } = await client.do("listAuditEntries", { path: { organizationId } });
      expect(items[0]?.actor).toMatchObject({ kind: "user", id: somebody.id });
      await client.refused("cannot_remove_self", "deactivateUser", { path: { userId: somebody.id } });
      const mail = (await service().mailbox.to(somebody.email, 1)).at(-1);
      expect(mail?.subject).toBe("An access token of yours can do everything on this service");
      await ownersUser(somebody.id, { systemRole: "none" });
      await client.refused("permission_denied", "createOrganization", { body: { slug: unique("org"), name: "No" } });
    });

    test("A1 don't if they are limited, or were made before the role and not confirmed since", async () => {
      const somebody = await pages.loggedIn();
      const before = service().as(await makeToken(somebody.browser));
      service().advance(1000);
      await ownersUser(somebody.id, { systemRole: "super_admin" });
      const isOwner = async (client: typeof before) => (await client.do("getSelf")).caller.serviceOwner;
      expect(await isOwner(before)).toBe(false);
      const limited = service().as(
        await makeToken(somebody.browser, { limit: "chosen", "may-organization:read": "yes" }),
      );
      expect(await isOwner(limited)).toBe(false);
      const { accessToken } = (await before.do("getSelf")).caller;
      await somebody.browser.get(`/me/tokens/${accessToken?.id}`);
      const confirmed = await somebody.browser.post(`/me/tokens/${accessToken?.id}/confirm`);
      expect(confirmed.headers.location).toBe("/me/tokens?done=confirmed");
      expect(await isOwner(before)).toBe(true);
    });
  });

  describe("in an organization", () => {
    test("A3 administrators see which tokens of people act there", async () => {
      const [one, other] = [await makeScenario(service()), await makeScenario(service())];
      const { browser, email, client } = await pages.member([
        [one, "administrator"],
        [other, "member"],
      ]);
      await makeToken(browser, { name: "Only the other one", organization: other.organization.id });
      const { items } = await client.do("listAccessTokens", { path: one.path });
      expect(items).toEqual([expect.objectContaining({ email, organization: null, status: "active", client: null })]);
      expect(JSON.stringify(items)).not.toContain("hash");
      await client.refused("permission_denied", "listAccessTokens", { path: other.path });
      expect((await other.owner.do("listAccessTokens", { path: other.path })).items).toHaveLength(2);
    });
  });
});
