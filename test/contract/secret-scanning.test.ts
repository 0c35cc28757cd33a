/** Leaked keys that a secret scanner reports: who is believed, what is revoked, and who is told. */
import { createHash } from "node:crypto";
import type { Schemas } from "roster-schema";
import { describe, expect, test } from "vitest";
import { mailAllowances } from "../../service/mail/allowances.ts";
import { Client, unique } from "./support/client.ts";
import { makeToken, Pages } from "./support/people.ts";
import { type Report, Scanner, scanner } from "./support/scanner.ts";
import { clientSecret, makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase, ownerToken, type TestService } from "./support/service.ts";

const url = "https://github.com/acme/shop/blob/0123456789abcdef/settings.json";

/** Sends a report as a scanner does, with nothing else to show for itself. */
async function send(service: TestService, content: string, headers: Record<string, string>) {
  const anybody = new Client(() => service.service.app, undefined);
  const payload = { payload: content, headers: { "content-type": "application/json", ...headers } };
  return await anybody.send("reportLeakedSecrets", payload);
}

async function report(service: TestService, ...reports: readonly Report[]): Promise<Schemas["SecretScanningLabels"]> {
  const content = JSON.stringify(reports);
  const response = await send(service, content, scanner.sign(content));
  expect(response.statusCode, response.body).toBe(200);
  return response.json();
}

/** A person with a complete account who administers an organization. */
async function administrator({ owner, path, service }: Scenario, role = "administrator"): Promise<Schemas["User"]> {
  const email = `${unique("admin")}@example.com`;
  const user = await owner.do("createUser", { body: { email, invite: false } });
  await service.database.updateTable("users").set({ activated_at: new Date() }).where("id", "=", user.id).execute();
  await owner.do("createMembership", { path, body: { user: user.id, role } });
  return user;
}

