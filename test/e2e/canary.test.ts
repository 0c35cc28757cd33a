/**
 * Secrets of keys on every way that they go: create, rotate, retry, error, crash, trace, debug log, export, and what the
 * service stores. Whoever looks through all that is left finds none but where it belongs; the tests share one stack.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "../../service/rows/database.ts";
import type { Tables } from "../../service/rows/tables.ts";
import { useRelay, useService, useStack } from "./fixtures.ts";
import { type Declaration, enterprise, the } from "./kinds.ts";
import { endOf, type Run } from "./stack.ts";

// Nothing the client makes is of the service's form, so that this one is known by its marks.
const ofClient = (mark: string) => `b7Rk0xVZq9TfLw3NyHs5GdJm8CpEu2AaCanary${mark}`;

const service = useService({ ROSTER_LOG_LEVEL: "trace" });
const relay = useRelay(service);
const stack = useStack("test/e2e/programs/kinds", relay);
/** Everything that the engine printed, and of that what it was asked to say all of. */
let printed = "";
let said = "";

const surroundings: readonly Declaration[] = [
  { kind: "Organization", name: "acme", args: { slug: "canary-acme", name: "Acme", ...enterprise } },
  {
    kind: "User",
    name: "robot",
    args: { email: "robot@canary.example", kind: "system", homeOrganization: the("acme") },
  },
  { kind: "Membership", name: "in", args: { organization: the("acme"), user: the("robot"), role: "api_user" } },
];
function key(name: string, args: Declaration["args"] = {}): Declaration {
  return { kind: "ApiKey", name, args: { organization: the("acme"), name, kind: "server", ...args }, after: ["in"] };
}
/** An organization with one key. */
const other: Declaration = {
  kind: "Organization",
  name: "other",
  args: { slug: "canary-other", name: "Other", ...enterprise },
};
async function otherId(): Promise<unknown> {
  return (await service.list("/v1/organizations?slug=canary-other"))[0]?.id;
}
const jwt = key("jwt", { kind: "user", format: "jwt", owner: the("robot") });
const client = (mark: string) => key("client", { kind: "webapi", secret: ofClient(mark) });

async function run(...args: string[]): Promise<Run> {
  const ran = await stack.run(...args);
  printed += ran.output;
  return ran;
}
async function up(...options: string[]): Promise<Run> {
  return await run("up", "--yes", "--skip-preview", ...options);
}
/** The same, with all that the engine can say about it. */
async function verboseUp(): Promise<Run> {
  const ran = await stack.run("up", "--yes", "--skip-preview", ...verbose);
  said += ran.output;
  return ran;
}
const makesSecret = (request: string) => /^POST \S+\/(?:api-keys|rotations)(?:\?|$)/m.test(request);
/** What becomes of the answer to the next request that makes a secret, or another one that is meant. */
function onNextSecret(fate: () => ReturnType<typeof relay.answered>, isMeant = makesSecret): void {
  relay.answered = (request) => {
    if (!isMeant(request)) {
      return "pass on";
    }
    relay.answered = () => "pass on";
    return fate();
  };
}
/** Every secret that the service has given out so far. */
function givenOut(): string[] {
  const keys = relay.answers.flatMap((answer) => {
    const { key } = answer.startsWith("{") ? JSON.parse(answer) : {};
    return typeof key === "string" && !/^key_[0-9a-f]{32}$/.test(key) ? [key] : [];
  });
  return [...new Set(keys)];
}
/** How a secret may look: its end, as it is or encoded; what it begins with is shown in lists. */
function formsOf(secret: string): string[] {
  const end = secret.slice(-20);
  const bases = [0, 1, 2].map((shift) =>
    Buffer.from(" ".repeat(shift) + end)
      .toString("base64")
      .slice(4, -4),
  );
  return [end, ...bases, Buffer.from(end).toString("hex")];
}
function findIn(text: string): string[] {
  const secrets = [...givenOut(), ofClient("One"), ofClient("Two")];
  return secrets.filter((secret) => formsOf(secret).some((form) => text.includes(form)));
}
/** Where Pulumi itself, asked for everything, says what passes between program, engine and provider: docs/limits.md. */
const enginesOwn = /RegisterResource RPC finished: /;

/** What is in an output but where Pulumi itself says it; several processes write at once, and into each other's lines. */
function findBesideEnginesOwn(text: string): string[] {
  const placesOf = (form: string) => {
    const places: number[] = [];
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
      places.push(at);
    }
    return places;
  };
  return findIn(text).filter((secret) =>
    formsOf(secret)
      .flatMap(placesOf)
      .some((at) => !enginesOwn.test(text.slice(Math.max(0, at - 8000), at))),
  );
}
/** What is in the files of a folder, each by itself: together they may be more than a string can hold. */
function findInFiles(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  // The packages are the checkout's: nothing writes there.
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"));
  const contents = files.map((file) => readFileSync(path.join(file.parentPath, file.name), "latin1"));
  // What is looked for can be found.
  expect(contents.some((content) => content.includes("canary-acme"))).toBe(true);
  return contents.flatMap(findIn);
}

