/** The real client against a real server on loopback. */
import { setTimeout as wait } from "node:timers/promises";
import { inspect } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { ApiError, ContractError, TransportError } from "../../provider/errors.ts";
import { Client, isNotFound } from "../../provider/wire/client.ts";
import { type Answering, hang, json, plain, type Received, refusal, reset, ScriptedServer } from "./scripted-server.ts";

const token = "token-that-nobody-may-see";
const secret = "secret-that-nobody-may-see";
const thing = z.object({ id: z.string(), size: z.number() });
const aThing = { id: "thg_1", size: 3 };

async function serve(...answers: readonly Answering[]) {
  const server = await ScriptedServer.start(...answers);
  onTestFinished(() => server.stop());
  return { server, client: clientOf(server.endpoint) };
}

function clientOf(endpoint: string, timeoutMs = 60_000) {
  return new Client({ endpoint, token, timeoutMs });
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("value" in outcome) {
    throw new Error(`expected a failure, and got ${JSON.stringify(outcome.value)}`);
  }
  return outcome.error;
}

function keysOf(received: readonly Received[]): (string | undefined)[] {
  return received.map(({ headers }) => headers["idempotency-key"]?.toString());
}

/** The time between two requests, in milliseconds. */
function waitedMs(received: readonly Received[], from: number): number {
  return (received[from + 1]?.atMs ?? Number.NaN) - (received[from]?.atMs ?? Number.NaN);
}

describe("a request", () => {
  test("carries the token, and asks for JSON", async () => {
    const { server, client } = await serve(json(200, aThing));
    await client.get("/v1/things/thg_1", thing);
    expect(server.received[0]).toMatchObject({
      method: "GET",
      path: "/v1/things/thg_1",
      headers: { authorization: `Bearer ${token}`, accept: "application/json, application/problem+json" },
    });
  });

  test("answers with the body, checked, and the ETag", async () => {
    const { client } = await serve(
      json(200, { ...aThing, more: 1 }, { ETag: '"v7"', "Content-Type": "Application/JSON; charset=utf-8" }),
      json(200, aThing),
    );
    expect(await client.get("/v1/things/thg_1", thing)).toEqual({ body: aThing, etag: '"v7"' });
    expect(await client.get("/v1/things/thg_1", thing)).toEqual({ body: aThing, etag: "" });
  });

  test("sends its body as JSON, If-Match if there is one, and an Idempotency-Key of 256 bits if it changes something", async () => {
    const { server, client } = await serve(
      json(201, aThing),
      json(200, aThing),
      json(200, aThing),
      (response) => response.writeHead(204).end(),
      json(200, aThing),
    );
    await client.post("/v1/things", { size: 3 }, thing);
    await client.patch("/v1/things/thg_1", { size: null }, thing, '"v7"');
    await client.patch("/v1/things/thg_1", { size: 4 }, thing);
    await client.delete("/v1/things/thg_1");
    await client.get("/v1/things/thg_1", thing);
    expect(server.received.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["POST", "/v1/things", { size: 3 }],
      ["PATCH", "/v1/things/thg_1", { size: null }],
      ["PATCH", "/v1/things/thg_1", { size: 4 }],
      ["DELETE", "/v1/things/thg_1", undefined],
      ["GET", "/v1/things/thg_1", undefined],
    ]);
    expect(server.received.map(({ headers }) => headers["if-match"])).toEqual([
      undefined,
      '"v7"',
      undefined,
      undefined,
      undefined,
    ]);
    expect(server.received[0]?.headers["content-type"]).toContain("application/json");
    const keys = keysOf(server.received);
    expect(keys[4]).toBeUndefined();
    for (const key of keys.slice(0, 4)) {
      expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
    }
    expect(new Set(keys.slice(0, 4)).size).toBe(4);
  });
});

