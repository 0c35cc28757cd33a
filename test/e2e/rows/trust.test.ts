/** Rows of docs/features.md about trust, as a person meets them at the terminal. */
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { stackOfTest, useService, useStack } from "../fixtures.ts";
import { type Declaration, enterprise, the } from "../kinds.ts";

const service = useService();
const stack = useStack("test/e2e/programs/kinds", service);

/** Enough random bits for a secret, and no secret of anybody's. */
const secret = randomBytes(24).toString("base64url");

const declarations: Declaration[] = [
  { kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme", ...enterprise } },
  { kind: "ApiKey", name: "storefront", args: { organization: the("acme"), name: "Storefront", kind: "server" } },
  { kind: "ApiKey", name: "checkout", args: { organization: the("acme"), name: "Checkout", kind: "webapi", secret } },
];

test("T1 with a path too many in the endpoint, a refresh fails, and the state stays as it is", async () => {
  stack.declare(declarations);
  await stack.up();
  const before = (await stack.exported()).resources;
  await stack.succeed("config", "set", "roster:endpoint", `${service.endpoint}/v1`);
  const output = await stack.fail("refresh", "--yes", "--skip-preview", "--run-program");
  expect(output).toContain("No Roster service responds at this address.");
  expect(output).not.toContain("deleted");
  const { resources } = await stack.exported();
  expect(resources.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  await stack.succeed("config", "set", "roster:endpoint", service.endpoint);
});

test("T4 a key is not replaced where its own secret can't be used again, and a preview says so", async () => {
  const others = declarations.filter(({ name }) => name !== "checkout");
  const { body: user } = await service.ask("POST", "/v1/users", { email: "robot@acme.example", kind: "system" });
  const args = { organization: the("acme"), name: "Checkout", kind: "webapi", secret, owner: user.id };
  stack.declare([...others, { kind: "ApiKey", name: "checkout", args }]);
  const output = await stack.fail("preview");
  expect(output).toContain("change `secret` in the same update");
  expect(output).not.toContain(secret);
  expect((await service.verify(secret)).outcome).toBe("accepted");
});

test("T3 the same stack on another backend is refused what the first one has", async () => {
  const second = await stackOfTest("test/e2e/programs/kinds", service);
  second.declare(declarations.slice(0, 2));
  expect(await second.fail("up", "--yes", "--skip-preview")).toContain(
    "external_id_taken: An object with this externalId already exists",
  );
  const { id } = await stack.resource("ApiKey", "storefront");
  expect((await service.ask("GET", `/v1/api-keys/${id}`)).body).toMatchObject({ status: "active", generation: 1 });
});
