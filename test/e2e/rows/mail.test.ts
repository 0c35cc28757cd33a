/** Invitations and declared acts on the real engine; what people do, the tests do in their place, as a page would. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { findLink } from "../../../service/auth/links.ts";
import type { Client } from "../../contract/support/client.ts";
import { account, goodPassword } from "../../contract/support/pages.ts";
import { Pages } from "../../contract/support/people.ts";
import { ownerToken, startListening, type TestService, tokenIn } from "../../contract/support/service.ts";
import { useProtocolStack } from "../../protocol/fixtures.ts";
import { useStack } from "../fixtures.ts";
import { enterprise, the } from "../kinds.ts";
import { nameOf } from "../stack.ts";

const weekMs = 7 * 24 * 60 * 60 * 1000;
const [ada, bob, carol, dora, erin] = [
  "ada@acme.example",
  "bob@elsewhere.example",
  "carol@elsewhere.example",
  "dora@elsewhere.example",
  "erin@elsewhere.example",
];
/** Ada's new address. */
const lovelace = "lovelace@acme.example";

type Args = Readonly<Record<string, unknown>>;

let service: TestService;
let stop = async () => {};
let owner: Client;
let pages: Pages;
const access = { endpoint: "", token: ownerToken };
const args: Record<"ada" | "bob" | "carol" | "dora", Args> = {
  ada: { email: ada, homeOrganization: the("acme"), resendInvite: 1 },
  bob: { organization: the("acme"), email: bob, role: "viewer", onUnknownUser: "invite" },
  carol: { key: the("spare"), email: carol, external: true },
  dora: { organization: the("acme"), email: dora, role: "viewer", onUnknownUser: "invite" },
};

beforeAll(async () => {
  ({ service, endpoint: access.endpoint, stop } = await startListening({ publicUrl: undefined }));
  pages = new Pages(service);
  owner = service.as();
});
afterAll(() => stop());

const stack = useStack("test/e2e/programs/kinds", access);
const protocol = useProtocolStack(access, "mail");

beforeAll(() => declare());

/** Declares the resources, with changes of their arguments that stay. */
function declare(changes: Partial<Record<keyof typeof args, Args>> = {}): void {
  for (const [name, change] of Object.entries(changes) as [keyof typeof args, Args][]) {
    args[name] = { ...args[name], ...change };
  }
  stack.declare([
    { kind: "Organization", name: "acme", args: { slug: "acme", name: "Acme", ...enterprise } },
    { kind: "ApiKey", name: "spare", args: { organization: the("acme"), name: "Spare", kind: "server" } },
    { kind: "User", name: "ada", args: args.ada },
    { kind: "Membership", name: "bob", args: args.bob },
    { kind: "ApiKeyAssignment", name: "carol", args: args.carol },
    { kind: "Membership", name: "dora", args: args.dora },
    { kind: "Membership", name: "erin", args: { ...args.dora, email: erin, resendInvite: undefined } },
    // Its entries wait with the memberships.
    {
      kind: "ApiKeyAssignees",
      name: "team",
      args: { key: the("spare"), assignees: [dora, erin] },
      after: ["dora", "erin"],
    },
  ]);
}

async function statusInState(name: string): Promise<unknown> {
  const { resources } = await stack.exported();
  return resources.find((resource) => nameOf(resource) === name)?.outputs?.status;
}

/** Whom the key is attached to, each with the status. */
async function attached(): Promise<Record<string, string>> {
  const path = { apiKeyId: await stack.idOf("ApiKey", "spare") };
  const { items } = await owner.do("listApiKeyAssignments", { path });
  return Object.fromEntries(items.map(({ email, status }) => [email, status]));
}

