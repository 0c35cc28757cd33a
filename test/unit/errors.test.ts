/** Each error as a person reads it, and what it carries for programs. */
import { RunError } from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import {
  ApiError,
  type Attempts,
  ConfigurationError,
  ContractError,
  ManifestError,
  PartialError,
  type Problem,
  RosterError,
  TransportError,
} from "../../provider/errors.ts";

const problem: Problem = {
  type: "urn:roster:problem:role_in_use",
  title: "The role is in use",
  status: 409,
  code: "role_in_use",
  detail: "3 members have the role Releaser: give them another one first",
  requestId: "req_0192f0c1",
  retryable: false,
};

describe("a manifest that is wrong", () => {
  const one = { file: "roster.yaml", line: 12, column: 5, path: "users.ada.role", reason: '"edtior" is not a role' };

  test("in one place", () => {
    const error = new ManifestError([one]);
    expect(error.message).toMatchInlineSnapshot(`
      "1 problem in the manifest:
        roster.yaml:12:5: users.ada.role: "edtior" is not a role"
    `);
    expect(error.problems).toEqual([one]);
  });

  test("in several places, one of them the document itself", () => {
    const error = new ManifestError([
      { file: "roster.yaml", line: 1, column: 1, path: "", reason: "it is empty" },
      one,
    ]);
    expect(error.message).toMatchInlineSnapshot(`
      "2 problems in the manifest:
        roster.yaml:1:1: it is empty
        roster.yaml:12:5: users.ada.role: "edtior" is not a role"
    `);
    expect(error.problems).toHaveLength(2);
  });
});

test("a configuration that is wrong", () => {
  const error = new ConfigurationError("roster:endpoint", "roster:endpoint is not set.");
  expect(error.message).toMatchInlineSnapshot(`"roster:endpoint is not set."`);
  expect(error.key).toBe("roster:endpoint");
});

describe("a refusal", () => {
  test("with what it has at least", () => {
    const error = new ApiError("DELETE", "/v1/roles/rol_1", problem);
    expect(error.message).toMatchInlineSnapshot(`
      "role_in_use: 3 members have the role Releaser: give them another one first
        (DELETE /v1/roles/rol_1, request req_0192f0c1)"
    `);
    expect(error).toMatchObject({
      status: 409,
      code: "role_in_use",
      method: "DELETE",
      path: "/v1/roles/rol_1",
      requestId: "req_0192f0c1",
      retryable: false,
    });
  });

  test("with every place and whom to contact", () => {
    const error = new ApiError("POST", "/v1/organizations", {
      ...problem,
      status: 403,
      code: "plan_required",
      detail: "the plan is basic",
      retryable: true,
      contactUrl: "https://vendor.example/contact",
      errors: [
        { in: "body", pointer: "/websiteUrl", detail: "it needs the premium plan" },
        { in: "body", pointer: "/features/externalApiAccess", detail: "it needs the enterprise plan" },
      ],
    });
    expect(error.message).toMatchInlineSnapshot(`
      "plan_required: the plan is basic
        websiteUrl: it needs the premium plan
        features.externalApiAccess: it needs the enterprise plan
        contact: https://vendor.example/contact
        (POST /v1/organizations, request req_0192f0c1)"
    `);
    expect(error.retryable).toBe(true);
  });
});

describe("a refusal, for a person who runs a stack", () => {
  const refusalOf = (more: Partial<Problem>, ...attempts: Attempts[]) =>
    new ApiError("POST", "/v1/users", { ...problem, ...more }, ...attempts).message;

  test("names a property as a program does, and says the same thing once", () => {
    const detail = "it needs the premium plan";
    const errors = [{ in: "body", pointer: "/subscription/plan", detail }] as const;
    expect(refusalOf({ detail, errors: [...errors] })).toMatchInlineSnapshot(`
      "role_in_use: subscription.plan: it needs the premium plan
        (POST /v1/users, request req_0192f0c1)"
    `);
  });

  test("names no place that the detail has named", () => {
    const errors = [{ in: "body", pointer: "/name", detail: "must have at most 200 characters" }] as const;
    const detail = "The request doesn't match the contract: body /name must have at most 200 characters.";
    expect(refusalOf({ detail, errors: [...errors] })).toMatchInlineSnapshot(`
      "role_in_use: The request doesn't match the contract: body /name must have at most 200 characters.
        (POST /v1/users, request req_0192f0c1)"
    `);
  });

  test("names every place: in a list, outside the body, the body itself", () => {
    const errors = [
      { in: "body", pointer: "/permissions/2", detail: "is not known" },
      { in: "body", pointer: "", detail: "is required" },
      { in: "query", pointer: "/limit", detail: "must be an integer" },
      { in: "body", pointer: "/a~1b~0c", detail: "is not known" },
    ] as const;
    expect(refusalOf({ detail: "4 problems", errors: [...errors] })).toMatchInlineSnapshot(`
      "role_in_use: 4 problems
        permissions[2]: is not known
        the body: is required
        query limit: must be an integer
        a/b~c: is not known
        (POST /v1/users, request req_0192f0c1)"
    `);
  });

  test("says how often it was asked, if more than once, and whether the deadline ended that", () => {
    expect(refusalOf({}, { count: 1, elapsedMs: 20 })).not.toContain("attempt");
    expect(refusalOf({}, { count: 1, elapsedMs: 3_000, deadlineMs: 3_000 })).toContain("1 attempt in 3.0 s, until the");
    expect(refusalOf({}, { count: 5, elapsedMs: 3_140 })).toMatchInlineSnapshot(`
      "role_in_use: 3 members have the role Releaser: give them another one first
        It was refused in 5 attempts in 3.1 s.
        (POST /v1/users, request req_0192f0c1)"
    `);
    expect(refusalOf({}, { count: 18, elapsedMs: 30_010, deadlineMs: 30_000 })).toMatchInlineSnapshot(`
      "role_in_use: 3 members have the role Releaser: give them another one first
        It was refused in 18 attempts in 30.0 s, until the deadline (roster:timeoutMs is 30000).
        (POST /v1/users, request req_0192f0c1)"
    `);
  });

  test("says what to do with the stack", () => {
    expect(refusalOf({ code: "precondition_failed" })).toContain("`pulumi refresh`");
  });
});

