import { deviceAuthorizationPath, deviceGrantType, deviceTokenPath } from "roster-schema";
import { beforeAll, expect, test } from "vitest";
import { type Browser, goodPassword, wordsOn } from "../support/pages.ts";
import { Pages } from "../support/people.ts";
import { makeScenario } from "../support/scenario.ts";
import { onEachDatabase } from "../support/service.ts";

const minuteMs = 60_000;
const hourSeconds = 60 * 60;

onEachDatabase("logging in from a command", (service) => {
  let pages: Pages;

  beforeAll(async () => {
    pages = new Pages(service());
    await pages.start({ trustedProxies: ["127.0.0.1"] });
  });

  let networks = 0;
  const network = () => `203.0.113.${++networks}`;

  /** Sends a command's request, as a form. */
  async function send(url: string, fields: Readonly<Record<string, string>>, from = network()) {
    return await service().service.app.inject({
      method: "POST",
      url,
      headers: { "content-type": "application/x-www-form-urlencoded", "x-forwarded-for": from },
      payload: new URLSearchParams(fields).toString(),
    });
  }

  async function start(fields: Readonly<Record<string, string>> = {}, from?: string) {
    const answer = await send(deviceAuthorizationPath, { client_id: "roster", ...fields }, from);
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json();
  }

  /** What the command gets when it asks once, after the interval. */
  async function poll(device_code: string, client_id = "roster") {
    service().advance(5000);
    return (await send(deviceTokenPath, { grant_type: deviceGrantType, device_code, client_id })).json();
  }

  /** The person's decision, on the page. */
  async function decide(
    browser: Browser,
    { user_code }: { readonly user_code: string },
    decision: "approve" | "deny",
    fields: Readonly<Record<string, string>> = {},
  ) {
    const shown = await browser.get(`/device?code=${user_code}`);
    const [code, formId] = [browser.field("code"), browser.field("formId")];
    const form = { code, formId, name: "A laptop", limit: "all", decision, ...fields };
    return { shown, decided: await browser.post("/device/decision", form), form };
  }

  test("A2 gives a token of twelve hours to the command once the person has approved", async () => {
    const scenario = await makeScenario(service());
    const { browser, id } = await pages.loggedIn();
    await scenario.owner.do("createMembership", { path: scenario.path, body: { user: id, role: "auditor" } });
    const from = network();
    const started = await start({ client_name: "roster on build-7" }, from);
    expect(started).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.stringMatching(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/),
      verification_uri: "http://localhost/device",
      verification_uri_complete: `http://localhost/device?code=${started.user_code}`,
      expires_in: 600,
      interval: 5,
    });
    expect(await poll(started.device_code)).toMatchObject({ error: "authorization_pending" });
    const { shown, decided } = await decide(browser, started, "approve");
    const words = wordsOn(shown);
    expect(words).toContain(started.user_code);
    expect(words).toContain("roster on build-7 (roster; the name is what the client says)");
    expect(words).toContain(from);
    expect(words).toContain("An organization auditor");
    expect(decided.headers.location).toBe("/device/approved");
    const answer = await poll(started.device_code);
    expect(answer).toEqual({
      access_token: expect.stringMatching(/^rst_token_/),
      token_type: "Bearer",
      expires_in: 12 * hourSeconds,
    });
    const client = service().as(answer.access_token);
    expect(await client.do("getSelf")).toMatchObject({ caller: { id, accessToken: { name: "A laptop" } } });
    const { items } = await client.do("listAccessTokens", { path: scenario.path });
    expect(items).toMatchObject([{ client: "roster on build-7", name: "A laptop" }]);
    // The code works once.
    expect(await poll(started.device_code)).toMatchObject({ error: "expired_token" });
    service().advance(13 * 60 * minuteMs);
    await client.refused("unauthenticated", "getSelf");
  });

  test("A2 the person can limit the token, and the command can ask for another life", async () => {
    const scenario = await makeScenario(service());
    const { browser, id } = await pages.loggedIn();
    await scenario.owner.do("createMembership", { path: scenario.path, body: { user: id, role: "administrator" } });
    const started = await start({ token_life: String(30 * 24 * hourSeconds) });
    await decide(browser, started, "approve", {
      organization: scenario.organization.id,
      limit: "chosen",
      "may-organization:read": "yes",
    });
    const { access_token, expires_in } = await poll(started.device_code);
    expect(expires_in).toBe(30 * 24 * hourSeconds);
    const [organization] = (await service().as(access_token).do("getSelf")).organizations;
    expect(organization).toMatchObject({ id: scenario.organization.id, permissions: ["organization:read"] });
  });

  test("A2 nothing is handed out when the person refuses, the code has ended, or the account can't be used", async () => {
    const { browser, id } = await pages.loggedIn();
    const refused = await start();
    expect((await decide(browser, refused, "deny")).decided.headers.location).toBe("/device/denied");
    expect(await poll(refused.device_code)).toMatchObject({ error: "access_denied" });
    expect(await poll(refused.device_code)).toMatchObject({ error: "expired_token" });
    const [late, blocked, other] = [await start(), await start(), await start()];
    await decide(browser, blocked, "approve");
    await service()
      .as()
      .do("blockUser", { path: { userId: id } });
    expect(await poll(blocked.device_code)).toMatchObject({ error: "access_denied" });
    expect(await poll(other.device_code, "another")).toMatchObject({ error: "expired_token" });
    service().advance(11 * minuteMs);
    expect(await poll(late.device_code)).toMatchObject({ error: "expired_token" });
    expect(await poll("nobody's")).toMatchObject({ error: "expired_token" });
    expect(
      await service().database.selectFrom("access_tokens").select("id").where("user_id", "=", id).execute(),
    ).toEqual([]);
  });

  test("A2 nothing is handed out when the person has left the organization that the token is for", async () => {
    const { owner, path, organization } = await makeScenario(service());
    const { browser, id } = await pages.loggedIn();
    const membership = await owner.do("createMembership", { path, body: { user: id, role: "viewer" } });
    const started = await start();
    await decide(browser, started, "approve", { organization: organization.id });
    await owner.do("endMembership", { path: { membershipId: membership.id } });
    expect(await poll(started.device_code)).toEqual({
      error: "invalid_grant",
      error_description: "You are not a member of this organization.",
    });
    expect(await poll(started.device_code)).toMatchObject({ error: "expired_token" });
  });

  test("A2 a decision that is sent twice counts once", async () => {
    const { browser, id } = await pages.loggedIn();
    const started = await start();
    const { form } = await decide(browser, started, "approve");
    const again = await browser.post("/device/decision", form);
    expect(again.headers.location).toBe("/device/approved");
    await poll(started.device_code);
    const second = await start();
    expect((await decide(browser, second, "deny")).decided.headers.location).toBe("/device/denied");
    const rows = await service().database.selectFrom("access_tokens").select("id").where("user_id", "=", id).execute();
    expect(rows).toHaveLength(1);
  });

  test("A2 a command that asks too often is told to slow down, and each network starts so many log-ins", async () => {
    const { device_code } = await start();
    const ask = () => send(deviceTokenPath, { grant_type: deviceGrantType, device_code, client_id: "roster" });
    expect((await ask()).json()).toMatchObject({ error: "authorization_pending" });
    expect((await ask()).json()).toMatchObject({ error: "slow_down" });
    service().advance(6000);
    expect((await ask()).json()).toMatchObject({ error: "slow_down" });
    service().advance(16_000);
    expect((await ask()).json()).toMatchObject({ error: "authorization_pending" });
    const from = network();
    for (let started = 0; started < 60; started++) {
      await start({}, from);
    }
    const refused = await send(deviceAuthorizationPath, { client_id: "roster" }, from);
    expect([refused.statusCode, refused.json().error]).toEqual([429, "slow_down"]);
    expect(refused.headers["retry-after"]).toBe("3600");
  });

  test("A2 codes can't be guessed: each person enters ten wrong ones an hour", async () => {
    const { email } = await pages.person();
    const browser = pages.browser({ "x-forwarded-for": network() });
    await browser.logIn(email);
    const started = await start();
    for (let attempt = 0; attempt < 10; attempt++) {
      const page = await browser.get("/device?code=BCDF-GHJK");
      expect(page.statusCode).toBe(422);
    }
    expect((await browser.get(`/device?code=${started.user_code}`)).statusCode).toBe(429);
  });

  test("A2 the page takes a fresh password, and reads a code as people write it", async () => {
    const { email } = await pages.person();
    const { user_code } = await start();
    const browser = pages.browser({ "x-forwarded-for": network() });
    const next = `/device?code=${user_code}`;
    expect((await browser.get(next)).headers.location).toBe(`/log-in?next=${encodeURIComponent(next)}`);
    await browser.get(`/log-in?next=${encodeURIComponent(next)}`);
    const logIn = { email, password: goodPassword, next: browser.field("next") };
    expect((await browser.post("/log-in", logIn)).headers.location).toBe(next);
    const entered = await browser.submit("/device", { code: ` ${user_code.toLowerCase().replace("-", " ")} ` });
    expect(entered.headers.location).toBe(next);
    service().advance(11 * minuteMs);
    expect((await browser.get("/device")).headers.location).toBe("/confirm-password?next=%2Fdevice");
  });

  test.each([
    [deviceAuthorizationPath, {}, "invalid_client"],
    [deviceAuthorizationPath, { client_id: "a b" }, "invalid_client"],
    [deviceAuthorizationPath, { client_id: "roster", client_name: "two\nlines" }, "invalid_request"],
    [deviceAuthorizationPath, { client_id: "roster", token_life: "59" }, "invalid_request"],
    [deviceAuthorizationPath, { client_id: "roster", token_life: "1e9" }, "invalid_request"],
    [deviceTokenPath, { grant_type: "password", client_id: "roster" }, "unsupported_grant_type"],
  ])("A2 %s refuses %j with %s", async (url, fields, error) => {
    const answer = await send(url, fields);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({ error, error_description: expect.any(String) });
    expect(answer.headers["cache-control"]).toBe("no-store");
  });
});
