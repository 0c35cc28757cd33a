/** Objects that an earlier version of the package named: they keep their names, and lost ones are found by them. */
import { expect, test } from "vitest";
import { useRelay, useService } from "../e2e/fixtures.ts";
import { type Declaration, enterprise, the } from "../e2e/kinds.ts";
import { useProtocolStack } from "./fixtures.ts";
import { EndedError } from "./provider-process.ts";

const service = useService();
const relay = useRelay(service);
const stack = useProtocolStack(relay, "organization/earlier/test");

const globex: Declaration = {
  kind: "Organization",
  name: "globex",
  args: { slug: "globex", name: "Globex", ...enterprise },
};
const role = (name = "Releaser", permissions: readonly string[] = []): Declaration => ({
  kind: "Role",
  name: "releaser",
  args: { organization: the("globex"), name, permissions },
});
const staff = (...addresses: readonly string[]): Declaration => ({
  kind: "OrganizationMembers",
  name: "staff",
  args: {
    organization: the("globex"),
    members: Object.fromEntries(addresses.map((address) => [address, "viewer"])),
    onUnknownUser: "create",
    minAdmins: 0,
  },
});
const [ada, bob] = ["ada@globex.example", "bob@globex.example"];

/** The externalIds in the state, by resource. */
const names = () => Object.fromEntries([...stack.state].map(([name, { outputs }]) => [name, outputs.externalId]));

test("a name that is in the state stays, also in what is changed or added to a set", async () => {
  stack.isEarlier = true;
  await stack.up([globex, role(), staff(ada)]);
  const before = names();
  // Another version of the package has a process of its own.
  await stack.stop();
  stack.isEarlier = false;
  expect(await stack.preview([globex, role(), staff(ada)])).toEqual([]);
  expect(await stack.up([globex, role("Release"), staff(ada, bob)])).toEqual(["update releaser", "update staff"]);
  expect(names()).toEqual(before);
  const members = await service.list(`/v1/organizations/${stack.stored("globex").id}/members`);
  expect(members.map(({ externalId }) => externalId)).toEqual(
    [ada, bob].map((address) => `${before.staff}/${address}`),
  );
});

test("what is replaced takes the place of the object that has the earlier name", async () => {
  const initech: Declaration = {
    ...globex,
    name: "initech",
    args: { ...globex.args, slug: "initech", name: "Initech" },
  };
  const moved = { ...role("Release"), args: { ...role("Release").args, organization: the("initech") } };
  expect(await stack.up([globex, initech, moved, staff(ada, bob)])).toEqual(["create initech", "replace releaser"]);
  expect(await stack.preview([globex, initech, moved, staff(ada, bob)])).toEqual([]);
  expect(await stack.up([globex, role("Release"), staff(ada, bob)], { replace: ["staff"] })).toEqual([
    "replace releaser",
    "replace staff",
    "delete initech",
  ]);
});

test("a create that an earlier version has lost is found by the earlier name, also that of a set's entry", async () => {
  stack.isEarlier = true;
  relay.answered = (request) => {
    if (!request.startsWith("POST ") || request.includes("/v1/runs/")) {
      return "pass on";
    }
    void stack.orphan();
    return "swallow";
  };
  const editor: Declaration = { ...role("Editing"), name: "editing" };
  const others: Declaration = { ...staff("cy@globex.example"), name: "others" };
  const declared = [globex, role("Release"), staff(ada, bob)];
  await expect(stack.up([...declared, editor])).rejects.toThrow(EndedError);
  await expect(stack.up([...declared, others])).rejects.toThrow(EndedError);
  relay.answered = () => "pass on";
  stack.isEarlier = false;
  expect(await stack.up([...declared, editor, others])).toEqual(["create editing", "create others"]);
  expect(stack.printed.join("\n")).toMatch(/Role takes over an object that an interrupted update created/);
  expect(stack.printed.join("\n")).toMatch(/OrganizationMembers takes over an object/);
  expect(await stack.preview([...declared, editor, others])).toEqual([]);
  const at = `/v1/organizations/${stack.stored("globex").id}`;
  expect((await service.list(`${at}/roles`)).filter(({ name }) => name === "Editing")).toHaveLength(1);
});
