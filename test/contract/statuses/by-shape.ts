/** The cases that follow from an operation's shape: its parameters, its body, and whether it takes a token. */
import { createHash } from "node:crypto";
import { expect } from "vitest";
import { Client, elsewhere, idempotencyKey, runAt, unique } from "../support/client.ts";
import { contract } from "../support/contract.ts";
import type { Scenario } from "../support/scenario.ts";
import type { TestService } from "../support/service.ts";
import { type AnyAsk, type AnyAsked, type Case, type RefusalCode, send } from "./case.ts";

type Operation = NonNullable<ReturnType<(typeof contract)["get"]>>;

type Vary = (asked: AnyAsked, scenario: Scenario) => AnyAsked | Promise<AnyAsked>;

const bodyLimitBytes = 1024 * 1024;
const dayMs = 24 * 60 * 60 * 1000;
const json = { "content-type": "application/json" };

/** An operation, with the request that it carries out. */
interface Subject {
  readonly operation: Operation;
  readonly status: number;
  readonly ask: AnyAsk;
}

/** Every case that follows from an operation's shape; each varies the request that is carried out. */
export function casesByShape(operation: Operation, status: number, ask: AnyAsk): readonly Case[] {
  const subject: Subject = { operation, status, ask };
  const has = (name: string) => operation.parameters.some((parameter) => parameter.name === name);
  const takesContent = operation.method !== "GET";
  return [
    ...operation.parameters.map((parameter) => malformedParameter(subject, parameter)),
    ...(operation.hasBody ? bodyCases(subject) : []),
    ...(takesContent ? contentCases(subject) : []).map(beforeRows),
    ...(operation.takesToken ? tokenCases(subject) : []).map(beforeRows),
    ...("429" in operation.responses ? [tooMany(subject)] : []),
    ...("default" in operation.responses ? failureCases(subject) : []),
    ...(operation.parameters.some((parameter) => parameter.in === "path") ? [unknownObject(subject)] : []),
    ...(has("If-Match") ? [staleVersion(subject)] : []),
    ...(has("managedAs") ? [managedElsewhere(subject)] : []),
    ...(has("Idempotency-Key") ? idempotencyCases(subject) : []),
  ];
}

/** The request that is carried out, but for one thing, which refuses it. */
function refusal({ operation, ask }: Subject, status: number, code: RefusalCode, title: string, vary: Vary): Case {
  return {
    status,
    code,
    title,
    run: async (scenario) => await send(scenario, operation.id, await vary(await ask(scenario), scenario)),
  };
}

function beforeRows(one: Case): Case {
  return { ...one, isBeforeRows: true };
}

/** A request that doesn't fit the contract in exactly one place, which the answer names. */
function malformed(subject: Subject, place: string, pointer: string, title: string, vary: Vary): Case {
  const made = refusal(subject, 400, "invalid_request", title, vary);
  return {
    ...made,
    isBeforeRows: true,
    async run(scenario) {
      const response = await made.run(scenario);
      expect(response.json().errors, response.body).toEqual([{ in: place, pointer, detail: expect.any(String) }]);
      return response;
    },
  };
}

/** No parameter of the contract may be empty; a path's can't be, without being another path. */
function malformedParameter(subject: Subject, { name, in: place }: Operation["parameters"][number]): Case {
  const part = place === "header" ? "headers" : place;
  return malformed(subject, place, `/${name}`, `the ${place}'s ${name} malformed`, (asked) => ({
    ...asked,
    [part]: { ...asked[part], [name]: place === "path" ? "-" : "" },
  }));
}

function bodyCases(subject: Subject): Case[] {
  const surplus = malformed(subject, "body", "/surplus", "a body with a member that isn't known", (asked) => ({
    ...asked,
    body: { ...(asked.body as object), surplus: true },
  }));
  return [
    ...(subject.operation.isOpenBody ? [] : [surplus]),
    malformed(subject, "body", "", "no body", ({ body: _, ...asked }) => asked),
  ];
}

/** What can be sent with every method but GET, whether or not the operation takes a body. */
function contentCases(subject: Subject): Case[] {
  const content =
    (payload: string, headers: Record<string, string>): Vary =>
    (asked) => ({ ...asked, payload, headers: { ...asked.headers, ...headers } });
  const long = JSON.stringify("x".repeat(bodyLimitBytes));
  return [
    malformed(subject, "body", "", "content that isn't JSON", content("{", json)),
    refusal(subject, 413, "payload_too_large", "content over the limit", content(long, json)),
    refusal(subject, 415, "unsupported_media_type", "text", content("text", { "content-type": "text/plain" })),
  ];
}

function tokenCases(subject: Subject): Case[] {
  const as =
    (client: (scenario: Scenario) => Client | Promise<Client>): Vary =>
    async (asked, scenario) => ({ ...asked, client: await client(scenario) });
  const anybody = ({ service }: Scenario) => new Client(() => service.service.app, undefined);
  return [
    refusal(subject, 401, "unauthenticated", "without a token", as(anybody)),
    refusal(
      subject,
      401,
      "unauthenticated",
      "with a token that is nobody's",
      as(({ service }) => service.as(unique("nobody"), elsewhere())),
    ),
    // What every token may do: permissions.test.ts lists it.
    ...(!("403" in subject.operation.responses)
      ? []
      : [
          refusal(
            subject,
            403,
            "permission_denied",
            "as a key without permissions",
            as((scenario) => scenario.withPermissions()),
          ),
        ]),
  ];
}

