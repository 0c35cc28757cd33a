/** Rows of docs/features.md about trust, as a person meets them at the terminal. */
import { expect, test } from "vitest";
import { stackOfTest, useService, useStack } from "../fixtures.ts";
import { type Declaration, enterprise, the } from "../kinds.ts";

const service = useService();
const stack = useStack("test/e2e/programs/kinds", service);

const declarations: Declaration[] = [
  { kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme", ...enterprise } },
  { kind: "ApiKey", name: "storefront", args: { organization: the("acme"), name: "Storefront", kind: "server" } },
];

test("T1 with a path too many in the endpoint, a refresh fails, and the state stays as it is", async () => {
  stack.declare(declarations);
  await stack.up();
  const before = (await stack.exported()).resources;
  await stack.succeed("config", "set", "roster:endpoint", `${service.endpoint}/v1`);
  const output = await stack.fail("refresh", "--yes", "--skip-preview", "--run-program");
  expect(output).toContain("No Roster service answers at this address.");
  expect(output).not.toContain("deleted");
  const { resources } = await stack.exported();
  expect(resources.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  await stack.succeed("config", "set", "roster:endpoint", service.endpoint);
});

test("T3 the same stack on another backend is refused what the first one has", async () => {
  const second = await stackOfTest("test/e2e/programs/kinds", service);
  second.declare(declarations);
  expect(await second.fail("up", "--yes", "--skip-preview")).toContain("external_id_taken: The object exists already");
  const { id } = await stack.resource("ApiKey", "storefront");
  expect((await service.ask("GET", `/v1/api-keys/${id}`)).body).toMatchObject({ status: "active", generation: 1 });
});
