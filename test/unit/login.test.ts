/** Logging in with a code: every answer of RFC 8628, and what is stored of it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { openerOf } from "../../provider/command/browser.ts";
import { findLogIn } from "../../provider/log-ins/log-ins.ts";
import { logInFolder } from "../../provider/log-ins/places.ts";
import { paths } from "../../scripts/environment.mjs";
import { type Answering, json, plain, refusal, reset, ScriptedServer } from "./scripted-server.ts";
import { approved, authorization, logInService, refused, self, service, TestTerminal, token } from "./terminals.ts";

const pending = refused("authorization_pending");
const done: Answering = (response) => response.writeHead(204).end();

/** A terminal, and what a log-in there has come to. */
async function logIn(server: ScriptedServer, ...args: string[]) {
  const terminal = new TestTerminal();
  const status = await terminal.run("login", "--endpoint", server.endpoint, ...args);
  const all = terminal.printed + terminal.told;
  expect(all).not.toContain(token);
  expect(all).not.toContain(authorization.device_code);
  return { terminal, status, stored: storedIn(terminal) };
}

function storedIn(terminal: TestTerminal): string[] {
  const folder = logInFolder(terminal);
  return existsSync(folder) ? readdirSync(folder) : [];
}

describe("a log-in", () => {
  test("shows the code, waits for the person, stores the token, and says who it makes them", async () => {
    const server = await logInService([pending, pending, approved]);
    const { terminal, status } = await logIn(server, "--for", "30d", "--name", "Ada's laptop");
    const { endpoint } = server;
    expect(status).toBe(0);
    expect(server.received.map(({ method, path: to, body }) => [method, to, body])).toEqual([
      [
        "POST",
        "/login/device-authorization",
        { client_id: "roster", client_name: "Ada's laptop", token_life: "2592000" },
      ],
      ...Array.from({ length: 3 }, () => [
        "POST",
        "/login/token",
        {
          grant_type: "urn:ietf:params:oauth:grant-type:device_code",
          device_code: authorization.device_code,
          client_id: "roster",
        },
      ]),
      ["GET", "/v1/self", undefined],
    ]);
    const sent = server.received.map(({ headers }) => headers.authorization);
    expect(sent).toEqual([undefined, undefined, undefined, undefined, `Bearer ${token}`]);
    expect(terminal.waits).toEqual([5, 5, 5]);
    expect(terminal.opened).toEqual([authorization.verification_uri_complete]);
    expect(terminal.printed).toBe(
      `Logged in to ${endpoint} as ada@acme.example, for 12 hours, until 2026-01-01T12:00:00.000Z. You can act in:\n` +
        "  acme                customer_admin (Acme Inc.)\n  analytical-engines  1 permission (Engines)\n",
    );
    const found = findLogIn(endpoint, terminal, new Date(0));
    expect(terminal.told).toBe(
      `To log in to ${endpoint}, open this page, log in there, and enter the code:\n\n` +
        "  https://roster.example.com/device\n  WDJB-MJHT\n\n" +
        "The code works for 10 minutes. Waiting for you to approve it; press Ctrl-C to cancel.\n" +
        `The page was opened in your browser.\nThe log-in is stored in ${found?.file}.\n`,
    );
    const { caller } = self;
    const expected = { endpoint, service, email: caller.email, token, expiresAt: caller.accessToken.expiresAt };
    expect(JSON.parse(readFileSync(found?.file ?? "", "utf8"))).toEqual(expected);
  });

  test("lasts 12 hours by default, names the machine, and opens no browser if it isn't to", async () => {
    const server = await logInService([approved]);
    const { terminal, status } = await logIn(server, "--no-browser");
    expect(status).toBe(0);
    expect(server.received[0]?.body).toMatchObject({
      token_life: "43200",
      client_name: expect.stringMatching(/^roster on ./),
    });
    expect(terminal.opened).toEqual([]);
  });

  test("is JSON for programs, and so is its end", async () => {
    const server = await logInService([approved], { ends: [done] });
    const { endpoint } = server;
    const { terminal, status } = await logIn(server, "--json");
    expect(status).toBe(0);
    expect(JSON.parse(terminal.printed)).toMatchObject({
      endpoint,
      service,
      caller: { email: "ada@acme.example" },
      credential: { source: "log-in", file: expect.stringContaining(terminal.folder) },
      expiresAt: self.caller.accessToken.expiresAt,
    });
    expect(await terminal.run("logout", "--json", "--endpoint", endpoint)).toBe(0);
    const ended = { endpoint, email: "ada@acme.example", expiresAt: self.caller.accessToken.expiresAt, isEnded: true };
    expect(JSON.parse(terminal.printed)).toEqual({ logIns: [ended] });
    expect(await terminal.run("logout", "--json", "--endpoint", endpoint)).toBe(0);
    expect(JSON.parse(terminal.printed)).toEqual({ logIns: [] });
  });

  test("asks less often where it is told to, and where there is no answer", async () => {
    const unavailable = plain(503, "of a proxy");
    const busy = plain(429, "of a proxy", { "Retry-After": "90" });
    const slowDown = refused("slow_down");
    const limited = refused("slow_down", 429);
    const server = await logInService([
      slowDown,
      pending,
      limited,
      reset,
      pending,
      unavailable,
      busy,
      pending,
      approved,
    ]);
    const { terminal, status } = await logIn(server);
    expect(status).toBe(0);
    expect(terminal.waits).toEqual([5, 10, 10, 15, 30, 30, 60, 90, 60]);
    expect(terminal.told.match(/No answer from the service \([^)]+\)+\. Still trying\.\n/g)).toHaveLength(2);
  });

  test.each([
    ["access_denied", "the log-in was refused in the browser. Nothing was stored."],
    ["expired_token", "the code has expired, or was used already. Run `roster login` again."],
    ["invalid_grant", "http://… refused the log-in: invalid_grant: it is invalid_grant."],
    ["invalid_request", "http://… refused the log-in: invalid_request: it is invalid_request."],
  ])("that ends with %s says so, and stores nothing", async (error, message) => {
    const server = await logInService([pending, refused(error)]);
    const { terminal, status, stored } = await logIn(server);
    expect([status, stored, terminal.printed]).toEqual([1, [], ""]);
    expect(terminal.told.replace(server.endpoint, "http://…").replaceAll(server.endpoint, "http://…")).toContain(
      `roster: ${message}\n`,
    );
  });

  test("ends with its code, also if the service says nothing", async () => {
    const codes = [json(200, { ...authorization, expires_in: 12 })];
    const waiting = await logIn(await logInService([pending, pending, pending], { codes }));
    expect([waiting.status, waiting.terminal.waits]).toEqual([1, [5, 5, 2]]);
    expect(waiting.terminal.told).toContain("roster: the code has expired. Run `roster login` again.\n");
    const unanswered = await logIn(
      await logInService([reset, reset], { codes: [json(200, { ...authorization, expires_in: 12 })] }),
    );
    expect([unanswered.status, unanswered.terminal.waits]).toEqual([1, [5, 7]]);
    expect(unanswered.terminal.told).toContain(
      "the code has expired, and the service did not answer the last request: ",
    );
  });

  test("repeats nothing that is secret, and nothing that a terminal would interpret", async () => {
    const text = `no \u001b[31m${authorization.device_code}\nnever`;
    const { terminal } = await logIn(await logInService([refused("invalid_grant", 400, text)]));
    expect(terminal.told).toContain("refused the log-in: invalid_grant: no [31m[secret] never.\n");
  });

  test("tells which token goes before it, and what is left of the earlier log-in", async () => {
    const server = await logInService([approved, approved], {
      codes: [json(200, authorization), json(200, authorization)],
      selves: [json(200, self), json(200, self)],
    });
    const terminal = new TestTerminal({
      ROSTER_TOKEN: "another",
      ROSTER_NO_LOGIN: "1",
      ROSTER_ENDPOINT: server.endpoint,
    });
    expect(await terminal.run("login")).toBe(0);
    expect(terminal.told).not.toContain("earlier");
    expect(await terminal.run("login")).toBe(0);
    expect(terminal.told).toContain(
      `The token of your earlier log-in works until 2026-01-01T12:00:00.000Z. To end it, open ${server.endpoint}/me/tokens.\n` +
        "ROSTER_TOKEN is set. Stacks use it instead of the log-in.\n" +
        "ROSTER_NO_LOGIN is set. While it is, stacks don't use the log-in.\n",
    );
  });
});