describe("what passes by itself is asked again", () => {
  const statuses: [number, Answering][] = [
    [408, plain(408, "too slow")],
    [429, refusal(429, "rate_limited", { retryable: true })],
    [502, plain(502, "<html>bad gateway</html>")],
    [503, refusal(503, "unavailable", { retryable: true })],
    [504, plain(504, "")],
  ];
  test.each(statuses)("status %i, with the same Idempotency-Key and the same body", async (_status, answer) => {
    const { server, client } = await serve(answer, answer, json(201, aThing));
    expect(await client.post("/v1/things", { size: 3, secret }, thing)).toMatchObject({ body: aThing });
    expect(server.asked).toEqual(["POST /v1/things", "POST /v1/things", "POST /v1/things"]);
    expect(new Set(keysOf(server.received)).size).toBe(1);
    expect(server.received.map(({ body }) => body)).toEqual(Array(3).fill({ size: 3, secret }));
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill(`Bearer ${token}`));
  });

  test.each(["last_administrator", "idempotency_in_progress"] as const)("409 %s", async (code) => {
    const { server, client } = await serve(refusal(409, code, { retryable: true }), json(200, aThing));
    await client.patch("/v1/things/thg_1", { size: 3 }, thing, '"v7"');
    expect(server.asked).toHaveLength(2);
    expect(new Set(keysOf(server.received)).size).toBe(1);
    expect(server.received[1]?.headers["if-match"]).toBe('"v7"');
  });

  test.each(["GET", "POST", "PATCH", "DELETE"])("a connection that is reset: %s", async (method) => {
    const nothing: Answering = (response) => response.writeHead(204).end();
    const { server, client } = await serve(reset, method === "DELETE" ? nothing : json(200, aThing));
    const asked: Record<string, () => Promise<unknown>> = {
      GET: () => client.get("/v1/things/thg_1", thing),
      POST: () => client.post("/v1/things/thg_1", {}, thing),
      PATCH: () => client.patch("/v1/things/thg_1", {}, thing),
      DELETE: () => client.delete("/v1/things/thg_1"),
    };
    await asked[method]?.();
    expect(server.asked).toEqual([`${method} /v1/things/thg_1`, `${method} /v1/things/thg_1`]);
    expect(new Set(keysOf(server.received)).size).toBe(1);
  });

  test("an answer that breaks off: the key lets the service give it again", async () => {
    const { server, client } = await serve(
      (response) => {
        response.writeHead(201, { "Content-Type": "application/json", "Content-Length": "1000" });
        response.write('{"id":"thg_1",', () => response.socket?.destroy());
      },
      json(201, aThing),
    );
    expect(await client.post("/v1/things", { size: 3 }, thing)).toMatchObject({ body: aThing });
    expect(server.asked).toHaveLength(2);
    expect(new Set(keysOf(server.received)).size).toBe(1);
  });

  test("twelve times at most, and then the refusal is what is thrown", async () => {
    const { server, client } = await serve(...Array(13).fill(refusal(503, "unavailable", { detail: "resting" })));
    const error = await failureOf(client.get("/v1/things", thing));
    expect(error).toMatchObject({ name: "ApiError", status: 503 });
    expect((error as ApiError).message).toMatch(/12 attempts in \d+\.\d s\./);
    expect(server.asked).toHaveLength(12);
  });

  test("twelve times at most where nobody answers, and the error says so", async () => {
    const { server, client } = await serve(...Array(13).fill(reset));
    const error = await failureOf(client.get("/v1/things", thing));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ method: "GET", path: "/v1/things", attempts: 12 });
    expect(server.asked).toHaveLength(12);
  });
});

describe("Retry-After is waited for", () => {
  test("in seconds", async () => {
    const { server, client } = await serve(
      refusal(429, "rate_limited", { retryable: true }, { "Retry-After": "2" }),
      json(200, aThing),
    );
    await client.get("/v1/things/thg_1", thing);
    expect(waitedMs(server.received, 0)).toBeGreaterThanOrEqual(1_990);
  });

  test("as a date", async () => {
    let until = Number.NaN;
    const { server, client } = await serve(
      (response, request) => {
        // A date has whole seconds only: it is the second that begins 2 to 3 seconds from now.
        until = Math.ceil(Date.now() / 1_000) * 1_000 + 2_000;
        refusal(503, "unavailable", {}, { "Retry-After": new Date(until).toUTCString() })(response, request);
      },
      (response, request) => json(200, { id: "thg_1", size: Date.now() - until })(response, request),
    );
    const answer = await client.get("/v1/things/thg_1", thing);
    expect(server.asked).toHaveLength(2);
    expect(answer?.body.size).toBeGreaterThanOrEqual(-10);
  });

  test("and one that goes beyond the deadline ends the call", async () => {
    const tooMany = refusal(429, "rate_limited", { retryable: true }, { "Retry-After": "3600" });
    const { server } = await serve(tooMany, json(200, aThing));
    const error = await failureOf(clientOf(server.endpoint, 500).get("/v1/things/thg_1", thing));
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).message).toContain("rate_limited: ");
    expect(server.asked).toHaveLength(1);
  });
});

