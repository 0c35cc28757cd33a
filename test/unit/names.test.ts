/** Refusals because another object has a name: what becomes of it. */
import { entryIn, stackIdIn } from "roster-schema";
import { expect, test } from "vitest";
import type { Problem } from "../../provider/errors.ts";
import { NameConflicts } from "../../provider/lifecycle/name-conflicts.ts";
import { Registrations } from "../../provider/lifecycle/registrations.ts";

const set = `organization/shop/dev/${"a".repeat(32)}`;
const problem = { code: "already_member" } as Problem;

test.each(["ann@x.example", "sales/north@x.example", `${"b".repeat(32)}/x@x.example`])(
  "an entry of a set is known by its address, whatever stands in it: %s",
  async (address) => {
    const holder = { id: "mbr_1", externalId: `${set}/${address}` };
    expect([stackIdIn(holder.externalId), entryIn(holder.externalId)]).toEqual(["organization/shop/dev", address]);
    const run = new Registrations();
    const names = new NameConflicts(run, "Membership", `organization/shop/dev/${"c".repeat(32)}`, async () => holder);
    run.register(set, { names: [], entries: new Set([address]) });
    expect(await names.retryConflict(problem, 0)).toBe(false);
    run.register(set, { names: [], entries: new Set() });
    expect(await names.retryConflict(problem, 0)).toBe(true);
    expect(names.claimable).toBeUndefined();
  },
);

test("S3 a create takes over the entry of a set that doesn't declare it any more, or isn't declared at all", async () => {
  const holder = { id: "mbr_1", externalId: `${set}/ann@x.example` };
  const run = new Registrations();
  const own = `organization/shop/dev/${"c".repeat(32)}`;
  const creating = () => new NameConflicts(run, "Membership", own, async () => holder, true);
  const names = creating();
  // The program may declare the set later.
  expect(await names.retryConflict(problem, 0)).toBe(true);
  expect(names.claimable).toBeUndefined();
  expect(await names.retryConflict(problem, 4)).toBe(false);
  expect(names.claimable).toBe("mbr_1");
  const next = creating();
  expect(await next.retryConflict(problem, 0)).toBe(false);
  expect(next.claimable).toBe("mbr_1");
  run.register(set, { names: [], entries: new Set(["ann@x.example"]) });
  const declared = creating();
  expect(await declared.retryConflict(problem, 0)).toBe(false);
  expect(declared.claimable).toBeUndefined();
});
