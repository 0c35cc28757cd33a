/** When an object leaves the state, and who takes over what a run has lost; the tests share a service. */
import { expect, onTestFinished, test } from "vitest";
import { useRelay, useService } from "../e2e/fixtures.ts";
import { type Declaration, enterprise, the } from "../e2e/kinds.ts";
import type { Access } from "../e2e/service.ts";
import { frontUnderTest } from "../e2e/stack.ts";
import { ProtocolStack } from "./protocol-stack.ts";
import { ProviderProcess } from "./provider-process.ts";

const service = useService();
const relay = useRelay(service);

let stacks = 0;

/** A name that no other test gives a stack. */
function newStackId(): string {
  stacks += 1;
  return `organization/trust/${stacks}`;
}

/** A state for the rest of the running test. Two of one name are what two backends have. */
function stateOf(stackId: string, access: Access = service): ProtocolStack {
  const stack = new ProtocolStack(access, stackId, {}, { keepsProvider: true });
  onTestFinished(() => stack.stop());
  return stack;
}

/** An organization with a role, a user, a membership and a key, whose names begin with a word. */
function company(slug: string): Declaration[] {
  return [
    { kind: "Organization", name: "company", args: { slug, name: slug, ...enterprise } },
    { kind: "Role", name: "role", args: { organization: the("company"), name: "Releaser", permissions: [] } },
    {
      kind: "User",
      name: "user",
      args: { email: `ann@${slug}.example`, kind: "system", homeOrganization: the("company") },
    },
    { kind: "Membership", name: "member", args: { organization: the("company"), user: the("user"), role: "viewer" } },
    { kind: "ApiKey", name: "key", args: { organization: the("company"), name: "Storefront", kind: "server" } },
  ];
}

/** Keeps a stack's state as it is, whatever is done. */
async function expectKept(stack: ProtocolStack, act: () => Promise<unknown>, message: string | RegExp): Promise<void> {
  const before = Object.fromEntries(stack.state);
  await expect(act()).rejects.toThrow(message);
  expect(Object.fromEntries(stack.state)).toEqual(before);
}

/** A token that may do everything in an organization. */
async function administratorOf(organization: string): Promise<string> {
  const { body: role } = await service.ask("GET", "/v1/roles/administrator");
  const { body: key } = await service.ask("POST", `/v1/organizations/${organization}/api-keys`, {
    name: `administrator ${Math.random()}`,
    kind: "server",
    permissions: role.permissions,
  });
  return String(key.key);
}

test("T1 with a path too many in the endpoint, nothing leaves the state, and nothing ends", async () => {
  const declarations = company("pathful");
  const stack = stateOf(newStackId());
  await stack.up(declarations);
  await stack.use({ endpoint: `${service.endpoint}/v1`, token: service.token });
  const message = /route_not_found: .*\n {2}No Roster service responds at this address/;
  await expectKept(stack, () => stack.refresh(), message);
  await expectKept(stack, () => stack.destroy(), message);
  await expectKept(stack, () => stack.up(declarations.slice(0, -1)), message);
  expect((await service.verify(stack.stored("key").outputs.key)).outcome).toBe("accepted");
});

if (frontUnderTest() === "dynamic") {
  test("what the engine prints at its resource, the host prints nowhere else", async () => {
    const stack = stateOf(newStackId());
    await stack.up(company("once").slice(0, 1));
    const { id, outputs } = stack.stored("company");
    const provider = await ProviderProcess.start({ endpoint: service.endpoint, token: "of-nobody" }, "dynamic");
    onTestFinished(() => provider.stop());
    const urn = "urn:pulumi:test::test::pulumi-nodejs:dynamic/roster:Organization::company";
    await expect(provider.read(urn, id, outputs)).rejects.toThrow("unauthenticated: ");
    await expect(provider.delete(urn, id, outputs)).rejects.toThrow("unauthenticated: ");
    // What isn't ours is still printed, and after the others.
    const later = { ...outputs, __provider: String(outputs.__provider).replaceAll("Organization", "Kindless") };
    await expect(provider.read(urn, id, later)).rejects.toThrow("Kindless");
    await expect.poll(() => provider.printed.join("\n")).toContain("Kindless");
    expect(provider.printed.join("\n")).not.toMatch(/unauthenticated|ApiError|at its resource/);
  });
}

test("T1 with the token of another organization, or one that may not read, nothing leaves the state", async () => {
  const stack = stateOf(newStackId());
  await stack.up(company("tokenful"));
  const [organization, role] = [stack.stored("company").id, stack.stored("role").id];
  const { body: other } = await service.ask("POST", "/v1/organizations", {
    slug: "other",
    name: "Other",
    ...enterprise,
  });
  await stack.use({ endpoint: service.endpoint, token: await administratorOf(String(other.id)) });
  await expectKept(stack, () => stack.refresh(), "the service does not find Organization");
  await expectKept(stack, () => stack.destroy(), `roster:token lacks keys:read in the organization ${organization}`);
  // Also where the object is gone indeed: this token can't know.
  await service.ask("DELETE", `/v1/roles/${role}`);
  const [only] = company("tokenful").slice(0, 1);
  await expectKept(stack, () => stack.up(only === undefined ? [] : [only]), /lacks keys:read/);
});