describe("a service that takes no more requests for now", () => {
  const tooMany = (retryAfter: string) =>
    refusal(429, "rate_limited", { retryable: true }, { "Retry-After": retryAfter });

  test("is left alone by every call, and the oldest goes first when it takes some again", async () => {
    const { server, client } = await serve(tooMany("1"), json(200, aThing), json(200, aThing), json(200, aThing));
    const refused = client.get("/v1/things/refused", thing);
    while (server.asked.length === 0) await wait(5);
    // The answer is read before anything else is sent.
    await wait(100);
    const others = ["second", "third"].map((name) => client.get(`/v1/things/${name}`, thing));
    await Promise.all([refused, ...others]);
    expect(server.asked.map((asked) => asked.split("/").at(-1))).toEqual(["refused", "refused", "second", "third"]);
    expect(waitedMs(server.received, 0)).toBeGreaterThanOrEqual(990);
  });

  test("T10 a limit that the service doesn't expect to pass soon ends its own call at once, and holds up no other", async () => {
    const limited = refusal(429, "rate_limited", { retryable: false }, { "Retry-After": "3600" });
    const { server, client } = await serve(limited, json(200, aThing));
    expect(await failureOf(client.get("/v1/things/refused", thing))).toMatchObject({ code: "rate_limited" });
    await client.get("/v1/things/other", thing);
    expect(server.asked).toHaveLength(2);
  });

  test("is asked until the deadline", async () => {
    const { server } = await serve(...Array(99).fill(tooMany("1")));
    const error = await failureOf(clientOf(server.endpoint, 15_000).get("/v1/things/thg_1", thing));
    expect(error).toMatchObject({ name: "ApiError", code: "rate_limited" });
    expect(server.asked.length).toBeGreaterThan(12);
  });

  test("for longer than the deadline: what was never sent says so", async () => {
    const { server } = await serve(tooMany("3600"));
    const client = clientOf(server.endpoint, 500);
    const refused = failureOf(client.get("/v1/things/refused", thing));
    while (server.asked.length === 0) await wait(5);
    await wait(100);
    const error = await failureOf(client.get("/v1/things/second", thing));
    expect(await refused).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ name: "TransportError", path: "/v1/things/second", attempts: 0 });
    expect((error as TransportError).message).toContain("its turn did not come");
    expect(server.asked).toHaveLength(1);
  });
});

describe("what would be refused again is not asked again", () => {
  const refusals: [number, Parameters<typeof refusal>[1]][] = [
    [400, "invalid_request"],
    [401, "unauthenticated"],
    [403, "permission_denied"],
    [409, "name_taken"],
    [409, "role_in_use"],
    [409, "generation_conflict"],
    [412, "precondition_failed"],
    [422, "idempotency_key_reused"],
    [500, "internal_error"],
  ];
  test.each(refusals)("%i %s", async (status, code) => {
    const { server, client } = await serve(refusal(status, code, { retryable: true }), json(200, aThing));
    expect(await failureOf(client.patch("/v1/things/thg_1", {}, thing))).toMatchObject({
      name: "ApiError",
      status,
      code,
    });
    expect(server.asked).toHaveLength(1);
  });

  test("a conflict without problem details", async () => {
    const { server, client } = await serve(json(409, { code: "last_administrator" }), json(200, aThing));
    expect(await failureOf(client.delete("/v1/things/thg_1"))).toBeInstanceOf(ContractError);
    expect(server.asked).toHaveLength(1);
  });
});

