/** Invitations and mail, as the API has them; what people do on pages is called as the pages call it. */
import type { Schemas } from "roster-schema";
import { expect, test } from "vitest";
import { findLink, issueLink, useLink } from "../../../service/auth/links.ts";
import { byRule } from "../../../service/auth/principal.ts";
import { acceptAssignment } from "../../../service/objects/assignments/offers.ts";
import { acceptMembership, leave } from "../../../service/objects/memberships/own-membership.ts";
import { activateUser, confirmEmailChange } from "../../../service/objects/users/own-account.ts";
import { inTransaction } from "../../../service/rows/database.ts";
import { unique } from "../support/client.ts";
import { actAs } from "../support/people.ts";
import { makeScenario, type Scenario } from "../support/scenario.ts";
import { onEachDatabase, type TestService, tokenIn } from "../support/service.ts";

const address = () => `${unique("Person")}@example.com`;
const names = { givenName: "Ada", familyName: "Lovelace" };
const weekMs = 7 * 24 * 60 * 60 * 1000;

/** Whether the link in the newest of so many mails to an address works. */
async function linkTo(service: TestService, email: string, count: number) {
  const mails = await service.mailbox.to(email, count);
  expect(mails).toHaveLength(count);
  const links = mails.filter(({ text }) => text.includes("/links/"));
  return await Promise.all(links.map((mail) => findLink({ db: service.database, now: service.now() }, tokenIn(mail))));
}

async function person(scenario: Scenario, body: Partial<Schemas["UserCreate"]> = {}): Promise<Schemas["User"]> {
  const user = await scenario.user({ kind: "person", email: address(), invite: false, ...body });
  await actAs(scenario.service, user, (context) => activateUser(context, names));
  return user;
}

async function invited(scenario: Scenario, email = address()): Promise<Schemas["Membership"]> {
  const body = { email, role: "viewer", onUnknownUser: "invite" } as const;
  return await scenario.owner.do("createMembership", { path: scenario.path, body });
}

const actionsOn = async ({ owner, path }: Scenario, objectId: string) => {
  const { items } = await owner.do("listAuditEntries", { path, query: { limit: 1000 } });
  return items.filter(({ object }) => object.id === objectId).map(({ action, actor }) => `${action} by ${actor.kind}`);
};

