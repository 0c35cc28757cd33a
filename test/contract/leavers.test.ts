/** People who leave their home organization: what else holds their accounts, and what becomes of them. */
import { beforeAll, expect, test } from "vitest";
import { unique } from "./support/client.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

onEachDatabase("S2 leavers", (service) => {
  let scenario: Scenario;
  let other: Scenario;

  beforeAll(async () => {
    scenario = await makeScenario(service());
    other = await makeScenario(service());
  });

  const make = async () => await scenario.user({ externalId: unique("external") });
  const holdersOf = async ({ id }: { id: string }, client = scenario.owner) =>
    (await client.do("getUserHolders", { path: { userId: id } })).holders;
  const leave = async (
    { id, externalId }: { id: string; externalId: string | null },
    outcome: "leaver" | "let_go" = "leaver",
    client = scenario.owner,
  ) => await client.send("deactivateUser", { path: { userId: id }, query: { managedAs: externalId ?? "", outcome } });

  test("S2 are deactivated if nothing else holds the account, and brought back by another create", async () => {
    const user = await make();
    const { client } = await scenario.actingAs("administrator");
    expect(await holdersOf(user, client)).toEqual([]);
    expect((await leave(user, "leaver", client)).statusCode).toBe(204);
    const path = { userId: user.id };
    expect(await scenario.owner.do("getUser", { path })).toMatchObject({ state: "inactive", externalId: null });
    const { email, externalId } = user;
    const body = { email, kind: "system" as const, homeOrganization: scenario.organization.id };
    const back = await client.do("createUser", { body: { ...body, ...(externalId !== null && { externalId }) } });
    expect(back).toMatchObject({ id: user.id, state: "active", externalId });
  });

  test("S2 keep the account if another organization or a system role holds it, and nobody manages it then", async () => {
    const { client } = await scenario.actingAs("administrator");
    const [member, assignee, owner] = [await make(), await make(), await make()];
    await other.owner.do("createMembership", { path: other.path, body: { user: member.id, role: "viewer" } });
    const key = await other.key();
    await other.owner.do("createMembership", { path: other.path, body: { user: assignee.id, role: "viewer" } });
    await other.owner.do("createApiKeyAssignment", { path: { apiKeyId: key.id }, body: { user: assignee.id } });
    await scenario.owner.do("updateUser", { path: { userId: owner.id }, body: { systemRole: "super_admin" } });
    expect(await holdersOf(member, client)).toEqual(["membership"]);
    expect(await holdersOf(assignee, client)).toEqual(["membership", "api_key"]);
    expect(await holdersOf(owner, client)).toEqual(["system_role"]);
    for (const user of [member, assignee, owner]) {
      const answer = await leave(user, "leaver", client);
      expect(answer.statusCode, answer.body).toBe(200);
      expect(answer.json()).toMatchObject({ outcome: "let_go" });
      expect(await scenario.owner.do("getUser", { path: { userId: user.id } })).toMatchObject({
        state: "active",
        externalId: null,
      });
    }
  });

  test("S2 can be let go, by their manager alone", async () => {
    const user = await make();
    const asStranger = { path: { userId: user.id }, query: { outcome: "let_go" as const } };
    await scenario.owner.refused("unprocessable", "deactivateUser", asStranger);
    const answer = await leave(user, "let_go");
    expect(answer.json()).toEqual({ outcome: "let_go", reason: expect.stringContaining("nobody manages it now") });
    const entries = await scenario.owner.do("listAuditEntries", { path: scenario.path, query: { object: user.id } });
    expect(entries.items.map(({ action }) => action)).toContain("user.let_go");
  });

  test("S2 are asked about by their home organization alone", async () => {
    const { user } = await scenario.member("viewer");
    const { client } = await other.actingAs("administrator");
    await client.refused("not_found", "getUserHolders", { path: { userId: user.id } });
    await other.owner.do("createMembership", { path: other.path, body: { user: user.id, role: "viewer" } });
    await client.refused("permission_denied", "getUserHolders", { path: { userId: user.id } });
  });
});
