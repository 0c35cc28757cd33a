/** Creates whose answer was lost: the provider dies after the service has carried them out. */
import { expect, test } from "vitest";
import { useRelay, useService } from "../e2e/fixtures.ts";
import { type Declaration, enterprise, the } from "../e2e/kinds.ts";
import { useProtocolStack } from "./fixtures.ts";
import { EndedError } from "./provider-process.ts";

const service = useService();
const relay = useRelay(service);
const stack = useProtocolStack(relay, "organization/lost/test");

const declarations: readonly Declaration[] = [
  { kind: "Organization", name: "globex", args: { slug: "globex", name: "Globex", ...enterprise } },
  { kind: "Role", name: "releaser", args: { organization: the("globex"), name: "Releaser", permissions: [] } },
  { kind: "User", name: "hank", args: { email: "hank@globex.example", homeOrganization: the("globex") } },
  { kind: "Membership", name: "in", args: { organization: the("globex"), user: the("hank"), role: the("releaser") } },
  { kind: "ApiKey", name: "made", args: { organization: the("globex"), name: "Made", kind: "server" } },
  { kind: "ApiKeyAssignment", name: "attached", args: { key: the("made"), user: the("hank") }, after: ["in"] },
];

test("the next up takes over what was lost, one of each kind in turn", async () => {
  const lost = new Set<string>();
  relay.answered = (request) => {
    const collection = request.split("/").at(-1) ?? "";
    if (!request.startsWith("POST ") || request.includes("/v1/runs/") || lost.has(collection)) {
      return "pass on";
    }
    lost.add(collection);
    // A provider that is killed falls silent, for which the next run waits; one that loses its engine says so at once.
    if (lost.size === 1) {
      stack.kill();
    } else {
      void stack.orphan();
    }
    return "swallow";
  };
  for (const { name } of declarations) {
    await expect(stack.up(declarations), name).rejects.toThrow(EndedError);
    expect(stack.state.has(name)).toBe(false);
  }
  expect([...lost]).toEqual(["organizations", "roles", "users", "members", "api-keys", "assignments"]);
  expect(await stack.up(declarations)).toEqual(["create attached"]);
});

test("all is there once, and works", async () => {
  expect(await stack.preview(declarations)).toEqual([]);
  const [organization, ...others] = await service.list("/v1/organizations");
  expect(others).toEqual([]);
  const at = `/v1/organizations/${organization?.id}`;
  expect(await service.list("/v1/users")).toHaveLength(1);
  expect(await service.list(`${at}/members`)).toHaveLength(1);
  expect((await service.list(`${at}/roles`)).filter((role) => role.builtIn === false)).toHaveLength(1);
  const keys = await service.list(`${at}/api-keys`);
  expect(keys.map(({ id }) => id)).toEqual([stack.stored("made").id]);
  expect(await service.list(`/v1/api-keys/${stack.stored("made").id}/assignments`)).toHaveLength(1);
  expect((await service.verify(stack.stored("made").outputs.key)).outcome).toBe("accepted");
});

test("after a kill, what the up did not get to is ended before what it had left as it was", async () => {
  relay.answered = (request) => {
    if (!request.startsWith("PATCH /v1/users/")) {
      return "pass on";
    }
    stack.kill();
    return "swallow";
  };
  const renamed = declarations.map((each) => (each.kind === "User" ? withArgs(each, { givenName: "Hank" }) : each));
  await expect(stack.up(renamed)).rejects.toThrow(EndedError);
  relay.answered = () => "pass on";
  // The membership was not reached, and the role can only go after it.
  expect(await stack.up([])).toEqual(
    ["attached", "made", "in", "hank", "releaser", "globex"].map((name) => `delete ${name}`),
  );
});

function withArgs(declaration: Declaration, args: object): Declaration {
  return { ...declaration, args: { ...declaration.args, ...args } };
}