onEachDatabase("users", (service) => {
  test("E3 creating mails one link, which the account shows and never holds; following it activates", async () => {
    const scenario = await makeScenario(service());
    const email = address();
    const user = await scenario.user({ kind: "person", email });
    expect(user.status).toBe("invited");
    const [sent, expires] = [Date.parse(user.inviteSentAt ?? ""), Date.parse(user.inviteExpiresAt ?? "")];
    expect(expires - sent).toBe(weekMs);
    expect(await linkTo(service(), email, 1)).toMatchObject([{ purpose: "set_up", subject: user.id, email }]);
    const [mail] = await service().mailbox.to(email, 1);
    expect(mail?.text).toContain(scenario.organization.name);
    expect(mail?.text).toContain("https://roster.example/links/");
    await actAs(service(), user, (context) => activateUser(context, names));
    expect(await scenario.owner.do("getUser", { path: { userId: user.id } })).toMatchObject({ status: "active" });
    expect(await actionsOn(scenario, user.id)).toContain("user.activate by user");
    await expect(actAs(service(), user, (context) => activateUser(context, names))).rejects.toThrow(
      "doesn't need to be set up",
    );
  });

  test("E3 the link is dead a week later, when sent again, and when the user is deactivated", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const user = await scenario.user({ kind: "person", email: address() });
    const path = { userId: user.id };
    // A mail whose link is replaced before it is sent is not sent.
    await service().mailbox.to(user.email, 1);
    await owner.do("updateUser", { path, body: { resendInvite: "1" } });
    expect(await linkTo(service(), user.email, 2)).toMatchObject([undefined, { purpose: "set_up" }]);
    await owner.do("deactivateUser", { path });
    expect(await linkTo(service(), user.email, 2)).toEqual([undefined, undefined]);
    // One mail, although bringing somebody back mails a link as well.
    await owner.do("updateUser", { path, body: { state: "active", resendInvite: "2" } });
    expect(await linkTo(service(), user.email, 3)).toMatchObject([undefined, undefined, { purpose: "set_up" }]);
    service().advance(weekMs);
    expect((await linkTo(service(), user.email, 3)).at(-1)).toBeUndefined();
  });

  test("E4 resendInvite acts once per value, not at creation, and not for whom it isn't", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const user = await scenario.user({ kind: "person", email: address(), resendInvite: "1" });
    const path = { userId: user.id };
    await owner.do("updateUser", { path, body: { resendInvite: "1" } });
    await owner.do("updateUser", { path, body: { resendInvite: "1", givenName: "Ada" } });
    expect(await service().mailbox.to(user.email, 1)).toHaveLength(1);
    const again = await owner.do("updateUser", { path, body: { resendInvite: "2" } });
    expect(Date.parse(again.inviteSentAt ?? "")).toBeGreaterThan(Date.parse(user.inviteSentAt ?? ""));
    await owner.do("updateUser", { path, body: { resendInvite: "2" } });
    expect(await service().mailbox.to(user.email, 2)).toHaveLength(2);
    expect(await actionsOn(scenario, user.id)).toContain("user.resend_invite by owner");
    await actAs(service(), user, (context) => activateUser(context, names));
    await owner.refused("unprocessable", "updateUser", { path, body: { resendInvite: "3" } });
    const { id } = await scenario.user();
    await owner.refused("unprocessable", "updateUser", { path: { userId: id }, body: { resendInvite: "1" } });
  });

  test("E4 who creates users invites them again, and changes nothing else", async () => {
    const [home, elsewhere] = [await makeScenario(service()), await makeScenario(service())];
    const client = await home.withPermissions("users:create", "users:read");
    const user = await home.user({ kind: "person", email: address() });
    const path = { userId: user.id };
    // A mail whose link is replaced before it is sent is not sent.
    await service().mailbox.to(user.email, 1);
    await client.do("updateUser", { path, body: { resendInvite: "1" } });
    expect(await service().mailbox.to(user.email, 2)).toHaveLength(2);
    await client.refused("permission_denied", "updateUser", { path, body: { resendInvite: "2", givenName: "Ada" } });
    await client.refused("permission_denied", "updateUser", { path, body: { resetPassword: "1" } });
    const reader = await home.withPermissions("users:read");
    await reader.refused("permission_denied", "updateUser", { path, body: { resendInvite: "3" } });
    const stranger = await elsewhere.withPermissions("users:create");
    await stranger.refused("not_found", "updateUser", { path, body: { resendInvite: "3" } });
  });

  test("E7 resetPassword mails a link to an active person, and nobody else", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const user = await person(scenario);
    const reset = (id: string, resetPassword: string) => ({ path: { userId: id }, body: { resetPassword } });
    await owner.do("updateUser", reset(user.id, "1"));
    await owner.do("updateUser", reset(user.id, "1"));
    expect(await linkTo(service(), user.email, 1)).toMatchObject([{ purpose: "password_reset", subject: user.id }]);
    await owner.refused("unprocessable", "updateUser", reset((await scenario.user()).id, "1"));
    const waiting = await scenario.user({ kind: "person", email: address() });
    await owner.refused("unprocessable", "updateUser", reset(waiting.id, "1"));
  });

  test("C12 without an invitation nothing is mailed until resendInvite", async () => {
    const scenario = await makeScenario(service());
    const user = await scenario.user({ kind: "person", email: address(), invite: false });
    expect(user).toMatchObject({ status: "invited", inviteSentAt: null, inviteExpiresAt: null });
    const made = await scenario.owner.do("createMembership", {
      path: scenario.path,
      body: { email: address(), role: "viewer", onUnknownUser: "create" },
    });
    expect(made).toMatchObject({ status: "active", userStatus: "invited" });
    expect(service().mailbox.mails.map(({ recipient }) => recipient)).not.toContain(made.email);
    await scenario.owner.do("updateUser", { path: { userId: user.id }, body: { resendInvite: "1" } });
    expect(await linkTo(service(), user.email, 1)).toMatchObject([{ purpose: "set_up" }]);
  });

  test("C12 resendInvite of a membership mails the set-up of an account that the organization created", async () => {
    const [scenario, elsewhere] = [await makeScenario(service()), await makeScenario(service())];
    const { owner } = scenario;
    const made = await owner.do("createMembership", {
      path: scenario.path,
      body: { email: address(), role: "viewer", onUnknownUser: "create", resendInvite: "1" },
    });
    const again = (id: string, resendInvite: string) => ({ path: { membershipId: id }, body: { resendInvite } });
    // Setting up an account takes the permission to create one.
    const manager = await scenario.withPermissions("members:manage", "members:read");
    const denied = await manager.refused("permission_denied", "updateMembership", again(made.id, "2"));
    expect(denied.detail).toContain("users:create");
    const creator = await scenario.withPermissions("users:create", "members:read", "roles:assign");
    await creator.refused("permission_denied", "updateMembership", again(made.id, "2"));
    const client = await scenario.withPermissions("members:manage", "users:create");
    await client.do("updateMembership", again(made.id, "1"));
    expect(service().mailbox.mails.map(({ recipient }) => recipient)).not.toContain(made.email);
    expect(await client.do("updateMembership", again(made.id, "2"))).toMatchObject({
      status: "active",
      userStatus: "invited",
    });
    await client.do("updateMembership", again(made.id, "2"));
    expect(await linkTo(service(), made.email, 1)).toMatchObject([{ purpose: "set_up", subject: made.user }]);
    const user = await owner.do("getUser", { path: { userId: made.user ?? "" } });
    expect(user.inviteSentAt).not.toBeNull();
    expect(await actionsOn(scenario, user.id)).toEqual(["user.create by owner", "user.resend_invite by api_key"]);
    expect(await actionsOn(scenario, made.id)).toContain("membership.resend_invite by api_key");
    await owner.do("updateMembership", again(made.id, "3"));
    expect(await linkTo(service(), made.email, 2)).toMatchObject([undefined, { purpose: "set_up" }]);

    // Another organization that the person is a member of by now didn't create the account.
    const there = await owner.do("createMembership", {
      path: elsewhere.path,
      body: { user: user.id, role: "viewer" },
    });
    await owner.refused("unprocessable", "updateMembership", again(there.id, "1"));
    await actAs(service(), user, (context) => activateUser(context, names));
    await owner.refused("unprocessable", "updateMembership", again(made.id, "4"));
    const robot = await scenario.member("viewer");
    await owner.refused("unprocessable", "updateMembership", again(robot.membership.id, "1"));
  });

  test("C13 a robot is active at once, and gets no mail", async () => {
    const scenario = await makeScenario(service());
    const robot = await scenario.user({ email: address() });
    expect(robot).toMatchObject({ status: "active", inviteSentAt: null });
    const { path, body } = { path: { userId: robot.id }, body: { email: address() } };
    expect(await scenario.owner.do("updateUser", { path, body })).toMatchObject({ ...body, pendingEmail: null });
    const recipients = service().mailbox.mails.map(({ recipient }) => recipient);
    expect(recipients).not.toContain(robot.email);
    expect(recipients).not.toContain(body.email);
  });

  test("E2 an invited person's new address gets a link of its own, and the old address's is dead", async () => {
    const scenario = await makeScenario(service());
    const user = await scenario.user({ kind: "person", email: address() });
    await service().mailbox.to(user.email, 1);
    const email = address();
    const changed = await scenario.owner.do("updateUser", { path: { userId: user.id }, body: { email } });
    expect(changed).toMatchObject({ email, pendingEmail: null });
    expect(await linkTo(service(), user.email, 1)).toEqual([undefined]);
    expect(await linkTo(service(), email, 1)).toMatchObject([{ purpose: "set_up", email }]);
  });

  test("E5 a completed person's new address waits until it is confirmed; the old one is told", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const user = await person(scenario);
    const [path, email] = [{ userId: user.id }, address()];
    const changed = await owner.send("updateUser", { path, body: { email, givenName: "Ada" } });
    expect(changed.json()).toMatchObject({ email: user.email, pendingEmail: email, givenName: "Ada" });
    expect(await linkTo(service(), email, 1)).toMatchObject([{ purpose: "email_change", subject: user.id, email }]);
    const [notice] = await service().mailbox.to(user.email, 1);
    expect(notice?.text).toContain(email);
    expect(notice?.text).not.toContain("/links/");
    await owner.do("updateUser", { path, body: { email } });
    expect(await service().mailbox.to(email, 1)).toHaveLength(1);
    await actAs(service(), user, (context) => confirmEmailChange(context));
    const confirmed = await owner.send("getUser", { path });
    expect(confirmed.json()).toMatchObject({ email, pendingEmail: null });
    expect(confirmed.headers.etag).toBe(changed.headers.etag);
    expect(await actionsOn(scenario, user.id)).toContain("user.confirm_email by user");
  });

  test("an address change is taken back by asking for the present one, and lost to whoever has the address first", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const user = await person(scenario);
    const [path, email] = [{ userId: user.id }, address()];
    await owner.do("updateUser", { path, body: { email } });
    await service().mailbox.to(email, 1);
    await owner.do("updateUser", { path, body: { email: user.email } });
    expect(await linkTo(service(), email, 1)).toEqual([undefined]);
    await expect(actAs(service(), user, (context) => confirmEmailChange(context))).rejects.toThrow("waiting");
    await owner.do("updateUser", { path, body: { email } });
    await scenario.user({ email });
    const late = actAs(service(), user, (context) => confirmEmailChange(context));
    await expect(late).rejects.toMatchObject({ code: "email_taken" });
  });
});