/** How many mails went to whom. */
async function mailed(): Promise<Record<string, number>> {
  const open = await service.database.selectFrom("mails").select("id").where("outcome", "is", null).execute();
  for (const { id } of open) {
    await expect
      .poll(() => service.mailbox.mails.some((mail) => mail.id === id), { timeout: 30_000, interval: 20 })
      .toBe(true);
  }
  const counts: Record<string, number> = {};
  for (const { recipient } of service.mailbox.mails) {
    counts[recipient] = (counts[recipient] ?? 0) + 1;
  }
  return counts;
}

/** Follows the newest link that an address was mailed, and sends its form. */
async function follow(email: string, fields: Readonly<Record<string, string>> = {}): Promise<void> {
  const { statusCode } = await pages.browser().submit(await pages.mailed(email), fields);
  expect(statusCode, `the link mailed to ${email}`).toBe(303);
}

test("E2 E3 C3 C4 C10 C11 up invites by mail, and the stack never holds a link", async () => {
  await stack.up();
  expect(await mailed()).toEqual({ [ada]: 1, [bob]: 1, [carol]: 1, [dora]: 1, [erin]: 1 });
  expect(await attached()).toEqual({ [carol]: "pending", [dora]: "pending", [erin]: "pending" });
  expect(await statusInState("ada")).toBe("invited");
  for (const name of ["bob", "carol", "dora", "erin"]) {
    expect(await statusInState(name), name).toBe("pending");
  }
  const { text } = await stack.exported();
  expect((await stack.resource("User", "ada")).outputs).toMatchObject({
    inviteSentAt: expect.stringMatching(/Z$/),
    inviteExpiresAt: expect.stringMatching(/Z$/),
  });
  for (const mail of service.mailbox.mails) {
    expect(text).not.toContain(tokenIn(mail));
  }
});

test("E4 resendInvite is shown by preview, and done once by up", async () => {
  declare({ ada: { resendInvite: 2 }, bob: { resendInvite: "2026-11-24" }, carol: { resendInvite: 1 } });
  const { output } = await stack.succeed("up", "--yes", "--diff");
  expect(output).toMatch(/~ resendInvite *: 1 => 2/);
  expect(output).toMatch(/\+ resendInvite *: "2026-11-24"/);
  expect(output).toMatch(/Resources:\n +~ 3 updated\n +6 unchanged\n/);
  expect(await mailed()).toEqual({ [ada]: 2, [bob]: 2, [carol]: 2, [dora]: 1, [erin]: 1 });
});

test("C4 C7 C10 C11 E4 E5 E7 what people accept is no difference; up warns of who has left or let an invitation expire, and mails only what it is to", async () => {
  // None of them has an account that is complete: each chooses a password.
  for (const email of [ada, bob, carol, erin]) {
    await follow(email, account);
  }
  const membershipId = await stack.idOf("Membership", "bob");
  const browser = pages.browser();
  await browser.logIn(bob, goodPassword);
  expect((await browser.submit(`/me/memberships/${membershipId}/leave`)).headers.location).toBe("/me?done=left");
  service.advance(weekMs);
  // Removing resendInvite does nothing.
  declare({
    ada: { email: lovelace, resetPassword: 1, resendInvite: undefined },
    bob: { resendInvite: undefined },
    carol: { resendInvite: undefined },
  });
  const { output } = await stack.up("--refresh");
  expect(output).toMatch(
    /warning: The person has left and is not invited again automatically: set or change `resendInvite`/,
  );
  expect(output).toContain("The invitation expired before it was accepted");
  expect(output).toMatch(/Resources:\n +~ 1 updated\n +8 unchanged\n/);
  expect(await statusInState("bob")).toBe("left");
  for (const name of ["ada", "carol", "erin"]) {
    expect(await statusInState(name), name).toBe("active");
  }
  expect(await owner.do("getMembership", { path: { membershipId } })).toMatchObject({ status: "left" });
  expect(await statusInState("dora")).toBe("expired");
  // A key that is attached to several people doesn't wait for all of them.
  expect(await attached()).toMatchObject({ [carol]: "active", [dora]: "expired", [erin]: "active" });
  const ofErin = await stack.idOf("Membership", "erin");
  expect(await owner.do("getMembership", { path: { membershipId: ofErin } })).toMatchObject({ operational: true });
  // To Ada, what tells of the new address, and the link for the password.
  expect(await mailed()).toEqual({ [ada]: 4, [lovelace]: 1, [bob]: 2, [carol]: 2, [dora]: 1, [erin]: 1 });
  const userId = await stack.idOf("User", "ada");
  expect(await owner.do("getUser", { path: { userId } })).toMatchObject({ email: ada, pendingEmail: lovelace });
});

