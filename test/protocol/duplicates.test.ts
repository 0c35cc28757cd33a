/** Resources of one program that declare the same, on the provider's own protocol: each command has a process of its own, as with the engine. */
import { beforeAll, expect, test } from "vitest";
import { useRelay, useService } from "../e2e/fixtures.ts";
import { type Declaration, enterprise, the } from "../e2e/kinds.ts";
import { frontUnderTest } from "../e2e/stack.ts";
import { ProtocolStack } from "./protocol-stack.ts";

const service = useService();
const relay = useRelay(service);
const stack = new ProtocolStack(relay, "stack-of-duplicates");

const home: Declaration = { kind: "Organization", name: "home", args: { slug: "twice", name: "Twice", ...enterprise } };
const ada: Declaration = { kind: "User", name: "ada", args: { email: "ada@twice.example", kind: "system" } };

function declare(kind: string, name: string, args: object, ...after: string[]): Declaration {
  return { kind, name, args: { organization: the("home"), ...args }, after };
}
const byUser = (name: string) => declare("Membership", name, { user: the("ada"), role: "viewer" });
const byEmail = (name: string, ...after: string[]) =>
  declare("Membership", name, { email: "Ada@twice.example", role: "viewer" }, ...after);
const key = (name: string, args: object = {}, ...after: string[]) =>
  declare("ApiKey", name, { name: "Shop", kind: "server", ...args }, ...after);

const base = [home, ada];

beforeAll(() => {
  relay.requests.length = 0;
});

/** The creates of one kind that the service was asked for. */
function creates(path: string): string[] {
  return relay.requests.filter((request) => request.startsWith("POST ") && request.endsWith(path));
}

const refused = (declarations: Declaration[]) => expect(stack.preview(declarations)).rejects;

// The engine doesn't tell a plugin which resource an unknown value comes from: it refuses these at `up`, before their creates.
if (frontUnderTest() === "dynamic") {
  test("P4 are refused at preview in an organization that doesn't exist yet, and nothing is asked for", async () => {
    await refused([...base, byUser("one"), byUser("two")]).toThrow(
      "user: Membership one and Membership two both declare the same person in the same organization: remove one of them.",
    );
    await refused([...base, byEmail("one"), byEmail("two")]).toThrow(
      "email: Membership one and Membership two both declare Ada@twice.example in the same organization: remove one of them.",
    );
    await refused([...base, key("one"), key("two")]).toThrow(
      'name: ApiKey one and ApiKey two both declare the name "Shop" in the same organization: remove one of them.',
    );
    expect(creates("")).toEqual([]);
  });
}

test("P4 are refused at preview, and nothing is asked for", async () => {
  await refused([home, { ...home, name: "again" }]).toThrow(
    "slug: Organization home and Organization again both declare the slug twice: remove one of them.",
  );
  await refused([ada, { ...ada, name: "again" }]).toThrow(
    "User ada and User again both declare the address ada@twice.example",
  );
  expect(creates("")).toEqual([]);
});

test("P4 at `up`, the second one is refused before its create is sent, once what it declares is known", async () => {
  // Whose account it is, is known only once it is created.
  await expect(stack.up([...base, byUser("one"), byEmail("two", "one")])).rejects.toThrow(
    /Membership one and Membership two both declare Ada@twice\.example in organization org_\w+: remove one of them/,
  );
  expect(creates("/members")).toHaveLength(1);
  // In the next run, nothing is created.
  await expect(stack.preview([...base, byUser("one"), byEmail("two")])).rejects.toThrow(
    "both declare Ada@twice.example",
  );
  await expect(stack.preview([...base, byEmail("two"), byUser("one")])).rejects.toThrow(
    "Membership two and Membership one",
  );
});

test("P4 what one of the two gives up in the same update is not declared twice", async () => {
  await stack.up([...base, byUser("one"), key("old")]);
  // One that isn't declared any more; renamed; revoked; replaced in another organization.
  const renamed = key("old", { name: "Store" });
  expect(await stack.up([...base, byUser("one"), renamed, key("new", {}, "old")])).toEqual([
    "update old",
    "create new",
  ]);
  const revoked = key("new", { state: "revoked" });
  expect(await stack.up([...base, byUser("one"), renamed, revoked, key("newer", {}, "new")])).toEqual([
    "update new",
    "create newer",
  ]);
  const other: Declaration = { ...home, name: "other", args: { ...home.args, slug: "twice-other" } };
  const moved = { ...byUser("one"), args: { ...byUser("one").args, organization: the("other") } };
  const keys = [renamed, revoked, key("newer")];
  expect(await stack.up([...base, other, moved, byEmail("two", "one"), ...keys])).toEqual([
    "create other",
    "replace one",
    "create two",
  ]);
  expect(await stack.preview([...base, other, moved, byEmail("two"), ...keys])).toEqual([]);
});

test("what the program tells of a declaration is stored nowhere", () => {
  for (const { inputs, outputs } of stack.state.values()) {
    expect(inputs).not.toHaveProperty("__declaration");
    expect(outputs).not.toHaveProperty("__declaration");
  }
});