test("Ctrl-C ends the waiting at once, and leaves nothing", async () => {
  const server = await logInService([]);
  const { environment } = new TestTerminal();
  const command = path.join(paths.checkout, "provider/dist/command/main.js");
  const child = spawn(paths.node, [command, "login", "--endpoint", server.endpoint], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "exit");
  let told = "";
  for await (const chunk of child.stderr) {
    told += chunk;
    if (told.includes("press Ctrl-C to cancel.\n")) {
      child.kill("SIGINT");
    }
  }
  expect(await ended).toEqual([null, "SIGINT"]);
  expect(server.asked).toEqual(["POST /login/device-authorization"]);
  // Nobody is at that terminal.
  expect(told).not.toContain("browser");
  expect(readdirSync(logInFolder({ environment }))).toEqual([]);
});

describe("a log-in can't begin", () => {
  test.each<[string, Answering, string]>([
    [
      "over a redirect",
      plain(307, "", { Location: "https://elsewhere.example/" }),
      "is a redirect (status 307), which is not followed",
    ],
    ["at an earlier service", refusal(404, "route_not_found"), "the status of the response is 404"],
    ["at something else", plain(200, "<html>"), "the response is not that of a Roster service"],
    [
      "with a page that is none",
      json(200, { ...authorization, verification_uri: "file:///etc" }),
      "is not that of a Roster service",
    ],
    [
      "with a code that is none",
      json(200, { ...authorization, user_code: "\u001b[2J" }),
      "is not that of a Roster service",
    ],
    ["with an interval of nothing", json(200, { ...authorization, interval: 0 }), "is not that of a Roster service"],
    ["behind a proxy without it", plain(502, "bad gateway"), "status 502 from something in front of the service"],
    ["over a connection that breaks", reset, "the connection failed"],
    ["where it is refused", refused("invalid_request"), "refused the log-in: invalid_request: it is invalid_request."],
    ["while too many do", refused("slow_down", 429), "refused the log-in: slow_down: it is slow_down."],
  ])("%s", async (_title, answer, message) => {
    const server = await logInService([], { codes: [answer] });
    const { terminal, status, stored } = await logIn(server);
    expect([status, stored, terminal.printed, server.received.length]).toEqual([1, [], "", 1]);
    expect(terminal.told).toContain(message);
  });

  test.each([301, 302, 303, 307, 308])("and a redirect (%i) of the request for the token ends it", async (status) => {
    const elsewhere = await ScriptedServer.start(approved);
    const server = await logInService([plain(status, "", { Location: `${elsewhere.endpoint}/login/token` })]);
    const ended = await logIn(server);
    expect([ended.status, ended.stored, elsewhere.received]).toEqual([1, [], []]);
    expect(ended.terminal.told).toContain(`the response is a redirect (status ${status}), which is not followed`);
    await elsewhere.stop();
  });

  test("over plain HTTP, before anything is sent", async () => {
    const terminal = new TestTerminal();
    expect(await terminal.run("login", "--endpoint", "http://roster.example.com")).toBe(1);
    expect(terminal.told).toBe(
      "roster: http://roster.example.com (--endpoint) is plain HTTP, which others can read. Use an address that begins with https. " +
        "Plain HTTP is accepted only for this machine: 127.0.0.1, ::1 and localhost.\n",
    );
  });
});

