/** Forms that a browser sends twice: by a double click, from two tabs, after going back. */
import { beforeAll, describe, expect, test } from "vitest";
import { account, type Browser, goodPassword, otherPassword, wordsOn } from "../support/pages.ts";
import { Pages } from "../support/people.ts";
import { makeScenario } from "../support/scenario.ts";
import { onEachDatabase, tokenIn } from "../support/service.ts";

const minuteMs = 60_000;
const newPassword = { password: otherPassword, "password-again": otherPassword };

/** A form that is loaded, and what carrying it out leads to. */
interface Loaded {
  readonly browser: Browser;
  readonly url: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly leadsTo: string;
  /** Makes sure that it was carried out, and once. */
  readonly check?: () => Promise<unknown>;
}

onEachDatabase("a form that is sent twice", (service) => {
  let pages: Pages;

  beforeAll(async () => {
    pages = new Pages(service());
    await pages.start();
  });

  const owner = () => service().as();
  const statusOf = async (userId: string) => (await owner().do("getUser", { path: { userId } })).status;

  async function loaded(
    browser: Browser,
    url: string,
    leadsTo: string,
    more: Pick<Loaded, "fields" | "check"> = {},
  ): Promise<Loaded> {
    expect((await browser.get(url)).statusCode).toBe(200);
    return { browser, url, leadsTo, ...more };
  }

  async function assigned(email: string) {
    const scenario = await makeScenario(service());
    const path = { apiKeyId: (await scenario.key()).id };
    const { id } = await scenario.owner.do("createApiKeyAssignment", { path, body: { email, external: true } });
    const check = async () => {
      const read = await scenario.owner.do("getApiKeyAssignment", { path: { assignmentId: id } });
      expect(read.status).toBe("active");
    };
    return { url: await pages.mailed(email), check };
  }

  /** Every form of a link, by what following it does. */
  const ofLinks: Readonly<Record<string, () => Promise<Loaded>>> = {
    "sets up an account": async () => {
      const user = await (await makeScenario(service())).user({
        email: pages.address(),
        kind: "person",
        invite: false,
      });
      const url = await pages.link({ purpose: "set_up", subject: user.id, email: user.email });
      const check = async () => expect(await statusOf(user.id)).toBe("active");
      return await loaded(pages.browser(), url, "/log-in?done=set_up", { fields: account, check });
    },
    "makes an account": async () => {
      const email = pages.address();
      const url = await pages.link({ purpose: "sign_up", subject: email, email });
      const check = async () => expect((await owner().do("listUsers", { query: { email } })).items).toHaveLength(1);
      return await loaded(pages.browser(), url, "/log-in?done=set_up", { fields: account, check });
    },
    "accepts an invitation and makes the account": async () => {
      const { owner, path } = await makeScenario(service());
      const email = pages.address();
      const body = { email, role: "viewer", onUnknownUser: "invite" as const };
      const { id } = await owner.do("createMembership", { path, body });
      const check = async () => {
        expect((await owner.do("getMembership", { path: { membershipId: id } })).status).toBe("active");
      };
      return await loaded(pages.browser(), await pages.mailed(email), "/log-in?done=set_up", {
        fields: account,
        check,
      });
    },
    "accepts an invitation with the password": async () => {
      const { link, read } = await pages.invited(await pages.person());
      const check = async () => expect((await read()).status).toBe("active");
      const fields = { password: goodPassword };
      return await loaded(pages.browser(), link, "/log-in?done=accepted", { fields, check });
    },
    "accepts an invitation of somebody who is logged in": async () => {
      const { browser, ...somebody } = await pages.loggedIn();
      const { link, read } = await pages.invited(somebody);
      const check = async () => expect((await read()).status).toBe("active");
      return await loaded(browser, link, "/me?done=accepted", { check });
    },
    "accepts a key with the password": async () => {
      const { url, check } = await assigned((await pages.person()).email);
      return await loaded(pages.browser(), url, "/log-in?done=accepted", { fields: { password: goodPassword }, check });
    },
    "accepts a key and makes the account": async () => {
      const { url, check } = await assigned(pages.address());
      return await loaded(pages.browser(), url, "/log-in?done=set_up", { fields: account, check });
    },
    "accepts a key of somebody who is logged in": async () => {
      const { browser, email } = await pages.loggedIn();
      const { url, check } = await assigned(email);
      return await loaded(browser, url, "/me?done=accepted", { check });
    },
    "confirms an address": async () => {
      const { id } = await pages.person();
      const email = pages.address();
      await owner().do("updateUser", { path: { userId: id }, body: { email } });
      const check = async () => {
        expect(await owner().do("getUser", { path: { userId: id } })).toMatchObject({ email, pendingEmail: null });
      };
      return await loaded(pages.browser(), await pages.mailed(email), "/log-in?done=address", { check });
    },
    "confirms an address of somebody who is logged in": async () => {
      const { id, browser } = await pages.loggedIn();
      const email = pages.address();
      await owner().do("updateUser", { path: { userId: id }, body: { email } });
      return await loaded(browser, await pages.mailed(email), "/me?done=address");
    },
    "chooses a password": async () => {
      const { id, email } = await pages.person();
      const url = await pages.link({ purpose: "password_reset", subject: id, email });
      const check = async () => {
        expect((await pages.browser().logIn(email, otherPassword)).headers.location).toBe("/me");
      };
      return await loaded(pages.browser(), url, "/log-in?done=password", { fields: newPassword, check });
    },
    "chooses a password, and ends the session in which it was followed": async () => {
      const { id, email, browser } = await pages.loggedIn();
      const url = await pages.link({ purpose: "password_reset", subject: id, email });
      return await loaded(browser, url, "/log-in?done=password", { fields: newPassword });
    },
  };

  /** Every other form that leads somewhere. */
  const others: Readonly<Record<string, () => Promise<Loaded>>> = {
    "leaves an organization": async () => {
      const { browser, id: user } = await pages.loggedIn();
      const { owner, path } = await makeScenario(service());
      const { id } = await owner.do("createMembership", { path, body: { user, role: "viewer" } });
      const check = async () => {
        expect((await owner.do("getMembership", { path: { membershipId: id } })).status).toBe("left");
        const { items } = await owner.do("listAuditEntries", { path });
        expect(items.filter(({ action }) => action === "membership.leave")).toHaveLength(1);
      };
      return await loaded(browser, `/me/memberships/${id}/leave`, "/me?done=left", { check });
    },
    "ends other sessions": async () => {
      const { browser } = await pages.loggedIn();
      await browser.get("/me");
      return { browser, url: "/me/end-other-sessions", leadsTo: "/me/sessions?done=others" };
    },
    "logs in": async () => {
      const fields = { email: (await pages.person()).email, password: goodPassword };
      const browser = pages.browser();
      const check = async () => expect((await browser.get("/me")).statusCode).toBe(200);
      return await loaded(browser, "/log-in", "/me", { fields, check });
    },
    "logs out": async () => {
      const { browser } = await pages.loggedIn();
      await browser.get("/me");
      const check = async () => expect((await browser.get("/me")).headers.location).toBe("/log-in");
      return { browser, url: "/log-out", leadsTo: "/log-in?done=out", check };
    },
  };

  describe.each(Object.entries({ ...ofLinks, ...others }))("and %s", (_what, load) => {
    test("leads where it led the first time, at once or later", async () => {
      const { browser, url, fields, leadsTo, check } = await load();
      const send = async () => await browser.post(url, fields);
      const answers = [...(await Promise.all([send(), send(), send()])), await send()];
      service().advance(9 * minuteMs);
      answers.push(await send());
      expect(answers.map(({ statusCode, headers }) => [statusCode, headers.location])).toEqual(
        answers.map(() => [303, leadsTo]),
      );
      for (const { body } of answers) {
        expect(body).toBe("");
      }
      await check?.();
    });
  });

  describe.each(Object.entries(ofLinks))("of a link that %s", (_what, load) => {
    test("is a dead link's in any other browser, and in the same one after ten minutes", async () => {
      const { browser, url, fields, leadsTo } = await load();
      const other = pages.browser();
      await other.get(url);
      const token = browser.token;
      expect((await browser.post(url, fields)).headers.location).toBe(leadsTo);
      for (const answer of [await other.post(url, fields), await other.get(url), await pages.browser().get(url)]) {
        expect([answer.statusCode, wordsOn(answer)]).toEqual([410, expect.stringMatching(/no longer works|already/)]);
      }
      // Not where the other one sends what the first one's form has, but for what nobody else can know.
      expect((await other.post(url, { ...fields, formToken: `${token.slice(0, -1)}_` })).statusCode).toBe(403);
      service().advance(10 * minuteMs);
      expect([403, 410]).toContain((await browser.post(url, { ...fields, formToken: token })).statusCode);
    });
  });

  test("on another replica leads where it led the first time as well", async () => {
    const { browser, url, fields, leadsTo } = await (ofLinks["sets up an account"] as () => Promise<Loaded>)();
    expect((await browser.post(url, fields)).headers.location).toBe(leadsTo);
    const replica = await service().startBeside({ publicUrl: "http://localhost" });
    const again = await browser.at(() => replica.app).post(url, fields);
    expect([again.statusCode, again.headers.location]).toEqual([303, leadsTo]);
  });

  test("a form that can be carried out again is: leaving, being let in again, and leaving once more", async () => {
    const { browser, email, id: user } = await pages.loggedIn();
    const { owner, path } = await makeScenario(service());
    const { id } = await owner.do("createMembership", { path, body: { user, role: "viewer" } });
    const status = async () => (await owner.do("getMembership", { path: { membershipId: id } })).status;
    const leaving = `/me/memberships/${id}/leave`;
    expect((await browser.submit(leaving)).headers.location).toBe("/me?done=left");
    expect(await status()).toBe("left");
    await owner.do("updateMembership", { path: { membershipId: id }, body: { resendInvite: "1" } });
    await browser.submit(await pages.mailed(email));
    expect(await status()).toBe("active");
    expect((await browser.submit(leaving)).headers.location).toBe("/me?done=left");
    expect(await status()).toBe("left");
  });

  test("logging in as somebody else from a form that was loaded before is no repeat", async () => {
    const [one, other] = [await pages.person(), await pages.person()];
    const browser = pages.browser();
    await browser.logIn(one.email);
    expect((await browser.post("/log-in", { email: other.email, password: goodPassword })).statusCode).toBe(403);
  });

  test.each(["/sign-up", "/forgot-password"])("one that is sent twice at %s sends one mail", async (path) => {
    const { email } = path === "/sign-up" ? { email: pages.address() } : await pages.person();
    const browser = pages.browser();
    await browser.get(path);
    const answers = await Promise.all(
      [1, 2, 3].map(() => browser.post(path, { email, formId: browser.field("formId") })),
    );
    expect(new Set(answers.map((answer) => `${answer.statusCode} ${wordsOn(answer)}`)).size).toBe(1);
    const mails = () => service().database.selectFrom("mails").select("id").where("recipient", "=", email).execute();
    expect(await mails()).toHaveLength(1);
    // Whoever loads the page again wants another one.
    await browser.get(path);
    await browser.post(path, { email, formId: browser.field("formId") });
    expect(await mails()).toHaveLength(2);
  });

  /** Loads the links of so many invitations to one address that nobody has. */
  async function invitations(count: number) {
    const email = pages.address();
    const statuses = await Promise.all(
      Array.from({ length: count }, async () => {
        const { owner, path } = await makeScenario(service());
        const body = { email, role: "viewer", onUnknownUser: "invite" as const };
        const { id } = await owner.do("createMembership", { path, body });
        return async () => (await owner.do("getMembership", { path: { membershipId: id } })).status;
      }),
    );
    const links = (await service().mailbox.to(email, count)).map((mail) => `/links/${tokenIn(mail)}`);
    const browser = pages.browser();
    for (const link of links) {
      await browser.get(link);
    }
    return { browser, links, statuses: () => Promise.all(statuses.map((status) => status())) };
  }

  test("ten invitations to one new address that are accepted at once are accepted, the first with the account", async () => {
    const { browser, links, statuses } = await invitations(10);
    const token = browser.token;
    const answers = await Promise.all(links.map((link) => browser.post(link, { ...account, formToken: token })));
    expect(answers.map(({ headers }) => headers.location).sort()).toEqual([
      ...Array(9).fill("/log-in?done=accepted"),
      "/log-in?done=set_up",
    ]);
    expect(await statuses()).toEqual(Array(10).fill("active"));
  });

  test("of two with different passwords that are accepted at once, one asks for the other's, and stays open", async () => {
    const { browser, links, statuses } = await invitations(2);
    const token = browser.token;
    const passwords = [goodPassword, otherPassword];
    const answers = await Promise.all(
      links.map((link, at) => {
        const [password] = passwords.slice(at);
        const fields = { ...account, password: password ?? "", "password-again": password ?? "" };
        return browser.post(link, { ...fields, formToken: token });
      }),
    );
    const at = answers.findIndex(({ statusCode }) => statusCode !== 303);
    const told = answers[at];
    expect(told?.statusCode).toBe(422);
    expect(told && wordsOn(told)).toMatch(
      /Nothing has been done with this link yet, and it still works\..*Enter its password/,
    );
    expect((await statuses()).toSorted()).toEqual(["active", "pending"]);
    const accepted = await browser.post(links[at] ?? "", { password: passwords[1 - at] ?? "", formToken: token });
    expect(accepted.headers.location).toBe("/log-in?done=accepted");
    expect(await statuses()).toEqual(["active", "active"]);
  });

  test("whoever is logged in as somebody else is told whose the link is, and that it still works", async () => {
    const { link, read } = await pages.invited(await pages.person());
    const { browser } = await pages.loggedIn();
    await browser.get(link);
    expect(wordsOn(await browser.post(link))).toContain("you are logged in as");
    expect((await read()).status).toBe("pending");
  });
});