/** What the state keeps, decrypted: the secrets that the stack has. */
async function stored(): Promise<string[]> {
  return findIn((await stack.exported("--show-secrets")).text);
}

const trace = path.join(stack.root, "trace");
const verbose = ["--logtostderr", "--logflow", "-v=9", "--debug", "--tracing", `file:${trace}`];

test("created, and said as much about as can be", async () => {
  stack.declare([...surroundings, other, key("server"), jwt, client("One")]);
  expect((await verboseUp()).status).toBe(0);
  expect(givenOut()).toHaveLength(2);
  // What is looked for can be found.
  expect(findIn(relay.answers.join("\n"))).toEqual(givenOut());
  expect(await stored()).toEqual([...givenOut(), ofClient("One")]);
});

test("rotated, and asked for again as the answer was lost", async () => {
  const rotation = { rotation: { overlap: "1h" }, rotate: 1 };
  // One after the other: a batch that loses its answer has all of it asked for again.
  stack.declare([...surroundings, other, key("server", rotation), jwt, { ...client("Two"), after: ["in", "server"] }]);
  onNextSecret(() => "reset");
  relay.requests.length = 0;
  expect((await verboseUp()).status).toBe(0);
  // One rotation each, one of them twice.
  expect(relay.requests.filter(makesSecret)).toHaveLength(3);
  expect(givenOut()).toHaveLength(3);
  // The one before is kept beside the new one.
  expect(await stored()).toEqual([...givenOut(), ofClient("Two")]);
});

test("lost by an engine that is killed; refused, and in an answer that breaks off, in the next run", async () => {
  const declared = [...surroundings, other, key("server", { rotate: 1 }), jwt, client("Two"), key("lost")];
  stack.declare(declared);
  const engine = stack.start("up", "--yes", "--skip-preview");
  const ended = endOf(engine);
  onNextSecret(() => {
    engine.kill("SIGKILL");
    return "swallow";
  });
  const { output } = await ended;
  printed += output;
  await run("cancel", "--yes");
  const taken = key("taken", { kind: "webapi", secret: ofClient("Two") });
  // The only key in its organization, so that the request that makes it is known; and the last one, so that it has no batch with others.
  const broken = { ...key("broken", { organization: the("other") }), after: ["lost"] };
  stack.declare([...declared, taken, broken]);
  const collection = `POST /v1/organizations/${await otherId()}/api-keys`;
  onNextSecret(
    () => "cut",
    (request) => request.includes(collection),
  );
  const next = await up("--diff", "--continue-on-error");
  expect(next.output).toContain("This secret can't be used.");
  expect(next.output).toContain("it is not JSON, or incomplete");
  // What was lost is made.
  expect(await stack.idOf("ApiKey", "lost")).toMatch(/^key_/);
  stack.declare([...declared, broken]);
});

test("are in nothing that the engine prints or keeps", async () => {
  for (const command of [
    ["preview", "--json", "--save-plan", path.join(stack.root, "plan")],
    ["refresh", "--yes", "--diff"],
    ["stack", "export"],
    ["stack", "output", "--json"],
    ["stack", "history", "--json"],
  ]) {
    const { status, output } = await run(...command);
    expect(status, output).toBe(0);
  }
  expect(findIn(printed)).toEqual([]);
  expect(findIn(said)).not.toEqual([]);
  expect(findBesideEnginesOwn(said)).toEqual([]);
  // So does its trace.
  expect(findIn(readFileSync(trace, "latin1"))).not.toEqual([]);
  rmSync(trace);
  // The program itself says which secrets are the client's.
  rmSync(path.join(stack.folder, "resources.json"));
  expect(findInFiles(stack.root)).toEqual([]);
});

test("are in nothing that the service logs, mails or stores", async () => {
  expect(findIn(service.log)).toEqual([]);
  await service.end();
  const database = await openDatabase({ folder: service.databaseFolder });
  const tables = await database.introspection.getTables();
  const rowsOf = (table: string) =>
    database
      .selectFrom(table as keyof Tables)
      .selectAll()
      .execute();
  const dump = JSON.stringify(await Promise.all(tables.map(({ name }) => rowsOf(name))));
  await database.destroy();
  expect(dump).toContain("canary-acme");
  expect(findIn(dump)).toEqual([]);
  expect(findInFiles(service.folder)).toEqual([]);
});
