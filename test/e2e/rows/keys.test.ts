/** Rows of docs/features.md about keys on the real engine; they share one stack and its steps. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Client } from "../../contract/support/client.ts";
import { ownerToken, startListening, type TestService } from "../../contract/support/service.ts";
import { useStack } from "../fixtures.ts";
import { type Declaration, enterprise, the } from "../kinds.ts";
import { nameOf } from "../stack.ts";

const dayMs = 24 * 60 * 60 * 1000;

const surroundings: readonly Declaration[] = [
  { kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme", ...enterprise } },
  { kind: "User", name: "robot", args: { email: "robot@acme.example", kind: "system", homeOrganization: the("acme") } },
  { kind: "Membership", name: "robot-in", args: { organization: the("acme"), user: the("robot"), role: "api_user" } },
];
const robots: Declaration = {
  kind: "ApiKeyAssignment",
  name: "robots",
  args: { key: the("storefront"), user: the("robot") },
  after: ["robot-in"],
};
const web = { kind: "webapi" };
const scheduled = key("scheduled", { rotation: { every: "90d", overlap: "7d" } });
const brief = key("brief", { endDate: new Date(Date.now() + dayMs).toISOString() });

let service: TestService;
let stop = async () => {};
let owner: Client;
const access = { endpoint: "", token: ownerToken };

// In this process, so that a day passes when a test says so.
beforeAll(async () => {
  ({ service, endpoint: access.endpoint, stop } = await startListening());
  owner = service.as();
});
afterAll(() => stop());

const stack = useStack("test/e2e/programs/kinds", access);

function key(name: string, args: Readonly<Record<string, unknown>> = {}): Declaration {
  return { kind: "ApiKey", name, args: { organization: the("acme"), name, kind: "server", ...args } };
}
function declare(...keys: readonly Declaration[]): void {
  stack.declare([...surroundings, ...keys, robots]);
}
/** The outputs of a resource; those that are secret have their plaintext in them. */
async function outputsOf(name: string): Promise<Readonly<Record<string, unknown>>> {
  const { resources } = await stack.exported("--show-secrets");
  return resources.find((resource) => nameOf(resource) === name)?.outputs ?? {};
}
function plaintextOf(output: unknown) {
  return JSON.parse((output as { readonly plaintext: string }).plaintext);
}
/** The plaintexts of the stack's keys, by name. */
async function plaintexts(): Promise<Record<string, string>> {
  const { resources } = await stack.exported("--show-secrets");
  const keys = resources.filter(({ type }) => type.endsWith(":ApiKey"));
  return Object.fromEntries(keys.map((resource) => [nameOf(resource), plaintextOf(resource.outputs?.key)]));
}
async function verify(secret = "none"): Promise<string> {
  const { outcome, reason } = await owner.do("verifyApiKey", { body: { secret } });
  return reason ?? outcome;
}
async function keyOf(name: string) {
  return owner.do("getApiKey", { path: { apiKeyId: await stack.idOf("ApiKey", name) } });
}

test("M10 M12 C18 keys are made, each its own", async () => {
  declare(key("storefront", { rotate: 1 }), key("export"), key("checkout", web), key("doomed"), scheduled, brief);
  await stack.up();
  const made = await plaintexts();
  expect(new Set(Object.values(made)).size).toBe(6);
  for (const secret of Object.values(made)) {
    expect(await verify(secret)).toBe("accepted");
  }
  expect(await keyOf("storefront")).toMatchObject({ generation: 1 });
});

