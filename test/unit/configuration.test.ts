/** Where the service is and how to speak to it. */
import { chmodSync } from "node:fs";
import { inspect } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { ConfigurationError } from "../../provider/errors.ts";
import { Client } from "../../provider/wire/client.ts";
import { type Connection, readConnection } from "../../provider/wire/configuration.ts";
import { refusal, ScriptedServer } from "./scripted-server.ts";
import { TestTerminal, token } from "./terminals.ts";

const complete = { "roster:endpoint": "https://roster.example.com", "roster:token": token };

/** A configuration folder without log-ins. */
const nobody = { XDG_CONFIG_HOME: "/nowhere" };

function read(stack: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv = {}): Connection {
  return readConnection((key) => stack[key], { ...nobody, ...environment });
}

function failureOf(stack: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv = {}): ConfigurationError {
  try {
    read(stack, environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return error as ConfigurationError;
  }
  throw new Error("it was taken");
}

describe("the connection", () => {
  test("comes from the stack, with 30 seconds by default", () => {
    expect(read(complete)).toEqual({
      endpoint: "https://roster.example.com",
      token,
      timeoutMs: 30_000,
      maxRequestsPerSecond: undefined,
      batching: true,
      dryRun: true,
    });
    expect(read({ ...complete, "roster:maxRequestsPerSecond": "10" }).maxRequestsPerSecond).toBe(10);
    expect(read({ ...complete, "roster:batching": "false" }).batching).toBe(false);
    expect(read({ ...complete, "roster:dryRun": "false" }).dryRun).toBe(false);
    expect(read({ ...complete, "roster:previewAs": "administrator" }).previewAs).toBe("administrator");
    expect(read({ ...complete, "roster:timeoutMs": "5000" }).timeoutMs).toBe(5_000);
  });

  test("comes from the environment where the stack says nothing", () => {
    const environment = { ROSTER_ENDPOINT: "http://127.0.0.1:8080", ROSTER_TOKEN: "from-the-environment" };
    expect(read({}, environment)).toEqual({
      endpoint: "http://127.0.0.1:8080",
      token: "from-the-environment",
      timeoutMs: 30_000,
      batching: true,
      dryRun: true,
    });
    expect(read({ "roster:token": token }, environment)).toMatchObject({ endpoint: "http://127.0.0.1:8080", token });
    expect(read(complete, environment)).toMatchObject({ endpoint: "https://roster.example.com", token });
  });

  test("doesn't go to another service because the stack's endpoint is empty", () => {
    const environment = { ROSTER_ENDPOINT: "http://127.0.0.1:8080", ROSTER_TOKEN: "from-the-environment" };
    expect(failureOf({ "roster:endpoint": "" }, environment).key).toBe("roster:endpoint");
    expect(failureOf({ "roster:token": "" }, environment).key).toBe("roster:token");
  });

  test.each([
    ["https://roster.example.com", "https://roster.example.com"],
    ["https://roster.example.com/", "https://roster.example.com"],
    ["https://roster.example.com/roster//", "https://roster.example.com/roster"],
    ["HTTP://LOCALHOST:8080", "http://localhost:8080"],
    ["http://[::1]:8080/", "http://[::1]:8080"],
  ])("takes the endpoint %s as %s", (given, endpoint) => {
    expect(read({ ...complete, "roster:endpoint": given }).endpoint).toBe(endpoint);
  });
});

describe("refused, by its key", () => {
  test.each([
    "roster.example.com",
    "//roster.example.com",
    "ftp://roster.example.com",
    "file:///etc/hosts",
    "https://",
    "https://ada@roster.example.com",
    `https://ada:${token}@roster.example.com`,
    `https://roster.example.com/?token=${token}`,
    "https://roster.example.com/#here",
    "https://roster.example.com/?",
    "https://roster.example.com#",
    "http://0.0.0.0:4680",
    "http://[::]:4680",
    "http://0:4680",
  ])("the endpoint %s", (endpoint) => {
    const error = failureOf({ ...complete, "roster:endpoint": endpoint });
    expect(error.key).toBe("roster:endpoint");
    expect(error.message).toContain("roster:endpoint");
    expect(error.message).toContain("ROSTER_ENDPOINT");
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain(token);
  });

  test.each([`${token}\n`, ` ${token}`, `${token} x`, `${token}\u0000`, `${token}é`, `${token}\u200b`])(
    "the token %j, which is not repeated",
    (given) => {
      const error = failureOf({ ...complete, "roster:token": given });
      expect(error.key).toBe("roster:token");
      expect(error.message).toContain("roster:token");
      expect(error.message).toContain("ROSTER_TOKEN");
      expect(inspect(error, { depth: Number.POSITIVE_INFINITY })).not.toContain(token);
    },
  );

  test.each(["", "soon", "999", "600001", "1000.5", "-5000", "Infinity", "30s"])("the time %j", (timeoutMs) => {
    const error = failureOf({ ...complete, "roster:timeoutMs": timeoutMs });
    expect(error.key).toBe("roster:timeoutMs");
    expect(error.message).toContain("from 1000 to 600000");
  });

  test.each(["", "many", "0", "10001", "1.5", "-1", "Infinity"])("the number of requests %j", (value) => {
    const error = failureOf({ ...complete, "roster:maxRequestsPerSecond": value });
    expect(error.key).toBe("roster:maxRequestsPerSecond");
    expect(error.message).toContain("from 1 to 10000");
  });

  test.each(
    ["roster:batching", "roster:dryRun"].flatMap((key) =>
      ["", "yes", "off", "True"].map((value) => [key, value] as const),
    ),
  )("the switch %s: %j", (key, value) => {
    const error = failureOf({ ...complete, [key]: value });
    expect(error.key).toBe(key);
    expect(error.message).toContain("true, which is the default, or false");
  });

  test.each(["", "owner", "super_admin", "Auditor"])("the role %j", (value) => {
    const error = failureOf({ ...complete, "roster:previewAs": value });
    expect(error.key).toBe("roster:previewAs");
    expect(error.message).toContain("administrator, customer_admin, auditor");
  });

  test.each(["1000", "600000"])("but not the time %s", (timeoutMs) => {
    expect(read({ ...complete, "roster:timeoutMs": timeoutMs }).timeoutMs).toBe(Number(timeoutMs));
  });
});

test("what is wrong is said with what it takes, and the way to set it", () => {
  expect(
    Object.entries({
      "roster:endpoint": "roster.example.com",
      "roster:token": "a token",
      "roster:timeoutMs": "30s",
      "roster:maxRequestsPerSecond": "many",
      "roster:batching": "off",
      "roster:previewAs": "owner",
    }).map(([key, value]) => failureOf({ ...complete, [key]: value }).message),
  ).toMatchInlineSnapshot(`
    [
      "roster:endpoint (or ROSTER_ENDPOINT) is not an address such as https://roster.example.com: it must begin with http or https, without a user name, password, query or fragment. Set it with \`pulumi config set roster:endpoint https://…\`.",
      "roster:token (or ROSTER_TOKEN) contains a space, a line break or another character that tokens can't contain. Set it again with \`pulumi config set --secret roster:token\`.",
      "roster:timeoutMs is "30s": it must be a whole number of milliseconds from 1000 to 600000. Set it with \`pulumi config set roster:timeoutMs 30000\`.",
      "roster:maxRequestsPerSecond is "many": it must be a whole number from 1 to 10000. Set it with \`pulumi config set roster:maxRequestsPerSecond 10\`.",
      "roster:batching is "off": it must be true, which is the default, or false. Set it with \`pulumi config set roster:batching false\`.",
      "roster:previewAs is "owner": it must be one of administrator, customer_admin, auditor, editor, operator, viewer, member, api_user. Set it with \`pulumi config set roster:previewAs administrator\`.",
    ]
  `);
});

test("what is missing is said with the way to set it", () => {
  expect(failureOf({}).message).toMatchInlineSnapshot(
    `"roster:endpoint, the address of the Roster service, is not set. Set it with \`pulumi config set roster:endpoint https://…\`, or the environment variable ROSTER_ENDPOINT."`,
  );
  expect(failureOf({ "roster:endpoint": "https://roster.example.com" }).message).toMatchInlineSnapshot(
    `"roster:token (or ROSTER_TOKEN), a token of the Roster service, is not set, and you are not logged in to https://roster.example.com. Set it with \`pulumi config set --secret roster:token\`, or the environment variable ROSTER_TOKEN, or log in with \`roster login --endpoint https://roster.example.com\`."`,
  );
});

describe("the token", () => {
  const endpoint = "https://roster.example.com";
  const ofStack = { "roster:endpoint": endpoint };

  test("is that of the stack, else that of the environment, else that of the log-in", async () => {
    const terminal = new TestTerminal();
    const file = await terminal.store(endpoint);
    const withToken = { ...terminal.environment, ROSTER_TOKEN: "from-the-environment" };
    expect(read({ ...ofStack, "roster:token": "of-the-stack" }, withToken)).toMatchObject({ token: "of-the-stack" });
    expect(read({ ...ofStack, "roster:token": "of-the-stack" }, withToken).logInFile).toBeUndefined();
    expect(read(ofStack, withToken)).toMatchObject({ token: "from-the-environment", logInFile: undefined });
    expect(read(ofStack, terminal.environment)).toMatchObject({ endpoint, token, logInFile: file });
    expect(read({ "roster:endpoint": `${endpoint}//` }, terminal.environment)).toMatchObject({ endpoint, token });
  });

  test("is not that of the log-in because another one is empty", async () => {
    const terminal = new TestTerminal();
    await terminal.store(endpoint);
    expect(failureOf({ ...ofStack, "roster:token": "" }, terminal.environment).key).toBe("roster:token");
    expect(failureOf(ofStack, { ...terminal.environment, ROSTER_TOKEN: "" }).message).toMatchInlineSnapshot(
      `"roster:token (or ROSTER_TOKEN), a token of the Roster service, is empty. Set it with \`pulumi config set --secret roster:token\`, or the environment variable ROSTER_TOKEN, or remove it and log in with \`roster login --endpoint https://roster.example.com\`."`,
    );
  });

  test.each(["1", "true", "yes", "no"])("is not that of the log-in with ROSTER_NO_LOGIN=%s", async (turnedOff) => {
    const terminal = new TestTerminal({ ROSTER_NO_LOGIN: turnedOff });
    const file = await terminal.store(endpoint);
    // Not even looked at.
    chmodSync(file, 0o644);
    expect(failureOf(ofStack, terminal.environment).message).toContain(
      "ROSTER_NO_LOGIN turns log-ins off. Set it with `pulumi config set --secret roster:token`, or the environment variable " +
        "ROSTER_TOKEN, or unset ROSTER_NO_LOGIN and log in with `roster login --endpoint https://roster.example.com`.",
    );
  });

  test.each(["", "0", "false"])("is that of the log-in with ROSTER_NO_LOGIN=%j", async (turnedOff) => {
    const terminal = new TestTerminal({ ROSTER_NO_LOGIN: turnedOff });
    await terminal.store(endpoint);
    expect(read(ofStack, terminal.environment).token).toBe(token);
  });

  test("is not that of a log-in to another service, and an expired one says so", async () => {
    const terminal = new TestTerminal();
    await terminal.store("https://elsewhere.example");
    expect(failureOf(ofStack, terminal.environment).message).toContain(`you are not logged in to ${endpoint}`);
    await terminal.store(endpoint, { expiresAt: "2020-01-01T00:00:00Z" });
    const { key, message } = failureOf(ofStack, terminal.environment);
    expect([key, message]).toEqual([
      "roster:token",
      `the log-in of ada@acme.example to ${endpoint} expired at 2020-01-01T00:00:00Z. Log in again with \`roster login --endpoint ${endpoint}\`.`,
    ]);
  });

  test("of a log-in that the service doesn't accept is said to be ended, and to log in again", async () => {
    const server = await ScriptedServer.start(refusal(401, "unauthenticated"), refusal(401, "unauthenticated"));
    onTestFinished(() => server.stop());
    const terminal = new TestTerminal();
    const file = await terminal.store(server.endpoint);
    const messageWith = async (environment: NodeJS.ProcessEnv) => {
      const client = new Client(read({ "roster:endpoint": server.endpoint }, environment));
      return await client.service.self().then(String, (error: Error) => error.message);
    };
    expect(await messageWith(terminal.environment)).toContain(
      `The log-in in ${file} was ended, or its user was deactivated. Log in again with \`roster login --endpoint ${server.endpoint}\`.`,
    );
    const configured = await messageWith({ ...terminal.environment, ROSTER_TOKEN: "another" });
    expect(configured).toContain("Is roster:token (or ROSTER_TOKEN) a token of this service?");
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${token}`, "Bearer another"]);
  });
});
