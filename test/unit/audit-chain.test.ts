/** The audit's hash chain, with random entries, and random tampering by who has the database and not the key. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { canonicalJson, entryHash } from "../../service/audit/chain.ts";
import { beginChain } from "../../service/audit/heads.ts";
import { AuditSealer } from "../../service/audit/sealer.ts";
import { verifyChain } from "../../service/audit/verify.ts";
import { parsePeppers } from "../../service/keys/peppers.ts";
import { newId } from "../../service/rows/identifiers.ts";
import type { Database } from "../../service/rows/tables.ts";
import { addEntries } from "../contract/support/audit.ts";
import { runsOf } from "../runs.ts";
import { openCopy } from "../template-database.ts";

const peppers = parsePeppers(`v1:${Buffer.alloc(32, 1).toString("base64url")}`);
const at = new Date("2026-11-24T12:00:00Z");

let database: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ database, close } = await openCopy());
});

afterAll(async () => {
  await close();
});

/** Without the characters that jsonb doesn't take: U+0000 and halves of pairs. */
const isWellFormed = (one: string) => Buffer.from(one).toString() === one;
const text = fc.string({ unit: "grapheme", maxLength: 8 }).filter((one) => isWellFormed(one) && !one.includes("\0"));
const members = fc.dictionary(
  text,
  fc.oneof(text, fc.boolean(), fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.array(text)),
  { maxKeys: 4 },
);

const entry = fc.record({
  action: text,
  object_id: text,
  actor_id: fc.option(text),
  request_id: text,
  before: fc.option(members.map((value) => JSON.stringify(value))),
  after: fc.option(members.map((value) => JSON.stringify(value))),
  at: fc.date({ min: new Date("2000-01-01"), max: at, noInvalidDate: true }),
});

/** What is done to the entries that are sealed; `place` and `other` are taken modulo their number. */
const tampering = fc.record({
  deed: fc.constantFrom("remove", "alter", "exchange", "insert", "truncate", "unseal"),
  place: fc.nat(),
  other: fc.nat(),
  column: fc.constantFrom("action", "object_id", "actor_id", "request_id", "before", "after"),
  value: text,
  /** Whether all hashes from there on are computed again. */
  rehash: fc.boolean(),
});

type Tampering = typeof tampering extends fc.Arbitrary<infer T> ? T : never;

/** The entries of a chain, in their places. */
async function rowsOf(chain: string) {
  const all = database.selectFrom("audit_entries").selectAll();
  return await all.where("chain", "=", chain).orderBy("sequence").execute();
}

async function place(id: string, sequence: number): Promise<void> {
  await database.updateTable("audit_entries").set({ sequence }).where("id", "=", id).execute();
}

/** @returns whether anything is another than before. */
async function tamper(chain: string, { deed, ...how }: Tampering): Promise<boolean> {
  const rows = await rowsOf(chain);
  const one = rows[how.place % rows.length];
  const other = rows[how.other % rows.length];
  if (one?.sequence == null || other?.sequence == null) {
    throw new Error("there is nothing to tamper with");
  }
  const entries = database.deleteFrom("audit_entries").where("chain", "=", chain);
  switch (deed) {
    case "remove":
      await entries.where("id", "=", one.id).execute();
      return true;
    case "truncate":
      await entries.where("sequence", ">=", one.sequence).execute();
      return true;
    case "alter": {
      const isJson = how.column === "before" || how.column === "after";
      const value = isJson ? JSON.stringify({ [how.value]: how.value }) : how.value;
      await database
        .updateTable("audit_entries")
        .set({ [how.column]: value } as never)
        .where("id", "=", one.id)
        .execute();
      return canonicalJson(one[how.column]) !== canonicalJson(isJson ? JSON.parse(value) : value);
    }
    case "exchange":
      await place(one.id, 0);
      if (other.id !== one.id) {
        await place(other.id, one.sequence);
      }
      await place(one.id, other.sequence);
      return other.id !== one.id;
    case "insert":
      for (const row of rows.slice(one.sequence - 1).reverse()) {
        await place(row.id, (row.sequence ?? 0) + 1);
      }
      await addEntries(database, chain, at, [{ id: newId("audit_entry"), chain, sequence: one.sequence } as object]);
      return true;
    case "unseal":
      await database
        .updateTable("audit_entries")
        .set({ chain: null, action: `${how.value}!` } as never)
        .where("id", "=", one.id)
        .execute();
      return true;
  }
}

async function rehash(chain: string): Promise<void> {
  let previous: string | null = null;
  for (const row of await rowsOf(chain)) {
    previous = entryHash(previous, row, row.sequence ?? 0);
    await database.updateTable("audit_entries").set({ hash: previous }).where("id", "=", row.id).execute();
  }
}

test("what is sealed is intact, and whatever is done to it is found", async () => {
  const batches = fc.array(fc.array(entry, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(batches, tampering, fc.boolean(), async (batches, how, sealsOn) => {
      const sealer = new AuditSealer({ db: database, peppers, clock: () => at, log: undefined, settleMs: 0 });
      const chain = newId("organization");
      await beginChain(database, peppers, chain, at);
      for (const batch of batches) {
        await addEntries(database, chain, at, batch);
        await sealer.seal();
      }
      const before = await verifyChain(database, peppers, chain);
      expect(before).toMatchObject({ intact: true, sealed: batches.flat().length, unsealed: 0 });
      const isTampered = await tamper(chain, how);
      if (how.rehash) {
        await rehash(chain);
      }
      // The service goes on, and must not cover it up.
      if (sealsOn) {
        await addEntries(database, chain, at, [{}]);
      }
      await sealer.seal();
      const after = await verifyChain(database, peppers, chain);
      expect(after.intact).toBe(!isTampered);
      expect(after.faults.length > 0).toBe(isTampered);
    }),
    { numRuns: runsOf({ test: 40, trials: 150 }) },
  );
});

test("a JSON value has one form, whatever the order of its members, and another value another form", () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return value.map(shuffled);
    }
    if (typeof value !== "object" || value === null) {
      return value;
    }
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([name, member]) => [name, shuffled(member)]),
    );
  };
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const form = canonicalJson(one);
      expect(canonicalJson(shuffled(one))).toBe(form);
      expect(canonicalJson(JSON.parse(form))).toBe(form);
      expect(JSON.parse(form)).toEqual(JSON.parse(JSON.stringify(one)));
      const isSame = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
      expect(canonicalJson(other) === form).toBe(isSame);
    }),
  );
});

test("the form is the RFC's: members by UTF-16 code units, numbers and escapes as ECMAScript writes them", () => {
  // The example of RFC 8785, section 3.2.3, and numbers in each of their forms.
  const names = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
  expect(canonicalJson(names)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
  expect(canonicalJson([1 / 3, 1e30, 4.5, 2e-3, 1e-27, '\u000f\n"\\'])).toBe(
    '[0.3333333333333333,1e+30,4.5,0.002,1e-27,"\\u000f\\n\\"\\\\"]',
  );
});

/** What has one JSON text for each value, by other means than `canonicalJson`. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const members = Object.entries(value).map(([name, member]) => ({ name, member: sorted(member) }));
  return { members: members.sort((one, other) => (one.name < other.name ? -1 : 1)) };
}
