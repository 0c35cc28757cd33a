import { expect, test } from "vitest";
import { unique } from "./support/client.ts";
import { makeScenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

const advice = "Read it again, and then decide what to change.";
const stale = { headers: { "if-match": '"read-before"' } };

/** A time of an answer as refusals have it: to the second. */
function seconds(time: string | null): string {
  return String(time).replace(/\.\d+Z$/, "Z");
}

onEachDatabase("lost updates", (service) => {
  test("a role's refusal names what changed, by whom and when, to those who may read the audit", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const role = await scenario.role("flows:read");
    const path = { roleId: role.id };
    const read = await owner.send("getRole", { path });
    const change = { path, body: { permissions: ["flows:run" as const] } };
    const changed = await owner.send("updateRole", change);
    const at = `at ${seconds(changed.json().updatedAt)}`;
    const conditional = { path, body: { name: "Mine" }, headers: { "if-match": String(read.headers.etag) } };
    const told = `The role was changed since it was read: permissions, by the owner token, ${at} (request ${changed.headers["request-id"]}). ${advice}`;
    expect((await owner.refused("precondition_failed", "updateRole", conditional)).detail).toBe(told);
    const { headers } = conditional;
    expect((await owner.refused("precondition_failed", "deleteRole", { path, headers })).detail).toBe(told);
    const auditor = await scenario.withPermissions("roles:manage", "flows:run", "audit:read");
    expect((await auditor.refused("precondition_failed", "updateRole", conditional)).detail).toBe(told);
    const other = await scenario.withPermissions("roles:manage", "flows:run");
    expect((await other.refused("precondition_failed", "updateRole", conditional)).detail).toBe(
      `The role was changed since it was read, ${at}. ${advice}`,
    );
  });

  test("an API key's refusal names the change of what can be set, and not a rotation after it", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const { client, key: actor } = await scenario.actingAs("administrator");
    const key = await scenario.key();
    const path = { apiKeyId: key.id };
    const body = { name: unique("renamed"), endDate: "2999-12-31" };
    const changed = await client.send("updateApiKey", { path, body });
    const at = `at ${seconds(changed.json().updatedAt)}`;
    await owner.do("rotateApiKey", { path, body: { generation: 2 } });
    const told = `The API key was changed since it was read: name, endDate, by API key ${actor.id}, ${at} (request ${changed.headers["request-id"]}). ${advice}`;
    const rotation = { path, body: { generation: 3 }, ...stale };
    expect((await owner.refused("precondition_failed", "rotateApiKey", rotation)).detail).toBe(told);
    expect((await client.refused("precondition_failed", "revokeApiKey", { path, ...stale })).detail).toBe(told);
    const other = await scenario.withPermissions("keys:create");
    const update = { path, body: { name: "Mine" }, ...stale };
    expect((await other.refused("precondition_failed", "updateApiKey", update)).detail).toBe(
      `The API key was changed since it was read, ${at}. ${advice}`,
    );
  });

  test("an object that nobody changed is said to be as it was created", async () => {
    const scenario = await makeScenario(service());
    const role = await scenario.role();
    const update = { path: { roleId: role.id }, body: { name: "Mine" }, ...stale };
    const { detail } = await scenario.owner.refused("precondition_failed", "updateRole", update);
    const at = seconds(role.createdAt);
    expect(detail).toMatch(
      `The role is not in a version that If-Match lists: it has not changed since it was created, by the owner token, at ${at} (request req_`,
    );
  });

  test("a change whose answer was lost is made again from the version before it, and leaves no trace", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const user = await scenario.user({ kind: "person", invite: true });
    const path = { userId: user.id };
    const read = await owner.send("getUser", { path });
    const headers = { "if-match": String(read.headers.etag) };
    const body = { givenName: "Ada", resendInvite: "1" };
    const changed = await owner.send("updateUser", { path, body, headers });
    const again = await owner.send("updateUser", { path, body, headers });
    expect([changed.statusCode, again.statusCode]).toEqual([200, 200]);
    expect(again.json()).toEqual(changed.json());
    expect(again.headers.etag).toBe(changed.headers.etag);
    // Anything more is another change: an act as well.
    for (const more of [{ familyName: "Lovelace" }, { resendInvite: "2" }]) {
      await owner.refused("precondition_failed", "updateUser", { path, body: { ...body, ...more }, headers });
    }
  });

  test("who may not change an object is told nothing of its changes", async () => {
    const scenario = await makeScenario(service());
    const role = await scenario.role();
    const stranger = await (await makeScenario(service())).withPermissions("roles:manage", "audit:read");
    const update = { path: { roleId: role.id }, body: { name: "Mine" }, ...stale };
    await stranger.refused("not_found", "updateRole", update);
    const reader = await scenario.withPermissions("roles:read", "audit:read");
    await reader.refused("permission_denied", "updateRole", update);
  });
});
