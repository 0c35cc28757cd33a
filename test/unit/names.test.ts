/** Refusals because another object has a name: what becomes of it. */
import { entryIn, stackIdIn } from "roster-schema";
import { expect, test } from "vitest";
import type { Problem } from "../../provider/errors.ts";
import { TakenNames } from "../../provider/lifecycle/names.ts";
import { Run } from "../../provider/lifecycle/run.ts";

const set = `organization/shop/dev/${"a".repeat(32)}`;
const problem = { code: "already_member" } as Problem;

test.each(["ann@x.example", "sales/north@x.example", `${"b".repeat(32)}/x@x.example`])(
  "an entry of a set is known by its address, whatever stands in it: %s",
  async (address) => {
    const holder = { id: "mbr_1", externalId: `${set}/${address}` };
    expect([stackIdIn(holder.externalId), entryIn(holder.externalId)]).toEqual(["organization/shop/dev", address]);
    const run = new Run();
    const names = new TakenNames(run, "Membership", `organization/shop/dev/${"c".repeat(32)}`, async () => holder);
    run.show(set, { names: [], entries: new Set([address]) });
    expect(await names.mayPass(problem, 0)).toBe(false);
    run.show(set, { names: [], entries: new Set() });
    expect(await names.mayPass(problem, 0)).toBe(true);
  },
);
