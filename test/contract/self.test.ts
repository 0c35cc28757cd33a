import { expect, test } from "vitest";
import { runAt } from "./support/client.ts";
import { makeScenario } from "./support/scenario.ts";
import { onEachDatabase, ownerToken } from "./support/service.ts";

onEachDatabase("the service and its caller", (service) => {
  test("T2 the identity is in every answer, the same on every replica and after a restart", async () => {
    const { service: identity } = await service().as().do("getSelf");
    expect(identity).toEqual({ id: expect.stringMatching(/^svc_[0-9a-f]{32}$/), restores: [] });
    const { owner, path } = await makeScenario(service());
    const absent = { roleId: `rol_${"0".repeat(32)}` };
    const answers = [
      await owner.send("getOrganization", { path }),
      await owner.send("getRole", { path: absent }),
      await service().as("nobody's").send("getSelf"),
      await owner.send("getLiveness"),
    ];
    for (const { headers } of answers) {
      expect(headers["roster-service"]).toBe(identity.id);
    }
    const replica = await service().startBeside();
    const { headers } = await replica.app.inject("/health/live");
    expect(headers["roster-service"]).toBe(identity.id);
  });

  test("T1 a path that the contract doesn't have is told apart from an object that isn't there", async () => {
    const owner = service().as();
    await owner.refused("not_found", "getRole", { path: { roleId: `rol_${"0".repeat(32)}` } });
    const headers = { authorization: `Bearer ${ownerToken}` };
    for (const url of ["/v1/v1/self", "/v1/role/x", "/v2/roles/x"]) {
      const response = await service().service.app.inject({ url, headers });
      expect(response.json(), url).toMatchObject({ status: 404, code: "route_not_found" });
    }
  });

  test("T1 a caller is told who it is, and what it may do in which organization", async () => {
    expect(await service().as().do("getSelf")).toMatchObject({
      caller: { kind: "owner", id: "owner", user: null, serviceOwner: true },
      organizations: [],
    });
    const scenario = await makeScenario(service());
    const { client, user, key } = await scenario.actingAs("auditor");
    expect(await client.do("getSelf")).toMatchObject({
      caller: { kind: "api_key", id: key.id, user: user.id, serviceOwner: false },
      organizations: [
        {
          id: scenario.organization.id,
          permissions: expect.arrayContaining(["roles:read", "users:read", "keys:read"]),
        },
      ],
    });
    // A key without permissions is told so, too.
    const bare = service().as((await scenario.key()).key);
    expect((await bare.do("getSelf")).organizations).toMatchObject([{ id: scenario.organization.id, permissions: [] }]);
    const run = { path: { runId: runAt(Date.now())["roster-run"] } };
    await bare.refused("permission_denied", "getRun", run);
    await client.refused("not_found", "getRun", run);
  });
});
