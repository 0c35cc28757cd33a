import { describe, expect, test } from "vitest";
import { leave } from "../../service/objects/memberships/own-membership.ts";
import { unique } from "./support/client.ts";
import { actAs } from "./support/people.ts";
import { makeScenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

const weekMs = 7 * 24 * 60 * 60 * 1000;

onEachDatabase("roles, memberships and assignments", (service) => {
  test("members and assignments are listed by how their externalId begins", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const set = unique("stack/100%_");
    const key = await scenario.key();
    const made = { members: [] as string[], assignments: [] as string[] };
    for (const externalId of [`${set}/one`, `${set}/two`, `${set.replace("%", "x")}/one`, `${set}-other/one`]) {
      const user = await scenario.user();
      const member = await owner.do("createMembership", { path, body: { user: user.id, role: "member", externalId } });
      const assignment = await owner.do("createApiKeyAssignment", {
        path: { apiKeyId: key.id },
        body: { user: user.id, externalId },
      });
      made.members.push(member.id);
      made.assignments.push(assignment.id);
    }
    const query = { externalIdPrefix: `${set}/` };
    const members = (await owner.do("listMembers", { path, query })).items;
    expect(members.map(({ id }) => id)).toEqual(made.members.slice(0, 2));
    const assignments = (await owner.do("listApiKeyAssignments", { path: { apiKeyId: key.id }, query })).items;
    expect(assignments.map(({ id }) => id)).toEqual(made.assignments.slice(0, 2));
  });

  test("an own role is created, changed, listed after the built-in ones, and deleted", async () => {
    const scenario = await makeScenario(service());
    const { owner, organization, path } = scenario;
    const body = { name: "Flow runner", permissions: ["flows:run", "flows:read"] as const, externalId: unique("role") };
    const role = await owner.do("createRole", { path, body: { ...body, permissions: [...body.permissions] } });
    expect(role).toMatchObject({ ...body, builtIn: false, organization: organization.id });
    const { items } = await owner.do("listRoles", { path });
    expect(items.map(({ id }) => id)).toEqual([
      "administrator",
      "customer_admin",
      "auditor",
      "editor",
      "operator",
      "viewer",
      "member",
      "api_user",
      role.id,
    ]);
    expect((await owner.do("listRoles", { path, query: { name: "viewer" } })).items).toHaveLength(1);
    expect((await owner.do("listRoles", { path, query: { externalId: body.externalId } })).items).toEqual([role]);
    const changed = await owner.do("updateRole", { path: { roleId: role.id }, body: { permissions: ["flows:read"] } });
    expect(changed).toMatchObject({ name: "Flow runner", permissions: ["flows:read"] });
    await owner.do("deleteRole", { path: { roleId: role.id } });
    await owner.refused("not_found", "deleteRole", { path: { roleId: role.id } });
  });

  test("roles are paged in one order", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    for (let count = 0; count < 4; count++) {
      await scenario.role("flows:read");
    }
    const whole = (await owner.do("listRoles", { path })).items;
    const paged: unknown[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await owner.do("listRoles", {
        path,
        query: { limit: 3, ...(cursor === undefined ? {} : { cursor }) },
      });
      expect(page.items.length).toBeLessThanOrEqual(3);
      paged.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(whole);
    expect(whole).toHaveLength(12);
  });

  test("a role's name and externalId are unique, and no role is called like a built-in one", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const externalId = unique("external");
    const role = await owner.do("createRole", { path, body: { name: "One", permissions: [], externalId } });
    const taken = await owner.refused("name_taken", "createRole", { path, body: { name: "One", permissions: [] } });
    expect(taken.detail).toContain(role.id);
    await owner.refused("name_taken", "createRole", { path, body: { name: "Viewer", permissions: [] } });
    await owner.refused("external_id_taken", "createRole", {
      path,
      body: { name: "Two", permissions: [], externalId },
    });
    const two = await owner.do("createRole", { path, body: { name: "Two", permissions: [] } });
    await owner.refused("name_taken", "updateRole", { path: { roleId: two.id }, body: { name: "One" } });
  });

  test("built-in roles are read and never changed; api:call is in no other role", async () => {
    const { owner, path } = await makeScenario(service());
    expect(await owner.do("getRole", { path: { roleId: "viewer" } })).toMatchObject({
      id: "viewer",
      builtIn: true,
      permissions: ["organization:read", "flows:read"],
    });
    await owner.refused("unprocessable", "updateRole", { path: { roleId: "viewer" }, body: { name: "Looker" } });
    await owner.refused("unprocessable", "deleteRole", { path: { roleId: "viewer" } });
    await owner.refused("unprocessable", "createRole", { path, body: { name: "Caller", permissions: ["api:call"] } });
  });

  test("a role never exceeds its author, and nobody narrows the role they have", async () => {
    const scenario = await makeScenario(service());
    const { path } = scenario;
    const client = await scenario.withPermissions("roles:manage", "flows:read");
    await client.do("createRole", { path, body: { name: unique("role"), permissions: ["flows:read"] } });
    const body = { name: unique("role"), permissions: ["flows:run" as const] };
    const refused = await client.refused("permission_denied", "createRole", { path, body });
    expect(refused.detail).toContain("flows:run");
    const wide = await scenario.role("flows:run");
    await client.refused("permission_denied", "updateRole", { path: { roleId: wide.id }, body: { name: "Mine" } });
    await client.refused("permission_denied", "deleteRole", { path: { roleId: wide.id } });
    const own = await scenario.role("roles:manage", "flows:read");
    const acting = await scenario.actingAs(own.id);
    await acting.client.refused("cannot_remove_self", "updateRole", {
      path: { roleId: own.id },
      body: { permissions: ["roles:manage"] },
    });
    await acting.client.do("updateRole", { path: { roleId: own.id }, body: { name: unique("renamed") } });
  });

  test("a role in use stays", async () => {
    const scenario = await makeScenario(service());
    const role = await scenario.role("flows:read");
    const { membership } = await scenario.member(role.id);
    await scenario.owner.refused("role_in_use", "deleteRole", { path: { roleId: role.id } });
    await scenario.owner.do("endMembership", { path: { membershipId: membership.id } });
    await scenario.owner.do("deleteRole", { path: { roleId: role.id } });
  });

  test("a known user is a member at once, by id or address; an unknown one as joinPolicies say", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const known = await owner.do("createUser", { body: { email: `${unique("known")}@example.com`, invite: false } });
    const member = await owner.do("createMembership", {
      path,
      body: { email: known.email.toUpperCase(), role: "member" },
    });
    expect(member).toMatchObject({ user: known.id, email: known.email, status: "active", userStatus: "invited" });
    expect(member).toMatchObject({ apiKeyCount: 0, operational: false, endedAt: null });
    const email = `${unique("new")}@example.com`;
    const unknown = await owner.refused("user_not_found", "createMembership", {
      path,
      body: { email, role: "member" },
    });
    expect(unknown.detail).toContain(`No user has the address ${email}.`);
    const created = await owner.do("createMembership", {
      path,
      body: { email, role: "member", onUnknownUser: "create" },
    });
    const user = await owner.do("getUser", { path: { userId: created.user ?? "" } });
    expect(user).toMatchObject({ email, homeOrganization: scenario.organization.id, status: "invited" });
    await owner.do("updateOrganization", { path, body: { joinPolicies: ["existing"] } });
    const other = `${unique("other")}@example.com`;
    await owner.refused("user_not_found", "createMembership", {
      path,
      body: { email: other, role: "member", onUnknownUser: "create" },
    });
    await owner.do("updateOrganization", { path, body: { joinPolicies: ["create"] } });
    const stranger = await owner.do("createUser", { body: { email: other, invite: false } });
    await owner.refused("unprocessable", "createMembership", { path, body: { user: stranger.id, role: "member" } });
  });

  test("a membership names exactly one person and an existing role", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const user = await scenario.user();
    const both = await owner.refused("invalid_request", "createMembership", {
      path,
      body: { user: user.id, email: user.email, role: "viewer" },
    });
    expect(both.errors?.map(({ pointer }) => pointer)).toEqual(["/user", "/email"]);
    await owner.refused("invalid_request", "createMembership", { path, body: { role: "viewer" } });
    const foreign = await (await makeScenario(service())).role("flows:read");
    await owner.refused("role_not_found", "createMembership", { path, body: { user: user.id, role: foreign.id } });
    await owner.refused("unprocessable", "createMembership", { path, body: { user: user.id, role: "super_admin" } });
    await owner.refused("user_not_found", "createMembership", {
      path,
      body: { user: `usr_${"0".repeat(32)}`, role: "viewer" },
    });
    const membership = await owner.do("createMembership", { path, body: { user: user.id, role: "viewer" } });
    const again = await owner.refused("already_member", "createMembership", {
      path,
      body: { user: user.id, role: "viewer" },
    });
    expect(again.detail).toContain(membership.id);
  });

  test("a role changes in place; a membership ends with assignments and own keys, and a new one may follow", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const { membership, user } = await scenario.member("viewer");
    const at = { membershipId: membership.id };
    const changed = await owner.do("updateMembership", { path: at, body: { role: "editor" } });
    expect(changed).toMatchObject({ id: membership.id, role: "editor" });
    const shared = await scenario.key();
    const own = await scenario.key({ kind: "user", owner: user.id });
    const assignment = await owner.do("createApiKeyAssignment", {
      path: { apiKeyId: shared.id },
      body: { user: user.id },
    });
    expect(await owner.do("getMembership", { path: at })).toMatchObject({ apiKeyCount: 1, operational: true });
    await owner.do("endMembership", { path: at });
    const ended = await owner.do("getMembership", { path: at });
    expect(ended).toMatchObject({ status: "removed", apiKeyCount: 0, operational: false });
    expect(ended.endedAt).not.toBeNull();
    await owner.do("endMembership", { path: at });
    expect(await owner.do("getMembership", { path: at })).toEqual(ended);
    await owner.refused("not_found", "getApiKeyAssignment", { path: { assignmentId: assignment.id } });
    expect(await owner.do("getApiKey", { path: { apiKeyId: own.id } })).toMatchObject({ status: "revoked" });
    expect(await owner.do("getApiKey", { path: { apiKeyId: shared.id } })).toMatchObject({ status: "active" });
    await owner.refused("unprocessable", "updateMembership", { path: at, body: { role: "viewer" } });
    const next = await owner.do("createMembership", { path, body: { user: user.id, role: "viewer" } });
    expect(next.id).not.toBe(membership.id);
    const { items } = await owner.do("listMembers", { path, query: { user: user.id, status: "active" } });
    expect(items.map(({ id }) => id)).toEqual([next.id]);
  });

  test("a list has the memberships that have not ended, and any other status or all of them where it is asked for", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const invited = async () => {
      const email = `${unique("guest")}@example.com`;
      return await owner.do("createMembership", { path, body: { email, role: "viewer", onUnknownUser: "invite" } });
    };
    const expired = await invited();
    service().advance(weekMs);
    const pending = await invited();
    const cancelled = await invited();
    const active = (await scenario.member("viewer")).membership;
    const removed = (await scenario.member("viewer")).membership;
    const left = await scenario.member("viewer");
    for (const { id } of [cancelled, removed]) {
      await owner.do("endMembership", { path: { membershipId: id } });
    }
    await actAs(service(), left.user, (context) => leave(context, left.membership.id));
    const listed = async (query: object) =>
      Object.fromEntries((await owner.do("listMembers", { path, query })).items.map(({ id, status }) => [id, status]));
    const current = { [expired.id]: "expired", [pending.id]: "pending", [active.id]: "active" };
    const ended = { [cancelled.id]: "cancelled", [removed.id]: "removed", [left.membership.id]: "left" };
    expect(await listed({})).toEqual(current);
    expect(await listed({ status: "all" })).toEqual({ ...current, ...ended });
    for (const [id, status] of Object.entries({ ...current, ...ended })) {
      expect(await listed({ status })).toEqual({ [id]: status });
    }
    expect(await listed({ email: left.user.email })).toEqual({});
    expect(await listed({ email: left.user.email, status: "all" })).toEqual({ [left.membership.id]: "left" });
    const rowsOf = async (query: object) => {
      const { body } = await owner.send("listMembers", { path, query, headers: { accept: "text/csv" } });
      return body.split("\r\n").filter((line) => line !== "").length - 1;
    };
    expect(await rowsOf({})).toBe(3);
    expect(await rowsOf({ status: "all" })).toBe(6);
  });

  test("nobody removes or demotes themselves, nor the last administrator", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { client, membership } = await scenario.actingAs("administrator");
    const path = { membershipId: membership.id };
    await client.refused("cannot_remove_self", "endMembership", { path });
    await client.refused("cannot_remove_self", "updateMembership", { path, body: { role: "viewer" } });
    const { permissions } = await owner.do("getRole", { path: { roleId: "administrator" } });
    const keyOnly = await scenario.withPermissions(...permissions);
    await keyOnly.refused("last_administrator", "endMembership", { path });
    await keyOnly.refused("last_administrator", "updateMembership", { path, body: { role: "viewer" } });
    await owner.do("updateMembership", { path, body: { role: "viewer" } });
    await owner.do("updateMembership", { path, body: { role: "administrator" } });
    await owner.do("endMembership", { path });
  });

  test("two administrators who remove each other at once leave one", async () => {
    const scenario = await makeScenario(service());
    const one = await scenario.actingAs("administrator");
    const other = await scenario.actingAs("administrator");
    const answers = await Promise.all([
      one.client.send("endMembership", { path: { membershipId: other.membership.id } }),
      other.client.send("endMembership", { path: { membershipId: one.membership.id } }),
    ]);
    expect(answers.filter(({ statusCode }) => statusCode === 204)).toHaveLength(1);
    const { items } = await scenario.owner.do("listMembers", { path: scenario.path, query: { status: "active" } });
    expect(items.filter(({ role }) => role === "administrator")).toHaveLength(1);
  });

  test("customer_admin hands out member and viewer only, and touches nobody above", async () => {
    const scenario = await makeScenario(service());
    const { path } = scenario;
    const { client } = await scenario.actingAs("customer_admin");
    const invite = (role: string) => ({
      path,
      body: { email: `${unique("u")}@example.com`, role, onUnknownUser: "create" as const },
    });
    const viewer = await client.do("createMembership", invite("viewer"));
    await client.do("createMembership", invite("member"));
    for (const role of ["administrator", "customer_admin", "auditor", "editor", "operator", "api_user"]) {
      await client.refused("permission_denied", "createMembership", invite(role));
    }
    await client.do("updateMembership", { path: { membershipId: viewer.id }, body: { role: "member" } });
    await client.refused("permission_denied", "updateMembership", {
      path: { membershipId: viewer.id },
      body: { role: "editor" },
    });
    const { membership: administrator } = await scenario.member("administrator");
    await scenario.member("administrator");
    await client.refused("permission_denied", "endMembership", { path: { membershipId: administrator.id } });
    await client.refused("permission_denied", "updateMembership", {
      path: { membershipId: administrator.id },
      body: { role: "viewer" },
    });
    const manage = { externalId: unique("mine") };
    await client.do("updateMembership", { path: { membershipId: viewer.id }, body: manage });
    await client.refused("permission_denied", "updateMembership", {
      path: { membershipId: administrator.id },
      body: manage,
    });
    await client.refused("permission_denied", "createMembership", {
      path,
      body: { ...manage, email: administrator.email, role: "administrator", adopt: "force" },
    });
    await client.do("endMembership", { path: { membershipId: viewer.id } });
  });

  test("an administrator hands out every role, api_user too", async () => {
    const scenario = await makeScenario(service());
    const { client } = await scenario.actingAs("administrator");
    for (const role of [
      "administrator",
      "customer_admin",
      "auditor",
      "editor",
      "operator",
      "viewer",
      "member",
      "api_user",
    ]) {
      const user = await scenario.user();
      await client.do("createMembership", { path: scenario.path, body: { user: user.id, role } });
    }
  });

  test("a membership's externalId is unique among those that have not ended", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const externalId = unique("external");
    const [one, two] = [await scenario.user(), await scenario.user()];
    const first = await owner.do("createMembership", { path, body: { user: one.id, role: "viewer", externalId } });
    const second = { user: two.id, role: "viewer", externalId };
    await owner.refused("external_id_taken", "createMembership", { path, body: second });
    await owner.do("endMembership", { path: { membershipId: first.id } });
    await owner.do("createMembership", { path, body: second });
  });

  describe("assignments", () => {
    test("a key is attached to members, and detached", async () => {
      const scenario = await makeScenario(service());
      const { owner, organization } = scenario;
      const { user } = await scenario.member("viewer");
      const key = await scenario.key();
      const path = { apiKeyId: key.id };
      const externalId = unique("external");
      const assignment = await owner.do("createApiKeyAssignment", {
        path,
        body: { email: user.email.toUpperCase(), externalId },
      });
      expect(assignment).toMatchObject({
        organization: organization.id,
        key: key.id,
        user: user.id,
        email: user.email,
        external: false,
        status: "active",
      });
      const again = await owner.refused("already_assigned", "createApiKeyAssignment", {
        path,
        body: { user: user.id },
      });
      expect(again.detail).toContain(assignment.id);
      expect((await owner.do("listApiKeyAssignments", { path, query: { user: user.id } })).items).toEqual([assignment]);
      const at = { assignmentId: assignment.id };
      const renamed = await owner.do("updateApiKeyAssignment", { path: at, body: { externalId: unique("other") } });
      expect(await owner.do("getApiKeyAssignment", { path: at })).toEqual(renamed);
      const { user: second } = await scenario.member("viewer");
      await owner.refused("external_id_taken", "createApiKeyAssignment", {
        path,
        body: { user: second.id, externalId: renamed.externalId ?? "" },
      });
      await owner.do("deleteApiKeyAssignment", { path: at });
      await owner.refused("not_found", "deleteApiKeyAssignment", { path: at });
      expect(await owner.do("getApiKey", { path })).toMatchObject({ status: "active" });
    });

    test("who is no member is refused, and strangers are not told apart", async () => {
      const scenario = await makeScenario(service());
      const other = await makeScenario(service());
      const key = await scenario.key();
      const path = { apiKeyId: key.id };
      const athome = await scenario.user();
      await scenario.owner.refused("unprocessable", "createApiKeyAssignment", { path, body: { user: athome.id } });
      const client = await scenario.withPermissions("keys:assign");
      const stranger = await other.user();
      const known = await client.refused("user_not_found", "createApiKeyAssignment", {
        path,
        body: { email: stranger.email },
      });
      const nobody = `${unique("nobody")}@example.com`;
      const unknown = await client.refused("user_not_found", "createApiKeyAssignment", {
        path,
        body: { email: nobody },
      });
      expect(unknown.detail).toContain(`The user with the address ${nobody} does not exist, or you don't have access`);
      const without = (problem: object, address: string) =>
        JSON.stringify({ ...problem, requestId: "" }).replaceAll(address, "the address");
      expect(without(known, stranger.email)).toBe(without(unknown, nobody));
      const user = `usr_${"0".repeat(32)}`;
      const byId = await client.refused("user_not_found", "createApiKeyAssignment", { path, body: { user } });
      expect(byId.detail).toContain(`The user ${user} does not exist`);
      await client.refused("invalid_request", "createApiKeyAssignment", { path, body: {} });
      await scenario.owner.do("revokeApiKey", { path });
      await client.refused("key_not_active", "createApiKeyAssignment", { path, body: { user: athome.id } });
    });
  });
});
