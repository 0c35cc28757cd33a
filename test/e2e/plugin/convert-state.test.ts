/** A stack moves from the dynamic provider to the native plugin, and back, on the real engine. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { useService, useStack } from "../fixtures.ts";
import { type Declaration, kinds, surroundings, the } from "../kinds.ts";
import { type Front, nameOf } from "../stack.ts";

const service = useService();
const stack = useStack("test/e2e/programs/kinds", service, undefined, { front: "dynamic" });

const sets: readonly Declaration[] = [
  {
    kind: "OrganizationMembers",
    name: "people",
    args: { organization: the("home"), members: { "ada@kinds.example": "viewer" }, onUnknownUser: "create" },
  },
  {
    kind: "ApiKeyAssignees",
    name: "assignees",
    args: { key: the("key"), assignees: { "ada@kinds.example": "member" } },
    after: ["people"],
  },
];
const declared = [...surroundings, ...kinds.map(({ declaration }) => declaration), ...sets].map((one) => {
  return one.name === "user" ? { ...one, args: { ...one.args, givenName: { $secret: "Una the secret" } } } : one;
});

/** The ids of the resources, the number of their secrets, and one of them in plaintext. */
async function contents() {
  const { text, resources } = await stack.exported();
  const own = resources.filter(({ urn }) => declared.some(({ name }) => name === nameOf({ urn })));
  const ids = own.map((resource) => [nameOf(resource), resource.id]);
  const key = await stack.plaintextOf("AccessToken", "token", "token");
  return { ids, key, secretCount: text.match(/"ciphertext"/g)?.length, text };
}

/** The entries of the audit, without what a later entry seals in them. */
async function audited(): Promise<unknown[]> {
  return (await service.list("/v1/audit-entries")).map(({ id, action }) => [id, action]);
}

/** Follows docs/guides/native-plugin.md. */
async function convert(to: Front): Promise<void> {
  const [from, converted] = ["state.json", "converted.json"].map((name) => path.join(stack.folder, name));
  await stack.succeed("stack", "export", "--file", String(from));
  const { status, stdout, output } = await stack.roster("convert-state", "--to", to, "state.json");
  expect(status, output).toBe(0);
  writeFileSync(String(converted), stdout);
  await stack.succeed("stack", "import", "--file", String(converted));
  await stack.use(to);
}

test("N6 moves to the plugin, and back, without a change: the same ids, the same secrets, an empty preview", async () => {
  stack.declare(declared);
  await stack.up();
  const before = await contents();
  const entries = await audited();
  for (const to of ["native", "dynamic"] as const) {
    await convert(to);
    expect(await stack.preview(), to).toEqual([]);
    const after = await contents();
    expect({ ...after, text: "" }, to).toEqual({ ...before, text: "" });
    expect(after.text.includes("pulumi-nodejs:dynamic/roster"), to).toBe(to === "dynamic");
    expect(after.text.includes("roster:index:"), to).toBe(to === "native");
  }
  expect(await audited()).toEqual(entries);
  expect(readFileSync(stack.checkpoint, "utf8")).not.toContain("Una the secret");
});

test("N6 what the plugin manages after that, it updates and destroys like what it has created", async () => {
  await convert("native");
  stack.declare(
    declared.map((one) => (one.name === "role" ? { ...one, args: { ...one.args, name: "Deployer" } } : one)),
  );
  expect(await stack.apply("--refresh")).toEqual(["update Role role"]);
  await stack.destroy();
  const statuses = (await service.list("/v1/organizations")).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set(["closed"]));
});
