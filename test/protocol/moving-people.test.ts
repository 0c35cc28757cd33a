/**
 * People who move between separate resources and sets of one stack, on the provider's own protocol: nobody's access is interrupted,
 * whichever resource comes first. Each command has a process of its own, as the engine's does.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useRelay, useService } from "../e2e/fixtures.ts";
import { type Declaration, enterprise, the } from "../e2e/kinds.ts";
import { ProtocolStack } from "./protocol-stack.ts";

const service = useService();
const relay = useRelay(service);
const people = ["a@move.example", "b@move.example", "c@move.example"];
const [, , adopted = ""] = people;
const stack = new ProtocolStack(relay, "moving", {}, { parallel: 4 });
let organization: string;

const surroundings: readonly Declaration[] = [
  { kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme", ...enterprise } },
  { kind: "ApiKey", name: "key", args: { organization: the("acme"), name: "Key", kind: "server" } },
];
const ada = { "ada@move.example": "administrator" };

function setOf(name: string, addresses: readonly string[], more: Readonly<Record<string, unknown>> = {}): Declaration {
  const members = { ...(name === "staff" ? ada : {}), ...Object.fromEntries(addresses.map((one) => [one, "viewer"])) };
  const args = { organization: the("acme"), members, onUnknownUser: "create", maxRemovalFraction: 1, ...more };
  return { kind: "OrganizationMembers", name, args };
}

function singles(addresses: readonly string[], more: Partial<Declaration> = {}): Declaration[] {
  return addresses.map((email) => ({
    kind: "Membership",
    name: email,
    args: { organization: the("acme"), email, role: "viewer", ...(email === adopted ? { adopt: true } : {}) },
    ...more,
  }));
}

const assignees = (addresses: readonly string[], after: readonly string[]): Declaration => ({
  kind: "ApiKeyAssignees",
  name: "assignees",
  args: {
    key: the("key"),
    assignees: Object.fromEntries(addresses.map((one) => [one, "member"])),
    maxRemovalFraction: 1,
  },
  after,
});
const assignments = (addresses: readonly string[]): Declaration[] =>
  addresses.map((email) => ({
    kind: "ApiKeyAssignment",
    name: `key of ${email}`,
    args: { key: the("key"), email },
    after: [email],
  }));

/** What people have, without the names that resources give it. */
async function access(): Promise<unknown[]> {
  const members = await service.list(`/v1/organizations/${organization}/members`);
  const keys = await service.list(`/v1/api-keys/${stack.stored("key").id}/assignments`);
  return [...members, ...keys]
    .filter(({ email }) => people.includes(String(email)))
    .map(({ id, email, role, status, adopted: isAdopted }) => ({ id, email, role, status, isAdopted }));
}

/** What has ended in the audit. */
async function ended(): Promise<unknown[]> {
  const { body } = await service.ask("GET", `/v1/organizations/${organization}/audit-entries?limit=1000`);
  const entries = body.items as { id: string; action: string }[];
  const ends = entries.filter(({ action }) => /^(membership|api_key_assignment)\.(end|delete|release)/.test(action));
  return ends.map(({ id, action }) => [id, action]);
}

/** Brings the stack to what is declared, and expects nobody's access to have changed. */
async function moves(declarations: readonly Declaration[]): Promise<void> {
  const [before, endedBefore] = [await access(), await ended()];
  await stack.up([...surroundings, ...declarations]);
  expect(await access()).toEqual(before);
  expect(await ended()).toEqual(endedBefore);
  expect(await stack.up([...surroundings, ...declarations])).toEqual([]);
  expect(await stack.refreshAndPreview([...surroundings, ...declarations])).toEqual([]);
}

beforeAll(async () => {
  await stack.up([...surroundings, setOf("staff", [])]);
  organization = stack.stored("acme").id;
  for (const email of people) {
    await service.ask("POST", "/v1/users", { email, kind: "system" });
  }
  await service.ask("POST", `/v1/organizations/${organization}/members`, { email: adopted, role: "operator" });
  await stack.up([...surroundings, setOf("staff", []), ...singles(people), ...assignments(people)]);
  expect(await access()).toHaveLength(6);
});
afterAll(() => stack.stop());

