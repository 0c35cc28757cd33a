/** Names that go from one resource to another within one `up`, side by side as the engine's steps are. */
import { afterAll, describe, expect, test } from "vitest";
import { useService } from "../e2e/fixtures.ts";
import { type Declaration, enterprise, the } from "../e2e/kinds.ts";
import { ProtocolStack } from "./protocol-stack.ts";

const service = useService();
const stack = new ProtocolStack(service, "stack-of-names", {}, { parallel: 4, keepsProvider: true });
afterAll(() => stack.stop());

type Named = (resource: string, name: string) => Declaration;

const home: Declaration = { kind: "Organization", name: "home", args: { slug: "names", name: "Names", ...enterprise } };
const named: Readonly<Record<string, Named>> = {
  "slugs of organizations": (name, slug) => ({ kind: "Organization", name, args: { slug: `n-${slug}`, name: slug } }),
  "names of roles": (name, text) => {
    return { kind: "Role", name, args: { organization: the("home"), name: text, permissions: ["flows:read"] } };
  },
  "names of keys": (name, text) => {
    return { kind: "ApiKey", name, args: { organization: the("home"), name: text, kind: "server" } };
  },
  "addresses of users": (name, address) => {
    return { kind: "User", name, args: { email: `${address}@names.example`, kind: "system" } };
  },
};

describe.each(Object.entries(named))("%s", (_what, one) => {
  test("go from one resource to a new one, and along a row, in one `up`", async () => {
    await stack.up([home, one("a", "alpha"), one("b", "beta")]);
    const ids = ["a", "b"].map((name) => stack.stored(name).id);
    // As with the engine, the process of another program knows nothing of the names before.
    await stack.stop();
    // First the one that takes the name, which the other gives up.
    const moved = [home, one("c", "alpha"), one("b", "gamma"), one("a", "beta")];
    expect((await stack.up(moved)).toSorted()).toEqual(["create c", "update a", "update b"]);
    expect(["a", "b"].map((name) => stack.stored(name).id)).toEqual(ids);
    expect(await stack.preview(moved)).toEqual([]);
  });

  test("are not exchanged, two or three at once: preview says what to do", async () => {
    await stack.stop();
    const reason = /Names can't be exchanged in one update.*Give one of the resources a new name/s;
    await expect(stack.preview([home, one("a", "alpha"), one("b", "gamma"), one("c", "beta")])).rejects.toThrow(reason);
    await expect(stack.preview([home, one("a", "gamma"), one("b", "alpha"), one("c", "beta")])).rejects.toThrow(reason);
    await expect(stack.up([home, one("a", "alpha"), one("b", "gamma"), one("c", "beta")])).rejects.toThrow(reason);
    // As it says.
    await stack.up([home, one("a", "delta"), one("b", "gamma"), one("c", "beta")]);
    await stack.up([home, one("a", "alpha"), one("b", "gamma"), one("c", "beta")]);
  });

  test("P4 that two resources want are refused at once, by both their names", async () => {
    const twice = [home, one("a", "alpha"), one("b", "gamma"), one("c", "beta"), one("d", "gamma")];
    const both = /: \w+ b and \w+ d both declare .*: remove one of them\.$/;
    await expect(stack.preview(twice)).rejects.toThrow(both);
    await expect(stack.up(twice)).rejects.toThrow(both);
    await stack.up([home]);
  });
});

test("a key that is revoked gives its name to another in the same `up`, and closes no circle", async () => {
  const key = (name: string, args: object, ...after: string[]): Declaration => {
    return { kind: "ApiKey", name, args: { organization: the("home"), kind: "server", ...args }, after };
  };
  const surroundings = [home, key("a", { name: "alpha" }), key("b", { name: "beta" })];
  await stack.up(surroundings);
  const slow: Declaration = {
    kind: "Role",
    name: "slow",
    args: { organization: the("home"), name: "Slow", permissions: [] },
  };
  await stack.stop();
  const given = [home, key("b", { name: "alpha" }), slow, key("a", { name: "alpha", state: "revoked" }, "slow")];
  expect((await stack.up(given)).toSorted()).toEqual(["create slow", "update a", "update b"]);
  await stack.up([home]);
  await stack.up(surroundings);
  await stack.stop();
  const round = [home, key("b", { name: "alpha" }), key("a", { name: "beta", state: "revoked" })];
  expect(await stack.preview(round)).toEqual(["update b", "update a"]);
  await stack.up([home]);
});

test("a person goes from one set to another, and from a key's set to the other's, in one `up`", async () => {
  const email = "ann@names.example";
  const sets = (members: readonly object[], assignees: readonly object[]): Declaration[] => [
    home,
    { kind: "User", name: "ann", args: { email, kind: "system" } },
    { kind: "Membership", name: "in", args: { organization: the("home"), user: the("ann"), role: "viewer" } },
    { kind: "Organization", name: "other", args: { slug: "names-other", name: "Other", ...enterprise } },
    { kind: "ApiKey", name: "key", args: { organization: the("home"), name: "Key", kind: "server" } },
    ...members.map((given, at) => {
      return {
        kind: "OrganizationMembers",
        name: `m${at}`,
        args: { organization: the("other"), members: given },
        after: ["ann"],
      };
    }),
    ...assignees.map((given, at) => {
      return { kind: "ApiKeyAssignees", name: `s${at}`, args: { key: the("key"), assignees: given }, after: ["in"] };
    }),
  ];
  const [viewer, member] = [{ [email]: "viewer" }, { [email]: "member" }];
  await stack.up(sets([{}, viewer], [{}, member]));
  const moved = sets([viewer, {}], [member, {}]);
  expect((await stack.up(moved)).toSorted()).toEqual(["update m0", "update m1", "update s0", "update s1"]);
  expect(await stack.preview(moved)).toEqual([]);
  await stack.refresh();
  expect(await stack.preview(moved)).toEqual([]);
});
