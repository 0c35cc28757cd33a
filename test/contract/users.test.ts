import { expect, test } from "vitest";
import { unique } from "./support/client.ts";
import { makeScenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

const address = () => `${unique("Ada")}@Example.com`;

onEachDatabase("users", (service) => {
  test("a person starts invited, a system user active", async () => {
    const { owner, organization } = await makeScenario(service());
    const email = address();
    const person = await owner.do("createUser", {
      body: { email, givenName: "Ada", invite: false, homeOrganization: organization.id },
    });
    expect(person).toMatchObject({ email, givenName: "Ada", kind: "person", status: "invited", state: "active" });
    const robot = await owner.do("createUser", { body: { email: address(), kind: "system" } });
    expect(robot).toMatchObject({ kind: "system", status: "active", homeOrganization: null });
    const { items } = await owner.do("listUsers", { query: { email: email.toUpperCase() } });
    expect(items).toEqual([person]);
  });

  test("a system user gets no mail", async () => {
    const { owner } = await makeScenario(service());
    await owner.refused("unprocessable", "createUser", { body: { email: address(), kind: "system", invite: true } });
  });

  test("an address belongs to one user, whatever its case", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const email = address();
    const user = await owner.do("createUser", { body: { email, invite: false } });
    const taken = await owner.refused("email_taken", "createUser", {
      body: { email: email.toLowerCase(), invite: false },
    });
    expect(taken.detail).toContain(user.id);
    const { client } = await scenario.actingAs("administrator");
    const hidden = await client.refused("email_taken", "createUser", {
      body: { email, invite: false, homeOrganization: scenario.organization.id },
    });
    expect(hidden.detail).not.toContain(user.id);
    const other = await scenario.user();
    await owner.refused("email_taken", "updateUser", { path: { userId: other.id }, body: { email } });
  });

  test("an invited person's and a robot's address change at once", async () => {
    const scenario = await makeScenario(service());
    const person = await scenario.user({ kind: "person", invite: false });
    const robot = await scenario.user();
    for (const { id } of [person, robot]) {
      const email = address();
      const changed = await scenario.owner.do("updateUser", { path: { userId: id }, body: { email } });
      expect(changed).toMatchObject({ email, pendingEmail: null });
    }
  });

  test("deactivating stops the user's keys, can be repeated, and is undone by state", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { client, user, key } = await scenario.actingAs("auditor");
    const path = { userId: user.id };
    await client.do("listRoles", { path: scenario.path });
    await owner.do("deactivateUser", { path });
    const once = await owner.do("getUser", { path });
    expect(once).toMatchObject({ state: "inactive", status: "inactive" });
    await owner.do("deactivateUser", { path });
    expect(await owner.do("getUser", { path })).toEqual(once);
    await client.refused("unauthenticated", "listRoles", { path: scenario.path });
    expect(await owner.do("getApiKey", { path: { apiKeyId: key.id } })).toMatchObject({ status: "active" });
    expect(await owner.do("updateUser", { path, body: { state: "active" } })).toMatchObject({ status: "active" });
    await client.do("listRoles", { path: scenario.path });
  });

  test("an inactive person comes back as invited", async () => {
    const scenario = await makeScenario(service());
    const { id: userId } = await scenario.user({ kind: "person", invite: false });
    await scenario.owner.do("deactivateUser", { path: { userId } });
    const back = await scenario.owner.do("updateUser", { path: { userId }, body: { state: "active" } });
    expect(back.status).toBe("invited");
  });

  test("an inactive person who was invited comes back with a new link, whose mail replaces the one that ended", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { id: userId, email, inviteSentAt } = await scenario.user({ kind: "person" });
    const links = () =>
      service()
        .database.selectFrom("links")
        .select(["ended_at", "email"])
        .where("subject", "=", userId)
        .orderBy("id")
        .execute();
    await owner.do("deactivateUser", { path: { userId } });
    expect(await links()).toMatchObject([{ ended_at: expect.any(Date) }]);
    service().advance(60_000);
    const back = await owner.do("updateUser", { path: { userId }, body: { state: "active" } });
    expect(back.status).toBe("invited");
    expect(Date.parse(back.inviteSentAt ?? "") - Date.parse(inviteSentAt ?? "")).toBeGreaterThanOrEqual(60_000);
    expect(await links()).toMatchObject([{ ended_at: expect.any(Date) }, { ended_at: null, email }]);
    const uninvited = await scenario.withPermissions("users:manage");
    await owner.do("deactivateUser", { path: { userId } });
    const quiet = await uninvited.do("updateUser", { path: { userId }, body: { state: "active" } });
    expect(quiet.status).toBe("invited");
    expect(await links()).toHaveLength(2);
  });

  test("creating again brings back our own inactive user, also after the organization was closed", async () => {
    const first = await makeScenario(service());
    const second = await makeScenario(service());
    const { owner } = first;
    const body = { email: address(), externalId: unique("stack"), kind: "system" as const };
    const user = await first.user(body);
    await owner.refused("email_taken", "createUser", { body: { ...body, homeOrganization: first.organization.id } });
    await owner.do("deactivateUser", { path: { userId: user.id } });
    const back = await first.user({ ...body, givenName: "Back" });
    expect(back).toMatchObject({ id: user.id, status: "active", givenName: "Back" });
    await owner.do("deactivateUser", { path: { userId: user.id } });
    await owner.refused("email_taken", "createUser", { body: { ...body, homeOrganization: second.organization.id } });
    await owner.refused("email_taken", "createUser", {
      body: { ...body, externalId: unique("other"), homeOrganization: first.organization.id },
    });
    await owner.do("closeOrganization", { path: first.path });
    const moved = await second.user(body);
    expect(moved).toMatchObject({ id: user.id, homeOrganization: second.organization.id, status: "active" });
  });

  test("a user whose manager has let go of it is nobody's: the same manager makes it again, another adopts it", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const [externalId, other] = [unique("stack"), unique("other")];
    const body = { email: address(), kind: "system" as const, homeOrganization: scenario.organization.id };
    const user = await scenario.user({ ...body, externalId });
    const path = { userId: user.id };
    const letGo = () => owner.do("deactivateUser", { path, query: { managedAs: externalId } });
    await letGo();
    expect(await owner.do("getUser", { path })).toMatchObject({ state: "inactive", externalId: null });
    await letGo();
    expect(await scenario.user({ ...body, externalId })).toMatchObject({ id: user.id, externalId, adopted: false });
    await letGo();
    const refused = await owner.refused("email_taken", "createUser", { body: { ...body, externalId: other } });
    expect(refused.detail).toContain(
      `user ${user.id}. It is inactive, and no stack manages it any more. Declare that one with \`adopt\``,
    );
    const adopted = await owner.do("createUser", { body: { ...body, externalId: other, adopt: "unmanaged" } });
    expect(adopted).toMatchObject({ id: user.id, state: "active", externalId: other, adopted: true });
  });

  test("a user that a manager keeps inactive is that manager's, until it lets go of it", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const [externalId, other] = [unique("stack"), unique("other")];
    const body = { email: address(), kind: "system" as const, homeOrganization: scenario.organization.id };
    const user = await scenario.user({ ...body, externalId, state: "inactive" });
    const adopting = { ...body, externalId: other, adopt: "unmanaged" as const };
    await owner.refused("managed_elsewhere", "createUser", { body: adopting });
    // Neither does another manager of the same name make it anew.
    await owner.refused("email_taken", "createUser", { body: { ...body, externalId } });
    // Somebody else's request ends a user, and lets go of nothing.
    await owner.do("deactivateUser", { path: { userId: user.id } });
    await owner.refused("managed_elsewhere", "createUser", { body: adopting });
    await owner.do("deactivateUser", { path: { userId: user.id }, query: { managedAs: externalId } });
    expect(await owner.do("createUser", { body: adopting })).toMatchObject({ id: user.id, adopted: true });
  });

  test("T8 a closed home organization is exchanged for another by the service owner; an open one is for good", async () => {
    const [first, second, third] = [
      await makeScenario(service()),
      await makeScenario(service()),
      await makeScenario(service()),
    ];
    const { owner } = first;
    const user = await first.user({ externalId: unique("stack") });
    const path = { userId: user.id };
    await owner.do("createMembership", { path: third.path, body: { user: user.id, role: "viewer" } });
    const move = (homeOrganization: string | null) => ({ path, body: { homeOrganization } });
    const open = await owner.refused("unprocessable", "updateUser", move(second.organization.id));
    expect(open.detail).toContain(`has the home organization ${first.organization.id}, which is open`);
    await owner.refused("unprocessable", "updateUser", move(null));
    const { etag } = (await owner.send("getUser", { path })).headers;
    await owner.do("closeOrganization", { path: first.path });
    const { client } = await third.actingAs("administrator");
    await client.refused("permission_denied", "updateUser", move(third.organization.id));
    await owner.refused("unprocessable", "updateUser", move(`org_${"0".repeat(32)}`));
    const moved = await owner.do("updateUser", {
      ...move(second.organization.id),
      headers: { "if-match": String(etag) },
    });
    expect(moved).toMatchObject({ homeOrganization: second.organization.id, status: "active" });
    await owner.refused("unprocessable", "updateUser", move(third.organization.id));
    const { client: administrator } = await second.actingAs("administrator");
    expect(await administrator.do("getUser", { path })).toMatchObject({ id: user.id });
    // Whoever made an account of their own gets no home by somebody else's act.
    const { id } = await owner.do("createUser", { body: { email: address(), kind: "system" } });
    await owner.refused("unprocessable", "updateUser", {
      path: { userId: id },
      body: { homeOrganization: second.organization.id },
    });
  });

  test("whoever comes back as a system user has no password, and sets one up as a person again", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const body = { email: address(), externalId: unique("stack"), invite: false };
    const { id } = await scenario.user({ ...body, kind: "person" });
    const at = service().now();
    await service()
      .database.insertInto("credentials")
      .values({ user_id: id, password_hash: "a hash", changed_at: at, rule_accepted_at: at })
      .execute();
    await owner.do("deactivateUser", { path: { userId: id } });
    expect(await scenario.user({ ...body, kind: "system" })).toMatchObject({ id, status: "active" });
    const credentials = service().database.selectFrom("credentials").selectAll().where("user_id", "=", id);
    expect(await credentials.execute()).toEqual([]);
    await owner.do("deactivateUser", { path: { userId: id } });
    expect(await scenario.user({ ...body, kind: "person" })).toMatchObject({ id, status: "invited" });
  });

  test("a block that the status doesn't show leaves its entry in the audit", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { id: userId } = await scenario.user();
    const path = { userId };
    const block = (block_reason: string) =>
      service()
        .database.updateTable("users")
        .set({ block_reason } as never)
        .where("id", "=", userId)
        .execute();
    await block("failed_logins");
    await owner.do("blockUser", { path });
    await owner.do("blockUser", { path });
    await owner.do("deactivateUser", { path });
    await owner.do("unblockUser", { path });
    await owner.do("unblockUser", { path });
    const { items } = await owner.do("listServiceAuditEntries", { query: { object: userId } });
    const actions = ["user.create", "user.block", "user.deactivate", "user.unblock"];
    expect(items.map(({ action }) => action)).toEqual(actions);
  });

  test("externalId is unique per home organization among active users", async () => {
    const scenario = await makeScenario(service());
    const other = await makeScenario(service());
    const externalId = unique("external");
    const user = await scenario.user({ externalId });
    await other.user({ externalId });
    await scenario.owner.refused("external_id_taken", "createUser", {
      body: { email: address(), kind: "system", externalId, homeOrganization: scenario.organization.id },
    });
    await scenario.owner.do("deactivateUser", { path: { userId: user.id } });
    await scenario.user({ externalId });
    const reason = await scenario.owner.refused("external_id_taken", "updateUser", {
      path: { userId: user.id },
      body: { state: "active" },
    });
    expect(reason.status).toBe(409);
  });

  test("whoever may create users makes them at home in the own organization only", async () => {
    const scenario = await makeScenario(service());
    const other = await makeScenario(service());
    const client = await scenario.withPermissions("users:create", "users:read");
    const body = { email: address(), invite: false };
    await client.refused("permission_denied", "createUser", { body });
    await client.refused("unprocessable", "createUser", { body: { ...body, homeOrganization: other.organization.id } });
    await client.refused("permission_denied", "createUser", {
      body: { ...body, homeOrganization: scenario.organization.id, systemRole: "super_admin" },
    });
    const user = await client.do("createUser", { body: { ...body, homeOrganization: scenario.organization.id } });
    expect((await client.do("listUsers")).items).toEqual([user]);
  });

  test("a user is managed from the home organization, while nothing ties it elsewhere", async () => {
    const home = await makeScenario(service());
    const elsewhere = await makeScenario(service());
    const { client } = await home.actingAs("administrator");
    const user = await home.user();
    const path = { userId: user.id };
    await client.do("updateUser", { path, body: { givenName: "Grace" } });
    const { client: stranger } = await elsewhere.actingAs("administrator");
    await stranger.refused("not_found", "updateUser", { path, body: { givenName: "Mallory" } });
    await elsewhere.owner.do("createMembership", { path: elsewhere.path, body: { user: user.id, role: "viewer" } });
    await stranger.refused("permission_denied", "updateUser", { path, body: { givenName: "Mallory" } });
    await client.refused("permission_denied", "updateUser", { path, body: { givenName: "Grace" } });
    await home.owner.do("updateUser", { path, body: { systemRole: "super_admin" } });
    await client.refused("permission_denied", "deactivateUser", { path });
    await client.refused("permission_denied", "updateUser", { path, body: { systemRole: "none" } });
  });

  test("nobody deactivates themselves, nor the last administrator", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { client, user } = await scenario.actingAs("administrator");
    const path = { userId: user.id };
    await client.refused("cannot_remove_self", "deactivateUser", { path });
    await client.refused("cannot_remove_self", "updateUser", { path, body: { state: "inactive" } });
    const { permissions } = await owner.do("getRole", { path: { roleId: "administrator" } });
    const keyOnly = await scenario.withPermissions(...permissions);
    const refused = await keyOnly.refused("last_administrator", "deactivateUser", { path });
    expect(refused.retryable).toBe(true);
    await scenario.actingAs("administrator");
    await keyOnly.do("deactivateUser", { path });
  });
});
