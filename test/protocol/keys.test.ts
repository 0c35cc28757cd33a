/** When the provider rotates a key, and what it refuses of one; the tests share one stack and its steps. */
import { expect, test } from "vitest";
import { apiKeyLifecycle } from "../../provider/kinds/api-key/api-key.ts";
import { account } from "../contract/support/pages.ts";
import { useService } from "../e2e/fixtures.ts";
import { type Declaration, enterprise, the } from "../e2e/kinds.ts";
import { useProtocolStack } from "./fixtures.ts";

const dayMs = 24 * 60 * 60 * 1000;

const service = useService();
const stack = useProtocolStack(service, "stack-of-keys");

const acme: Declaration = { kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme", ...enterprise } };
const schedule = { rotation: { every: "90d", overlap: "7d" } };

/** The organization and a key, with these arguments beside those that each has. */
function declared(name: string, args: Readonly<Record<string, unknown>>): Declaration[] {
  return [acme, { kind: "ApiKey", name, args: { organization: the("acme"), name, kind: "server", ...args } }];
}
const path = () => `/v1/api-keys/${stack.stored("scheduled").id}`;
const secret = () => stack.stored("scheduled").outputs.key;
async function generation(): Promise<unknown> {
  return (await service.ask("GET", path())).body.generation;
}
/** Moves the state's idea of when the key was rotated back by so many days. */
function age(days: number): void {
  const rotatedAt = new Date(Date.now() - days * dayMs).toISOString();
  stack.rewrite("scheduled", (stored) => ({ ...stored, inputs: { ...stored.inputs, rotatedAt } }));
}
async function expectAccepted(...secrets: readonly unknown[]): Promise<void> {
  for (const each of secrets) {
    expect((await service.verify(each)).outcome).toBe("accepted");
  }
}

test("a key is rotated once its schedule says so, and not while that is held", async () => {
  const scheduled = declared("scheduled", schedule);
  expect(await stack.up(scheduled)).toEqual(["create acme", "create scheduled"]);
  age(89);
  expect(await stack.preview(scheduled)).toEqual([]);
  age(91);
  const held = declared("scheduled", { ...schedule, holdRotation: true });
  expect(await stack.up(held)).toEqual(["update scheduled"]);
  expect(await generation()).toBe(1);
  expect(await stack.preview(held)).toEqual([]);

  expect(await stack.preview(scheduled)).toEqual(["update scheduled"]);
  await stack.up(scheduled);
  expect(await generation()).toBe(2);
  expect(await stack.preview(scheduled)).toEqual([]);
});

test("where somebody else has rotated a key, the next up has a secret again, and theirs works on", async () => {
  const scheduled = declared("scheduled", schedule);
  const { body } = await service.ask("POST", `${path()}/rotations`, { generation: 3, overlap: "1h" });
  await expectAccepted(body.key);
  await stack.refresh();
  expect(await stack.preview(scheduled)).toEqual(["update scheduled"]);
  await stack.up(scheduled);
  expect(secret()).not.toBe(body.key);
  await expectAccepted(secret(), body.key);
  expect(await generation()).toBe(4);
  await stack.refresh();
  expect(await stack.preview(scheduled)).toEqual([]);
});

test("an empty name, a past date and rotating a revoked key are refused before anything is asked", async () => {
  await expect(stack.up(declared("nameless", { name: " ", endDate: "2020-01-01" }))).rejects.toThrow(
    /: name: it must not be empty; endDate: 2020-01-01 has passed: /,
  );
  expect(await service.list(`/v1/organizations/${stack.stored("acme").id}/api-keys`)).toHaveLength(1);
  await expect(stack.preview(declared("scheduled", { ...schedule, state: "revoked", rotate: 3 }))).rejects.toThrow(
    ": rotate: a revoked key can't be rotated",
  );
});

test("the key of an owner who has not set up the account says so, until the person has done it", async () => {
  const email = "newcomer@keys.example";
  const owned = [
    acme,
    { kind: "User", name: "newcomer", args: { email, homeOrganization: the("acme") } },
    { kind: "Membership", name: "in", args: { organization: the("acme"), user: the("newcomer"), role: "viewer" } },
    {
      kind: "ApiKey",
      name: "owned",
      args: { organization: the("acme"), name: "Owned", kind: "user", owner: the("newcomer") },
      after: ["in"],
    },
  ];
  await stack.up(owned);
  const { key, ownerStatus } = stack.stored("owned").outputs;
  expect(ownerStatus).toBe("invited");
  expect(apiKeyLifecycle.warnings).toContainEqual({
    property: "ownerStatus",
    equals: "invited",
    message: expect.stringContaining("The owner has not finished setting up the account"),
  });
  expect(await service.verify(key)).toMatchObject({ detail: "The owner has not finished setting up the account." });
  await service.browser().submit(await service.mailedLink(email), account);
  await stack.refresh();
  expect(stack.stored("owned").outputs.ownerStatus).toBe("active");
  expect(await stack.preview(owned)).toEqual([]);
  await expectAccepted(key);
});

test("permissions change in place: the key and its secret stay, and those that are left out stay too", async () => {
  const narrow = (permissions?: readonly string[], more = {}) => declared("narrow", { permissions, ...more });
  const asItIs = async () => (await service.ask("GET", `/v1/api-keys/${stack.stored("narrow").id}`)).body;
  await stack.up(narrow(["roles:read"]));
  const { id, outputs } = stack.stored("narrow");
  expect(await stack.up(narrow(["members:read", "roles:read"]))).toEqual(["update narrow"]);
  expect(stack.stored("narrow")).toMatchObject({
    id,
    outputs: { key: outputs.key, grantedPermissions: ["members:read", "roles:read"] },
  });
  await expectAccepted(outputs.key);
  expect(await stack.preview(narrow(["roles:read", "members:read"]))).toEqual([]);

  // Left out, they are nobody's to declare: whatever else changes, and whoever changes them.
  expect(await stack.preview(narrow())).toEqual([]);
  expect(await stack.up(narrow(undefined, { name: "Narrow" }))).toEqual(["update narrow"]);
  expect(await asItIs()).toMatchObject({ name: "Narrow", permissions: ["members:read", "roles:read"] });
  await service.ask("PATCH", `/v1/api-keys/${id}`, { permissions: ["roles:read"] });
  await stack.refresh();
  expect(await stack.preview(narrow(undefined, { name: "Narrow" }))).toEqual([]);
  expect(stack.stored("narrow").outputs).toMatchObject({ grantedPermissions: ["roles:read"] });

  // Declared, what somebody else changes is seen and repaired.
  expect(await stack.up(narrow([], { name: "Narrow" }))).toEqual(["update narrow"]);
  await service.ask("PATCH", `/v1/api-keys/${id}`, { permissions: ["keys:read"] });
  await stack.refresh();
  expect(stack.stored("narrow").inputs).toMatchObject({ permissions: ["keys:read"] });
  expect(await stack.up(narrow([], { name: "Narrow" }))).toEqual(["update narrow"]);
  expect(await asItIs()).toMatchObject({ id, permissions: [] });
});
