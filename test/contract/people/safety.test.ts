import { beforeAll, describe, expect, test } from "vitest";
import { networkOf } from "../../../service/auth/attempts.ts";
import { html } from "../../../service/people/html.ts";
import { stylesheetPath } from "../../../service/people/layout.ts";
import { passwordFault } from "../../../service/people/passwords.ts";
import { inheritedNames } from "../../inherited-names.ts";
import { logInto } from "../support/log.ts";
import { account, goodPassword, otherPassword, tokenOn, wordsOn } from "../support/pages.ts";
import { Pages } from "../support/people.ts";
import { makeScenario } from "../support/scenario.ts";
import { onEachDatabase, ownerToken } from "../support/service.ts";

describe("templates", () => {
  test("escape text, in elements and attributes, and keep what templates made", () => {
    const text = `<img src=x onerror="alert('1')">&`;
    expect(String(html`<p title="${text}">${text}${html`<b>${[text, null, false, 1]}</b>`}</p>`)).not.toMatch(
      /<img|'|&(?!#)/,
    );
    expect(String(html`<p>${[html`<i>a</i>`, undefined, "b"]}</p>`)).toBe("<p><i>a</i>b</p>");
  });
});

describe("a password", () => {
  const about = ["ada.lovelace", "engine.example", "Ada", "Lovelace"];

  test.each([
    ["fourteen chars", "14 characters, but needs at least 15"],
    ["é".repeat(14), "14 characters, but needs at least 15"],
    ["x".repeat(129), "129 characters. At most 128"],
    ["tabs\tare not typed here", "can't be typed"],
    ["correct lovelace battery", "contains your name"],
    ["the ENGINE of all things", "contains your name"],
    ["my roster password one", "contains your name"],
    ["passwordpassword", "easy to guess"],
    ["Password1234567890!!!", "easy to guess"],
    ["1234567890123456", "easy to guess"],
    ["aaaaaaaaaaaaaaaaaa", "easy to guess"],
    ["abababababababababab", "easy to guess"],
    ["zyxwvutsrqponmlkjihg", "easy to guess"],
    ["i l o v e y o u 2 0 2 6", "easy to guess"],
    ["qwertyuiopqwertyuiop", "easy to guess"],
  ])("%j is refused", (password, reason) => {
    expect(passwordFault(password, about)).toContain(reason);
  });

  test.each([
    "seven brass lanterns drift north",
    "зелёный чай по утрам",
    "🦊🦊 fox trots home",
    "x1!".padEnd(15, "qkzvw"),
    `${"lanterns drift ".repeat(8)}north`,
  ])("%j is taken: of any characters, in no composition", (password) => {
    expect(passwordFault(password, about)).toBeUndefined();
  });
});

test("a place on the network is an address in IPv4, and a network of 64 bits in IPv6", () => {
  expect(networkOf("192.0.2.7")).toBe("192.0.2.7/32");
  expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe(networkOf("2001:db8:1:2::9"));
  expect(networkOf("2001:db8:1:3::1")).not.toBe(networkOf("2001:db8:1:2::1"));
  expect(networkOf("::1")).toBe("::/64");
  expect(networkOf("::ffff:192.0.2.7")).toBe(networkOf("192.0.2.7"));
  expect(networkOf("unknown")).toBe("unknown");
});

