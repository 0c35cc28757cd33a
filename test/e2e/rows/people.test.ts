/**
 * People who move between separate resources and sets, and sets that follow people, on the real engine: one stack, whose steps follow
 * one another. What is the provider's own in them is tried in test/protocol.
 */
import { expect, test } from "vitest";
import { useService, useStack } from "../fixtures.ts";
import { type Declaration, enterprise, the } from "../kinds.ts";

const service = useService();
const stack = useStack("test/e2e/programs/kinds", service);
const [grace, hopper, mary, invited] = [
  "grace@people.example",
  "hopper@people.example",
  "mary@people.example",
  "invited@people.example",
];
const people = [grace, mary, invited];
let organization: string;

const surroundings: readonly Declaration[] = [
  { kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme", ...enterprise } },
  { kind: "ApiKey", name: "key", args: { organization: the("acme"), name: "Key", kind: "server" } },
];

function singles(addresses: readonly string[], after: readonly string[] = []): Declaration[] {
  return addresses.flatMap((email) => [
    {
      kind: "Membership",
      name: email,
      args: {
        organization: the("acme"),
        email,
        role: "viewer",
        onUnknownUser: email === invited ? "invite" : "create",
      },
      after,
    },
    {
      kind: "ApiKeyAssignment",
      name: `key of ${email}`,
      args: { key: the("key"), email },
      after: [email],
    },
  ]);
}

function sets(members: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}): Declaration[] {
  const assignees = Object.fromEntries(
    Object.keys(members)
      .filter((one) => one !== "new@people.example")
      .map((one) => [one, "member"]),
  );
  return [
    {
      kind: "OrganizationMembers",
      name: "staff",
      args: { organization: the("acme"), members, onUnknownUser: "create", ...more },
    },
    { kind: "ApiKeyAssignees", name: "assignees", args: { key: the("key"), assignees }, after: ["staff"] },
  ];
}

/** The ids of what these people have: memberships, and attached keys. */
async function idsOf(addresses: readonly string[]): Promise<unknown[]> {
  const members = await service.list(`/v1/organizations/${organization}/members`);
  const keys = await service.list(`/v1/api-keys/${await stack.idOf("ApiKey", "key")}/assignments`);
  return [...members, ...keys].filter(({ email }) => addresses.includes(String(email))).map(({ id }) => id);
}

function declare(declarations: readonly Declaration[]): void {
  stack.declare([...surroundings, ...declarations]);
}

test("S3 people move from separate resources to sets in one up, with their memberships and keys", async () => {
  declare(singles(people));
  await stack.up();
  organization = await stack.idOf("Organization", "acme");
  const ids = await idsOf(people);
  expect(ids).toHaveLength(6);
  declare(
    sets(
      { ...Object.fromEntries(people.map((one) => [one, "viewer"])), "new@people.example": "viewer" },
      { accounts: "manage", resendInvite: 1 },
    ),
  );
  await stack.up();
  expect(await idsOf(people)).toEqual(ids);
  const members = await service.list(`/v1/organizations/${organization}/members`);
  const { outputs = {} } = await stack.resource("OrganizationMembers", "staff");
  expect(members.map(({ externalId }) => externalId)).toEqual(
    members.map(({ email }) => `${String(outputs.externalId)}/${String(email)}`),
  );
});

test("S2 a new address keeps membership and key, a leaver is deactivated, and invitations are mailed again", async () => {
  const ids = await idsOf([grace]);
  const [leaver] = await service.list("/v1/users?email=new@people.example");
  declare(
    sets(
      { [hopper]: { role: "viewer", was: grace }, [mary]: "viewer", [invited]: "viewer" },
      { accounts: "manage", resendInvite: 2 },
    ),
  );
  const { output } = await stack.succeed("up", "--yes", "--diff");
  expect(output).toMatch(/resendInvite *: 1 => 2/);
  expect(output).toContain(
    `the membership of new@people.example (${String(leaver?.id)}) ends, and the account is deactivated`,
  );
  expect(await idsOf([hopper])).toEqual(ids);
  expect(await service.list("/v1/users?email=new@people.example")).toMatchObject([{ state: "inactive" }]);
  await service.mailsTo(invited, 2);
});

test("S3 people move back to separate resources that wait for the set", async () => {
  const back = [hopper, mary, invited];
  const ids = await idsOf(back);
  declare([...sets({}), ...singles(back, ["staff"])]);
  await stack.up();
  expect(await idsOf(back)).toEqual(ids);
});