onEachDatabase("memberships", (service) => {
  const [anAddress, onUnknownUser] = [address, "invite" as const];

  test("M3 an unknown address is refused where only accounts may join, with the advice to make one", async () => {
    const scenario = await makeScenario(service(), { joinPolicies: ["existing"] });
    const body = { email: anAddress(), role: "member", onUnknownUser };
    const refused = await scenario.owner.refused("user_not_found", "createMembership", { path: scenario.path, body });
    expect(refused.detail).toContain("create an account first");
  });

  test("C3 C4 an invitation is pending, listed, mailed, and cancelled by deleting it", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const membership = await invited(scenario);
    const { email, id } = membership;
    expect(membership).toMatchObject({ status: "pending", user: null, userStatus: null, operational: false });
    const list = async (status: Schemas["MembershipStatus"]) =>
      (await owner.do("listMembers", { path: scenario.path, query: { status, email: email.toUpperCase() } })).items;
    expect(await list("pending")).toEqual([membership]);
    expect(await list("expired")).toEqual([]);
    expect(await linkTo(service(), email, 1)).toMatchObject([{ purpose: "membership", subject: id }]);
    const body = { email: email.toLowerCase(), role: "member", onUnknownUser };
    await owner.refused("already_member", "createMembership", { path: scenario.path, body });
    await owner.do("endMembership", { path: { membershipId: id } });
    expect(await owner.do("getMembership", { path: { membershipId: id } })).toMatchObject({ status: "cancelled" });
    expect(await linkTo(service(), email, 1)).toEqual([undefined]);
    await invited(scenario, email);
  });

  test("C7 whoever accepts is a member; the account may be made in between", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { email, id } = await invited(scenario);
    const before = await owner.send("getMembership", { path: { membershipId: id } });
    const user = await person(scenario, { email });
    const body = { user: user.id, role: "viewer" };
    await owner.refused("already_member", "createMembership", { path: scenario.path, body });
    await actAs(service(), user, (context) => acceptMembership(context, id));
    const after = await owner.send("getMembership", { path: { membershipId: id } });
    expect(after.json()).toMatchObject({ status: "active", user: user.id, email: user.email, userStatus: "active" });
    expect(after.headers.etag).toBe(before.headers.etag);
    expect(await actionsOn(scenario, id)).toContain("membership.accept by user");
    await expect(actAs(service(), user, (context) => acceptMembership(context, id))).rejects.toThrow("no longer open");
  });

  test("C4 an invitation that nobody accepts expires, and is sent again", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { email, id } = await invited(scenario);
    const path = { membershipId: id };
    await service().mailbox.to(email, 1);
    service().advance(weekMs);
    expect(await owner.do("getMembership", { path })).toMatchObject({ status: "expired" });
    const { items } = await owner.do("listMembers", { path: scenario.path, query: { status: "expired" } });
    expect(items.map((item) => item.id)).toEqual([id]);
    const user = await person(scenario);
    await expect(actAs(service(), user, (context) => acceptMembership(context, id))).rejects.toThrow("no longer open");
    const client = await scenario.withPermissions("roles:assign", "members:read", "flows:read");
    await client.refused("permission_denied", "updateMembership", { path, body: { resendInvite: "1" } });
    const again = await owner.do("updateMembership", { path, body: { resendInvite: "1" } });
    expect(again.status).toBe("pending");
    expect(await linkTo(service(), email, 2)).toMatchObject([undefined, { purpose: "membership" }]);
    await owner.refused("unprocessable", "updateMembership", {
      path: { membershipId: (await scenario.member("viewer")).membership.id },
      body: { resendInvite: "1" },
    });
  });

  test("C7 whoever leaves stays away until invited again; assignments and own keys go with them", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const user = await person(scenario);
    const { id } = await owner.do("createMembership", { path: scenario.path, body: { user: user.id, role: "viewer" } });
    const path = { membershipId: id };
    const key = await scenario.key({ kind: "user", owner: user.id });
    const shared = { apiKeyId: (await scenario.key()).id };
    await owner.do("createApiKeyAssignment", { path: shared, body: { user: user.id } });
    await actAs(service(), user, (context) => leave(context, id));
    expect(await owner.do("getMembership", { path })).toMatchObject({ status: "left", apiKeyCount: 0 });
    expect(await owner.do("getApiKey", { path: { apiKeyId: key.id } })).toMatchObject({ status: "revoked" });
    expect((await owner.do("listApiKeyAssignments", { path: shared })).items).toEqual([]);
    expect(await actionsOn(scenario, id)).toContain("membership.leave by user");
    await owner.do("updateMembership", { path, body: { role: "editor", resendInvite: "1" } });
    expect(await owner.do("getMembership", { path })).toMatchObject({
      status: "pending",
      role: "editor",
      endedAt: null,
    });
    const stranger = await person(scenario);
    await expect(actAs(service(), stranger, (own) => acceptMembership(own, id))).rejects.toThrow("isn't for you");
    await actAs(service(), user, (context) => acceptMembership(context, id));
    expect(await owner.do("getMembership", { path })).toMatchObject({ status: "active", user: user.id });
  });

  test("the last administrator can't leave, and nobody leaves for another", async () => {
    const scenario = await makeScenario(service());
    const user = await person(scenario);
    const body = { user: user.id, role: "administrator" };
    const { id } = await scenario.owner.do("createMembership", { path: scenario.path, body });
    const alone = actAs(service(), user, (context) => leave(context, id));
    await expect(alone).rejects.toMatchObject({ code: "last_administrator" });
    const other = await person(scenario);
    await expect(actAs(service(), other, (context) => leave(context, id))).rejects.toThrow("isn't yours");
  });

  test("a new membership in place of one that was left keeps that one from being invited again", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const user = await person(scenario);
    const body = { user: user.id, role: "viewer" };
    const { id } = await owner.do("createMembership", { path: scenario.path, body });
    await actAs(service(), user, (context) => leave(context, id));
    await owner.do("createMembership", { path: scenario.path, body });
    const request = { path: { membershipId: id }, body: { resendInvite: "1" } };
    await owner.refused("already_member", "updateMembership", request);
  });

  test("closing the organization cancels its invitations", async () => {
    const scenario = await makeScenario(service());
    const { email } = await invited(scenario);
    await service().mailbox.to(email, 1);
    await scenario.owner.do("closeOrganization", { path: scenario.path });
    expect(await linkTo(service(), email, 1)).toEqual([undefined]);
  });
});