onEachDatabase("the pages", (service) => {
  let pages: Pages;

  beforeAll(async () => {
    pages = new Pages(service());
    await pages.start();
  });

  async function invitation() {
    const scenario = await makeScenario(service());
    const user = await scenario.user({ email: pages.address(), kind: "person", invite: false });
    return { user, link: await pages.link({ purpose: "set_up", subject: user.id, email: user.email }) };
  }

  describe("forms", () => {
    test.each(["/log-in", "/sign-up", "/forgot-password", "/log-out", "/me/end-other-sessions"])(
      "%s without its token, or with another visitor's, is refused",
      async (path) => {
        const browser = pages.browser();
        expect((await browser.post(path, { formToken: "" })).statusCode).toBe(403);
        const other = pages.browser();
        const token = tokenOn((await other.get("/log-in")).body);
        expect(token).not.toBe("");
        await browser.get("/log-in");
        expect((await browser.post(path, { formToken: token })).statusCode).toBe(403);
      },
    );

    test("a link's form too, and the link stays as it was", async () => {
      const { link } = await invitation();
      expect((await pages.browser().post(link, account)).statusCode).toBe(403);
      expect((await pages.browser().submit(link, account)).statusCode).toBe(303);
    });

    test("a token from before the log-in is none after it", async () => {
      const { browser } = await pages.loggedIn();
      const before = tokenOn((await pages.browser().get("/log-in")).body);
      expect((await browser.post("/log-out", { formToken: before })).statusCode).toBe(403);
    });

    test.each([
      [{ origin: "https://evil.example" }, 403],
      [{ origin: "http://localhost.evil.example:80" }, 403],
      [{ origin: "null", "sec-fetch-site": "cross-site" }, 403],
      [{ origin: "null", "sec-fetch-site": "same-site" }, 403],
      [{ origin: "null", "sec-fetch-site": "same-origin" }, 303],
      [{ origin: "http://localhost" }, 303],
    ])("sent with %j, even with the token, answers %i", async (headers, status) => {
      const { email } = await pages.person();
      const browser = pages.browser();
      await browser.get("/log-in");
      const answer = await browser.post("/log-in", { email, password: goodPassword }, headers);
      expect(answer.statusCode).toBe(status);
    });

    test("JSON is no form, and what is too large isn't read", async () => {
      const { app } = service().service;
      const json = await app.inject({ method: "POST", url: "/log-in", payload: { email: "a@b.example" } });
      expect([json.statusCode, json.headers["content-type"]]).toEqual([415, "text/html; charset=utf-8"]);
      expect((await pages.browser().submit("/log-in", { email: "x".repeat(17_000) })).statusCode).toBe(413);
      expect((await pages.browser().submit("/log-in", { email: "a\0@b.example" })).statusCode).toBe(400);
    });

    test("the API takes no session and no form", async () => {
      const { browser } = await pages.loggedIn();
      expect((await browser.get("/v1/organizations")).statusCode).toBe(401);
      expect((await browser.post("/v1/organizations")).statusCode).toBe(401);
    });
  });

  test.each(inheritedNames)(
    "%s in an address, a form or a cookie means nothing, as any word that isn't known",
    async (name) => {
      const { browser, email } = await pages.loggedIn();
      for (const [visitor, path] of [
        [pages.browser(), "/log-in"],
        [browser, "/me"],
      ] as const) {
        const [plain, asked] = [await visitor.get(path), await visitor.get(`${path}?done=${name}`)];
        expect([asked.statusCode, asked.body]).toEqual([200, plain.body]);
        expect(asked.body).not.toContain('role="status"');
      }
      expect((await pages.browser().get(`/links/${name}`)).statusCode).toBe(410);
      expect((await browser.get(`/me/memberships/${name}/leave`)).statusCode).toBe(404);
      const other = pages.browser();
      other.cookies.set(name, "x".repeat(43));
      const refused = await other.submit("/log-in", { [name]: goodPassword, email, password: otherPassword });
      expect([refused.statusCode, refused.body]).toEqual([422, expect.not.stringContaining("native code")]);
    },
  );

  test("the API knows no parameter, member, role or object by a name that every object inherits", async () => {
    const { owner, path } = await makeScenario(service());
    const headers = { "content-type": "application/json", authorization: `Bearer ${ownerToken}` };
    for (const name of inheritedNames) {
      const url = `/v1/managed-objects?externalIdPrefix=x&${name}=1&kind=${name}`;
      const { statusCode, body } = await service().service.app.inject({ url, headers });
      expect([statusCode, body]).toEqual([400, expect.stringContaining('"pointer":"/kind"')]);
      const payload = `{"name":"Own","permissions":[],"${name}":1}`;
      await owner.refused("invalid_request", "createRole", { path, payload, headers });
      await owner.refused("invalid_request", "createMembership", {
        path,
        body: { email: pages.address(), role: name },
      });
      await owner.refused("invalid_request", "getRole", { path: { roleId: name } });
      await owner.refused("invalid_request", "getOrganization", { path: { organizationId: name } });
      expect(await owner.do("listRoles", { path, query: { name } })).toMatchObject({ items: [] });
    }
  });

  test("every page is kept from caches, frames, scripts and the next page's knowledge of its address", async () => {
    const { browser } = await pages.loggedIn();
    const { link } = await invitation();
    for (const url of [
      "/log-in",
      "/sign-up",
      "/forgot-password",
      "/me",
      link,
      "/links/nothing",
      "/me/memberships/x/leave",
    ]) {
      const { headers } = await browser.get(url);
      expect(headers, url).toMatchObject({
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
      });
      const policy = String(headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
    }
    const style = await browser.get(stylesheetPath);
    expect(style.headers).toMatchObject({
      "content-type": "text/css; charset=utf-8",
      "cache-control": expect.stringContaining("immutable"),
    });
    expect(style.cookies).toEqual([]);
  });

  test("no log line has a token, a password, an address or a path", async () => {
    const lines: string[] = [];
    await pages.start({ logger: logInto(lines) });
    const { user, link } = await invitation();
    const browser = pages.browser();
    await browser.submit(link, account);
    await browser.get(link);
    await browser.logIn(user.email, otherPassword);
    await browser.logIn(user.email);
    service().failNextStatement("XX000");
    expect((await browser.get("/me?done=left")).statusCode).toBe(500);
    const log = lines.join("");
    expect(log).toContain('"route":"/links/:token"');
    expect(log).toContain("the request failed");
    const token = link.slice("/links/".length);
    for (const secret of [token, goodPassword, otherPassword, user.email, "done=left", ...browser.cookies.values()]) {
      expect(log).not.toContain(secret);
    }
    await pages.start();
  });

  test("nothing that a person types is stored readable, and the hash is Argon2id's with OWASP's parameters", async () => {
    const { id } = await pages.person();
    const { database } = service();
    const stored = await database
      .selectFrom("credentials")
      .selectAll()
      .where("user_id", "=", id)
      .executeTakeFirstOrThrow();
    expect(stored.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await service().dump()).not.toContain(goodPassword);
  });

  test("the same password from another keyboard is the same: Unicode is normalized", async () => {
    const email = pages.address();
    const password = "cafés and crêpes all day";
    const link = await pages.link({ purpose: "sign_up", subject: email, email });
    const composed = password.normalize("NFC");
    await pages.browser().submit(link, { ...account, password: composed, "password-again": composed });
    expect((await pages.browser().logIn(email, password.normalize("NFD"))).headers.location).toBe("/me");
  });

  test("a password that is refused says why, at its field", async () => {
    const { link } = await invitation();
    const answer = await pages
      .browser()
      .submit(link, { ...account, password: "password", "password-again": "password" });
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toMatch(
      /<input id="password"[^>]* aria-describedby="password-hint password-fault" aria-invalid="true"/,
    );
    expect(answer.body).toContain('<a href="#password">');
  });

  describe("leaving an organization", () => {
    async function member(role: string) {
      const scenario = await makeScenario(service());
      const somebody = await pages.loggedIn();
      const { path, owner } = scenario;
      const { id } = await owner.do("createMembership", { path, body: { user: somebody.id, role } });
      const read = async () => await owner.do("getMembership", { path: { membershipId: id } });
      return { scenario, ...somebody, read, leaving: `/me/memberships/${id}/leave` };
    }

    test("C7 a person leaves after a confirmation, with keys and assignments, and the account survives", async () => {
      const { scenario, browser, read, leaving, id } = await member("administrator");
      const { path, owner } = scenario;
      await scenario.actingAs("administrator");
      const { id: apiKeyId } = await scenario.key({ kind: "user", owner: id });
      expect(wordsOn(await browser.get(leaving))).toContain("You lose access at once");
      expect((await read()).status).toBe("active");
      expect((await browser.post(leaving)).headers.location).toBe("/me?done=left");
      expect((await read()).status).toBe("left");
      expect((await owner.do("getApiKey", { path: { apiKeyId } })).status).toBe("revoked");
      expect(wordsOn(await browser.get("/me"))).toContain("You don't belong to any organization");
      const { items } = await owner.do("listAuditEntries", { path });
      expect(items.find(({ action }) => action === "membership.leave")?.actor).toEqual({ kind: "user", id });
      service().advance(10 * 60_000);
      expect((await browser.post(leaving)).statusCode).toBe(404);
    });

    test("C7 the last administrator stays, and is told what to do", async () => {
      const { browser, read, leaving } = await member("administrator");
      const answer = await browser.submit(leaving);
      expect(answer.statusCode).toBe(409);
      expect(wordsOn(answer)).toContain("Make somebody else an administrator first");
      expect((await read()).status).toBe("active");
    });

    test("nobody leaves for somebody else", async () => {
      const { leaving, read } = await member("viewer");
      const { browser } = await pages.loggedIn();
      await browser.get("/me");
      expect((await browser.get(leaving)).statusCode).toBe(404);
      expect((await browser.post(leaving)).statusCode).toBe(404);
      expect((await read()).status).toBe("active");
    });
  });
});
