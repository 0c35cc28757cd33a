/** The integration tool's SuperAdmin: a person with a system role, who acts as the service owner by logging in. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { useService, useStack } from "../fixtures.ts";
import { logIn, setUpAccount } from "../person.ts";

const [root, second, ada] = ["root@vendor.example", "second@vendor.example", "ada@flows.example"];

const manifest = `name: flows
organization:
  slug: flows
  name: Flows
  subscription: { plan: enterprise, billing: custom }
  features: { externalApiAccess: true }
  settings: { allowExpiringJwt: true }
users:
  second: { email: ${second}, systemRole: super_admin }
  ada: { email: ${ada}, role: administrator }
  caller: { email: caller@flows.example, kind: system, role: api_user }
apiKeys:
  caller: { kind: user, format: jwt, owner: caller, endDate: 2040-01-01 }
`;

describe("the SuperAdmin of an integration tool", () => {
  const service = useService();
  const stack = useStack("test/e2e/programs/administrator");
  const userAt = async (email: string) => (await service.list(`/v1/users?email=${email}`))[0];

  beforeAll(async () => {
    const made = await service.ask("POST", "/v1/users", { email: root, systemRole: "super_admin" });
    expect(made.status).toBe(201);
    await stack.configure({ endpoint: service.endpoint });
    writeFileSync(path.join(stack.folder, "roster.yaml"), manifest);
  });

  test("A1 E8 E11 X1 M9 creates an organization, what is switched on there, and another SuperAdmin", async () => {
    await setUpAccount(service, root);
    await logIn(service, stack, root);
    expect((await stack.roster("whoami")).stdout).toContain("everything, in every organization");
    await stack.up();
    const id = await stack.idOf("Organization", "flows");
    expect((await service.ask("GET", `/v1/organizations/${id}`)).body).toMatchObject({
      subscription: { plan: "enterprise" },
      features: { externalApiAccess: true },
    });
    expect(await userAt(second)).toMatchObject({ systemRole: "super_admin", status: "invited" });
    const { caller } = await stack.keys();
    expect(await service.verify(caller)).toMatchObject({ outcome: "accepted" });
    const [entry] = await service.list(`/v1/organizations/${id}/audit-entries?object=${id}`);
    const { id: user } = (await userAt(root)) ?? {};
    expect(entry).toMatchObject({ actor: { kind: "user", id: user, accessToken: expect.stringMatching(/^tok_/) } });
  });

  test("E8 M9 M19 X1 changes what only the vendor may change, and takes a system role back", async () => {
    stack.edit("roster.yaml", ", systemRole: super_admin", ", systemRole: none");
    stack.edit("roster.yaml", "plan: enterprise", "plan: premium");
    stack.edit("roster.yaml", "features: { externalApiAccess: true }", "features: { externalApiAccess: false }");
    stack.edit("roster.yaml", "slug: flows", "slug: flows-group");
    expect((await stack.apply()).toSorted()).toEqual(["update Organization flows", "update User flows-second"]);
    expect(await userAt(second)).toMatchObject({ systemRole: "none" });
    const { caller } = await stack.keys();
    expect(await service.verify(caller)).toMatchObject({ outcome: "refused", reason: "api_access_disabled" });
  });

  test("X1 E6 closes the organization by destroying the stack; a SuperAdmin who loses the role loses the rights", async () => {
    const id = await stack.idOf("Organization", "flows");
    await stack.destroy();
    expect((await service.ask("GET", `/v1/organizations/${id}`)).body).toMatchObject({ status: "closed" });
    expect(await userAt(ada)).toMatchObject({ status: "inactive" });
    const { id: user } = (await userAt(root)) ?? {};
    expect((await service.ask("PATCH", `/v1/users/${user}`, { systemRole: "none" })).status).toBe(200);
    expect((await stack.roster("whoami")).stdout).not.toContain("everything, in every organization");
  });
});