test("T1 what is gone for certain leaves the state, and comes back with the next up", async () => {
  const declarations = company("certain");
  const stack = stateOf(newStackId());
  await stack.up(declarations);
  const organization = stack.stored("company").id;
  const own = declarations.slice(1).map((declaration) => {
    return JSON.parse(JSON.stringify(declaration).replaceAll('{"$":"company"}', JSON.stringify(organization)));
  });
  await service.ask("DELETE", `/v1/roles/${stack.stored("role").id}`);
  await stack.refresh();
  expect(stack.state.has("role")).toBe(false);
  expect(await stack.up(declarations)).toEqual(["create role"]);
  // As an administrator of the organization has it.
  const ours = stateOf(newStackId(), { endpoint: service.endpoint, token: await administratorOf(organization) });
  await ours.up([{ ...own[0], name: "ours", args: { ...own[0].args, name: "Ours" } }]);
  await service.ask("DELETE", `/v1/roles/${ours.stored("ours").id}`);
  await ours.destroy();
  expect(ours.state.size).toBe(0);
});

test("T3 a second state of the same name takes nothing over that the first one has", async () => {
  const [stackId, declarations] = [newStackId(), company("twice")];
  const [first, second] = [stateOf(stackId), stateOf(stackId)];
  await first.up(declarations);
  // While the first run is alive, after a wait that shows that it is; and after it has ended.
  await expect(second.up(declarations)).rejects.toThrow(
    /external_id_taken: .* The run that created it is still active/,
  );
  await first.stop();
  await expect(second.up(declarations)).rejects.toThrow("external_id_taken");
  expect(second.state.size).toBe(0);
  expect((await service.verify(first.stored("key").outputs.key)).outcome).toBe("accepted");
  await first.refresh();
  expect(await first.up(declarations)).toEqual([]);
});

test("T3 what a run could not tell at its end is told by the next up of that state", async () => {
  const [stackId, declarations] = [newStackId(), company("untold")];
  const first = stateOf(stackId, relay);
  await first.up(declarations);
  relay.asked = (request) => (request.startsWith("POST /v1/runs/") ? { status: 401, body: "{}" } : "pass on");
  await first.stop();
  const run = `/v1/runs/${first.stored("key").outputs.__run}`;
  expect((await service.ask("GET", run)).body.status).not.toBe("ended");
  relay.asked = () => "pass on";
  expect(await first.up(declarations)).toEqual([]);
  await first.stop();
  // That run has still not ended in order, and is silent by the time that this waits for.
  await expect(stateOf(stackId).up(declarations)).rejects.toThrow(/external_id_taken: .* Set `adopt`/);
  expect((await service.ask("GET", run)).body.status).not.toBe("ended");
});

test("T3 T5 what a killed run lost is taken over by somebody else's, which is said before; the secret that died is noticed", async () => {
  const [stackId, declarations] = [newStackId(), company("handed-over")];
  const organizations = stateOf(newStackId());
  await organizations.up(declarations.slice(0, 1));
  const { id } = organizations.stored("company");
  const own = declarations.slice(1).map((declaration) => {
    return JSON.parse(JSON.stringify(declaration).replaceAll('{"$":"company"}', JSON.stringify(id)));
  });
  const as = async () => ({ endpoint: service.endpoint, token: await administratorOf(id) });
  const [ada, ben] = [stateOf(stackId, await as()), stateOf(stackId, await as())];
  await ada.up(own);
  const secret = ada.stored("key").outputs.key;
  await ada.orphan();
  await ben.up(own);
  await expect
    .poll(() => ben.printed)
    .toContainEqual(
      expect.stringMatching(
        /^ApiKey takes over an object that an interrupted update created but did not store: key_\w+ \(Storefront\), created 20/,
      ),
    );
  expect(ben.stored("key").id).toBe(ada.stored("key").id);
  expect((await service.verify(secret)).outcome).toBe("refused");
  // Twice, as a refresh must not forget what the one before has seen.
  for (const _ of [1, 2]) {
    await ada.refresh();
    expect(ada.stored("key").outputs).toMatchObject({ keyAvailable: false });
    expect(ada.stored("key").outputs.key).toBeUndefined();
    expect(await ada.preview(own)).toEqual(["update key"]);
  }
  expect(await ada.up(own)).toEqual(["update key"]);
  expect((await service.verify(ada.stored("key").outputs.key)).outcome).toBe("accepted");
});

