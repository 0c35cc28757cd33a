/** The people of a set, on the provider's own protocol: those who get another address, and those who have not accepted yet. */
import { beforeAll, expect, test } from "vitest";
import { withoutUndefined } from "../../provider/values/property-map.ts";
import { account } from "../contract/support/pages.ts";
import { useRelay, useService } from "../e2e/fixtures.ts";
import { type Declaration, enterprise, the } from "../e2e/kinds.ts";
import { useProtocolStack } from "./fixtures.ts";

type Members = Readonly<Record<string, unknown>>;

const administrator = { "ada@was.example": "administrator" };
const service = useService();
const relay = useRelay(service);
const stack = useProtocolStack(relay, "was");
let organization: string;

const acme: Declaration = { kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme", ...enterprise } };

/** The organization with these members and assignees of a key. */
function declared(
  members: Members,
  assignees?: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
): Declaration[] {
  const args = {
    organization: the("acme"),
    members: { ...administrator, ...members },
    onUnknownUser: "create",
    ...more,
  };
  return [
    acme,
    { kind: "OrganizationMembers", name: "staff", args },
    ...(assignees === undefined
      ? []
      : [
          { kind: "ApiKey", name: "key", args: { organization: the("acme"), name: "Key", kind: "server" } },
          { kind: "ApiKeyAssignees", name: "assignees", args: { key: the("key"), assignees }, after: ["staff"] },
        ]),
  ];
}

const idsOf = (name: string) => stack.stored(name).outputs.ids as Readonly<Record<string, string>>;
const membership = async (id: unknown) => (await service.ask("GET", `/v1/members/${String(id)}`)).body;
const userOf = async (email: string) => (await service.list(`/v1/users?email=${email}`))[0] ?? {};
const refusalOf = (declarations: readonly Declaration[]) => stack.preview(declarations).then(String, String);

/** Makes the account of a member usable, as the person does. */
async function setUp(email: string): Promise<void> {
  const { id } = await userOf(email);
  await service.ask("PATCH", `/v1/users/${String(id)}`, { resendInvite: "1" });
  expect((await service.browser().submit(await service.mailedLink(email), account)).statusCode).toBe(303);
}

beforeAll(async () => {
  await stack.up(declared({}));
  organization = stack.stored("acme").id;
});

test("S2 who gets another address keeps the membership and the key, before and after confirming it", async () => {
  const [before, after] = ["grace@was.example", "hopper@was.example"];
  const from = declared({ [before]: { role: "viewer", givenName: "Grace" } }, { [before]: "member" });
  await stack.up(from);
  await setUp(before);
  const [member, assigned] = [idsOf("staff")[before], idsOf("assignees")[before]];
  const to = declared(
    { [after]: { role: "editor", givenName: "Grace", was: "Grace@was.example" } },
    { [after]: "member" },
  );
  expect(await stack.preview(to)).toEqual(["update staff", "update assignees"]);
  relay.requests.length = 0;
  expect(await stack.up(to)).toEqual(["update staff", "update assignees"]);
  const changes = relay.requests.filter((request) => !request.startsWith("GET "));
  expect(changes.map((request) => request.split(/[_?]/)[0])).toEqual([
    "PATCH /v1/users/usr",
    "PATCH /v1/members/mbr",
    "PATCH /v1/api-key-assignments/asg",
  ]);
  expect(await userOf(before)).toMatchObject({ pendingEmail: after });
  expect(idsOf("staff")).toMatchObject({ [after]: member });
  expect(idsOf("assignees")).toEqual({ [after]: assigned });
  expect(await membership(member)).toMatchObject({ status: "active", role: "editor", apiKeyCount: 1 });

  // Until it is confirmed, nothing differs.
  await stack.refresh();
  expect(await stack.preview(to)).toEqual([]);
  const confirmed = await service.browser().submit(await service.mailedLink(after), {});
  expect(confirmed.statusCode).toBeLessThan(400);
  expect(await membership(member)).toMatchObject({ email: after, status: "active" });
  await stack.refresh();
  expect(await stack.preview(to)).toEqual([]);

  // It has no effect any more, and can be removed.
  const later = declared({ [after]: { role: "editor", givenName: "Grace" } }, { [after]: "member" });
  expect(await stack.preview(later)).toEqual([]);
  expect(await stack.up(later)).toEqual([]);
  await stack.up(declared({}));
});

test("S2 an account that is not set up gets the new address at once", async () => {
  const [before, after] = ["new@was.example", "newer@was.example"];
  await stack.up(declared({ [before]: "viewer" }));
  const id = idsOf("staff")[before];
  expect(await stack.up(declared({ [after]: { role: "viewer", was: before } }))).toEqual(["update staff"]);
  expect(await membership(id)).toMatchObject({ email: after, status: "active" });
  expect(await stack.up(declared({ [after]: "viewer" }))).toEqual([]);
  // Removed from the service, the entry is made anew under the new address alone.
  await service.ask("DELETE", `/v1/members/${id}`);
  await stack.refresh();
  expect(await stack.up(declared({ [after]: { role: "viewer", was: before } }))).toEqual(["update staff"]);
  expect(await membership(idsOf("staff")[after])).toMatchObject({ email: after, status: "active" });
  await stack.up(declared({}));
});

test("S2 an invitation without an account is cancelled, and sent to the new address, which preview says", async () => {
  const [before, after] = ["invited@was.example", "invited2@was.example"];
  const inviting = { onUnknownUser: "invite" };
  await stack.up(declared({ [before]: "viewer" }, undefined, inviting));
  const id = idsOf("staff")[before];
  const to = declared({ [after]: { role: "viewer", was: before } }, undefined, inviting);
  expect(await stack.preview(to)).toEqual(["update staff"]);
  expect(stack.printed.join("")).toContain(
    `${before} was invited and has no account yet, so the invitation is cancelled and ${after} is invited.`,
  );
  await stack.up(to);
  expect(await membership(id)).toMatchObject({ status: "cancelled" });
  expect(await membership(idsOf("staff")[after])).toMatchObject({ status: "pending", email: after });
  expect(await stack.up(to)).toEqual([]);
  await stack.up(declared({}));
});

test("S2 an address that has two meanings is refused at preview, with both places", async () => {
  const b = "b@was.example";
  const was = (address: string) => ({ role: "viewer", was: address });
  expect(await refusalOf(declared({ "a@was.example": was(b), [b]: "viewer" }))).toContain(
    "members.a@was.example.was: members.b@was.example declares this address as well",
  );
  expect(await refusalOf(declared({ "a@was.example": was(b), [b]: was("A@was.example") }))).toContain(
    "members.b@was.example.was: members.a@was.example declares this address as well",
  );
  expect(await refusalOf(declared({ "a@was.example": was("c@was.example"), [b]: was("C@was.example") }))).toContain(
    "members.b@was.example.was: members.a@was.example has the same `was`",
  );
  expect(await refusalOf(declared({ [b]: was(b) }))).toContain("members.b@was.example.was: this is the entry's own");
});

test("S2 an account that the caller doesn't manage is refused at preview, and follows when the person changes it", async () => {
  const [before, after] = ["guest@was.example", "guest2@was.example"];
  const { body: other } = await service.ask("POST", "/v1/organizations", { slug: "other", name: "Other" });
  const { body: guest } = await service.ask("POST", "/v1/users", { email: before, homeOrganization: other.id });
  await stack.up(declared({ [before]: "viewer" }));
  const id = idsOf("staff")[before];
  const { body: robot } = await service.ask("POST", "/v1/users", {
    email: "robot@was.example",
    kind: "system",
    homeOrganization: organization,
  });
  await service.ask("POST", `/v1/organizations/${organization}/members`, { user: robot.id, role: "administrator" });
  const { body: key } = await service.ask("POST", `/v1/organizations/${organization}/api-keys`, {
    name: "robot",
    kind: "user",
    owner: robot.id,
  });
  const to = declared({ [after]: { role: "viewer", was: before } });
  await stack.use({ endpoint: service.endpoint, token: String(key.key) });
  const refusal = await refusalOf(to);
  expect(refusal).toContain(
    `members.${after}.was: you may not change the address of the account ${String(guest.id)} (${before})`,
  );
  expect(refusal).toContain("The person can change the address on their own page; the entry then follows by itself.");
  await service.ask("PATCH", `/v1/users/${String(guest.id)}`, { email: after });
  expect(await stack.up(to)).toEqual(["update staff"]);
  expect(idsOf("staff")[after]).toBe(id);
  expect(await membership(id)).toMatchObject({ email: after, status: "active" });
  await stack.use(relay);
  await stack.up(declared({}));
});

test("S2 an address that can't be changed leaves the entry as it was, and everybody else as declared", async () => {
  const [before, after] = ["kept@was.example", "taken@was.example"];
  await stack.up(declared({ [before]: "viewer" }));
  const id = idsOf("staff")[before];
  await service.ask("POST", "/v1/users", { email: after, kind: "system" });
  const to = declared({ [after]: { role: "editor", was: before }, "more@was.example": "viewer" });
  await expect(stack.up(to)).rejects.toThrow(
    /1 members could not be updated.*\n *kept@was\.example: changing the address to taken@was\.example: email_taken/,
  );
  expect(await membership(id)).toMatchObject({ email: before, role: "viewer", status: "active" });
  expect(Object.keys(idsOf("staff")).toSorted()).toEqual(["ada@was.example", before, "more@was.example"]);
  expect(await stack.up(declared({ [before]: "viewer" }))).toEqual(["update staff"]);
  await stack.up(declared({}));
});

test("S2 who leaves while the same name comes is warned of, and counts as removed; who declares it doesn't", async () => {
  const names = { givenName: "Mary", familyName: "Jackson" };
  const crowd = (domain: string, was?: string) =>
    Object.fromEntries(
      Array.from({ length: 6 }, (_, at) => [
        `m${at}@${domain}`,
        { role: "viewer", ...names, givenName: `M${at}`, ...(was && { was: `m${at}@${was}` }) },
      ]),
    );
  await stack.up(declared({ "mary@was.example": { role: "viewer", ...names } }));
  expect(await stack.preview(declared({ "jackson@was.example": { role: "editor", ...names } }))).toEqual([
    "update staff",
  ]);
  expect(stack.printed.join("")).toContain(
    "mary@was.example is removed, and jackson@was.example is added with the same name. If this is one person with a new address",
  );
  // The addresses may be secret.
  const hidden = { __secretEntries: true };
  const told = stack.printed.length;
  await stack.preview(declared({ "jackson@was.example": { role: "editor", ...names } }, undefined, hidden));
  const [line = ""] = stack.printed.slice(told);
  expect(line).toContain(`${idsOf("staff")["mary@was.example"]} is removed, and another entry is added`);
  expect(line).not.toContain("@");
  await stack.up(declared(crowd("was.example")));
  expect(await refusalOf(declared(crowd("new.example")))).toContain("maxRemovalFraction: this removes 6 of 7 members");
  relay.batches.length = 0;
  expect(await stack.up(declared(crowd("new.example", "was.example")))).toEqual(["update staff"]);
  expect(Object.keys(await service.rolesIn(organization)).filter((one) => one.startsWith("m"))).toEqual(
    Object.keys(crowd("new.example")),
  );
  await stack.up(declared({}, undefined, { maxRemovalFraction: 1 }));
});

test("S2 resendInvite mails everybody who has not accepted, once, and nobody at creation", async () => {
  const [waiting, created, joined, guest] = ["w@was.example", "c@was.example", "j@was.example", "g@was.example"];
  await service.ask("POST", "/v1/users", { email: joined, kind: "system" });
  const { body: other } = await service.ask("POST", "/v1/organizations", { slug: "elsewhere", name: "Elsewhere" });
  await service.ask("POST", "/v1/users", { email: guest, homeOrganization: other.id, invite: false });
  const crowd = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`i${at}@was.example`, "viewer"]));
  const members = { [waiting]: "viewer", [joined]: "viewer", [guest]: "viewer", ...crowd };
  const make = (onUnknownUser: string, resendInvite: unknown, people: Members = members) =>
    declared(
      people,
      { [waiting]: "member", "dev@out.example": "external" },
      withoutUndefined({ onUnknownUser, resendInvite }),
    ).map((one) =>
      one.kind === "ApiKeyAssignees" ? { ...one, args: { ...one.args, ...withoutUndefined({ resendInvite }) } } : one,
    );
  // At creation of the entries, only their own invitations are mailed; an account that is created gets none.
  await stack.up(make("invite", 1));
  const all = { ...members, [created]: "viewer" };
  await stack.up(make("create", 1, all));
  await service.mailsTo(waiting, 1);
  expect(await stack.preview(make("create", undefined, all))).toEqual([]);

  relay.requests.length = 0;
  relay.batches.length = 0;
  expect(await stack.up(make("create", 2, all))).toEqual(["update staff", "update assignees"]);
  // The list of the four statuses, the accounts that are not set up, the invitations, and the same for the key.
  expect(relay.batches.length).toBeLessThanOrEqual(4);
  expect(
    relay.requests
      .filter((request) => request.startsWith("PATCH "))
      .toSorted()
      .map((request) => request.split("_")[0]),
  ).toEqual(["PATCH /v1/api-key-assignments/asg", ...Array.from({ length: 33 }, () => "PATCH /v1/members/mbr")]);
  for (const [address, count] of [
    [waiting, 2],
    ["i29@was.example", 2],
    [created, 1],
    ["dev@out.example", 2],
  ] as const) {
    expect(await service.mailsTo(address, count)).toHaveLength(count);
  }
  for (const address of [joined, guest]) {
    expect(await service.mailsTo(address, 0)).toEqual([]);
  }
  expect(await stack.up(make("create", 2, all))).toEqual([]);
  expect(await stack.up(make("create", undefined, all))).toEqual([]);
  expect(stack.stored("staff").inputs.resendInvite).toBe(2);
});
