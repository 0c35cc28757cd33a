/** `roster whoami` and `roster logout`: whose token goes where, and what is left afterwards. */
import { chmodSync, existsSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { logInFile, logInFolder } from "../../provider/log-ins/places.ts";
import { type Answering, json, plain, refusal, ScriptedServer } from "./scripted-server.ts";
import { folderOfTest, self, service, TestTerminal, token } from "./terminals.ts";

const closed: Answering = (response) => response.writeHead(204).end();

async function serve(...answers: Answering[]): Promise<ScriptedServer> {
  const server = await ScriptedServer.start(...answers);
  onTestFinished(() => server.stop());
  return server;
}

/** The tokens that a service was sent. */
function tokensAt(server: ScriptedServer): unknown[] {
  return server.received.map(({ headers }) => headers.authorization);
}

/** A terminal in a stack's folder, with a CLI that knows these settings. */
function inStack(settings: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv = {}): TestTerminal {
  const folder = folderOfTest();
  writeFileSync(path.join(folder, "Pulumi.yaml"), "name: acme\nruntime: nodejs\n");
  const cases = Object.entries(settings).map(([key, value]) => `${key}) echo '${value}';;`);
  const missing = `*) echo "error: configuration key '$3' not found for stack 'dev'" >&2; exit 255;;`;
  const script = `#!/bin/sh\ncase "$3" in ${cases.join(" ")} ${missing} esac\n`;
  writeFileSync(path.join(folder, "pulumi"), script, { mode: 0o755 });
  return new TestTerminal({ PATH: folder, ...environment }, folder);
}

describe("who somebody is", () => {
  test("is said with the service, the log-in, its end, and the organizations; never with the token", async () => {
    const server = await serve(json(200, self));
    const terminal = new TestTerminal({ ROSTER_ENDPOINT: server.endpoint });
    const file = await terminal.store(server.endpoint);
    expect(await terminal.run("whoami")).toBe(0);
    expect(terminal.told).toBe("");
    expect(terminal.printed).toBe(
      `You are  ada@acme.example\nService  ${server.endpoint} (${service})\nToken    your log-in, stored in ${file}\n` +
        "Expires  2026-01-01T12:00:00.000Z (in 12 hours)\nYou can act in:\n" +
        "  acme                customer_admin (Acme Inc.)\n  analytical-engines  1 permission (Engines)\n",
    );
    expect(tokensAt(server)).toEqual([`Bearer ${token}`]);
  });

  test("is said as JSON", async () => {
    const server = await serve(json(200, self));
    const terminal = new TestTerminal();
    const file = await terminal.store(server.endpoint);
    expect(await terminal.run("whoami", "--json", "--endpoint", server.endpoint)).toBe(0);
    expect(JSON.parse(terminal.printed)).toEqual({
      endpoint: server.endpoint,
      service,
      caller: self.caller,
      credential: { source: "log-in", file },
      expiresAt: "2026-01-01T12:00:00.000Z",
      organizations: self.organizations,
    });
    expect(terminal.printed).not.toContain(token);
  });

  test("is said of an owner, and of a key", async () => {
    const owner = {
      ...self,
      caller: { kind: "owner", id: "owner", user: null, email: null, serviceOwner: true, accessToken: null },
    };
    const key = {
      kind: "api_key",
      id: "key_1",
      user: "usr_1",
      email: "ada@acme.example",
      serviceOwner: false,
      accessToken: null,
    };
    const server = await serve(json(200, owner), json(200, { ...self, caller: key, organizations: [] }));
    const terminal = new TestTerminal({ ROSTER_ENDPOINT: server.endpoint, ROSTER_TOKEN: "another" });
    expect(await terminal.run("whoami")).toBe(0);
    expect(terminal.printed).toBe(
      `You are  the service owner, by the owner token\nService  ${server.endpoint} (${service})\nToken    ROSTER_TOKEN\n` +
        "Expires  unknown\nYou can act in:\n  everything, in every organization\n",
    );
    expect(await terminal.run("whoami")).toBe(0);
    expect(terminal.printed).toContain("You are  the API key key_1 of ada@acme.example\n");
    expect(terminal.printed).toContain("  nothing yet: you are not a member of any organization\n");
  });

  test("is asked with the stack's token, which goes before the others", async () => {
    const server = await serve(json(200, self), json(200, self));
    const settings = { "roster:endpoint": `${server.endpoint}/`, "roster:token": "of-the-stack" };
    const terminal = inStack(settings, { ROSTER_TOKEN: "another", ROSTER_ENDPOINT: "https://elsewhere.example" });
    await terminal.store(server.endpoint);
    expect(await terminal.run("whoami")).toBe(0);
    expect(terminal.printed).toContain("Token    roster:token of the stack\n");
    expect(await terminal.run("whoami", "--endpoint", server.endpoint)).toBe(0);
    expect(tokensAt(server)).toEqual(["Bearer of-the-stack", "Bearer of-the-stack"]);
  });

  test("is never asked with the token of another endpoint", async () => {
    const server = await serve(json(200, self), json(200, self));
    const elsewhere = { "roster:endpoint": "https://elsewhere.example", "roster:token": "of-the-stack" };
    const terminal = inStack(elsewhere, { ROSTER_TOKEN: "another", ROSTER_ENDPOINT: "https://elsewhere.example" });
    await terminal.store(server.endpoint);
    expect(await terminal.run("whoami", "--endpoint", server.endpoint)).toBe(0);
    const loose = inStack(elsewhere, { ROSTER_TOKEN: "another" });
    await loose.store(server.endpoint);
    expect(await loose.run("whoami", "--endpoint", server.endpoint)).toBe(0);
    expect(tokensAt(server)).toEqual([`Bearer ${token}`, "Bearer another"]);
  });

  test("is not asked without a token, nor with one that has expired", async () => {
    const server = await serve();
    const terminal = new TestTerminal({ ROSTER_ENDPOINT: server.endpoint });
    expect(await terminal.run("whoami")).toBe(1);
    for (const way of ["`roster login --endpoint", "`pulumi config set --secret roster:token`", "ROSTER_TOKEN"]) {
      expect(terminal.told).toContain(way);
    }
    await terminal.store(server.endpoint, { expiresAt: "2020-01-01T00:00:00Z" });
    expect(await terminal.run("whoami")).toBe(1);
    expect(terminal.told).toContain(`expired at 2020-01-01T00:00:00Z. Log in again with \`roster login --endpoint`);
    expect([terminal.printed, server.received]).toEqual(["", []]);
  });

  test("is said with a warning where another service answers than at log-in", async () => {
    const server = await serve(json(200, { ...self, service: { id: `svc_${"2".repeat(32)}`, restores: [] } }));
    const terminal = new TestTerminal({ ROSTER_ENDPOINT: server.endpoint });
    await terminal.store(server.endpoint);
    expect(await terminal.run("whoami")).toBe(0);
    expect(terminal.told).toBe(
      `You logged in to the service ${service}. Another one, svc_${"2".repeat(32)}, answers now.\n`,
    );
  });

  test("is not asked anywhere else: a redirect is not followed", async () => {
    const elsewhere = await serve(json(200, self));
    const server = await serve(plain(307, "", { Location: `${elsewhere.endpoint}/v1/self` }));
    const terminal = new TestTerminal({ ROSTER_ENDPOINT: server.endpoint });
    await terminal.store(server.endpoint);
    expect(await terminal.run("whoami")).toBe(1);
    expect([terminal.printed, elsewhere.received]).toEqual(["", []]);
  });
});

test("a stack that can't be read is said to be, in one line, and the environment counts", async () => {
  const server = await serve(json(200, self));
  const folder = folderOfTest();
  writeFileSync(path.join(folder, "Pulumi.yaml"), "name: acme\nruntime: nodejs\n");
  const script = '#!/bin/sh\necho a-secret\necho "error: no stack selected" >&2\necho a-secret >&2\nexit 255\n';
  writeFileSync(path.join(folder, "pulumi"), script, { mode: 0o755 });
  const terminal = new TestTerminal({ PATH: folder, ROSTER_ENDPOINT: server.endpoint }, folder);
  await terminal.store(server.endpoint);
  expect(await terminal.run("whoami")).toBe(0);
  expect(terminal.told).toBe(
    "roster:endpoint of the stack was not read: no stack selected.\nroster:token of the stack was not read: no stack selected.\n",
  );
  const without = new TestTerminal(
    { PATH: "/nowhere", XDG_CONFIG_HOME: "/nowhere", ROSTER_ENDPOINT: server.endpoint },
    folder,
  );
  expect(await without.run("logout")).toBe(0);
  expect(without.told).toBe("roster:endpoint of the stack was not read: the Pulumi CLI was not found.\n");
});

describe("logging out", () => {
  test("ends the token, and removes the file", async () => {
    const server = await serve(closed);
    const terminal = inStack({ "roster:endpoint": server.endpoint });
    const file = await terminal.store(server.endpoint);
    const kept = await terminal.store("https://elsewhere.example");
    expect(await terminal.run("logout")).toBe(0);
    expect([terminal.printed, terminal.told]).toEqual([`Logged out of ${server.endpoint} (ada@acme.example).\n`, ""]);
    expect(server.asked).toEqual(["DELETE /v1/self/access-token"]);
    expect(tokensAt(server)).toEqual([`Bearer ${token}`]);
    expect([existsSync(file), existsSync(kept)]).toEqual([false, true]);
    expect(await terminal.run("logout")).toBe(0);
    expect(terminal.printed).toBe(`You are not logged in to ${server.endpoint}.\n`);
  });

  test("is done where the token has ended already, or has expired", async () => {
    const server = await serve(refusal(401, "unauthenticated"));
    const terminal = new TestTerminal({ ROSTER_ENDPOINT: server.endpoint });
    await terminal.store(server.endpoint);
    expect(await terminal.run("logout")).toBe(0);
    await terminal.store(server.endpoint, { expiresAt: "2020-01-01T00:00:00Z" });
    expect(await terminal.run("logout")).toBe(0);
    expect(server.received).toHaveLength(1);
    expect(readdirSync(logInFolder(terminal))).toEqual([]);
  });

  test.each<[string, Answering]>([
    ["refuses", refusal(403, "permission_denied")],
    ["is an earlier one", refusal(404, "route_not_found")],
    ["finds no token", refusal(404, "not_found")],
    ["answers with a redirect", plain(307, "", { Location: "https://elsewhere.example" })],
  ])("removes the file where the service %s, and says where to end the token", async (_title, answer) => {
    const server = await serve(answer);
    const terminal = new TestTerminal({ ROSTER_ENDPOINT: server.endpoint });
    const file = await terminal.store(server.endpoint);
    expect(await terminal.run("logout")).toBe(1);
    expect(existsSync(file)).toBe(false);
    expect(terminal.printed).toBe("");
    expect(terminal.told).toContain(
      "The log-in of ada@acme.example was removed from this machine, but its token works until 2099-01-01T00:00:00Z. " +
        `To end it, open ${server.endpoint}/me/tokens. It could not be ended here: `,
    );
    expect(terminal.told).not.toContain(token);
  });

  test("sends no token over plain HTTP, nor to where a moved file says", async () => {
    const terminal = new TestTerminal();
    const plainFile = await terminal.store("http://roster.example.com");
    expect(await terminal.run("logout", "--endpoint", "http://roster.example.com")).toBe(1);
    expect(terminal.told).toContain("http://roster.example.com is plain HTTP, to which tokens are not sent.\n");
    expect(existsSync(plainFile)).toBe(false);
    const server = await serve();
    renameSync(await terminal.store(server.endpoint), logInFile("https://roster.example.com", terminal));
    expect(await terminal.run("logout", "--endpoint", "https://roster.example.com")).toBe(1);
    expect(terminal.told).toContain("was removed, but its token could not be read");
    expect([server.received, readdirSync(logInFolder(terminal))]).toEqual([[], []]);
  });

  test("of all services ends every log-in, also one that others can read", async () => {
    const [one, other] = [await serve(closed), await serve(refusal(403, "permission_denied"))];
    const terminal = new TestTerminal();
    chmodSync(await terminal.store(one.endpoint), 0o644);
    await terminal.store(other.endpoint);
    expect(await terminal.run("logout", "--all")).toBe(1);
    expect(terminal.printed).toBe(`Logged out of ${one.endpoint} (ada@acme.example).\n`);
    expect(terminal.told).toContain(`To end it, open ${other.endpoint}/me/tokens.`);
    expect(readdirSync(logInFolder(terminal))).toEqual([]);
    expect(await terminal.run("logout", "--all")).toBe(0);
    expect(terminal.printed).toBe("No log-ins are stored.\n");
  });
});