test("T3 a create whose answer never came is taken over, though its run ended in order", async () => {
  const declarations = company("unanswered");
  const stack = new ProtocolStack(relay, newStackId(), { timeoutMs: "1000" }, { keepsProvider: true });
  onTestFinished(() => stack.stop());
  relay.answered = (request) => (request.endsWith("/roles") ? "swallow" : "pass on");
  await expect(stack.up(declarations)).rejects.toThrow("no response to POST");
  relay.answered = () => "pass on";
  expect(await stack.up(declarations)).toEqual(["create role", "create user", "create member", "create key"]);
  const roles = await service.list(`/v1/organizations/${stack.stored("company").id}/roles`);
  expect(roles.filter(({ builtIn }) => builtIn === false)).toHaveLength(1);
});

test("T3 the end of a run is one report, however much was created", async () => {
  const reports: string[] = [];
  relay.asked = (request) => {
    if (request.startsWith("POST /v1/runs/")) {
      reports.push(request);
    }
    return "pass on";
  };
  const stack = stateOf(newStackId(), relay);
  const members = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`m${at}@many.example`, "viewer"]));
  await stack.up([
    ...company("many").slice(0, 1),
    {
      kind: "OrganizationMembers",
      name: "all",
      args: { organization: the("company"), members, onUnknownUser: "create", minAdmins: 0 },
    },
  ]);
  const before = reports.length;
  await stack.stop();
  expect(reports.length - before).toBe(1);
  const { body } = await service.ask("GET", `/v1/runs/${stack.stored("all").outputs.__run}`);
  expect(body.status).toBe("ended");
  relay.asked = () => "pass on";
});

test("T3 a provider that loses its engine reports that its run is lost", async () => {
  const stack = stateOf(newStackId());
  await stack.up(company("engineless").slice(0, 1));
  const run = `/v1/runs/${stack.stored("company").outputs.__run}`;
  expect((await service.ask("GET", run)).body.status).toBe("alive");
  await stack.orphan();
  expect((await service.ask("GET", run)).body.status).toBe("lost");
});

test("T1 with the token of another organization, no update takes a set's entries out of the state", async () => {
  const members = { "cal@sets-away.example": "viewer", "bob@sets-away.example": "viewer" };
  const declared = (who: object, assignees: object): Declaration[] => [
    ...company("sets-away"),
    {
      kind: "OrganizationMembers",
      name: "all",
      args: { organization: the("company"), members: who, onUnknownUser: "create", minAdmins: 0 },
    },
    { kind: "ApiKeyAssignees", name: "has", args: { key: the("key"), assignees }, after: ["all"] },
  ];
  const assignees = { "cal@sets-away.example": "member", "bob@sets-away.example": "member" };
  const stack = stateOf(newStackId());
  await stack.up(declared(members, assignees));
  const { body: other } = await service.ask("POST", "/v1/organizations", {
    slug: "sets-other",
    name: "Other",
    ...enterprise,
  });
  await stack.use({ endpoint: service.endpoint, token: await administratorOf(String(other.id)) });
  const [noOrganization, noKey] = [
    "the service does not find organization",
    /does not find key .*\n.* or the service owner's\./,
  ];
  const up = (who: object, has: object) => () => stack.up(declared(who, has));
  const [cal, bob] = ["cal@sets-away.example", "bob@sets-away.example"];
  await expectKept(stack, up({ [cal]: "viewer" }, assignees), noOrganization);
  await expectKept(stack, up({ ...members, [cal]: "editor" }, assignees), noOrganization);
  await expectKept(stack, up(members, { [bob]: "member" }), noKey);
  // Another kind of assignee takes the place of one that is ended.
  await expectKept(stack, up(members, { ...assignees, [cal]: "external" }), noKey);
  const [, role] = company("sets-away");
  const renamed = declared(members, assignees).map((one) =>
    one.name === role?.name ? { ...one, args: { ...one.args, name: "Renamed" } } : one,
  );
  await expectKept(stack, () => stack.up(renamed), /the service does not find Role .* roster:token lacks roles:read/);
});

test("T3 a second state of the same name ends nobody whom an authoritative set of the first one has", async () => {
  const { body } = await service.ask("POST", "/v1/organizations", { slug: "alone", name: "Alone", ...enterprise });
  const set = (...addresses: string[]): Declaration[] => {
    const members = Object.fromEntries(addresses.map((address) => [`${address}@alone.example`, "viewer"]));
    const args = { organization: body.id, members, onUnknownUser: "create", minAdmins: 0, mode: "authoritative" };
    return [{ kind: "OrganizationMembers", name: "all", args }];
  };
  const stackId = newStackId();
  const [first, second] = [stateOf(stackId), stateOf(stackId)];
  await first.up(set("ann", "bob"));
  await first.stop();
  await expect(second.up(set("ann"))).rejects.toThrow("external_id_taken");
  await second.refresh();
  await expect(second.up(set("ann"))).rejects.toThrow(
    /1 members have the externalId of this set, but are not in its state: bob@alone.example \(mbr_\w+\)/,
  );
  expect(Object.keys(await service.rolesIn(String(body.id)))).toEqual(["ann@alone.example", "bob@alone.example"]);
  await second.destroy();
  expect(Object.keys(await service.rolesIn(String(body.id)))).toHaveLength(2);
});