test("M15 M18 E12 keys are rotated, one on schedule, or revoked, each independent of the others, as preview says", async () => {
  const before = await plaintexts();
  // The state's idea of when that key was rotated; what a schedule does on which day, test/protocol/keys.test.ts shows.
  const rotatedAt = new Date(Date.now() - 91 * dayMs).toISOString();
  await stack.imported((resource) =>
    nameOf(resource) === "scheduled" ? { ...resource, inputs: { ...resource.inputs, rotatedAt } } : resource,
  );
  declare(
    key("storefront", { rotate: 2 }),
    key("export", { rotate: "now", rotation: { overlap: "0s" } }),
    key("checkout", { ...web, rotate: 1, rotation: { overlap: "1h" } }),
    key("doomed", { state: "revoked" }),
    scheduled,
    brief,
  );
  const { stdout } = await stack.succeed("up", "--yes", "--diff");
  const shown = (name: string) => stdout.split("[urn=").find((text) => text.includes(`:ApiKey::${name}]`)) ?? "";
  expect(shown("storefront")).toMatch(/~ generation *: 1 => 2/);
  expect(shown("storefront")).toMatch(/~ rotate *: 1 => 2/);
  expect(shown("scheduled")).toMatch(/~ generation *: 1 => 2/);
  const [, end = ""] = /\+ previousKeyExpiresAt *: "([^"]+)"/.exec(shown("scheduled")) ?? [];
  expect((Date.parse(end) - Date.now()) / dayMs).toBeCloseTo(7, 1);

  expect(stdout).toMatch(/Resources:\n +~ 5 updated\n +6 unchanged\n/);
  const after = await plaintexts();
  for (const name of ["storefront", "export", "checkout", "scheduled"]) {
    expect(after[name]).not.toBe(before[name]);
    expect(await verify(after[name]), name).toBe("accepted");
    expect(await keyOf(name)).toMatchObject({ generation: 2, status: "active" });
  }
  for (const name of ["storefront", "checkout", "scheduled"]) {
    expect(await verify(before[name]), name).toBe("accepted");
  }
  for (const name of ["export", "doomed"]) {
    expect(await verify(before[name]), name).toBe("revoked");
  }
  expect(await keyOf("doomed")).toMatchObject({ status: "revoked" });
  const outputs = await outputsOf("scheduled");
  expect(plaintextOf(outputs.previousKey)).toBe(before.scheduled);
  expect(Date.parse(String(outputs.rotatesAt)) - Date.parse(String(outputs.rotatedAt))).toBe(90 * dayMs);
});

test("M13 M14 M15 M16 C17 what has expired stays; what was revoked out of band is replaced; a revoked key frees its name and stays listed", async () => {
  const before = await plaintexts();
  expect(await verify(before.brief)).toBe("accepted");
  service.advance(2 * dayMs);
  expect(await verify(before.brief)).toBe("expired");
  await owner.do("revokeApiKey", { path: { apiKeyId: await stack.idOf("ApiKey", "checkout") } });
  // What is no longer declared is revoked, and removing `rotate` does nothing. Nor is it a difference when each was used last, and to
  // whom it is attached.
  declare(key("storefront"), key("checkout", web), key("doomed-again", { name: "doomed" }), scheduled, brief);
  expect((await stack.apply("--refresh")).toSorted()).toEqual([
    "create ApiKey doomed-again",
    "delete ApiKey doomed",
    "delete ApiKey export",
    "replace ApiKey checkout",
  ]);
  const after = await plaintexts();
  const { assignees, assigneeCount, lastUsedAt } = await outputsOf("storefront");
  const user = await stack.idOf("User", "robot");
  expect(plaintextOf(assignees)).toEqual([{ user, email: "robot@acme.example", status: "active" }]);
  expect([assigneeCount, lastUsedAt]).toEqual([1, expect.stringMatching(/Z$/)]);
  expect(after.storefront).toBe(before.storefront);
  expect(await outputsOf("brief")).toMatchObject({ status: "expired" });
  expect(after.brief).toBe(before.brief);
  expect(await verify(before.checkout)).toBe("revoked");
  expect(await verify(after.checkout)).toBe("accepted");
  expect(await keyOf("checkout")).toMatchObject({ generation: 1 });
  expect(await keyOf("storefront")).toMatchObject({ generation: 2 });
  const path = { organizationId: await stack.idOf("Organization", "acme") };
  const { items } = await owner.do("listApiKeys", { path });
  const statuses = (called: string) => items.filter(({ name }) => name === called).map(({ status }) => status);
  expect(statuses("doomed")).toEqual(["revoked", "active"]);
  expect(statuses("export")).toEqual(["revoked"]);
});

test("M11 M13 E11 a later date replaces a key that has expired; an end date of a JWT is refused at up, and nothing is made of it", async () => {
  const jwt = { kind: "user", format: "jwt", owner: the("robot"), endDate: "2090-01-01" };
  const moved = key("brief", { endDate: "2090-01-01" });
  declare(key("storefront"), key("checkout", web), key("doomed-again", { name: "doomed" }), scheduled, moved, {
    ...key("token", jwt),
    after: ["robot-in"],
  });
  const replaced = await stack.idOf("ApiKey", "brief");
  const output = await stack.fail("up", "--yes", "--skip-preview", "--continue-on-error");
  expect(output).toContain("allowExpiringJwt");
  // For the other keys there is nothing left to do.
  expect(output).toMatch(/Resources:\n +\+-1 replaced\n +9 unchanged\n/);
  expect((await owner.do("getApiKey", { path: { apiKeyId: replaced } })).status).toBe("expired");
  expect(await verify((await plaintexts()).brief)).toBe("accepted");
  const path = { organizationId: await stack.idOf("Organization", "acme") };
  const { items } = await owner.do("listApiKeys", { path });
  expect(items.map(({ name }) => name)).not.toContain("token");
});
