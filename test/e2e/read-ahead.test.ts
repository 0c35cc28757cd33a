/** The refresh of many separate resources, on the real engine: the service is asked for all of them at once. */
import { expect, test } from "vitest";
import { useRelay, useService, useStack } from "./fixtures.ts";
import { type Declaration, enterprise, the } from "./kinds.ts";

const each = 12;
const service = useService();
const relay = useRelay(service);
const stack = useStack("test/e2e/programs/kinds", relay);

/** Some of every kind, in two organizations. */
const declarations: Declaration[] = ["acme", "globex"].flatMap((slug) => [
  { kind: "Organization", name: slug, args: { slug, name: slug, ...enterprise } },
  ...Array.from({ length: each }, (_, at): Declaration[] => [
    {
      kind: "User",
      name: `${slug}-user-${at}`,
      args: { email: `user-${at}@${slug}.example`, kind: "system", homeOrganization: the(slug) },
    },
    {
      kind: "Membership",
      name: `${slug}-member-${at}`,
      args: { organization: the(slug), user: the(`${slug}-user-${at}`), role: "viewer" },
    },
    {
      kind: "Role",
      name: `${slug}-role-${at}`,
      args: { organization: the(slug), name: `Role ${at}`, permissions: [] },
    },
    { kind: "ApiKey", name: `${slug}-key-${at}`, args: { organization: the(slug), name: `Key ${at}`, kind: "server" } },
  ]).flat(),
]);

/** What the service was asked for, a batch as one, since the last call. */
function asked(): number {
  const { sent } = relay;
  relay.requests.length = 0;
  relay.batches.length = 0;
  return sent;
}

test("sees what was changed and what has ended since", { timeout: 300_000 }, async () => {
  stack.declare(declarations);
  await stack.up();
  await service.ask("PATCH", `/v1/roles/${await stack.idOf("Role", "acme-role-1")}`, { permissions: ["roles:read"] });
  await service.ask("DELETE", `/v1/api-keys/${await stack.idOf("ApiKey", "globex-key-2")}`);
  expect((await stack.apply("--refresh")).toSorted()).toEqual([
    "replace ApiKey globex-key-2",
    "update Role acme-role-1",
  ]);
});

test("takes a request for a hundred of them, and a few, where nothing has changed", { timeout: 300_000 }, async () => {
  asked();
  expect(await stack.apply("--refresh")).toEqual([]);
  expect(asked()).toBeLessThanOrEqual(declarations.length / 1000 + 10);
});
