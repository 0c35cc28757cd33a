/** Every status that the contract has for an operation, answered by the service. */
import { refusalCodeValues } from "roster-schema";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../portability/database.ts";
import { type Case, send } from "./statuses/case.ts";
import { casesOfOperations, requests } from "./statuses/index.ts";
import { contract, expectInContract } from "./support/contract.ts";
import { startPostgres } from "./support/postgres.ts";
import { makeScenario } from "./support/scenario.ts";
import { databaseKinds, onEachDatabase, TestService } from "./support/service.ts";

/** More than any test sends, so that answers say what the limit is and none is refused. */
const rateLimitPerSecond = 1_000_000;

/** What the contract calls `default`: the statuses of its answer's two codes. */
const statusesOfDefault = ["500", "503"];

function without(some: readonly string[], others: readonly string[]): string[] {
  return [...new Set(some)].filter((one) => !others.includes(one)).sort();
}

describe("the table of statuses", () => {
  test.each(databaseKinds)("has a case for every status of every operation, and no other, on %s", (kind) => {
    const documented = [...contract.values()].flatMap(({ id, responses }) =>
      Object.keys(responses)
        .flatMap((status) => (status === "default" ? statusesOfDefault : [status]))
        .map((status) => `${id} ${status}`),
    );
    const cases = [...casesOfOperations].flatMap(([id, cases]) =>
      cases.filter(({ on = kind }) => on === kind).map(({ status }) => `${id} ${status}`),
    );
    const missing = without(documented, cases);
    const undocumented = without(cases, documented);
    expect({ missing, undocumented }).toEqual({ missing: [], undocumented: [] });
  });

  test("has a case for every refusal code", () => {
    const codes = [...casesOfOperations.values()].flat().flatMap(({ code }) => code ?? []);
    expect(without(refusalCodeValues, codes)).toEqual([]);
  });
});

onEachDatabase("statuses", (service, kind) => {
  beforeAll(async () => {
    await service().start({ rateLimitPerSecond });
  });

  const expectCase = async ({ status, code, run }: Case) => {
    const response = await run(await makeScenario(service()));
    expect(response.statusCode, response.body).toBe(status);
    if (status >= 400) {
      expect(response.json().code, response.body).toBe(code);
    }
  };

  describe.each([...casesOfOperations])("%s", (_id, cases) => {
    for (const one of cases) {
      // The embedded database takes three times as long.
      if (one.on === undefined && (kind === "postgresql" || one.isBeforeRows !== true)) {
        test(nameOf(one), async () => await expectCase(one));
      }
    }
  });

  // Each waits for seconds, and for nothing that another does.
  describe.concurrent.each([...casesOfOperations].filter(([, cases]) => cases.some(({ on }) => on === kind)))(
    "%s",
    (_id, cases) => {
      for (const one of cases) {
        if (one.on === kind) {
          test(nameOf(one), async () => await expectCase(one));
        }
      }
    },
  );
});

test("without a database, every operation that needs one is unavailable", async () => {
  const cluster = await startPostgres();
  const database = await openDatabase({ url: cluster.url });
  const service = new TestService(database);
  onTestFinished(async () => {
    await service.stop();
    await database.destroy();
    await cluster.stop();
  });
  await service.start();
  const scenario = await makeScenario(service);
  const needing = [...contract.values()].filter(({ responses }) => "503" in responses || "default" in responses);
  const asked = [];
  for (const { id } of needing) {
    asked.push([id, (await requests.get(id)?.(scenario)) ?? {}] as const);
  }
  await cluster.stop();
  const answers = [];
  for (const [id, request] of asked) {
    answers.push([id, (await send(scenario, id, request)).json().code]);
  }
  expect(answers).toEqual(needing.map(({ id }) => [id, "unavailable"]));
});

describe("an answer that the contract doesn't have is found:", () => {
  const id = `rol_${"0".repeat(32)}`;
  const at = "2026-01-31T09:30:00.000Z";
  const role = {
    id,
    externalId: null,
    organization: null,
    name: "Some",
    permissions: [],
    builtIn: false,
    adopted: false,
  };
  const body = { ...role, createdAt: at, updatedAt: at };
  const headers = { "request-id": "req_1", etag: '"1"', "content-type": "application/json; charset=utf-8" };
  const limits = { "ratelimit-limit": "2", "ratelimit-remaining": "1", "ratelimit-reset": "1" };
  const answer = (changed: { statusCode?: number; headers?: object; body?: object }, isRateLimited = false) => {
    const { statusCode = 200 } = changed;
    const text = JSON.stringify({ ...body, ...changed.body });
    const response = { statusCode, headers: { ...headers, ...changed.headers }, body: text };
    return () => expectInContract("getRole", response, isRateLimited);
  };

  test("one that it has is not", () => {
    expect(answer({})).not.toThrow();
    expect(answer({ headers: limits }, true)).not.toThrow();
  });

  test.each([
    ["a status", answer({ statusCode: 202 }), "answered 202"],
    ["a member", answer({ body: { secret: "s" } }), "unevaluated properties"],
    ["a member's type", answer({ body: { name: 1 } }), "must be string"],
    ["a media type", answer({ headers: { "content-type": "text/html" } }), "text/html"],
    ["a header", answer({ headers: { "x-powered-by": "roster" } }), "x-powered-by"],
    ["a header's value", answer({ headers: { etag: "1" } }), "in header ETag: 1"],
    ["a header's number", answer({ headers: { ...limits, "ratelimit-limit": "many" } }), "in header RateLimit-Limit"],
    ["a required header missing", answer({ headers: { etag: undefined } }), "no header ETag"],
    ["a limit that isn't said", answer({}, true), "no header RateLimit-Limit"],
  ])("%s", (_title, check, message) => {
    expect(check).toThrow(message);
  });
});

function nameOf({ status, code, title }: Case): string {
  return [status, code, title].filter((part) => part !== undefined).join(" ");
}
