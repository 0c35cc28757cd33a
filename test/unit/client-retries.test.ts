/** What the client asks again, how long it waits, and when it gives up. */
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { ApiError, TransportError } from "../../provider/errors.ts";
import { type Answering, hang, json, plain, refusal, reset } from "./scripted-server.ts";
import { aThing, clientOf, failureOf, keysOf, secret, serve, thing, token, waitedMs } from "./things.ts";

describe("what passes by itself is asked again", () => {
  /** A status that passes, and an answer that has it. */
  const statuses: readonly (readonly [status: number, answer: Answering])[] = [
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

  // Both at once, because each takes a quarter of a minute.
  test("twelve times at most, and then the refusal, or that nobody answers, is what is thrown", async () => {
    const refusing = await serve(...Array(13).fill(refusal(503, "unavailable", { detail: "resting" })));
    const resetting = await serve(...Array(13).fill(reset));
    const [refused, unanswered] = await Promise.all(
      [refusing, resetting].map(({ client }) => failureOf(client.get("/v1/things", thing))),
    );
    expect(refused).toMatchObject({ name: "ApiError", status: 503 });
    expect((refused as ApiError).message).toMatch(/12 attempts in \d+\.\d s\./);
    expect(unanswered).toBeInstanceOf(TransportError);
    expect(unanswered).toMatchObject({ method: "GET", path: "/v1/things", attempts: 12 });
    expect([refusing, resetting].map(({ server }) => server.asked.length)).toEqual([12, 12]);
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
    expect((error as ApiError).message).toMatch(
      /^rate_limited: .*\n {2}It was refused in 1 attempt in \d\.\d s, until the deadline \(roster:timeoutMs is 500\)\.\n/,
    );
    expect(server.asked).toHaveLength(1);
  });
});

describe("a service that takes no more requests for now", () => {
  const tooMany = (retryAfter: string) =>
    refusal(429, "rate_limited", { retryable: true }, { "Retry-After": retryAfter });

  test("is left alone by every call, and the oldest goes first when it takes some again", async () => {
    const { server, client } = await serve(tooMany("1"), json(200, aThing), json(200, aThing), json(200, aThing));
    const refused = client.get("/v1/things/refused", thing);
    while (server.asked.length === 0) {
      await wait(5);
    }
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
    expect(String(error)).toMatch(
      /\n {2}It was refused in \d+ attempts in \d+\.\d s, until the deadline \(roster:timeoutMs is 15000\)\.\n/,
    );
    expect(server.asked.length).toBeGreaterThan(12);
  });

  test("for longer than the deadline: what was never sent says so", async () => {
    const { server } = await serve(tooMany("3600"));
    const client = clientOf(server.endpoint, 500);
    const refused = failureOf(client.get("/v1/things/refused", thing));
    while (server.asked.length === 0) {
      await wait(5);
    }
    await wait(100);
    const error = await failureOf(client.get("/v1/things/second", thing));
    expect(await refused).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ name: "TransportError", path: "/v1/things/second", attempts: 0 });
    expect((error as TransportError).message).toContain("it was not sent");
    expect(server.asked).toHaveLength(1);
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

  test("is never longer than the connection's, and may be shorter", async () => {
    const { server } = await serve(hang, hang);
    for (const [ofConnection, ofCall] of [
      [300, 5000],
      [5000, 300],
    ] as const) {
      const error = await failureOf(clientOf(server.endpoint, ofConnection).list("/v1/things", {}, thing, ofCall));
      expect((error as TransportError).message).toContain("until the deadline (roster:timeoutMs is 300)");
    }
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
    expect((error as TransportError).message).toMatch(
      /^no response to GET \/v1\/things: nothing listens at this address \(ECONNREFUSED\), \d+ attempts in [\s\S]*\n {2}Is the service running\?/,
    );
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
    expect((error as TransportError).message).toMatch(
      /\(request req_78\): the response is incomplete, \d attempts? in 0/,
    );
    expect((error as TransportError).message).toContain("The change may have been applied");
  });

  test("and is answered by something that stands before the service", async () => {
    const { server } = await serve(...Array(13).fill(plain(502, "<html>bad gateway</html>")));
    const error = await failureOf(clientOf(server.endpoint, 500).get("/v1/things", thing));
    expect(error).toBeInstanceOf(TransportError);
    expect((error as TransportError).message).toContain("status 502 from something in front of the service");
  });
});