describe("S3 people keep their access", () => {
  test("S3 from separate resources to a set that is updated, and one that is made", async () => {
    await moves([setOf("staff", people), assignees(people, ["staff"])]);
  });

  test("S3 from a set that comes first, and from one that is taken out of the program, to separate resources", async () => {
    await moves([setOf("staff", []), ...singles(people), ...assignments(people)]);
  });

  test("S3 to a new set, and from one to another, whichever comes first", async () => {
    await moves([setOf("staff", []), setOf("other", people), assignees(people, ["other"])]);
    await moves([setOf("other", []), setOf("staff", people), assignees(people, ["staff"])]);
    await moves([setOf("other", people), setOf("staff", []), assignees(people, ["other"])]);
    // The set is taken out of the program.
    await moves([setOf("staff", people), assignees(people, ["staff"])]);
  });

  test("S3 from a set to separate resources that come first, one of them after another", async () => {
    await moves([...singles(people), ...assignments(people), setOf("staff", [])]);
    await moves(
      [...assignments(people), ...singles(people.slice(1)), setOf("staff", people.slice(0, 1))].map((one) =>
        one.kind === "ApiKeyAssignment"
          ? { ...one, after: one.after?.filter((name) => name !== people[0]) ?? [] }
          : one,
      ),
    );
  });
});

test("S3 people keep their access where the separate resources wait for the set", async () => {
  await stack.up([...surroundings, setOf("staff", people), assignees(people, ["staff"])]);
  // What the set's class sends besides.
  const elsewhere = { __declaredElsewhere: people };
  await moves([setOf("staff", [], elsewhere), ...singles(people, { after: ["staff"] }), ...assignments(people)]);
  expect(stack.stored("staff").inputs).not.toHaveProperty("__declaredElsewhere");
  // Nor does an authoritative set remove whom the stack declares elsewhere.
  await moves([setOf("staff", [], { mode: "authoritative" }), ...singles(people), ...assignments(people)]);
});

test("S3 what was adopted is given back by whichever resource has it in the end", async () => {
  await stack.up([...surroundings, setOf("staff", people), assignees(people, ["staff"])]);
  await stack.up([...surroundings, setOf("staff", [])]);
  const [left] = await service.list(`/v1/organizations/${organization}/members?email=${adopted}`);
  expect(left).toMatchObject({ role: "operator", externalId: null, adopted: false });
  expect(await service.list(`/v1/organizations/${organization}/members?email=${String(people[0])}`)).toEqual([]);
});

test("S3 a person whom two resources declare is refused, and keeps the access", async () => {
  const [email = ""] = people;
  const { id: user } = (await service.list(`/v1/users?email=${email}`))[0] ?? {};
  const single: Declaration = {
    kind: "Membership",
    name: "single",
    args: { organization: the("acme"), user, role: "viewer" },
  };
  await stack.up([...surroundings, setOf("staff", []), single]);
  const twice = [...surroundings, setOf("staff", [email]), single];
  await expect(stack.up(twice)).rejects.toThrow(/another resource of this program|Another resource of this program/);
  await expect(stack.up([...surroundings, single, setOf("staff", [email])])).rejects.toThrow(
    /Another resource of this program declares mbr_\w+: remove or change one of the two/,
  );
  // Where the set has taken it over before the program shows the other resource.
  const late = [...surroundings, setOf("staff", [email]), { ...single, after: ["staff"] }];
  await expect(stack.up(late)).rejects.toThrow(
    /another resource of this program declares the same person, and has taken over mbr_\w+: remove the person from one/,
  );
  expect(await service.membershipIn(organization, email)).toMatchObject({ role: "viewer", status: "active" });
});

test("S3 an account moves with its membership to a set that manages accounts, and back", async () => {
  const email = "d@move.example";
  const separate: Declaration[] = [
    { kind: "User", name: "dora", args: { email, homeOrganization: the("acme"), invite: false, givenName: "Dora" } },
    { kind: "Membership", name: "dora-in", args: { organization: the("acme"), user: the("dora"), role: "viewer" } },
  ];
  await stack.up([...surroundings, setOf("staff", []), ...separate]);
  const has = async () => {
    const [user] = await service.list(`/v1/users?email=${email}`);
    const [member] = await service.list(`/v1/organizations/${organization}/members?email=${email}`);
    return [user?.id, user?.state, user?.givenName, member?.id, member?.status];
  };
  const before = await has();
  expect(before.filter((value) => value !== undefined)).toHaveLength(5);
  const managing = { accounts: "manage", mode: "additive" };
  const members = { ...ada, [email]: { role: "viewer", givenName: "Dora" } };
  const endedBefore = await ended();
  await stack.up([...surroundings, setOf("staff", [], { ...managing, members })]);
  expect([await has(), await ended()]).toEqual([before, endedBefore]);
  expect(await stack.refreshAndPreview([...surroundings, setOf("staff", [], { ...managing, members })])).toEqual([]);
  await stack.up([...surroundings, setOf("staff", [], managing), ...separate]);
  expect([await has(), await ended()]).toEqual([before, endedBefore]);
  await stack.up([...surroundings, setOf("staff", [])]);
  expect((await has()).slice(0, 2)).toEqual([before[0], "inactive"]);
});
