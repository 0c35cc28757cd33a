import { beforeAll, describe, expect, test } from "vitest";
import { unique } from "../support/client.ts";
import { account, goodPassword, otherPassword, wordsOn } from "../support/pages.ts";
import { Pages } from "../support/people.ts";
import { makeScenario } from "../support/scenario.ts";
import { onEachDatabase } from "../support/service.ts";

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

onEachDatabase("the pages of links", (service) => {
  let pages: Pages;

  beforeAll(async () => {
    pages = new Pages(service());
    await pages.start();
  });

  /** A person whom an organization made, and who has not set up the account. */
  async function invitee() {
    const scenario = await makeScenario(service());
    const user = await scenario.user({
      email: pages.address(),
      kind: "person",
      invite: false,
      givenName: "Grace",
      familyName: "Hopper",
    });
    const link = await pages.link({ purpose: "set_up", subject: user.id, email: user.email });
    const status = async () => (await scenario.owner.do("getUser", { path: { userId: user.id } })).status;
    return { scenario, user, link, status };
  }

  describe("setting up an account", () => {
    test("E3 following the link completes the account: invited becomes active", async () => {
      const { user, link, status, scenario } = await invitee();
      expect(await status()).toBe("invited");
      const browser = pages.browser();
      const shown = await browser.get(link);
      expect(shown.statusCode).toBe(200);
      expect(shown.body).toContain('value="Grace"');
      expect(shown.body).toContain(user.email);
      const done = await browser.post(link, account);
      expect([done.statusCode, done.headers.location]).toEqual([303, "/log-in?done=set_up"]);
      expect(await status()).toBe("active");
      expect((await browser.logIn(user.email)).headers.location).toBe("/me");
      const { items } = await scenario.owner.do("listAuditEntries", { path: scenario.path });
      const entry = items.find(({ action }) => action === "user.activate");
      expect(entry).toMatchObject({ actor: { kind: "user", id: user.id }, after: { status: "active" } });
    });

    test("loading the page does nothing, however often and however", async () => {
      const { link, status } = await invitee();
      const { app } = service().service;
      for (const method of ["GET", "GET", "HEAD"] as const) {
        expect((await app.inject({ method, url: link })).statusCode).toBe(200);
      }
      expect(await status()).toBe("invited");
      expect((await pages.browser().submit(link, account)).statusCode).toBe(303);
    });

    test("C14 the page states the rule, and nobody sets up an account without accepting it", async () => {
      const { link, status, user } = await invitee();
      const browser = pages.browser();
      expect(wordsOn(await browser.get(link))).toContain("This account is yours alone. Don't share it");
      const { "rule-accepted": _, ...rest } = account;
      const refused = await browser.post(link, rest);
      expect(refused.statusCode).toBe(422);
      expect(wordsOn(refused)).toContain("Accept the rule");
      expect(await status()).toBe("invited");
      expect((await browser.post(link, account)).statusCode).toBe(303);
      const stored = await service()
        .database.selectFrom("credentials")
        .select("rule_accepted_at")
        .where("user_id", "=", user.id)
        .executeTakeFirstOrThrow();
      expect(stored.rule_accepted_at).toBeInstanceOf(Date);
    });

    test("a form that came back keeps what was typed, and no password", async () => {
      const { link } = await invitee();
      const again = await pages.browser().submit(link, { ...account, givenName: "<b>Ada</b>", "password-again": "x" });
      expect(again.body).toContain("&#60;b&#62;Ada&#60;/b&#62;");
      expect(again.body).not.toContain(goodPassword);
      expect(again.body).toContain("<title>Error: Set up your account");
    });

    test("a link works once, also where two forms are sent in one moment", async () => {
      const { link, user } = await invitee();
      const browsers = [pages.browser(), pages.browser(), pages.browser()];
      await Promise.all(browsers.map((browser) => browser.get(link)));
      const answers = await Promise.all(browsers.map((browser) => browser.post(link, account)));
      expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([303, 410, 410]);
      const kept = await service()
        .database.selectFrom("credentials")
        .select("user_id")
        .where("user_id", "=", user.id)
        .execute();
      expect(kept).toHaveLength(1);
      expect((await pages.browser().get(link)).statusCode).toBe(410);
    });

    test("a dead link says what to do: expired, replaced, never made, or for somebody who is inactive", async () => {
      const inactive = await invitee();
      await inactive.scenario.owner.do("deactivateUser", { path: { userId: inactive.user.id } });
      const replaced = await invitee();
      await pages.link({ purpose: "set_up", subject: replaced.user.id, email: replaced.user.email });
      const expired = await invitee();
      for (const link of [inactive.link, replaced.link, `/links/${unique("nothing")}`]) {
        const page = await pages.browser().get(link);
        expect(page.statusCode).toBe(410);
        expect(wordsOn(page)).toContain("Look for a newer email");
        expect((await pages.browser().submit(link, account)).statusCode).toBe(403);
      }
      service().advance(7 * dayMs);
      expect((await pages.browser().get(expired.link)).statusCode).toBe(410);
    });

    test("a link that dies while its form is open is dead when the form comes", async () => {
      const { link, user, status } = await invitee();
      const browser = pages.browser();
      await browser.get(link);
      await pages.link({ purpose: "set_up", subject: user.id, email: user.email });
      expect((await browser.post(link, account)).statusCode).toBe(410);
      expect(await status()).toBe("invited");
    });
  });

  describe("signing up", () => {
    test("X3 makes an account of no organization, with an address that the link proves", async () => {
      const email = pages.address();
      const asked = await pages.browser().submit("/sign-up", { email });
      expect(asked.statusCode).toBe(200);
      const browser = pages.browser();
      expect((await browser.submit(await pages.mailed(email), account)).headers.location).toBe("/log-in?done=set_up");
      await browser.logIn(email);
      expect(wordsOn(await browser.get("/me"))).toContain("Ada Lovelace");
      const { items } = await service().as().do("listUsers", { query: { email } });
      expect(items).toMatchObject([{ status: "active", kind: "person", homeOrganization: null, systemRole: "none" }]);
      const entries = await service()
        .as()
        .do("listServiceAuditEntries", { query: { object: items[0]?.id ?? "" } });
      expect(entries.items).toMatchObject([{ action: "user.sign_up", actor: { kind: "user", id: items[0]?.id } }]);
    });

    test("M3 who has signed up can be added to an organization that takes existing accounts only", async () => {
      const scenario = await makeScenario(service(), { joinPolicies: ["existing"] });
      const email = pages.address();
      const { path, owner } = scenario;
      const body = { email, role: "viewer" };
      const refused = await owner.refused("user_not_found", "createMembership", { path, body });
      expect(refused.detail).toMatch(/sign up|account/i);
      await pages.person(email);
      expect(await owner.do("createMembership", { path, body })).toMatchObject({ status: "active" });
    });

    test("the link of an address that got an account meanwhile leads to the log-in", async () => {
      const email = pages.address();
      const link = await pages.link({ purpose: "sign_up", subject: email, email });
      await service().database.updateTable("links").set({ subject: "another" }).where("email", "=", email).execute();
      await pages.person(email);
      const page = await pages.browser().get(link);
      expect([page.statusCode, wordsOn(page)]).toEqual([410, expect.stringContaining("You already have an account")]);
    });

    test("completes the account of somebody whom an organization made", async () => {
      const { user, status } = await invitee();
      const link = await pages.link({ purpose: "sign_up", subject: user.email, email: user.email });
      await pages.browser().submit(link, account);
      expect(await status()).toBe("active");
    });
  });

  describe("invitations", () => {
    test("C7 a newcomer accepts a membership and makes the account in one", async () => {
      const { user } = await invitee();
      const { link, scenario, read } = await pages.invited(user);
      const browser = pages.browser();
      const shown = wordsOn(await browser.get(link));
      expect(shown).toContain(`invited to join ${scenario.organization.name}`);
      expect((await read()).status).toBe("pending");
      expect((await browser.post(link, account)).statusCode).toBe(303);
      expect(await read()).toMatchObject({ status: "active", userStatus: "active" });
    });

    test("C7 somebody with an account confirms with the password, and a wrong one accepts nothing", async () => {
      const somebody = await pages.person();
      const { link, read } = await pages.invited(somebody);
      const browser = pages.browser();
      expect((await browser.submit(link, { password: "wrong" })).statusCode).toBe(422);
      expect((await read()).status).toBe("pending");
      const done = await browser.post(link, { password: goodPassword });
      expect([done.statusCode, done.headers.location]).toEqual([303, "/log-in?done=accepted"]);
      expect((await read()).status).toBe("active");
    });

    test("C7 whoever is logged in needs no more than a click", async () => {
      const { browser, ...somebody } = await pages.loggedIn();
      const { link, read, scenario } = await pages.invited(somebody);
      expect((await browser.get(link)).body).not.toContain('type="password"');
      expect((await browser.post(link)).headers.location).toBe("/me?done=accepted");
      expect((await read()).status).toBe("active");
      const { items } = await scenario.owner.do("listAuditEntries", { path: scenario.path });
      expect(items.find(({ action }) => action === "membership.accept")?.actor).toEqual({
        kind: "user",
        id: somebody.id,
      });
    });

    test("whoever is logged in as somebody else is told, and can't accept", async () => {
      const { link, read } = await pages.invited(await pages.person());
      const { browser } = await pages.loggedIn();
      expect(wordsOn(await browser.get(link))).toContain("you are logged in as");
      expect((await browser.post(link)).statusCode).toBe(410);
      expect((await read()).status).toBe("pending");
    });

    test("one that was withdrawn, or whose organization is closed, is dead", async () => {
      const withdrawn = await pages.invited(await pages.person());
      await withdrawn.scenario.owner.do("endMembership", { path: { membershipId: withdrawn.membership.id } });
      const closed = await pages.invited(await pages.person());
      await closed.scenario.owner.do("closeOrganization", { path: closed.scenario.path });
      for (const { link } of [withdrawn, closed]) {
        expect((await pages.browser().get(link)).statusCode).toBe(410);
      }
    });

    test("C11 the page of an assignment names the key's organization, and never the key", async () => {
      const scenario = await makeScenario(service());
      const somebody = await pages.person();
      const { key, id, displayName } = await scenario.key();
      const { path, owner } = scenario;
      const body = { email: somebody.email, external: true };
      await owner.do("createApiKeyAssignment", { path: { apiKeyId: id }, body });
      const link = await pages.mailed(somebody.email);
      const browser = pages.browser();
      const shown = await browser.get(link);
      expect(wordsOn(shown)).toContain(displayName);
      expect(shown.body).not.toContain(key);
      expect((await browser.post(link, { password: goodPassword })).headers.location).toBe("/log-in?done=accepted");
      const { items } = await owner.do("listAuditEntries", { path });
      expect(items.filter(({ action }) => action === "api_key_assignment.accept")).toHaveLength(1);
      expect((await pages.browser().get(link)).statusCode).toBe(410);
    });

    test("the link that went to an earlier address sets up no account, and needs the password of one that is set up", async () => {
      const { scenario, user, status } = await invitee();
      const { owner } = scenario;
      const path = { apiKeyId: (await scenario.key()).id };
      const assignment = await owner.do("createApiKeyAssignment", { path, body: { user: user.id, external: true } });
      const links = [await pages.mailed(user.email), (await pages.invited(user)).link];
      const opened = links.map((link) => ({ link, browser: pages.browser() }));
      for (const { link, browser } of opened) {
        expect((await browser.get(link)).statusCode).toBe(200);
      }
      const email = pages.address();
      await owner.do("updateUser", { path: { userId: user.id }, body: { email } });
      for (const { link, browser } of opened) {
        expect((await browser.post(link, account)).statusCode).toBe(410);
      }
      expect(await status()).toBe("invited");
      await pages.browser().submit(await pages.link({ purpose: "set_up", subject: user.id, email }), account);
      for (const { link, browser } of opened) {
        expect((await browser.submit(link, { password: otherPassword })).statusCode).toBe(422);
        expect((await browser.post(link, { password: goodPassword })).statusCode).toBe(303);
      }
      const read = await owner.do("getApiKeyAssignment", { path: { assignmentId: assignment.id } });
      expect(read).toMatchObject({ status: "active", email });
    });

    test("the same key a second time is refused, and who has it under another address by now is told", async () => {
      const scenario = await makeScenario(service());
      const { owner } = scenario;
      const { id, email } = await pages.person();
      const path = { apiKeyId: (await scenario.key()).id };
      const offer = (to: string) => ({ path, body: { email: to, external: true } });
      await owner.do("createApiKeyAssignment", offer(email));
      await pages.browser().submit(await pages.mailed(email), { password: goodPassword });
      await owner.refused("already_assigned", "createApiKeyAssignment", offer(email));
      const another = pages.address();
      const second = await owner.do("createApiKeyAssignment", offer(another));
      const link = await pages.mailed(another);
      await owner.do("updateUser", { path: { userId: id }, body: { email: another } });
      await pages.browser().submit(await pages.mailed(another, 2));
      const told = await pages.browser().submit(link, { password: goodPassword });
      expect([told.statusCode, wordsOn(told)]).toEqual([409, expect.stringContaining("You already have this key.")]);
      const read = await owner.do("getApiKeyAssignment", { path: { assignmentId: second.id } });
      expect(read.status).toBe("pending");
    });
  });

  describe("a new address", () => {
    const readdress = async ({ id }: { readonly id: string }, email: string) => {
      await service()
        .as()
        .do("updateUser", { path: { userId: id }, body: { email } });
      return await pages.mailed(email);
    };

    test("counts when the new mailbox's link is followed", async () => {
      const somebody = await pages.person();
      const email = pages.address();
      const link = await readdress(somebody, email);
      const browser = pages.browser();
      expect(wordsOn(await browser.get(link))).toContain(email);
      expect((await browser.post(link)).headers.location).toBe("/log-in?done=address");
      expect((await browser.logIn(somebody.email)).statusCode).toBe(422);
      expect((await browser.logIn(email)).headers.location).toBe("/me");
    });

    test("that somebody else has by now is refused, and the link stays", async () => {
      const somebody = await pages.person();
      const email = pages.address();
      const link = await readdress(somebody, email);
      await pages.person(email);
      expect((await pages.browser().submit(link)).statusCode).toBe(409);
      expect((await pages.browser().get(link)).statusCode).toBe(200);
    });
  });

  describe("a new password", () => {
    test("E7 takes the place of the old one, and ends sessions and other links", async () => {
      const { browser: other, ...somebody } = await pages.loggedIn();
      const link = await pages.link({ purpose: "password_reset", subject: somebody.id, email: somebody.email });
      const browser = pages.browser();
      const fields = { password: otherPassword, "password-again": otherPassword };
      expect((await browser.submit(link, fields)).headers.location).toBe("/log-in?done=password");
      expect((await other.get("/me")).headers.location).toBe("/log-in");
      expect((await browser.logIn(somebody.email)).statusCode).toBe(422);
      expect((await browser.logIn(somebody.email, otherPassword)).headers.location).toBe("/me");
    });

    test("E7 is for active people only: the link of anybody else is dead", async () => {
      const robot = await (await makeScenario(service())).user();
      const { user } = await invitee();
      const blocked = await pages.person();
      await service()
        .as()
        .do("blockUser", { path: { userId: blocked.id } });
      for (const { id, email } of [robot, user, blocked]) {
        const link = await pages.link({ purpose: "password_reset", subject: id, email });
        expect((await pages.browser().get(link)).statusCode).toBe(410);
      }
    });

    test("works for an hour", async () => {
      const somebody = await pages.person();
      const link = await pages.link({ purpose: "password_reset", subject: somebody.id, email: somebody.email });
      service().advance(hourMs);
      expect((await pages.browser().get(link)).statusCode).toBe(410);
    });
  });
});