describe("404", () => {
  test("on a read there is none", async () => {
    const { client } = await serve(refusal(404, "not_found"));
    expect(await client.get("/v1/things/thg_1", thing)).toBeUndefined();
  });

  test("on a delete it is done", async () => {
    const { server, client } = await serve(refusal(404, "not_found"));
    await client.delete("/v1/things/thg_1");
    expect(server.asked).toEqual(["DELETE /v1/things/thg_1"]);
  });

  test("on a change it is a refusal", async () => {
    const { client } = await serve(refusal(404, "not_found"), refusal(404, "not_found"));
    expect(isNotFound(await failureOf(client.patch("/v1/things/thg_1", {}, thing)))).toBe(true);
    expect(isNotFound(await failureOf(client.post("/v1/things", {}, thing)))).toBe(true);
  });

  test.each(["GET", "DELETE"])("of something that is no Roster service is not taken for it: %s", async (method) => {
    // Else a refresh against a wrong address would drop everything from the state.
    const { client } = await serve(plain(404, "<html>Not found</html>"));
    const asked = method === "GET" ? client.get("/v1/things/thg_1", thing) : client.delete("/v1/things/thg_1");
    expect(await failureOf(asked)).toBeInstanceOf(ContractError);
  });
});

describe("the deadline", () => {
  test("ends a call to a service that hangs", async () => {
    const { server } = await serve(hang);
    const error = await failureOf(clientOf(server.endpoint, 300).post("/v1/things", {}, thing));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ method: "POST", path: "/v1/things", attempts: 1 });
    expect((error as TransportError).elapsedMs).toBeGreaterThanOrEqual(290);
    expect((error as TransportError).message).toMatch(
      /took too long, 1 attempt in 0\.\d s, until the deadline \(roster:timeoutMs is 300\)/,
    );
    expect(server.asked).toHaveLength(1);
  });

  test("ends a call to a service that drips", async () => {
    const { server } = await serve((response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      const drip = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(drip));
    });
    const error = await failureOf(clientOf(server.endpoint, 300).get("/v1/things", thing));
    expect(error).toBeInstanceOf(TransportError);
    expect((error as TransportError).elapsedMs).toBeGreaterThanOrEqual(290);
  });

  test("spans the retries of a call", async () => {
    const { server } = await serve(...Array(9).fill(plain(503, "")), json(200, aThing));
    const error = await failureOf(clientOf(server.endpoint, 1_000).get("/v1/things", thing));
    expect(error).toBeInstanceOf(TransportError);
    expect((error as TransportError).attempts).toBeGreaterThan(1);
  });

  test("is none for who is not there at all: the error names the cause", async () => {
    const { server, client } = await serve();
    await server.stop();
    const error = await failureOf(client.get("/v1/things", thing));
    expect(error).toBeInstanceOf(TransportError);
    expect((error as TransportError).message).toContain("ECONNREFUSED");
  });
});