function tooMany({ operation }: Subject): Case {
  return {
    status: 429,
    code: "rate_limited",
    title: "more often than allowed",
    isBeforeRows: true,
    run: async (scenario) => await flood(operation, scenario),
  };
}

function failureCases(subject: Subject): Case[] {
  const failing = (sqlState: string): Vary => {
    return (asked, { service }) => {
      service.failNextStatement(sqlState);
      return asked;
    };
  };
  return [
    refusal(subject, 500, "internal_error", "while a statement fails", failing("XX000")),
    refusal(subject, 503, "unavailable", "while the database can't be reached", failing("08006")),
  ];
}

/** The service of each database that allows a caller one request a second; each flood is another caller's. */
const strict = new WeakMap<TestService, ReturnType<TestService["startBeside"]>>();

function strictBeside(service: TestService): ReturnType<TestService["startBeside"]> {
  const started = strict.get(service) ?? service.startBeside({ rateLimitPerSecond: 1 });
  strict.set(service, started);
  return started;
}

/** Asks a service that allows one request a second until it refuses: two requests may fall into two seconds. */
async function flood({ id, parameters }: Operation, { service }: Scenario) {
  const { app } = await strictBeside(service);
  const client = new Client(() => app, unique("nobody"), elsewhere());
  const path = Object.fromEntries(parameters.filter((one) => one.in === "path").map(({ name }) => [name, "-"]));
  let response = await client.send(id, { path: path as never });
  for (let count = 1; response.statusCode !== 429 && count < 1000; count++) {
    response = await client.send(id, { path: path as never });
  }
  return response;
}

function unknownObject(subject: Subject): Case {
  return refusal(subject, 404, "not_found", "an object that doesn't exist", (asked) => ({
    ...asked,
    path: Object.fromEntries(
      Object.entries(asked.path ?? {}).map(([name, id]) => [
        name,
        name === "runId" ? runAt(0)["roster-run"] : `${String(id).slice(0, 4)}${"0".repeat(32)}`,
      ]),
    ),
  }));
}

function staleVersion(subject: Subject): Case {
  return refusal(subject, 412, "precondition_failed", "from another version", (asked) => ({
    ...asked,
    headers: { ...asked.headers, "if-match": '"another"' },
  }));
}

function managedElsewhere(subject: Subject): Case {
  const { path } = subject.operation;
  const update = [...contract.values()].find((other) => {
    return other.method === "PATCH" && `${path}/`.startsWith(`${other.path}/`);
  });
  return refusal(subject, 409, "managed_elsewhere", "what another stack manages", async (asked, scenario) => {
    if (update === undefined) {
      throw new Error(`the contract has no PATCH for ${path}`);
    }
    await send(scenario, update.id, { ...asked, query: {}, body: { externalId: unique("another") } });
    return { ...asked, query: { ...asked.query, managedAs: unique("own") } };
  });
}

function idempotencyCases(subject: Subject): Case[] {
  const { operation, status, ask } = subject;
  const withKey = (asked: AnyAsked, key = idempotencyKey()): AnyAsked => {
    return { ...asked, headers: { ...asked.headers, "idempotency-key": key } };
  };
  return [
    {
      status,
      code: undefined,
      title: "a repeat",
      async run(scenario) {
        const asked = withKey(await ask(scenario));
        const first = await send(scenario, operation.id, asked);
        expect(first.headers).not.toHaveProperty("idempotency-replayed");
        const second = await send(scenario, operation.id, asked);
        expect(second.headers["idempotency-replayed"]).toBe("true");
        expect(second.body).toBe(first.body);
        expect(second.headers.etag).toBe(first.headers.etag);
        return second;
      },
    },
    refusal(subject, 422, "idempotency_key_reused", "under the key of another request", async (asked, scenario) => {
      const key = idempotencyKey();
      const body = { name: unique("role"), permissions: [] };
      await scenario.owner.do("createRole", { path: scenario.path, body, headers: { "idempotency-key": key } });
      return withKey(asked, key);
    }),
    {
      status: 409,
      code: "idempotency_in_progress",
      title: "while the original is running",
      // The embedded database has one connection: there a repeat waits its turn, and never meets a running original.
      on: "postgresql",
      async run(scenario) {
        const key = idempotencyKey();
        const asked = withKey(await ask(scenario), key);
        return await whileRunning(scenario, key, () => send(scenario, operation.id, asked));
      },
    },
  ];
}

/** Does something while a request of the service owner's with this idempotency key is under way. */
async function whileRunning<T>({ service }: Scenario, key: string, work: () => Promise<T>): Promise<T> {
  const key_hash = createHash("sha256").update(key).digest("base64url");
  const end = new Date(service.now().getTime() + dayMs);
  return await service.database.transaction().execute(async (original) => {
    const row = { principal: "owner", key_hash, request_hash: "", body_expires_at: end, expires_at: end };
    await original.insertInto("idempotency_keys").values(row).execute();
    return await work();
  });
}
