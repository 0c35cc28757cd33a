/** Which object a create with `adopt` would meet, where a list has more than one of the same person. */
import { expect, onTestFinished, test } from "vitest";
import { membershipLifecycle } from "../../provider/kinds/membership.ts";
import { Client } from "../../provider/wire/client.ts";
import { json, ScriptedServer } from "./scripted-server.ts";

const organization = `org_${"1".repeat(32)}`;
const inputs = { organization, email: "ada@x.example", role: "viewer", externalId: "stack/1", adopt: true };
const active = {
  id: "mem_9",
  externalId: null,
  adopted: false,
  organization,
  user: `usr_${"1".repeat(32)}`,
  email: "ada@x.example",
  role: "editor",
  status: "active",
  userStatus: "active",
  apiKeyCount: 0,
  operational: false,
  createdAt: "2030-01-02T00:00:00.000Z",
  updatedAt: "2030-01-02T00:00:00.000Z",
  endedAt: null,
};
const over = { ...active, id: "mem_1", role: "viewer", endedAt: "2030-01-01T00:00:00.000Z" };

async function compared(...items: readonly object[]) {
  const server = await ScriptedServer.start(json(200, { items, nextCursor: null }));
  onTestFinished(() => server.stop());
  const client = new Client({ endpoint: server.endpoint, token: "of-a-test", timeoutMs: 60_000 });
  return await membershipLifecycle.compare(client, inputs);
}

test.each(["removed", "cancelled", "left"])(
  "a membership that follows one that is %s is compared, or refused",
  async (status) => {
    const first = { ...over, status, externalId: "another/1" };
    expect(await compared(first, active)).toMatchObject({
      inputs: { adopts: { role: "editor => viewer" } },
      failures: [],
    });
    expect((await compared({ ...first, externalId: null }, { ...active, externalId: "another/2" })).failures).toEqual([
      { property: "adopt", reason: expect.stringContaining("another stack manages mem_9 as another/2") },
    ]);
    expect(await compared(first)).toEqual({ inputs, failures: [] });
  },
);

test.each(["active", "pending", "expired"])("a membership that is %s is there to be adopted", async (status) => {
  const found = { ...active, status, ...(status === "active" ? {} : { user: null, userStatus: null }) };
  expect((await compared(found)).inputs.adopts).toEqual({ role: "editor => viewer" });
});
