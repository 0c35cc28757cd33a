/** A set that manages the accounts that it makes, on the provider's own protocol. */
import { beforeAll, expect, test } from "vitest";
import { useRelay, useService } from "../e2e/fixtures.ts";
import { type Declaration, enterprise, the } from "../e2e/kinds.ts";
import { useProtocolStack } from "./fixtures.ts";

type Members = Readonly<Record<string, unknown>>;

const administrator = { "ada@made.example": "administrator" };
const service = useService();
const relay = useRelay(service);
const stack = useProtocolStack(relay, "made");
let organization: string;

function declared(members: Members, more: Readonly<Record<string, unknown>> = {}): Declaration[] {
  const args = {
    organization: the("acme"),
    members: { ...administrator, ...members },
    onUnknownUser: "create",
    accounts: "manage",
    ...more,
  };
  return [
    { kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme", ...enterprise } },
    { kind: "OrganizationMembers", name: "staff", args },
  ];
}

const idsOf = (output: string) => stack.stored("staff").outputs[output] as Readonly<Record<string, string>>;
const account = async (id: unknown) => (await service.ask("GET", `/v1/users/${String(id)}`)).body;
const userOf = async (email: string) => (await service.list(`/v1/users?email=${email}`))[0] ?? {};

async function elsewhere(user: unknown): Promise<void> {
  const slug = `other-${String(user).slice(-8)}`;
  const { body } = await service.ask("POST", "/v1/organizations", { slug, name: "Other", ...enterprise });
  await service.ask("POST", `/v1/organizations/${String(body.id)}/members`, { user, role: "viewer" });
}

beforeAll(async () => {
  await stack.up(declared({}));
  organization = stack.stored("acme").id;
});

test("S2 the accounts that it makes are at home in the organization, and their names follow", async () => {
  const email = "grace@made.example";
  const named = (givenName: string) => declared({ [email]: { role: "viewer", givenName, familyName: "Hopper" } });
  await stack.up(named("Gr"));
  const id = idsOf("accountIds")[email];
  expect(await account(id)).toMatchObject({ email, givenName: "Gr", homeOrganization: organization, state: "active" });
  expect(await service.mailsTo(email, 0)).toEqual([]);
  expect(await stack.up(named("Grace"))).toEqual(["update staff"]);
  expect(await account(id)).toMatchObject({ givenName: "Grace", familyName: "Hopper" });

  // What somebody else changes is seen by refresh, and isn't overwritten before.
  await service.ask("PATCH", `/v1/users/${id}`, { givenName: "Other" });
  await expect(stack.up(named("Brewster"))).rejects.toThrow(
    "changing the account: the account was changed since the last refresh (givenName)",
  );
  await stack.refresh();
  expect(await stack.up(named("Grace"))).toEqual(["update staff"]);
  expect(await account(id)).toMatchObject({ givenName: "Grace" });
  await stack.refresh();
  expect(await stack.preview(named("Grace"))).toEqual([]);
  await stack.up(declared({}));
});

test("S2 who is taken out is deactivated, and back in the file, active again with the same account", async () => {
  const email = "leaver@made.example";
  await stack.up(declared({ [email]: "viewer" }));
  const id = idsOf("accountIds")[email];
  expect(await stack.preview(declared({}))).toEqual(["update staff"]);
  expect(stack.printed.join("\n")).toContain(
    `the membership of ${email} (${id}) ends, and the account is deactivated.`,
  );
  await stack.up(declared({}));
  expect(await account(id)).toMatchObject({ state: "inactive", externalId: null });
  expect(idsOf("accountIds")).not.toHaveProperty([email]);
  expect(await stack.up(declared({ [email]: "viewer" }))).toEqual(["update staff"]);
  expect(idsOf("accountIds")[email]).toBe(id);
  expect(await account(id)).toMatchObject({ state: "active" });
  expect(await service.membershipIn(organization, email)).toMatchObject({ user: id });
  await stack.up(declared({}));
});

test("S2 who has something elsewhere keeps the account, which preview and update say", async () => {
  const email = "shared@made.example";
  await stack.up(declared({ [email]: "viewer" }));
  const id = idsOf("accountIds")[email];
  await elsewhere(id);
  await stack.preview(declared({}));
  expect(stack.printed.join("\n")).toContain(
    `only the membership of ${email} (${id}) ends, because the account has a membership in another organization.`,
  );
  await stack.up(declared({}));
  expect(stack.printed.join("\n")).toContain(`${id}: The user stays as it is, and nobody manages it now`);
  expect(await account(id)).toMatchObject({ state: "active", externalId: null });
  expect(await service.membershipIn(organization, email)).toEqual({});
});

test("S2 accounts that it didn't make are left, and so are all once it leaves them", async () => {
  const [own, made] = ["own@made.example", "kept@made.example"];
  const { body } = await service.ask("POST", "/v1/users", {
    email: own,
    homeOrganization: organization,
    invite: false,
  });
  await stack.up(declared({ [own]: { role: "viewer", givenName: "Ours" }, [made]: "viewer" }));
  expect(await account(body.id)).toMatchObject({ givenName: null, externalId: null });
  const id = idsOf("accountIds")[made];
  expect(idsOf("accountIds")).not.toHaveProperty([own]);
  expect(await stack.up(declared({ [made]: "viewer" }, { accounts: "leave" }))).toEqual(["update staff"]);
  expect(await account(body.id)).toMatchObject({ state: "active" });
  expect(await account(id)).toMatchObject({ state: "active", externalId: null });
  await stack.up(declared({}, { accounts: "leave" }));
  expect(await account(id)).toMatchObject({ state: "active" });
});

test("S2 an account moves with its entry to another address", async () => {
  const [before, after] = ["first@made.example", "second@made.example"];
  await stack.up(declared({ [before]: "viewer" }));
  const id = idsOf("accountIds")[before];
  await stack.up(declared({ [after]: { role: "viewer", was: before } }));
  expect(idsOf("accountIds")).toMatchObject({ [after]: id });
  expect(String((await account(id)).externalId)).toMatch(/\/second@made\.example$/);
  await stack.refresh();
  expect(await stack.preview(declared({ [after]: "viewer" }))).toEqual([]);
  await stack.up(declared({}));
  expect(await account(id)).toMatchObject({ state: "inactive" });
});

test("S2 a hundred take as many requests as batches of them do, and destroying ends them", async () => {
  const crowd = Object.fromEntries(
    Array.from({ length: 99 }, (_, at) => [`c${at}@made.example`, { role: "viewer", givenName: `C${at}` }]),
  );
  relay.batches.length = 0;
  await stack.up(declared(crowd, { onUnknownUser: "invite" }));
  expect(relay.batches).toEqual([99, 99]);
  await service.mailsTo("c98@made.example", 1);
  const { body } = { body: await userOf("c98@made.example") };
  expect(body).toMatchObject({ status: "invited", homeOrganization: organization });
  await elsewhere(idsOf("accountIds")["c7@made.example"]);
  await stack.up(declared(crowd).slice(0, 1));
  const states = await service.list(`/v1/users?homeOrganization=${organization}`);
  const active = states.filter(({ email, state }) => state === "active" && /^c\d/.test(String(email)));
  expect(active.map(({ email }) => email)).toEqual(["c7@made.example"]);
});