describe("a token that can't be stored is ended", () => {
  const notUser = { ...self, caller: { ...self.caller, accessToken: null } };

  test("where the service doesn't know it", async () => {
    const server = await logInService([approved], { selves: [json(200, notUser)], ends: [done] });
    const { terminal, status, stored } = await logIn(server);
    expect([status, stored]).toEqual([1, []]);
    expect(server.received.at(-1)).toMatchObject({ method: "DELETE", headers: { authorization: `Bearer ${token}` } });
    expect(terminal.told).toContain("You are not logged in: the log-in was not stored, and the new token was ended.\n");
  });

  test("and where it can't be ended, the person is told where to", async () => {
    const selves = [refusal(403, "permission_denied")];
    const server = await logInService([approved], { selves, ends: [refusal(403, "permission_denied")] });
    const { terminal, status, stored } = await logIn(server);
    expect([status, stored]).toEqual([1, []]);
    expect(terminal.told).toContain(`but a token was made. End it at ${server.endpoint}/me/tokens.\n`);
  });
});

describe("wrong usage", () => {
  test.each([
    [["login", "--for", "1y"], '--for "1y" is not a duration from 1m to 365d'],
    [["login", "--for", "366d"], '--for "366d" is not a duration from 1m to 365d'],
    [["login", "--for", "59s"], '--for "59s" is not a duration from 1m to 365d'],
    [["login", "--name", ""], "--name must not be empty."],
    [["login", "--name", "a\nb"], "--name has "],
    [["login", "--name", "a".repeat(101)], "--name has more than 100 characters."],
    [["login", "--endpoint", "roster.example.com"], "--endpoint is not an address such as https://roster.example.com"],
    [["login", "--endpoint", "https://ada:pw@x.example"], "without a user name, password, query or fragment.\n"],
    [["login", "--endpoint", ""], "--endpoint is not an address"],
    [["login", "--ever"], "Unknown option '--ever'"],
    [["login", "acme"], "Unexpected argument 'acme'"],
    [["login"], "the address of the service is not set: add --endpoint https://…"],
    [["whoami", "--yaml"], "Unknown option '--yaml'"],
    [["logout", "--all", "--endpoint", "https://x.example"], "--all ends every log-in"],
    [["log-in"], 'there is no command "log-in"'],
    [[], "Usage: roster <command>"],
  ])("%j ends with 2, and says why", async (args, message) => {
    const terminal = new TestTerminal();
    expect(await terminal.run(...args)).toBe(2);
    expect(terminal.told).toContain(message);
    expect(terminal.printed).toBe("");
  });

  test.each(["login", "logout", "whoami", "orphans"])("and %s explains itself", async (name) => {
    const terminal = new TestTerminal();
    expect(await terminal.run(name, "--help")).toBe(0);
    expect(terminal.printed).toMatch(new RegExp(`^Usage: roster ${name} \\[options\\]`));
    expect(terminal.printed.split("\n").filter((line) => line.length > 120)).toEqual([]);
    expect(await terminal.run("--help")).toBe(0);
    expect(terminal.printed).toContain(`  ${name}`);
    expect(terminal.told).toBe("");
  });
});

describe("the browser", () => {
  const page = "https://roster.example.com/device?code=WDJB-MJHT";

  test.each([
    ["darwin", {}, ["open", page]],
    ["win32", {}, ["rundll32", "url.dll,FileProtocolHandler", page]],
    ["linux", { DISPLAY: ":0" }, ["xdg-open", page]],
    ["linux", { WAYLAND_DISPLAY: "wayland-0" }, ["xdg-open", page]],
    ["linux", {}, undefined],
    ["linux", { DISPLAY: "localhost:10.0", SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" }, undefined],
    ["darwin", { SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" }, undefined],
  ] as const)("on %s with %j is opened by %j", (platform, environment, opener) => {
    expect(openerOf(page, environment, platform)).toEqual(opener);
  });
});
