/** Ids that people write for objects: their forms, and what is refused. What they find is in test/e2e/plugin/import.test.ts. */
import { expect, test } from "vitest";
import { importIds, serviceIdOf } from "../../provider/kinds/readable-ids.ts";
import { lifecycles } from "../../provider/kinds/registry.ts";
import { Client } from "../../provider/wire/client.ts";

const client = new Client({ endpoint: "http://127.0.0.1:1", token: "token-of-a-test", timeoutMs: 1000 });

test("the service's own id is used as it is", async () => {
  const id = `rol_${"0".repeat(32)}`;
  expect(await serviceIdOf(client, "Role", id)).toBe(id);
});

test.each(lifecycles.map(({ kind }) => kind))("another form is refused for a %s, with an example", async (kind) => {
  await expect(serviceIdOf(client, kind, "acme/nothing/like/that")).rejects.toThrow(
    new RegExp(`^"acme/nothing/like/that" is not an id of the kind ${kind}\\. Use an id such as \\S+, or the value`),
  );
});

const id = (digit: number) => `rol_${String(digit).repeat(32)}`;

test.each([
  ["Role", ["acme", "Releaser"], "acme/roles/Releaser"],
  ["Role", ["acme", "a/b\nc"], "acme/roles/a/b\nc"],
  ["User", ["a/b@example.com"], id(0)],
  ["Membership", ["acme", "a/b@example.com"], id(0)],
  ["ApiKeyAssignment", ["acme/keys/a/assignees/b", "c@example.com"], "acme/keys/a/assignees/b/assignees/c@example.com"],
  ["OrganizationMembers", ["acme"], "acme/members"],
  ["ApiKeyAssignees", ["acme/keys/Storefront"], "acme/keys/Storefront/assignees"],
  ["ApiKeyAssignment", [`key_${"1".repeat(32)}`, "c@example.com"], id(0)],
])("a %s with the parts %j is imported as %s", (kind, parts, expected) => {
  expect(importIds(kind, [{ id: id(0), parts }])).toEqual([expected]);
});

test("objects that a readable id doesn't tell apart are imported by the service's own ids", () => {
  const addresses = ["ada@example.com", "grace@example.com", "Ada@example.com"];
  const objects = addresses.map((email, at) => ({ id: id(at), parts: ["acme", email] }));
  expect(importIds("Membership", objects)).toEqual([id(0), "acme/members/grace@example.com", id(2)]);
});