onEachDatabase("secret scanning", (service) => {
  const statusOf = async ({ owner }: Scenario, id: string) =>
    (await owner.do("getApiKey", { path: { apiKeyId: id } })).status;

  test("a leaked key is revoked at once, and the answer tells the scanner without repeating it", async () => {
    const scenario = await makeScenario(service());
    const { id, key } = await scenario.key();
    const other = await scenario.key();
    const content = JSON.stringify([{ token: key, type: "roster_api_key", url, source: "content" }]);
    const response = await send(service(), content, scanner.sign(content));
    const token_hash = createHash("sha256").update(key).digest("hex");
    expect(response.json()).toEqual([{ token_hash, token_type: "roster_api_key", label: "true_positive" }]);
    expect(response.body).not.toContain(key);
    expect(await scenario.owner.do("verifyApiKey", { body: { secret: key } })).toMatchObject({ reason: "revoked" });
    await service().as(key).refused("unauthenticated", "getOrganization", { path: scenario.path });
    expect(await statusOf(scenario, id)).toBe("revoked");
    expect(await statusOf(scenario, other.id)).toBe("active");
  });

  test("the audit says that the service did it, and nothing of the secret or of where it was found", async () => {
    const scenario = await makeScenario(service());
    const { id, key } = await scenario.key();
    await report(service(), { token: key, type: "roster_api_key", url: "https://example.com/found-here" });
    const { items } = await scenario.owner.do("listAuditEntries", { path: scenario.path, query: { object: id } });
    expect(items.at(-1)).toMatchObject({
      actor: { kind: "service", id: null },
      action: "api_key.report_leak",
      before: { state: "active", revokedAt: null },
      after: { state: "revoked" },
    });
    const dump = await service().dump();
    expect(dump).not.toContain(key);
    expect(dump).not.toContain("found-here");
  });

  test("every administrator who is an active person is told by mail, once, and nobody else", async () => {
    const scenario = await makeScenario(service(), { name: "Acme <Shop>" });
    const admins = [await administrator(scenario), await administrator(scenario)];
    const inactive = await administrator(scenario);
    await scenario.owner.do("deactivateUser", { path: { userId: inactive.id } });
    await administrator(scenario, "viewer");
    await scenario.member("administrator");
    await administrator(await makeScenario(service()));
    const { fingerprint, key, name } = await scenario.key({ name: `${unique("key")} & "more"` });
    const found = `${url}\n\nBut click\u202e https://evil.example <b>now</b>${"x".repeat(600)}`;
    await report(service(), { token: key, type: "roster_api_key", url: found, source: "commit" });
    for (const { email } of admins) {
      await service().mailbox.to(email, 1);
    }
    await report(service(), { token: key, type: "roster_api_key", url: found, source: "commit" });
    const mails = service().mailbox.mails.filter(({ text }) => text.includes(fingerprint));
    expect(mails.map(({ recipient }) => recipient).sort()).toEqual(admins.map(({ email }) => email).sort());
    const [{ subject, text, html }] = mails as [(typeof mails)[number]];
    expect(subject).toBe("An API key of Acme <Shop> leaked and has been revoked");
    expect(text).toContain(`"${name}"`);
    expect(text).toContain(`The report says where: ${url} But click https://evil.example <b>now</b>xxx`);
    expect(text).toContain("…, in: commit");
    expect(text).not.toMatch(/\u202e|x{600}/u);
    expect(text + html).not.toContain(key);
    expect(html).toContain("Acme &#60;Shop&#62;");
    expect(html).not.toMatch(/<b>|<a |href/);
    const queued = await service().database.selectFrom("mails").select("recipient").execute();
    expect(queued.filter(({ recipient }) => recipient === admins[0]?.email)).toHaveLength(1);
  });

  test("T11 what no database takes is text like any other: it keeps no key from being revoked, and is unknown where it was presented", async () => {
    const scenario = await makeScenario(service());
    const admin = await administrator(scenario);
    const { id, key } = await scenario.key();
    const odd = ["\0", "\ud83d", "a\0b\udc00", "rst_server_\0"];
    const others = odd.map((token) => ({ token, type: token, url: token, source: token }));
    const labels = await report(service(), ...others, {
      token: key,
      type: "t",
      url: `${url}\0`,
      source: "\ud83d content",
    });
    expect(labels.map(({ label }) => label)).toEqual([...odd.map(() => "false_positive"), "true_positive"]);
    expect(await statusOf(scenario, id)).toBe("revoked");
    const [mail] = await service().mailbox.to(admin.email, 1);
    expect(mail?.text).toContain(`The report says where: ${url}, in: content\n`);
    for (const secret of odd) {
      const body = { secret, address: "192.0.2.7" };
      expect(await scenario.owner.do("verifyApiKey", { body })).toMatchObject({
        outcome: "refused",
        reason: "unknown",
      });
    }
    const { errors } = await scenario.owner.refused("invalid_request", "verifyApiKey", {
      body: { secret: key, api: "a\0" },
    });
    expect(errors).toMatchObject([{ pointer: "/api" }]);
  });

  test("A3 a system user's leaked token is revoked, and the administrators are told", async () => {
    const scenario = await makeScenario(service(), { name: "Acme" });
    const { owner, path } = scenario;
    const admin = await administrator(scenario);
    const { id, name, token, fingerprint } = await scenario.token();
    const other = await scenario.token();
    const leaked = { token, type: "roster_access_token", url };
    expect(await report(service(), leaked)).toMatchObject([{ label: "true_positive" }]);
    await service().as(token).refused("unauthenticated", "getOrganization", { path });
    await service().as(other.token).do("getOrganization", { path });
    expect(await owner.do("getAccessToken", { path: { accessTokenId: id } })).toMatchObject({ status: "revoked" });
    const { items } = await owner.do("listAuditEntries", { path, query: { object: id } });
    expect(items.at(-1)).toMatchObject({ action: "access_token.report_leak", actor: { kind: "service" } });
    const [mail] = await service().mailbox.to(admin.email, 1);
    expect(mail?.subject).toBe("An access token of Acme leaked and has been revoked");
    expect(mail?.text).toContain(`the access token "${name}" of Acme (fingerprint ${fingerprint})`);
    expect(await report(service(), leaked)).toMatchObject([{ label: "true_positive" }]);
    expect(service().mailbox.mails.filter(({ text }) => text.includes(fingerprint))).toHaveLength(1);
  });

  test("A3 a person's leaked token ends, and the person is told, once", async () => {
    const pages = new Pages(service());
    await pages.start();
    const scenario = await makeScenario(service());
    const { browser, client, email, token } = await pages.member([[scenario, "member"]]);
    const [listed] = (await scenario.owner.do("listAccessTokens", { path: scenario.path })).items;
    const other = service().as(await makeToken(browser));
    const leaked = { token, type: "roster_access_token", url, source: "commit" };
    const labels = [...(await report(service(), leaked)), ...(await report(service(), leaked))];
    expect(labels).toMatchObject([{ label: "true_positive" }, { label: "true_positive" }]);
    await client.refused("unauthenticated", "getSelf");
    await other.do("getSelf");
    const told = service().mailbox.mails.filter(({ recipient }) => recipient === email);
    expect(told.map(({ subject }) => subject)).toEqual(["An access token of yours leaked and has ended"]);
    expect(told[0]?.text).toContain(`The report says where: ${url}, in: commit`);
    expect(told[0]?.text).not.toContain(token);
    const query = { object: listed?.id ?? "" };
    const { items } = await scenario.owner.do("listServiceAuditEntries", { query });
    expect(items.at(-1)).toMatchObject({
      action: "access_token.report_leak",
      actor: { kind: "service" },
      before: { revokedAt: null },
    });
  });

  test("T10 another organization that deactivates many of its users keeps no administrator from the notice", async () => {
    const scenario = await makeScenario(service());
    const { email } = await administrator(scenario);
    const other = await makeScenario(service());
    const { key: manager } = await other.key({ permissions: ["users:manage", "members:manage"] });
    const homeOrganization = other.path.organizationId;
    for (let at = 0; at <= mailAllowances.notice; at++) {
      const { id } = await other.user({ homeOrganization, kind: "person", invite: false });
      const activated_at = new Date();
      await service().database.updateTable("users").set({ activated_at }).where("id", "=", id).execute();
      await scenario.owner.do("createMembership", { path: scenario.path, body: { user: id, role: "viewer" } });
      await service()
        .as(manager)
        .do("deactivateUser", { path: { userId: id } });
    }
    await service().mailbox.to(email, mailAllowances.notice);
    const { key } = await scenario.key();
    await report(service(), { token: key, type: "roster_api_key", url });
    const mails = await service().mailbox.to(email, mailAllowances.notice + 1);
    expect(mails.at(-1)?.subject).toMatch(/leaked/);
  });

  describe("revoked is the whole key, for", () => {
    test("a JWT", async () => {
      const scenario = await makeScenario(service());
      const { user } = await scenario.member("api_user");
      const { id, key } = await scenario.key({ kind: "user", format: "jwt", owner: user.id });
      expect(await report(service(), { token: key, type: "roster_jwt" })).toMatchObject([{ label: "true_positive" }]);
      expect(await statusOf(scenario, id)).toBe("revoked");
    });

    test("a secret that its client made", async () => {
      const scenario = await makeScenario(service());
      const secret = clientSecret();
      const { id } = await scenario.key({ kind: "webapi", secret });
      expect(await report(service(), { token: secret, type: "other" })).toMatchObject([{ label: "true_positive" }]);
      expect(await statusOf(scenario, id)).toBe("revoked");
    });

    test("the secret before a rotation, while it lives on", async () => {
      const scenario = await makeScenario(service());
      const { id, key } = await scenario.key();
      const body = { generation: 2, overlap: "1h" };
      const rotated = await scenario.owner.do("rotateApiKey", { path: { apiKeyId: id }, body });
      await report(service(), { token: key, type: "roster_api_key" });
      expect(await statusOf(scenario, id)).toBe("revoked");
      const secret = rotated.key ?? "";
      expect(await scenario.owner.do("verifyApiKey", { body: { secret } })).toMatchObject({ reason: "revoked" });
    });

    test("a key that doesn't authenticate just now, and could again", async () => {
      const scenario = await makeScenario(service());
      const { user } = await scenario.member("viewer");
      const { id, key } = await scenario.key({ kind: "user", owner: user.id });
      await scenario.owner.do("deactivateUser", { path: { userId: user.id } });
      await report(service(), { token: key, type: "roster_api_key" });
      expect(await statusOf(scenario, id)).toBe("revoked");
    });
  });

  test("a secret that a rotation has ended is known, and its key, which has another one, goes on", async () => {
    const scenario = await makeScenario(service());
    const { id, key } = await scenario.key();
    await scenario.owner.do("rotateApiKey", { path: { apiKeyId: id }, body: { generation: 2 } });
    expect(await report(service(), { token: key, type: "a" })).toMatchObject([{ label: "true_positive" }]);
    expect(await statusOf(scenario, id)).toBe("active");
  });

  test("many at once are answered in their order; what nobody knows is a false positive", async () => {
    const scenario = await makeScenario(service());
    const { id, key } = await scenario.key();
    const unknown = `${key.slice(0, -1)}${key.endsWith("0") ? "1" : "0"}`;
    const labels = await report(
      service(),
      { token: unknown, type: "one" },
      { token: key, type: "two" },
      { token: key, type: "three", url: "" },
      { token: "anything else", type: "four" },
    );
    expect(labels.map(({ token_type, label }) => `${token_type} ${label}`)).toEqual([
      "one false_positive",
      "two true_positive",
      "three true_positive",
      "four false_positive",
    ]);
    expect(await statusOf(scenario, id)).toBe("revoked");
    expect(await report(service())).toEqual([]);
  });

  test("two reports of one key at the same time revoke it once", async () => {
    const scenario = await makeScenario(service());
    const { id, key } = await scenario.key();
    const labels = await Promise.all([1, 2, 3].map(() => report(service(), { token: key, type: "a" })));
    expect(labels.flat().map(({ label }) => label)).toEqual(Array(3).fill("true_positive"));
    const { items } = await scenario.owner.do("listAuditEntries", { path: scenario.path, query: { object: id } });
    expect(items.filter(({ action }) => action === "api_key.report_leak")).toHaveLength(1);
  });

  test("where the mail can't be queued, nothing is revoked, and the report fails", async () => {
    const scenario = await makeScenario(service());
    await administrator(scenario);
    const { id, key } = await scenario.key();
    const content = JSON.stringify([{ token: key, type: "a" }]);
    await service().database.schema.alterTable("mails").renameTo("mails_away").execute();
    const response = await send(service(), content, scanner.sign(content));
    await service().database.schema.alterTable("mails_away").renameTo("mails").execute();
    expect(response.json()).toMatchObject({ code: "internal_error" });
    expect(await statusOf(scenario, id)).toBe("active");
    expect(await report(service(), { token: key, type: "a" })).toMatchObject([{ label: "true_positive" }]);
    expect(await statusOf(scenario, id)).toBe("revoked");
  });

  test("who isn't believed is refused, and nothing is written", async () => {
    const scenario = await makeScenario(service());
    const { key } = await scenario.key();
    const before = await service().dump();
    const content = JSON.stringify([{ token: key, type: "a" }]);
    const signed = scanner.sign(content);
    const stranger = new Scanner();
    const refused: Record<string, Record<string, string>> = {
      "without headers": {},
      "without a signature": { "github-public-key-identifier": scanner.identifier },
      "without an identifier": { "github-public-key-signature": signed["github-public-key-signature"] ?? "" },
      "by a key that isn't listed": stranger.sign(content),
      "by another key under a listed name": {
        ...stranger.sign(content),
        "github-public-key-identifier": scanner.identifier,
      },
      "of another body": scanner.sign(`${content} `),
      "that is none": { ...signed, "github-public-key-signature": "bm90IGEgc2lnbmF0dXJl" },
      "with the owner token in its place": { authorization: `Bearer ${ownerToken}` },
    };
    for (const [title, headers] of Object.entries(refused)) {
      const response = await send(service(), content, headers);
      expect(response.statusCode, title).toBe(401);
      expect(response.headers["www-authenticate"], title).toBe("Signature");
      expect(response.body, title).not.toContain(key);
    }
    expect(await service().dump()).toBe(before);
  });

  test.each([
    ["no array", '{"token":"a","type":"b"}'],
    ["a report without a token", '[{"type":"b"}]'],
    ["too many", JSON.stringify(Array(1001).fill({ token: "a", type: "b" }))],
  ])("%s is no report, even signed", async (_title, content) => {
    expect((await send(service(), content, scanner.sign(content))).json()).toMatchObject({ code: "invalid_request" });
  });
});
