/** Trials as somebody with a role, and what they don't tell. */
import type { Schemas } from "roster-schema";
import { builtInRoles } from "roster-schema";
import { expect, test } from "vitest";
import { dumpOf } from "./support/backup.ts";
import { unique } from "./support/client.ts";
import { Pages } from "./support/people.ts";
import { clientSecret, makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";
import { inBatch, newMember, tryAll, tryOne } from "./support/trials.ts";

const asAdministrator = { as: "administrator" } as const;
const joining = { joinPolicies: ["existing", "invite", "create"] as ("existing" | "invite" | "create")[] };

const renaming = ({ path }: Scenario) => inBatch("updateOrganization", { path, body: { name: unique("name") } });

onEachDatabase("P3 trials as a role", (service) => {
  test("an auditor tries what an administrator could do, and changes nothing", async () => {
    const scenario = await makeScenario(service());
    const { client } = await scenario.actingAs("auditor");
    await tryOne(client, renaming(scenario));
    const before = await dumpOf(service().database);
    expect((await tryOne(client, renaming(scenario))).body).toMatchObject({ code: "permission_denied" });
    expect((await tryOne(client, renaming(scenario), asAdministrator)).trial.outcome).toBe("done");
    expect(await dumpOf(service().database)).toEqual(before);
    await client.refused("permission_denied", "updateOrganization", { path: scenario.path, body: { name: "Other" } });
  });

  test("nobody tries more than an administrator may do, and nobody else above themselves", async () => {
    const scenario = await makeScenario(service());
    const refused = async (role: string, as: NonNullable<Schemas["Batch"]["as"]>) => {
      const { client } = await scenario.actingAs(role);
      const body: Schemas["Batch"] = { requests: [renaming(scenario)], dryRun: "each", as };
      const { detail } = await client.refused("permission_denied", "runBatch", { body });
      expect(detail).toContain(`as ${as}`);
    };
    await refused("auditor", "api_user");
    await refused("viewer", "administrator");
    await refused("customer_admin", "administrator");
    await refused("viewer", "editor");
    const body: Schemas["Batch"] = { requests: [renaming(scenario)], dryRun: "each", as: "viewer" };
    const { errors } = await scenario.owner.refused("invalid_request", "runBatch", { body });
    expect(errors?.map(({ pointer }) => pointer)).toEqual(["/as"]);
  });

  test("somebody with more rights tries with fewer, and reads as before", async () => {
    const scenario = await makeScenario(service());
    const { client, membership } = await scenario.actingAs("administrator");
    const read = inBatch("getMembership", { path: { membershipId: membership.id } });
    const answers = await tryAll(client, [renaming(scenario), read], { as: "viewer" });
    expect(answers.map(({ status }) => status)).toEqual([403, 200]);
  });

  test("rules about oneself don't apply to somebody with a role", async () => {
    const scenario = await makeScenario(service());
    const { client, membership, key } = await scenario.actingAs("administrator");
    await scenario.member("administrator");
    const ends = [
      inBatch("endMembership", { path: { membershipId: membership.id } }),
      inBatch("revokeApiKey", { path: { apiKeyId: key.id } }),
    ];
    const codes = async (options: object) =>
      (await tryAll(client, ends, options)).map(({ status, body }) => body?.code ?? status);
    expect(await codes({})).toEqual(["cannot_remove_self", "cannot_remove_self"]);
    expect((await codes(asAdministrator)).at(-1)).toBe(204);
  });

  test("a role applies only in the organizations where the caller may try with it", async () => {
    const [one, other] = [await makeScenario(service()), await makeScenario(service())];
    const { client } = await new Pages(service()).member([
      [one, "auditor"],
      [other, "viewer"],
    ]);
    const answers = await tryAll(client, [renaming(one), renaming(other)], asAdministrator);
    expect(answers.map(({ status }) => status)).toEqual([200, 403]);
  });

  test("a key from before the permission gets it from an administrator, and keeps what it could give", async () => {
    const scenario = await makeScenario(service());
    const { user } = await scenario.member("auditor");
    const withoutPreview = (role: "auditor" | "administrator") =>
      builtInRoles[role].filter((permission) => permission !== "changes:preview");
    const before = await scenario.key({ kind: "user", owner: user.id, permissions: withoutPreview("auditor") });
    const body: Schemas["Batch"] = { requests: [renaming(scenario)], dryRun: "each", as: "administrator" };
    await service().as(before.key).refused("permission_denied", "runBatch", { body });
    const manager = await scenario.withPermissions(...withoutPreview("administrator"));
    await manager.do("updateApiKey", {
      path: { apiKeyId: before.id },
      body: { permissions: [...builtInRoles.auditor] },
    });
    expect((await tryOne(service().as(before.key), renaming(scenario), asAdministrator)).trial.outcome).toBe("done");
    await manager.do("createMembership", {
      path: scenario.path,
      body: { user: (await scenario.user()).id, role: "auditor" },
    });
    // With less than an auditor reads, the permission is one like any other.
    const less = await scenario.withPermissions("keys:create", "keys:read");
    const given = { name: unique("key"), kind: "server" as const, permissions: ["changes:preview" as const] };
    const refused = await less.refused("permission_denied", "createApiKey", { path: scenario.path, body: given });
    expect(refused.detail).toContain("changes:preview");
  });

  test("a key gives itself no permission to preview", async () => {
    const scenario = await makeScenario(service());
    const permissions = builtInRoles.administrator.filter((permission) => permission !== "changes:preview");
    const { id, key } = await scenario.key({ permissions });
    const body = { permissions: [...permissions, "changes:preview" as const] };
    const { detail } = await service()
      .as(key)
      .refused("permission_denied", "updateApiKey", { path: { apiKeyId: id }, body });
    expect(detail).toContain("itself");
  });

  test("an auditor isn't told whether a secret or an address is known", async () => {
    const [scenario, other] = [await makeScenario(service(), joining), await makeScenario(service())];
    const { client } = await scenario.actingAs("auditor");
    const { user: readable } = await scenario.member("member");
    const { user: unreadable } = await other.member("member");
    const secret = clientSecret();
    const webapi = (own: string) =>
      inBatch("createApiKey", { path: scenario.path, body: { name: unique("key"), kind: "webapi", secret: own } });
    await scenario.owner.do("createApiKey", {
      path: other.path,
      body: { name: unique("key"), kind: "webapi", secret },
    });
    const requests = [
      webapi(secret),
      webapi(clientSecret()),
      newMember(scenario, { email: unreadable.email }),
      newMember(scenario),
      newMember(scenario, { email: readable.email }),
      newMember(scenario, { email: readable.email.toUpperCase() }),
    ];
    for (const dryRun of ["each", "sequence"] as const) {
      const answers = await tryAll(client, requests, { ...asAdministrator, dryRun });
      expect(answers.map(({ trial }) => trial.outcome)).toEqual([
        "not_tried",
        "not_tried",
        "not_tried",
        "not_tried",
        "refused",
        "refused",
      ]);
      const reasons = answers.map(({ trial }) => trial.reason);
      expect(reasons[0]).toBe(reasons[1]);
      expect(reasons[2]).toBe(reasons[3]);
    }
    const { client: administrator } = await scenario.actingAs("administrator");
    const own = await tryAll(administrator, requests);
    expect(own.map(({ trial }) => trial.outcome)).toEqual(["refused", "done", "done", "done", "refused", "refused"]);
  });

  test("a narrowed auditor isn't shown what it can't read", async () => {
    const scenario = await makeScenario(service());
    const client = await scenario.withPermissions("roles:read", "changes:preview");
    const body: Schemas["Batch"] = { requests: [renaming(scenario)], dryRun: "each", as: "administrator" };
    await client.refused("permission_denied", "runBatch", { body });
  });
});