describe("an answer that is not what the contract says", () => {
  const answers: [string, Answering, RegExp][] = [
    [
      "truncated JSON",
      plain(200, '{"id":"thg_1","si', { "Content-Type": "application/json" }),
      /not JSON, or not whole/,
    ],
    ["an HTML page", plain(200, "<html><h1>Welcome</h1></html>"), /text\/html, and should be application\/json/],
    ["JSON that says it is none", plain(200, JSON.stringify(aThing), { "Content-Type": "text/plain" }), /text\/plain/],
    [
      "a media type that is none",
      plain(200, JSON.stringify(aThing), { "Content-Type": "<h1>" }),
      /no known media type/,
    ],
    ["nothing", plain(200, "", { "Content-Type": "application/json" }), /not JSON, or not whole/],
    ["a member that is missing", json(200, { id: "thg_1" }), /size: it is required/],
    ["a member of the wrong type", json(200, { id: 7, size: 3 }), /id: it must be text, and is a number/],
    ["a list", json(200, [aThing]), /the body: it must be an object, and is a list/],
    ["a redirect", plain(302, "", { Location: "/v1/elsewhere" }), /status 302, without problem details/],
    ["an HTML error page", plain(500, "<html><h1>Oops</h1></html>"), /status 500, without problem details/],
    [
      "problem details that lack a member",
      json(400, { code: "invalid_request" }),
      /status 400, without problem details/,
    ],
    [
      "problem details with a code that the contract hasn't",
      json(403, { type: "", title: "", status: 403, code: "moonlight", detail: "", requestId: "", retryable: false }),
      /status 403, without problem details/,
    ],
  ];
  test.each(answers)("%s", async (_name, answer, issue) => {
    const { server, client } = await serve(answer);
    const error = await failureOf(client.post("/v1/things", {}, thing));
    expect(error).toBeInstanceOf(ContractError);
    expect(error).toMatchObject({ operation: "POST /v1/things" });
    expect((error as ContractError).issues.join("; ")).toMatch(issue);
    expect(server.asked).toHaveLength(1);
  });

  test.each<[string, Answering]>([
    ["a page", plain(200, "<html><h1>Welcome</h1></html>")],
    ["an object", json(200, aThing)],
  ])("something, where nothing is to come: what was to be deleted may be there still: %s", async (_name, answer) => {
    const { client } = await serve(answer);
    const error = await failureOf(client.delete("/v1/things/thg_1"));
    expect(error).toBeInstanceOf(ContractError);
    expect((error as ContractError).issues).toEqual(["it has status 200, and should have 204"]);
  });

  test("more than 8 MiB, whether its length was announced or not", async () => {
    const tooLong = JSON.stringify({ ...aThing, more: "x".repeat(8 * 1024 * 1024) });
    const { server, client } = await serve(plain(200, tooLong), (response) => {
      response.writeHead(200, { "Content-Length": String(tooLong.length) });
      response.end(tooLong);
    });
    expect(await failureOf(client.get("/v1/things", thing))).toBeInstanceOf(ContractError);
    expect(await failureOf(client.get("/v1/things", thing))).toBeInstanceOf(ContractError);
    expect(server.asked).toHaveLength(2);
  });

  test("8 MiB are taken", async () => {
    const frame = JSON.stringify({ ...aThing, more: "" }).length;
    const { client } = await serve(json(200, { ...aThing, more: "x".repeat(8 * 1024 * 1024 - frame) }));
    expect(await client.get("/v1/things", thing)).toMatchObject({ body: aThing });
  });

  test.each<[string, Answering]>([
    ["of another shape", json(200, {}, { "Request-Id": "req_77" })],
    ["an error page", plain(500, "", { "Request-Id": "req_77" })],
    ["too large", plain(200, "x".repeat(9 * 1024 * 1024), { "Request-Id": "req_77" })],
  ])("says the request id, if it has one: %s", async (_name, answer) => {
    const { client } = await serve(answer);
    const error = await failureOf(client.get("/v1/things", thing));
    expect(error).toBeInstanceOf(ContractError);
    expect((error as ContractError).message).toContain("request req_77");
  });
});

describe("what was asked again and again", () => {
  const broken: Answering = (response) => {
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "99", "Request-Id": "req_78" });
    response.write("{", () => response.socket?.destroy());
  };
  const lastAdministrator = refusal(409, "last_administrator", { retryable: true });

  test("is retried until the deadline where another change of the same `up` may help", async () => {
    const { server } = await serve(...Array(99).fill(lastAdministrator));
    const error = await failureOf(clientOf(server.endpoint, 6_500).patch("/v1/things/thg_1", {}, thing));
    expect(error).toBeInstanceOf(ApiError);
    expect(server.asked.length).toBeGreaterThan(5);
    expect((error as ApiError).message).toMatch(
      new RegExp(`${server.asked.length} attempts in \\d\\.\\d s, until the deadline \\(roster:timeoutMs is 6500\\)`),
    );
  });

  test("says what it failed with, rather than that the deadline came", async () => {
    const { server } = await serve(...Array(9).fill(reset));
    const error = await failureOf(clientOf(server.endpoint, 500).get("/v1/things", thing));
    expect((error as TransportError).message).toMatch(/ECONNRESET\), \d attempts? in 0\.\d s, until the deadline/);
  });

  test("says the request id of an answer that broke off, and that a change may be made", async () => {
    const { server } = await serve(...Array(13).fill(broken));
    const error = await failureOf(clientOf(server.endpoint, 500).post("/v1/things", {}, thing));
    expect(error).toBeInstanceOf(TransportError);
    expect((error as TransportError).message).toMatch(/\(request req_78\): the answer broke off, \d attempts? in 0/);
    expect((error as TransportError).message).toContain("The change may have been applied");
  });

  test("and is answered by something that stands before the service", async () => {
    const { server } = await serve(...Array(13).fill(plain(502, "<html>bad gateway</html>")));
    const error = await failureOf(clientOf(server.endpoint, 500).get("/v1/things", thing));
    expect(error).toBeInstanceOf(TransportError);
    expect((error as TransportError).message).toContain("status 502, from something that stands before the service");
  });
});

