/** Ids that people write for objects: their forms, and what is refused. What they find is in test/e2e/plugin/import.test.ts. */
import { expect, test } from "vitest";
import { serviceIdOf } from "../../provider/kinds/readable-ids.ts";
import { lifecycles } from "../../provider/kinds/registry.ts";
import { Client } from "../../provider/wire/client.ts";

const client = new Client({ endpoint: "http://127.0.0.1:1", token: "token-of-a-test", timeoutMs: 1000 });

test("the service's own id is used as it is", async () => {
  const id = `rol_${"0".repeat(32)}`;
  expect(await serviceIdOf(client, "Role", id)).toBe(id);
});

test.each(lifecycles.map(({ kind }) => kind))("another form is refused for a %s, with an example", async (kind) => {
  await expect(serviceIdOf(client, kind, "acme/nothing/like/that")).rejects.toThrow(
    new RegExp(`^"acme/nothing/like/that" is not the id of a ${kind}\\. Use an id such as \\S+, or the value`),
  );
});
