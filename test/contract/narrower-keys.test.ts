import { expect, test } from "vitest";
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
});
