/** Answers that are not what the contract says, and what errors never show. */
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { ContractError } from "../../provider/errors.ts";
import { type Answering, hang, json, plain, refusal, reset } from "./scripted-server.ts";
import { aThing, clientOf, failureOf, secret, serve, thing, token } from "./things.ts";

describe("an answer that does not match the contract", () => {
  /** What the answer is, the answer, and what the error says of it. */
  const answers: readonly (readonly [what: string, answer: Answering, issue: RegExp])[] = [
    [
      "truncated JSON",
      plain(200, '{"id":"thg_1","si', { "Content-Type": "application/json" }),
      /not JSON, or incomplete/,
    ],
    ["an HTML page", plain(200, "<html><h1>Welcome</h1></html>"), /text\/html, not application\/json/],
    ["JSON that says it is none", plain(200, JSON.stringify(aThing), { "Content-Type": "text/plain" }), /text\/plain/],
    [
      "a media type that is none",
      plain(200, JSON.stringify(aThing), { "Content-Type": "<h1>" }),
      /media type is missing or invalid/,
    ],
    ["nothing", plain(200, "", { "Content-Type": "application/json" }), /not JSON, or incomplete/],
    ["a member that is missing", json(200, { id: "thg_1" }), /size: it is required/],
    ["a member of the wrong type", json(200, { id: 7, size: 3 }), /id: it must be text, not a number/],
    ["a list", json(200, [aThing]), /the body: it must be an object, not a list/],
    ["a redirect", plain(302, "", { Location: "/v1/elsewhere" }), /status is 302, without problem details/],
    ["an HTML error page", plain(500, "<html><h1>Oops</h1></html>"), /status is 500, without problem details/],
    [
      "problem details that lack a member",
      json(400, { code: "invalid_request" }),
      /status is 400, without problem details/,
    ],
    [
      "problem details with a code that the contract hasn't",
      json(403, { type: "", title: "", status: 403, code: "moonlight", detail: "", requestId: "", retryable: false }),
      /status is 403, without problem details/,
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

  test.each<[string, Answering, string[]]>([
    ["a page", plain(200, "<html><h1>Welcome</h1></html>"), ["its media type is text/html, not application/json"]],
    ["an object", json(200, aThing), ["outcome: it is required", "reason: it is required"]],
  ])("something else than that an object was let go: it may be there still: %s", async (_name, answer, issues) => {
    const { client } = await serve(answer);
    const error = await failureOf(client.delete("/v1/things/thg_1"));
    expect(error).toBeInstanceOf(ContractError);
    expect((error as ContractError).issues).toEqual(issues);
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

describe("neither the token nor a secret that was sent is in an error", () => {
  /** What the request is answered with, the answer, and the deadline in milliseconds. */
  const failures: readonly (readonly [what: string, answer: Answering, timeoutMs: number])[] = [
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

  test("nor of a batch that is tried", async () => {
    const repeated = refusal(403, "permission_denied", { detail: `${token} may not send ${secret}` });
    const { server } = await serve();
    server.wholeBatches.push(repeated);
    const request = { method: "POST", path: "/v1/things", body: { secret } } as const;
    const error = await failureOf(clientOf(server.endpoint).trials?.each([request]) ?? Promise.resolve());
    expect(String(error)).toContain("[secret] may not send [secret]");
    expect(inspectAll(error)).not.toContain(secret);
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