test("C4 C7 E4 E5 resendInvite invites both again; an address that was confirmed is no difference", async () => {
  await follow(lovelace);
  const before = await mailed();
  declare({ bob: { resendInvite: 3 }, dora: { resendInvite: 1 } });
  // With a preview before it, which warns of neither any more.
  const { output } = await stack.succeed("up", "--yes", "--refresh");
  expect(output).not.toContain("The person has left");
  expect(output).not.toContain("The invitation expired before it was accepted");
  expect(output).toMatch(/Resources:\n +~ 2 updated\n +7 unchanged\n/);
  for (const name of ["bob", "dora"]) {
    expect(await statusInState(name), name).toBe("pending");
  }
  expect(await mailed()).toEqual({ ...before, [bob]: 3, [dora]: 2 });
  expect(await attached()).toMatchObject({ [dora]: "pending", [erin]: "active" });
  const userId = await stack.idOf("User", "ada");
  expect(await owner.do("getUser", { path: { userId } })).toMatchObject({ email: lovelace });
});

test("C4 destroy cancels an invitation with its link", async () => {
  const newest = service.mailbox.mails.findLast(({ recipient }) => recipient === dora);
  const find = () =>
    findLink({ db: service.database, now: service.now() }, newest === undefined ? "" : tokenIn(newest));
  expect(await find()).toMatchObject({ purpose: "membership" });
  const membershipId = await stack.idOf("Membership", "dora");
  await stack.destroy();
  expect(await owner.do("getMembership", { path: { membershipId } })).toMatchObject({ status: "cancelled" });
  expect(await find()).toBeUndefined();
});

test("E5 an address that waits for its owner is no difference", async () => {
  const [email, changedTo] = ["eve@elsewhere.example", "evelyn@elsewhere.example"];
  const declared = (email: string) => [{ kind: "User", name: "eve", args: { email } }];
  await protocol.up(declared(email));
  await follow(email, account);
  await protocol.refresh();
  expect(await protocol.up(declared(changedTo))).toEqual(["update eve"]);
  const { id: userId } = protocol.stored("eve");
  expect(await owner.do("getUser", { path: { userId } })).toMatchObject({ email, pendingEmail: changedTo });
  await protocol.refresh();
  expect(await protocol.up(declared(changedTo))).toEqual([]);
});

test("C12 a membership that created an account mails its set-up when resendInvite is set, and not before", async () => {
  const email = "fred@initech.example";
  const declared = (more: Args = {}) => [
    { kind: "Organization", name: "initech", args: { slug: "initech", name: "Initech" } },
    {
      kind: "Membership",
      name: "fred",
      args: { organization: the("initech"), email, role: "viewer", onUnknownUser: "create", ...more },
    },
  ];
  await protocol.up(declared());
  expect(protocol.stored("fred").outputs).toMatchObject({ status: "active", userStatus: "invited" });
  expect(await mailed()).not.toHaveProperty([email]);
  expect(await protocol.up(declared({ resendInvite: 1 }))).toEqual(["update fred"]);
  await follow(email, account);
  await protocol.refresh();
  expect(await protocol.preview(declared({ resendInvite: 1 }))).toEqual([]);
  expect(protocol.stored("fred").outputs).toMatchObject({ status: "active", userStatus: "active" });
});
