import type { Schemas } from "roster-schema";
import { expect, test } from "vitest";
import { type Client, runAt, unique } from "./support/client.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

const kinds = ["organization", "user", "role", "membership", "api_key", "api_key_assignment"] as const;

/** One object of each kind, all of one stack. */
async function makeAll(scenario: Scenario, stack: string, headers: Record<string, string> = {}) {
  const { owner, path } = scenario;
  const options = { path, headers };
  const { user } = await scenario.member("viewer");
  const made = {
    organization: await owner.do("createOrganization", {
      headers,
      body: { externalId: `${stack}/o`, slug: unique("managed"), name: "Managed" },
    }),
    user: await owner.do("createUser", {
      headers,
      body: {
        externalId: `${stack}/u`,
        email: `${unique("m")}@example.com`,
        kind: "system",
        homeOrganization: path.organizationId,
      },
    }),
    role: await owner.do("createRole", {
      ...options,
      body: { externalId: `${stack}/r`, name: unique("r"), permissions: [] },
    }),
    membership: await owner.do("createMembership", {
      ...options,
      body: { externalId: `${stack}/m`, user: (await scenario.user()).id, role: "viewer" },
    }),
    api_key: await owner.do("createApiKey", {
      ...options,
      body: { externalId: `${stack}/k`, name: unique("k"), kind: "server" },
    }),
  };
  const assignment = await owner.do("createApiKeyAssignment", {
    path: { apiKeyId: made.api_key.id },
    headers,
    body: { externalId: `${stack}/a`, user: user.id },
  });
  return { ...made, api_key_assignment: assignment };
}

async function list(client: Client, kind: Schemas["ObjectKind"], stack: string, headers: Record<string, string> = {}) {
  const query = { kind, externalIdPrefix: `${stack}/` };
  return (await client.do("listManagedObjects", { query, headers })).items;
}

onEachDatabase("the objects that a stack manages", (service) => {
  test("are listed by kind and by the beginning of their externalId, and no other", async () => {
    const scenario = await makeScenario(service());
    const stack = unique("stack");
    const made = await makeAll(scenario, stack);
    await makeAll(scenario, `${stack}%`);
    await makeAll(scenario, unique("stack"));
    for (const kind of kinds) {
      expect(await list(scenario.owner, kind, stack)).toMatchObject([
        { id: made[kind].id, kind, externalId: made[kind].externalId, adopted: false, lost: false },
      ]);
    }
    // What LIKE takes for a wildcard stands for itself.
    expect(await list(scenario.owner, "role", "%")).toEqual([]);
    expect(await list(scenario.owner, "role", stack.replace("-", "_"))).toEqual([]);
    expect(await list(scenario.owner, "role", `${stack}%`)).toHaveLength(1);
  });

  test("are told by what people know them by", async () => {
    const scenario = await makeScenario(service());
    const stack = unique("stack");
    const made = await makeAll(scenario, stack);
    const names = {
      organization: made.organization.slug,
      user: made.user.email,
      role: made.role.name,
      membership: made.membership.email,
      api_key: made.api_key.name,
      api_key_assignment: made.api_key_assignment.email,
    };
    for (const kind of kinds) expect((await list(scenario.owner, kind, stack))[0]?.name).toBe(names[kind]);
  });

  test("are lost while a create of another run would take them over", async () => {
    const scenario = await makeScenario(service());
    const stack = unique("stack");
    const now = Date.now();
    await makeAll(scenario, stack, runAt(now - 60_000));
    const isLost = async (kind: Schemas["ObjectKind"], headers?: Record<string, string>) =>
      (await list(scenario.owner, kind, stack, headers)).map(({ lost }) => lost);
    for (const kind of kinds) {
      expect(await isLost(kind, runAt(now)), kind).toEqual([true]);
      expect(await isLost(kind, runAt(now - 120_000)), kind).toEqual([false]);
      expect(await isLost(kind), kind).toEqual([false]);
    }
    const [role] = await list(scenario.owner, "role", stack);
    await scenario.owner.do("getRole", { path: { roleId: role?.id ?? "" }, headers: runAt(now) });
    expect(await isLost("role", runAt(now))).toEqual([false]);
  });

  test("are listed while they live", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const stack = unique("stack");
    const made = await makeAll(scenario, stack);
    await owner.do("deleteApiKeyAssignment", { path: { assignmentId: made.api_key_assignment.id } });
    await owner.do("revokeApiKey", { path: { apiKeyId: made.api_key.id } });
    await owner.do("endMembership", { path: { membershipId: made.membership.id } });
    await owner.do("deleteRole", { path: { roleId: made.role.id } });
    await owner.do("deactivateUser", { path: { userId: made.user.id } });
    await owner.do("closeOrganization", { path: { organizationId: made.organization.id } });
    for (const kind of kinds) expect(await list(owner, kind, stack), kind).toEqual([]);
  });

  test("are the caller's own organization's, page by page", async () => {
    const [scenario, other] = [await makeScenario(service()), await makeScenario(service())];
    const stack = unique("stack");
    const made = await makeAll(scenario, stack);
    const second = await scenario.owner.do("createRole", {
      path: scenario.path,
      body: { externalId: `${stack}/r2`, name: unique("r"), permissions: [] },
    });
    const { client } = await scenario.actingAs("administrator");
    const stranger = (await other.actingAs("administrator")).client;
    for (const kind of kinds) expect(await list(stranger, kind, stack), kind).toEqual([]);
    expect(await list(client, "organization", stack)).toEqual([]);
    for (const kind of kinds.slice(1)) expect(await list(client, kind, stack), kind).not.toEqual([]);
    const query = { kind: "role" as const, externalIdPrefix: `${stack}/`, limit: 1 };
    const first = await client.do("listManagedObjects", { query });
    expect(first.items.map(({ id }) => id)).toEqual([made.role.id]);
    const next = await client.do("listManagedObjects", { query: { ...query, cursor: first.nextCursor ?? "" } });
    expect(next).toMatchObject({ items: [{ id: second.id }], nextCursor: null });
  });
});