test.each([301, 302, 303, 307, 308])("a redirect is not followed: %i", async (status) => {
  const { server: elsewhere } = await serve(json(200, aThing));
  const { server, client } = await serve(plain(status, "", { Location: `${elsewhere.endpoint}/v1/things` }));
  expect(await failureOf(client.get("/v1/things", thing))).toBeInstanceOf(ContractError);
  expect(server.asked).toHaveLength(1);
  expect(elsewhere.asked).toEqual([]);
});

test("a refusal becomes an ApiError with all that it said", async () => {
  const { client } = await serve(
    refusal(403, "plan_required", {
      detail: "the plan is basic",
      requestId: "req_9",
      contactUrl: "https://vendor.example/contact",
      retryable: true,
      errors: [
        { in: "body", pointer: "/websiteUrl", detail: "from the premium plan up" },
        { in: "query", pointer: "/limit", detail: "1 to 1000" },
      ],
    }),
  );
  const error = await failureOf(client.post("/v1/organizations", {}, thing));
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    status: 403,
    code: "plan_required",
    method: "POST",
    path: "/v1/organizations",
    requestId: "req_9",
    retryable: true,
  });
  expect((error as ApiError).message).toMatchInlineSnapshot(`
    "plan_required: the plan is basic
      websiteUrl: from the premium plan up
      query limit: 1 to 1000
      contact: https://vendor.example/contact
      (POST /v1/organizations, request req_9)"
  `);
});

describe("neither the token nor a secret that was sent is in an error", () => {
  const failures: [string, Answering, number][] = [
    ["a refusal", refusal(422, "unprocessable"), 60_000],
    ["a service that hangs", hang, 200],
    ["a connection that is reset until the deadline", reset, 150],
    ["an error page", plain(500, "<html></html>"), 60_000],
    ["a redirect", plain(302, "", { Location: "/" }), 60_000],
    ["a wrong shape", json(201, { id: 7 }), 60_000],
    ["too much", plain(200, "x".repeat(9 * 1024 * 1024)), 60_000],
    [
      "an answer that holds the secret where it must not be",
      json(201, { id: 7, size: secret, [secret]: secret }),
      60_000,
    ],
    ["a page that shows what was sent", plain(500, `<pre>${token} ${secret}</pre>`), 60_000],
    [
      "a refusal that repeats the token",
      refusal(401, "unauthenticated", { detail: `unknown: Bearer ${token}` }),
      60_000,
    ],
    [
      "a refusal that repeats the secret",
      refusal(400, "invalid_request", {
        detail: `${secret} can't be taken`,
        errors: [{ in: "body", pointer: "/secret", detail: `${secret} is too short` }],
      }),
      60_000,
    ],
  ];
  test.each(failures)("%s", async (_name, answer, timeoutMs) => {
    const { server } = await serve(answer);
    const error = await failureOf(clientOf(server.endpoint, timeoutMs).post("/v1/things", { secret }, thing));
    expect(error).toBeInstanceOf(Error);
    const { message, stack } = error as Error;
    const seen = [message, stack, JSON.stringify(error), String(error), inspectAll(error)].join("\n");
    expect(seen).toContain("/v1/things");
    expect(seen).not.toContain(token);
    expect(seen).not.toContain(secret);
  });

  test("nor in the client itself, if someone prints it", async () => {
    const client = clientOf("http://127.0.0.1:1");
    expect(inspectAll(client)).not.toContain(token);
    expect(JSON.stringify(client)).not.toContain(token);
  });
});

function inspectAll(value: unknown): string {
  return inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null });
}
