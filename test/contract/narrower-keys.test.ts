import type { Schemas } from "roster-schema";
import { expect, test } from "vitest";
import { unique } from "./support/client.ts";
import { makeScenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

onEachDatabase("keys that may do less than their owner", (service) => {
  const permissionsOf = async (secret: string) =>
    (await service().as().do("verifyApiKey", { body: { secret } })).permissions;

  test("as a bearer token and in a verification, such a key has what it was given and nothing more", async () => {
    const scenario = await makeScenario(service());
    const { path } = scenario;
    const { user } = await scenario.member("administrator");
    const own = { kind: "user" as const, owner: user.id };
    const whole = await scenario.key(own);
    const narrow = await scenario.key({ ...own, permissions: ["roles:read"] });
    const none = await scenario.key({ ...own, permissions: [] });
    expect(narrow.permissions).toEqual(["roles:read"]);
    expect(await permissionsOf(whole.key)).toEqual(whole.permissions);
    expect(await permissionsOf(narrow.key)).toEqual(["roles:read"]);
    expect(await permissionsOf(none.key)).toEqual([]);
    await service().as(whole.key).do("listMembers", { path });
    const client = service().as(narrow.key);
    await client.do("listRoles", { path });
    for (const operation of ["listMembers", "listApiKeys", "listAuditEntries"] as const) {
      await client.refused("permission_denied", operation, { path });
    }
    await client.refused("permission_denied", "createRole", { path, body: { name: "Wider", permissions: [] } });
    await service().as(none.key).refused("permission_denied", "listRoles", { path });
    await service().as(none.key).refused("permission_denied", "getOrganization", { path });
  });

  test("what its owner loses it loses at once, and has again with the owner; what the owner gains it doesn't gain", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const role = await scenario.role("roles:read", "members:read");
    const { user, membership } = await scenario.member(role.id);
    const key = await scenario.key({ kind: "user", owner: user.id, permissions: ["roles:read", "members:read"] });
    const client = service().as(key.key);
    const setRole = (body: { permissions: ("roles:read" | "members:read" | "keys:read")[] }) =>
      owner.do("updateRole", { path: { roleId: role.id }, body });
    await client.do("listMembers", { path });
    await setRole({ permissions: ["roles:read", "keys:read"] });
    expect(await permissionsOf(key.key)).toEqual(["roles:read"]);
    await client.do("listRoles", { path });
    await client.refused("permission_denied", "listMembers", { path });
    await client.refused("permission_denied", "listApiKeys", { path });
    await setRole({ permissions: ["roles:read", "members:read", "keys:read"] });
    await client.do("listMembers", { path });
    await owner.do("updateMembership", { path: { membershipId: membership.id }, body: { role: "viewer" } });
    expect(await permissionsOf(key.key)).toEqual([]);
    await client.refused("permission_denied", "listRoles", { path });
    await owner.do("updateMembership", { path: { membershipId: membership.id }, body: { role: "administrator" } });
    expect(await permissionsOf(key.key)).toEqual(["members:read", "roles:read"]);
    await client.refused("permission_denied", "listApiKeys", { path });
    await owner.do("endMembership", { path: { membershipId: membership.id } });
    await client.refused("unauthenticated", "listRoles", { path });
  });

  test("an owner's system role is none of its keys'", async () => {
    const [scenario, other] = [await makeScenario(service()), await makeScenario(service())];
    const { owner, path } = scenario;
    const { user } = await scenario.member("viewer");
    await owner.do("updateUser", { path: { userId: user.id }, body: { systemRole: "super_admin" } });
    const own = { kind: "user" as const, owner: user.id };
    const key = await scenario.key(own);
    expect(await permissionsOf(key.key)).toEqual(["organization:read", "flows:read"]);
    const body = { name: "Wide", ...own, permissions: ["keys:read" as const] };
    await owner.refused("unprocessable", "createApiKey", { path, body });
    const client = service().as(key.key);
    await client.do("getOrganization", { path });
    await client.refused("not_found", "getOrganization", { path: other.path });
    await client.refused("permission_denied", "listApiKeys", { path });
    await client.refused("permission_denied", "updateUser", { path: { userId: user.id }, body: { state: "inactive" } });
    const created = { slug: "of-a-system-role", name: "Of a system role" };
    await client.refused("permission_denied", "createOrganization", { body: created });
  });

  test("a change of permissions applies to the next request, for a bearer token, a verification and a JWT", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const { id, key } = await scenario.key({ permissions: ["roles:read"] });
    const client = service().as(key);
    const before = await owner.send("getApiKey", { path: { apiKeyId: id } });
    const set = async (permissions: Schemas["Permission"][]) =>
      await owner.do("updateApiKey", { path: { apiKeyId: id }, body: { permissions } });
    await client.refused("permission_denied", "listMembers", { path });
    expect(await set(["roles:read", "members:read"])).toMatchObject({
      permissions: ["members:read", "roles:read"],
      generation: 1,
    });
    await client.do("listMembers", { path });
    await set(["members:read"]);
    await client.refused("permission_denied", "listRoles", { path });
    expect(await permissionsOf(key)).toEqual(["members:read"]);
    await set([]);
    await client.refused("permission_denied", "listMembers", { path });
    const stale = { path: { apiKeyId: id }, headers: { "if-match": String(before.headers.etag) } };
    const lost = await owner.refused("precondition_failed", "updateApiKey", { ...stale, body: { name: "Stale" } });
    expect(lost.detail).toContain("permissions");

    const { user } = await scenario.member("api_user");
    const jwt = await scenario.key({ kind: "user", format: "jwt", owner: user.id });
    expect(await permissionsOf(jwt.key)).toEqual(["messages:read_own", "api:call"]);
    const at = { apiKeyId: jwt.id };
    await owner.do("updateApiKey", { path: at, body: { permissions: ["messages:read_own"] } });
    expect(await permissionsOf(jwt.key)).toEqual(["messages:read_own"]);
    await owner.do("updateApiKey", { path: at, body: { permissions: ["api:call"] } });
    expect(await permissionsOf(jwt.key)).toEqual(["api:call"]);
  });

  test("the audit has the permissions before and after; another order of the same ones is no change", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const { id } = await scenario.key({ permissions: ["roles:read", "members:read"] });
    const at = { apiKeyId: id };
    const reader = await owner.send("getApiKey", { path: at });
    await owner.do("updateApiKey", { path: at, body: { permissions: ["roles:read", "members:read"] } });
    expect((await owner.send("getApiKey", { path: at })).headers.etag).toBe(reader.headers.etag);
    // Only what is changed takes a permission.
    const revoker = await scenario.withPermissions("keys:revoke");
    const same = { permissions: ["roles:read" as const, "members:read" as const] };
    await revoker.refused("permission_denied", "updateApiKey", { path: at, body: { permissions: [] } });
    await revoker.do("updateApiKey", { path: at, body: same });
    const maker = await scenario.withPermissions("keys:create");
    await maker.do("updateApiKey", { path: at, body: { permissions: ["members:read"] } });
    const { items } = await owner.do("listAuditEntries", { path, query: { object: id } });
    expect(items.filter(({ action }) => action === "api_key.update")).toMatchObject([
      { before: { permissions: ["members:read", "roles:read"] }, after: { permissions: ["members:read"] } },
    ]);
  });

  test("additional permissions are a grant: never beyond the caller's own, or the owner's", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const set = (id: string, ...permissions: Schemas["Permission"][]) => ({
      path: { apiKeyId: id },
      body: { permissions },
    });
    const maker = await scenario.withPermissions("keys:create", "keys:read", "roles:read");
    const plain = await scenario.key({ permissions: ["members:read"] });
    // The key as a whole would be the caller's grant.
    const denied = await maker.refused(
      "permission_denied",
      "updateApiKey",
      set(plain.id, "members:read", "roles:read"),
    );
    expect(denied.detail).toContain("members:read");
    await maker.do("updateApiKey", set(plain.id, "roles:read", "keys:read"));
    await maker.do("updateApiKey", set(plain.id));
    await maker.refused("permission_denied", "updateApiKey", set(plain.id, "audit:read"));
    const call = await owner.refused("unprocessable", "updateApiKey", set(plain.id, "api:call"));
    expect(call.errors).toMatchObject([{ pointer: "/permissions" }]);

    const { user, membership } = await scenario.member("viewer");
    const owned = await scenario.key({ kind: "user", owner: user.id, permissions: [] });
    const wide = await owner.refused("unprocessable", "updateApiKey", set(owned.id, "keys:read"));
    expect(wide.detail).toContain("keys:read");
    // A viewer's key is in a customer_admin's hands, and an api_user's in an administrator's, as at creation.
    const customerAdmin = await scenario.actingAs("customer_admin");
    await customerAdmin.client.do("updateApiKey", set(owned.id, "flows:read"));
    const { user: caller } = await scenario.member("api_user");
    const calling = await scenario.key({ kind: "user", owner: caller.id, permissions: [] });
    await customerAdmin.client.refused("permission_denied", "updateApiKey", set(calling.id, "api:call"));
    const administrator = await scenario.actingAs("administrator");
    await administrator.client.do("updateApiKey", set(calling.id, "api:call"));
    await owner.do("endMembership", { path: { membershipId: membership.id } });
    await owner.refused("key_not_active", "updateApiKey", set(owned.id, "organization:read"));
  });

  test("a key may take permissions from itself, but not give itself any", async () => {
    const scenario = await makeScenario(service());
    const { user } = await scenario.member("customer_admin");
    const { id, key } = await scenario.key({
      kind: "user",
      owner: user.id,
      permissions: ["keys:create", "keys:read", "members:manage"],
    });
    const client = service().as(key);
    const set = (...permissions: Schemas["Permission"][]) => ({ path: { apiKeyId: id }, body: { permissions } });
    await client.refused("permission_denied", "updateApiKey", set("keys:create", "keys:read", "members:read"));
    await client.do("updateApiKey", set("keys:create"));
    const refused = await client.refused("permission_denied", "updateApiKey", set("keys:create", "keys:read"));
    expect(refused.detail).toContain("can't give itself permissions");
    await client.do("updateApiKey", set());
    await client.refused("permission_denied", "updateApiKey", set("keys:create"));
  });

  test("a key that is revoked or has expired keeps its permissions", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const day = 24 * 60 * 60 * 1000;
    const endDate = new Date(service().now().getTime() + day).toISOString();
    const expired = await scenario.key({ permissions: ["roles:read"], endDate });
    const revoked = await scenario.key({ permissions: ["roles:read"] });
    await owner.do("revokeApiKey", { path: { apiKeyId: revoked.id } });
    service().advance(2 * day);
    for (const { id } of [expired, revoked]) {
      const path = { apiKeyId: id };
      await owner.refused("key_not_active", "updateApiKey", { path, body: { permissions: [] } });
      await owner.do("updateApiKey", { path, body: { permissions: ["roles:read"] } });
      expect(await owner.do("getApiKey", { path })).toMatchObject({ permissions: ["roles:read"] });
    }
  });

  test("adoption sets permissions, and a release restores them if nobody has changed them since", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const { id, name } = await scenario.key({ permissions: ["roles:read"] });
    const at = { apiKeyId: id };
    const adopting = {
      path,
      body: {
        name,
        kind: "server" as const,
        permissions: ["members:read" as const],
        adopt: "unmanaged" as const,
        externalId: unique("stack"),
      },
    };
    expect(await owner.do("createApiKey", adopting)).toMatchObject({
      id,
      adopted: true,
      permissions: ["members:read"],
    });
    const managedAs = { managedAs: adopting.body.externalId };
    // Who may not grant what is restored can't release it.
    const maker = await scenario.withPermissions("keys:create", "keys:revoke");
    await maker.refused("permission_denied", "revokeApiKey", { path: at, query: managedAs });
    await owner.do("revokeApiKey", { path: at, query: managedAs });
    expect(await owner.do("getApiKey", { path: at })).toMatchObject({ adopted: false, permissions: ["roles:read"] });
    await owner.do("createApiKey", adopting);
    await owner.do("updateApiKey", { path: at, body: { permissions: ["keys:read"] } });
    await owner.do("revokeApiKey", { path: at, query: managedAs });
    expect(await owner.do("getApiKey", { path: at })).toMatchObject({ adopted: false, permissions: ["keys:read"] });
  });
});
