/** Sets of many members and assignees, on the provider's own protocol: what they send, refuse, repair and give back. */
import { beforeAll, describe, expect, test } from "vitest";
import { account } from "../contract/support/pages.ts";
import { useRelay, useService } from "../e2e/fixtures.ts";
import { type Declaration, enterprise, the } from "../e2e/kinds.ts";
import { useProtocolStack } from "./fixtures.ts";

type Members = Readonly<Record<string, string>>;

const administrator = { "ada@sets.example": "administrator" };
const people: Members = Object.fromEntries(
  Array.from({ length: 39 }, (_, at) => [`p${at}@sets.example`, at % 3 === 0 ? "Release manager" : "viewer"]),
);
const staff: Members = { ...administrator, ...people };

const service = useService();
const relay = useRelay(service);
const stack = useProtocolStack(relay, "sets");
let organization: string;

const surroundings: readonly Declaration[] = [
  { kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme", ...enterprise } },
  {
    kind: "Role",
    name: "releases",
    args: { organization: the("acme"), name: "Release manager", permissions: ["flows:read", "flows:run"] },
  },
];

/** The surroundings and a set of these members, with these arguments besides. */
function withSet(members: Members, more: Readonly<Record<string, unknown>> = {}): Declaration[] {
  const roles = { "Release manager": the("releases") };
  const args = { organization: the("acme"), members, roles, onUnknownUser: "create", ...more };
  return [...surroundings, { kind: "OrganizationMembers", name: "staff", args }];
}

/** Who is in, as the API has it: the role by address. */
const membersNow = () => service.rolesIn(organization);
const membershipOf = (address: string) => service.membershipIn(organization, address);

/** Has somebody else add people, whom no mail is sent to. @returns their memberships' ids */
async function addBehindTheStack(addresses: readonly string[], role = "viewer"): Promise<unknown[]> {
  const ids: unknown[] = [];
  for (const email of addresses) {
    await service.ask("POST", "/v1/users", { email, kind: "system" });
    const { body } = await service.ask("POST", `/v1/organizations/${organization}/members`, { email, role });
    ids.push(body.id);
  }
  return ids;
}

function numbered(count: number, letter: string, domain: string): string[] {
  return Array.from({ length: count }, (_, at) => `${letter}${at}@${domain}`);
}

beforeAll(async () => {
  expect(await stack.up(withSet(staff))).toEqual(["create acme", "create releases", "create staff"]);
  organization = stack.stored("acme").id;
});

test("what is made is as declared, and a refresh finds no difference", async () => {
  expect(Object.keys(await membersNow())).toHaveLength(40);
  expect(await membersNow()).toMatchObject({
    "ada@sets.example": "administrator",
    "p0@sets.example": stack.stored("releases").id,
    "p1@sets.example": "viewer",
  });
  expect(await stack.up(withSet(staff))).toEqual([]);
  await stack.refresh();
  expect(await stack.up(withSet(staff))).toEqual([]);
});

test("what somebody else has changed or ended is seen by refresh and repaired by up", async () => {
  const [p2, p3] = [await membershipOf("p2@sets.example"), await membershipOf("p3@sets.example")];
  await service.ask("PATCH", `/v1/members/${p2.id}`, { role: "operator" });
  await service.ask("DELETE", `/v1/members/${p3.id}`);
  await stack.refresh();
  expect(await stack.up(withSet(staff))).toEqual(["update staff"]);
  expect(await membersNow()).toMatchObject({
    "p2@sets.example": "viewer",
    "p3@sets.example": stack.stored("releases").id,
  });
  expect(await stack.up(withSet(staff))).toEqual([]);
});

test("so is what somebody else has attached or detached of a key", async () => {
  const assignees = Object.fromEntries(Object.keys(people).map((address) => [address, "member"]));
  const declarations: Declaration[] = [
    ...withSet(staff),
    { kind: "ApiKey", name: "key", args: { organization: the("acme"), name: "Storefront", kind: "server" } },
    {
      kind: "ApiKeyAssignees",
      name: "assignees",
      args: { key: the("key"), assignees, mode: "authoritative" },
      after: ["staff"],
    },
  ];
  expect(await stack.up(declarations)).toEqual(["create key", "create assignees"]);
  const assignments = `/v1/api-keys/${stack.stored("key").id}/assignments`;
  const assigned = async () => (await service.list(assignments)).map(({ email }) => String(email)).toSorted();
  const [first] = await service.list(assignments);
  await service.ask("DELETE", `/v1/api-key-assignments/${first?.id}`);
  await service.ask("POST", assignments, { email: "ada@sets.example" });
  await stack.refresh();
  expect(await stack.up(declarations)).toEqual(["update assignees"]);
  expect(await assigned()).toEqual(Object.keys(people).toSorted());
  expect(await stack.up(declarations)).toEqual([]);
  expect(await stack.up(withSet(staff))).toEqual(["delete assignees", "delete key"]);
});

test("a key waits for whom of them is invited, and only who is no member at all is refused", async () => {
  const [invited, member, nobody] = ["invited@sets.example", "p0@sets.example", "nobody@sets.example"];
  await service.ask("POST", `/v1/organizations/${organization}/members`, {
    email: invited,
    role: "viewer",
    onUnknownUser: "invite",
  });
  const attaching = (...addresses: string[]): Declaration[] => {
    const assignees = Object.fromEntries(addresses.map((address) => [address, "member"]));
    return [
      ...withSet(staff),
      { kind: "ApiKey", name: "key", args: { organization: the("acme"), name: "Storefront", kind: "server" } },
      { kind: "ApiKeyAssignees", name: "assignees", args: { key: the("key"), assignees }, after: ["staff"] },
    ];
  };
  const attached = async () => {
    const all = await service.list(`/v1/api-keys/${stack.stored("key").id}/assignments`);
    return Object.fromEntries(all.map(({ email, status }) => [String(email), status]));
  };
  const failure = await stack.up(attaching(nobody, invited, member)).catch((error: unknown) => String(error));
  expect(failure).toContain("1 assignees could not be updated");
  expect(failure).toContain(`${nobody}: user_not_found: `);
  expect(await attached()).toEqual({ [invited]: "pending", [member]: "active" });
  expect(await stack.up(attaching(invited, member))).toEqual(["update assignees"]);

  // Whoever accepts is no difference, and who is detached before that has no key.
  const accepted = await service.browser().submit(await service.mailedLink(invited), account);
  expect(accepted.statusCode).toBe(303);
  await stack.refresh();
  expect(await stack.preview(attaching(invited, member))).toEqual([]);
  expect(await attached()).toEqual({ [invited]: "active", [member]: "active" });
  expect(await stack.up(withSet(staff))).toEqual(["delete assignees", "delete key"]);
  const { id } = await membershipOf(invited);
  await service.ask("DELETE", `/v1/members/${String(id)}`);
});

test("what somebody else has changed since the last refresh is not overwritten", async () => {
  const { id } = await membershipOf("p4@sets.example");
  await service.ask("PATCH", `/v1/members/${id}`, { role: "operator" });
  const wanted = withSet({ ...staff, "p4@sets.example": "editor" });
  await expect(stack.up(wanted)).rejects.toThrow(
    "p4@sets.example: it was changed since the last refresh (role viewer => operator)",
  );
  expect((await membersNow())["p4@sets.example"]).toBe("operator");
  await stack.refresh();
  expect(await stack.up(wanted)).toEqual(["update staff"]);
  expect((await membersNow())["p4@sets.example"]).toBe("editor");
  expect(await stack.up(withSet(staff))).toEqual(["update staff"]);
});

test("a failure half-way keeps what is done, names what isn't, and the next up finishes", async () => {
  const newcomers = numbered(30, "n", "sets.example");
  const wanted = { ...staff, ...Object.fromEntries(newcomers.map((address) => [address, "viewer"])) };
  const newcomersNow = async () => Object.keys(await membersNow()).filter((address) => address.startsWith("n"));
  // Eight of them have an account: only those can be added.
  for (const email of newcomers.slice(0, 8)) {
    await service.ask("POST", "/v1/users", { email, invite: false });
  }
  const failure = await stack.up(withSet(wanted, { onUnknownUser: "fail" })).catch((error: unknown) => String(error));
  expect(failure).toContain("22 members could not be updated");
  expect(String(failure).match(/n\d+@sets\.example: user_not_found: /g)).toHaveLength(20);
  expect(failure).toContain("and 2 more that failed");
  expect(await newcomersNow()).toHaveLength(8);

  relay.requests.length = 0;
  relay.batches.length = 0;
  expect(await stack.up(withSet(wanted))).toEqual(["update staff"]);
  expect(relay.requests.filter((request) => request.startsWith("POST "))).toHaveLength(22);
  expect(relay.batches).toEqual([22]);
  expect(await newcomersNow()).toHaveLength(30);
  expect(await stack.up(withSet(wanted))).toEqual([]);
  await stack.up(withSet(staff, { maxRemovalFraction: 1 }));
  expect(await newcomersNow()).toEqual([]);
});

test("removing too many at once, or the last administrator, is refused at preview, with numbers", async () => {
  const fewer = { ...administrator, ...Object.fromEntries(Object.entries(people).slice(14)) };
  await expect(stack.preview(withSet(fewer))).rejects.toThrow(
    /maxRemovalFraction: this removes 14 of 40 members, but maxRemovalFraction allows 10 at once: .* set maxRemovalFraction to 0\.35/,
  );
  await expect(stack.preview(withSet(people))).rejects.toThrow(
    "minAdmins: this leaves 0 administrators, but minAdmins requires 1",
  );
  expect(await stack.preview(withSet(fewer, { maxRemovalFraction: 0.35 }))).toEqual(["update staff"]);
});

describe("authoritative", () => {
  const strangers = ["stranger@elsewhere.example", "robot@bots.example"];
  const authoritative = { mode: "authoritative", ignore: ["*@bots.example"] };

  test("removes nobody at first, and after a refresh whom it has found, but for whom it ignores", async () => {
    await addBehindTheStack(strangers);
    const wanted = withSet(staff, authoritative);
    expect(await stack.up(wanted)).toEqual(["update staff"]);
    expect(Object.keys(await membersNow())).toEqual(expect.arrayContaining(strangers));
    await stack.refresh();
    expect(stack.stored("staff").inputs.members).toMatchObject({ "stranger@elsewhere.example": "viewer" });
    expect(stack.stored("staff").inputs.members).not.toHaveProperty(["robot@bots.example"]);
    expect(await stack.preview(wanted)).toEqual(["update staff"]);
  });

  test("is refused where somebody came whom the last refresh didn't see, and changes nothing", async () => {
    const email = "late@elsewhere.example";
    await addBehindTheStack([email]);
    const wanted = withSet(staff, authoritative);
    const failure = await stack.up(wanted).catch((error: unknown) => String(error));
    expect(failure).toContain(`1 members exist that the last refresh did not find: ${email}.`);
    expect(failure).toContain("pulumi refresh");
    expect(Object.keys(await membersNow())).toEqual(expect.arrayContaining([...strangers, email]));
    await stack.refresh();
    expect(await stack.up(wanted)).toEqual(["update staff"]);
    const now = Object.keys(await membersNow());
    expect(now).toContain("robot@bots.example");
    expect(now).not.toContain("stranger@elsewhere.example");
    expect(now).not.toContain(email);
    expect(await stack.up(wanted)).toEqual([]);
  });

  test("guards its own though it ignores them, and not whom a refresh has found and it ignores", async () => {
    const guests = numbered(6, "g", "guests.example");
    await addBehindTheStack(guests);
    await stack.refresh();
    const given = { ...authoritative, maxRemovalFraction: 0 };
    await expect(stack.preview(withSet(staff, given))).rejects.toThrow("maxRemovalFraction: this removes 6 of ");
    const ignoring = { ...given, ignore: ["*@bots.example", "*@guests.example", "*@sets.example"] };
    expect(await stack.up(withSet(staff, ignoring))).toEqual(["update staff"]);
    expect(Object.keys(await membersNow())).toEqual(expect.arrayContaining(guests));
    await expect(stack.preview(withSet(administrator, ignoring))).rejects.toThrow(
      /maxRemovalFraction: this removes 39 of 40 members/,
    );
    expect(await stack.up(withSet(staff, ignoring))).toEqual([]);
  });

  test("turned additive again, leaves everybody who is there", async () => {
    const before = await membersNow();
    expect(await stack.up(withSet(staff))).toEqual(["update staff"]);
    expect(await membersNow()).toEqual(before);
    expect(await stack.up(withSet(staff))).toEqual([]);
  });
});

test("taken out of the program, or destroyed, it ends what it made, and gives back what it adopted", async () => {
  expect(await stack.up(surroundings)).toEqual(["delete staff"]);
  const email = "before@sets.example";
  const [made] = await addBehindTheStack([email], "operator");
  const members = { ...administrator, [email]: "viewer" };
  const refusal = await stack.up(withSet(members)).catch((error: unknown) => String(error));
  expect(refusal).toContain(`${email}: already_member`);
  expect(refusal).toContain("Declare that one with `adopt`");

  const adopting = withSet(members, { adopt: true });
  expect(await stack.up(adopting)).toEqual(["update staff"]);
  expect(await membershipOf(email)).toMatchObject({ id: made, role: "viewer", adopted: true });
  expect(await membershipOf("ada@sets.example")).toMatchObject({ adopted: false });
  expect(await stack.up(adopting)).toEqual([]);
  expect(await stack.up(surroundings)).toEqual(["delete staff"]);
  expect(await membershipOf(email)).toMatchObject({ id: made, role: "operator", externalId: null });
  expect(Object.keys(await membersNow())).not.toContain("ada@sets.example");

  expect(await stack.up(adopting)).toEqual(["create staff"]);
  expect(stack.stored("staff").inputs.adopts).toEqual({ [email]: "operator => viewer" });
  await stack.destroy();
  // The organization is closed with the rest: what it had is ended there, and not by the set.
  const { body } = await service.ask("GET", `/v1/members/${String(made)}`);
  expect(body).toMatchObject({ role: "operator", externalId: null });
});