describe("no answer", () => {
  test("at the first attempt", () => {
    const error = new TransportError("GET", "/v1/users/usr_1", { count: 1, elapsedMs: 30_000 }, "it took too long");
    expect(error.message).toMatchInlineSnapshot(`
      "no response to GET /v1/users/usr_1: it took too long, 1 attempt in 30.0 s.
        Is the service running, and is roster:endpoint its address?"
    `);
  });

  test("after several, until the deadline, with what to do and the id of the last", () => {
    const attempts = { count: 5, elapsedMs: 3_120, deadlineMs: 3_000 };
    const error = new TransportError("POST", "/v1/users", attempts, "it broke off", "Run it again.", "req_7");
    expect(error.message).toMatchInlineSnapshot(`
      "no response to POST /v1/users (request req_7): it broke off, 5 attempts in 3.1 s, until the deadline (roster:timeoutMs is 3000).
        Run it again."
    `);
    expect(error).toMatchObject({ method: "POST", path: "/v1/users", attempts: 5, elapsedMs: 3_120 });
  });
});

describe("an answer that the contract doesn't have", () => {
  test("with a request id", () => {
    const error = new ContractError("POST /v1/users", ["id: it is required", "email: it is required"], "req_7", true);
    expect(error.message).toMatchInlineSnapshot(`
      "the response to POST /v1/users does not match the contract (request req_7):
        id: it is required
        email: it is required
        Is roster:endpoint the address of a Roster service, and does this provider support its version?
        The change may have been applied. Run \`pulumi refresh\`; the next \`up\` continues from there."
    `);
    expect(error).toMatchObject({
      operation: "POST /v1/users",
      issues: ["id: it is required", "email: it is required"],
    });
  });

  test("without one", () => {
    const error = new ContractError("GET /v1/users/usr_1", ["status 502 without problem details"]);
    expect(error.message).toMatchInlineSnapshot(`
      "the response to GET /v1/users/usr_1 does not match the contract:
        status 502 without problem details
        Is roster:endpoint the address of a Roster service, and does this provider support its version?"
    `);
  });
});

test("an object that is not finished", () => {
  const properties = { name: "Storefront", etag: '"2"' };
  const error = new PartialError("key_1", properties, ["generation_conflict: somebody rotates it", "and more"]);
  expect(error.message).toMatchInlineSnapshot(
    `"key_1 is incomplete: generation_conflict: somebody rotates it; and more"`,
  );
  expect(error).toMatchObject({
    id: "key_1",
    properties,
    reasons: ["generation_conflict: somebody rotates it", "and more"],
  });
});

describe("every error of ours", () => {
  const errors: [string, RosterError][] = [
    ["ManifestError", new ManifestError([])],
    ["ConfigurationError", new ConfigurationError("roster:token", "missing")],
    ["ApiError", new ApiError("GET", "/", problem)],
    ["TransportError", new TransportError("GET", "/", { count: 1, elapsedMs: 1 }, "reset")],
    ["ContractError", new ContractError("GET /", [])],
    ["PartialError", new PartialError("key_1", {}, [])],
  ];
  test.each(errors)("%s has its name, and is one that the engine shows without a stack trace", (name, error) => {
    expect(error.name).toBe(name);
    expect(String(error)).toContain(name);
    expect(error).toBeInstanceOf(RosterError);
    expect(error).toBeInstanceOf(Error);
    expect(RunError.isInstance(error)).toBe(true);
  });
});