onEachDatabase("assignments", (service) => {
  const anAddress = address;

  test("C11 somebody from outside is offered a key by mail, never the key, and accepts it", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const key = await scenario.key();
    const path = { apiKeyId: key.id };
    const email = anAddress();
    await owner.refused("user_not_found", "createApiKeyAssignment", { path, body: { email } });
    const made = await owner.do("createApiKeyAssignment", { path, body: { email, external: true } });
    expect(made).toMatchObject({ status: "pending", user: null, email, external: true });
    await owner.refused("already_assigned", "createApiKeyAssignment", { path, body: { email, external: true } });
    expect(await linkTo(service(), email, 1)).toMatchObject([{ purpose: "assignment", subject: made.id }]);
    const [mail] = await service().mailbox.to(email, 1);
    expect(JSON.stringify(mail)).not.toContain(key.key);
    expect(mail?.text).toContain(key.name);
    const user = await owner.do("createUser", { body: { email, invite: false } });
    await actAs(service(), user, (context) => acceptAssignment(context, made.id));
    const accepted = await owner.do("getApiKeyAssignment", { path: { assignmentId: made.id } });
    expect(accepted).toMatchObject({ status: "active", user: user.id, email });
    const { items } = await owner.do("listMembers", { path: scenario.path });
    expect(items).toEqual([]);
    expect(await actionsOn(scenario, made.id)).toContain("api_key_assignment.accept by user");
    const again = actAs(service(), user, (context) => acceptAssignment(context, made.id));
    await expect(again).rejects.toThrow("no longer open");
  });

  test("C11 a pending assignment expires, is sent again, and is withdrawn by deleting it", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const path = { apiKeyId: (await scenario.key()).id };
    const made = await owner.do("createApiKeyAssignment", { path, body: { email: anAddress(), external: true } });
    const item = { assignmentId: made.id };
    await service().mailbox.to(made.email, 1);
    service().advance(weekMs);
    expect(await owner.do("getApiKeyAssignment", { path: item })).toMatchObject({ status: "expired" });
    const again = await owner.do("updateApiKeyAssignment", { path: item, body: { resendInvite: "1" } });
    expect(again.status).toBe("pending");
    expect(await linkTo(service(), made.email, 2)).toMatchObject([undefined, { purpose: "assignment" }]);
    await owner.do("deleteApiKeyAssignment", { path: item });
    expect(await linkTo(service(), made.email, 2)).toEqual([undefined, undefined]);
  });

  test("C11 whoever is named by id from outside waits too, and the key doesn't count until then", async () => {
    const [scenario, elsewhere] = [await makeScenario(service()), await makeScenario(service())];
    const { owner } = scenario;
    const user = await person(elsewhere);
    const path = { apiKeyId: (await scenario.key()).id };
    await owner.refused("unprocessable", "createApiKeyAssignment", { path, body: { user: user.id } });
    const made = await owner.do("createApiKeyAssignment", { path, body: { user: user.id, external: true } });
    expect(made).toMatchObject({ status: "pending", user: user.id });
    const stranger = await person(elsewhere);
    const stolen = actAs(service(), stranger, (context) => acceptAssignment(context, made.id));
    await expect(stolen).rejects.toThrow("isn't for you");
    const body = { user: user.id, role: "viewer" };
    const membership = await owner.do("createMembership", { path: scenario.path, body });
    expect(membership.apiKeyCount).toBe(0);
    await actAs(service(), user, (context) => acceptAssignment(context, made.id));
    const after = await owner.do("getMembership", { path: { membershipId: membership.id } });
    expect(after.apiKeyCount).toBe(1);
  });
});

onEachDatabase("links", (service) => {
  test("X3 a link is found by its token alone, and of two who follow it at once one gets through", async () => {
    const { database: db } = service();
    const email = address();
    const request = { purpose: "sign_up", subject: email.toLowerCase(), email } as const;
    const { token } = await issueLink({ db, now: service().now(), principal: byRule }, request);
    expect(await findLink({ db, now: service().now() }, `${token}x`)).toBeUndefined();
    const link = await findLink({ db, now: service().now() }, token);
    if (link === undefined) {
      throw new Error("the link isn't found");
    }
    expect(link).toMatchObject(request);
    const follow = () => inTransaction(db, (transaction) => useLink({ db: transaction, now: service().now() }, link));
    const used = await Promise.all([follow(), follow()]);
    expect(used.filter((each) => each !== undefined)).toEqual([link]);
    expect(await findLink({ db, now: service().now() }, token)).toBeUndefined();
  });
});
