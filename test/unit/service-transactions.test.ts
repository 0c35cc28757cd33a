import { afterAll, beforeAll, expect, test } from "vitest";
import { Refusal } from "../../service/problems.ts";
import { inTransaction, refusalOfUnavailability } from "../../service/rows/database.ts";
import type { Database } from "../../service/rows/tables.ts";
import { openCopy } from "../template-database.ts";

let database: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ database, close } = await openCopy());
});

afterAll(async () => {
  await close();
});

const entry = (id: string) => ({
  id,
  organization_id: null,
  at: new Date(0),
  actor_kind: "service" as const,
  actor_id: null,
  action: "test",
  object_kind: "user" as const,
  object_id: id,
  before: null,
  after: null,
  request_id: "",
});

/** Fails as the database does, a number of times. */
function failing(code: string, times: number) {
  let attempts = 0;
  return {
    attempts: () => attempts,
    fail() {
      attempts += 1;
      if (attempts <= times) {
        throw Object.assign(new Error("injected"), { code });
      }
    },
  };
}

test.each(["40001", "40P01", "23505"])("%s is tried again, and the work counts once", async (code) => {
  const fault = failing(code, 3);
  const id = await inTransaction(database, async (transaction) => {
    await transaction.insertInto("audit_entries").values(entry(code)).execute();
    fault.fail();
    return code;
  });
  expect(id).toBe(code);
  expect(fault.attempts()).toBe(4);
  const rows = await database.selectFrom("audit_entries").select("id").where("object_id", "=", code).execute();
  expect(rows).toHaveLength(1);
});

test("attempts are bounded, and then the service is unavailable for the moment", async () => {
  const fault = failing("40001", Number.POSITIVE_INFINITY);
  const refusal = await inTransaction(database, async () => fault.fail()).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Refusal);
  expect(refusal).toMatchObject({ code: "unavailable", retryAfterSeconds: 1 });
  expect(fault.attempts()).toBe(20);
});

test("a refusal rolls back and is not tried again", async () => {
  const fault = failing("refused", 1);
  const work = inTransaction(database, async (transaction) => {
    await transaction.insertInto("audit_entries").values(entry("refused")).execute();
    fault.fail();
  });
  await expect(work).rejects.toThrow("injected");
  expect(fault.attempts()).toBe(1);
  const rows = await database.selectFrom("audit_entries").select("id").where("id", "=", "refused").execute();
  expect(rows).toEqual([]);
});

test.each([
  ["53100", /disk is full/],
  ["58030", /disk can't be written to/],
  ["25006", /read-only/],
  ["53200", /out of memory or connections/],
  ["53300", /out of memory or connections/],
  ["57P01", /doesn't answer/],
  ["57P02", /The database stopped/],
  ["57P03", /doesn't answer/],
  ["28P01", /refuses connections from the service/],
  ["08006", /doesn't answer/],
  ["ECONNREFUSED", /doesn't answer/],
])("T10 what PostgreSQL can't do now (%s) is a refusal by name that may be tried again", (code, words) => {
  const error = Object.assign(new Error("of the driver"), { code });
  expect(refusalOfUnavailability(error)).toMatchObject({ code: "unavailable", message: expect.stringMatching(words) });
  expect(refusalOfUnavailability(new Error("wrapped", { cause: error }))?.message).toMatch(words);
});

test("another error of the database is a fault of the service", () => {
  for (const code of ["XX000", "23505", "42P01", "22P02"]) {
    expect(refusalOfUnavailability(Object.assign(new Error("of the driver"), { code })), code).toBeUndefined();
  }
});
