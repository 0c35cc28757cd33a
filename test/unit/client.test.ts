/** What the client sends, what it gives back, and which refusals it throws. */
import { describe, expect, test } from "vitest";
import { ApiError, ContractError } from "../../provider/errors.ts";
import { isNotFound } from "../../provider/wire/client.ts";
import { json, plain, refusal } from "./scripted-server.ts";
import { aThing, failureOf, keysOf, serve, thing, token } from "./things.ts";

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

  test("on a delete that lets go, the reason is told", async () => {
    const { client } = await serve(json(200, { outcome: "let_go", reason: "The thing stays." }), (response) =>
      response.writeHead(204).end(),
    );
    const reasons: string[] = [];
    for (let times = 0; times < 2; times++) {
      expect(await client.delete("/v1/things/thg_1", (reason) => reasons.push(reason))).toBe(true);
    }
    expect(reasons).toEqual(["The thing stays."]);
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

describe("what would be refused again is not asked again", () => {
  /** A status and a code that no later request would change. */
  const refusals: readonly (readonly [status: number, code: Parameters<typeof refusal>[1]])[] = [
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
