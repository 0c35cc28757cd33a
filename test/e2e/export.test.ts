/** An organization that people have made by hand becomes a stack, on the real engine. In more cases: test/protocol/export.test.ts. */
import { expect, test } from "vitest";
import { useService, useStack } from "./fixtures.ts";
import { MadeByHand } from "./made-by-hand.ts";

const service = useService();
const stack = useStack("test/e2e/programs/exported", service);
const organization = new MadeByHand(service, "acme");

test("G3 roster export writes the manifest, preview shows adoption and no difference, and up changes nothing but who manages it", async () => {
  await organization.make();
  const run = await stack.roster("export", "acme", "--out", ".");
  expect(run.status, run.output).toBe(0);
  const [dump, verifications, mails] = [
    await organization.dump(),
    await organization.verifications(),
    await organization.mails(),
  ];

  const planned = await stack.previewed();
  expect(planned.length).toBeGreaterThan(30);
  for (const { op, urn, newState } of planned.filter((step) => !step.urn.includes("pulumi:pulumi:Stack"))) {
    expect(op, urn).toBe("create");
    expect(newState?.inputs, urn).toMatchObject({ adopt: true });
    expect(newState?.inputs?.adopts ?? {}, urn).toEqual({});
  }
  expect(await organization.dump()).toEqual(dump);

  await stack.apply();
  expect(await organization.dump()).toEqual(dump);
  expect(await organization.verifications()).toEqual(verifications);
  // The one mail is that of `mails` itself.
  expect(await organization.mails()).toBe(mails + 1);
  const managed = await service.list(`/v1/organizations/${organization.id}/api-keys?status=active`);
  expect(managed.filter(({ legacy }) => legacy === false).map(({ adopted }) => adopted)).toEqual(
    Object.keys(verifications)
      .filter((name) => name !== "Ended")
      .map(() => true),
  );
});
