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
  },
);
