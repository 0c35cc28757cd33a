import type { Schemas } from "roster-schema";
import { expect, test } from "vitest";
import { type Client, runAt, unique } from "./support/client.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

const kinds = ["organization", "user", "role", "membership", "api_key", "api_key_assignment", "access_token"] as const;

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
  const { user: robot } = await scenario.member("administrator");
  const token = await owner.do("createAccessToken", {
    ...options,
    // A key and a token can have the same name.
    body: { externalId: `${stack}/t`, name: made.api_key.name, user: robot.id, permissions: ["roles:read"] },
  });
  return { ...made, api_key_assignment: assignment, access_token: token };
}

async function list(client: Client, kind: Schemas["ObjectKind"], stack: string, headers: Record<string, string> = {}) {
  const query = { kind, externalIdPrefix: `${stack}/` };
  return (await client.do("listManagedObjects", { query, headers })).items;
}

/** One object of each kind, made in a run that is lost afterwards. */
async function loseAll(scenario: Scenario, stack: string) {
  const { owner } = scenario;
  const headers = runAt(Date.now());
  const path = { runId: headers["roster-run"] };
  await owner.do("reportRun", { path, body: { status: "alive" } });
  const made = await makeAll(scenario, stack, headers);
  const unsettled = (await list(owner, "role", stack, runAt(Date.now())))[0];
  expect(unsettled).toMatchObject({ lost: false, unsettled: true });
  await owner.do("reportRun", { path, body: { status: "lost" } });
  return { ...made, path };
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
      access_token: made.access_token.name,
    };
    for (const kind of kinds) {
      expect((await list(scenario.owner, kind, stack))[0]?.name).toBe(names[kind]);
    }
  });

  test("T10 are lost where their run has fallen silent, also once the clock has been set back", async () => {
    const { owner, path } = await makeScenario(service());
    const stack = unique("stack");
    const headers = runAt(Date.now());
    await owner.do("reportRun", { path: { runId: headers["roster-run"] }, body: { status: "alive" } });
    const body = { externalId: `${stack}/r`, name: unique("r"), permissions: [] };
    await owner.do("createRole", { path, headers, body });
    const hourMs = 60 * 60_000;
    service().step(-hourMs);
    try {
      const query = { externalIdPrefix: `${stack}/`, lost: "true" as const };
      const { items } = await owner.do("listManagedObjects", { query, headers: runAt(Date.now()) });
      expect(items).toMatchObject([{ kind: "role", lost: true }]);
    } finally {
      service().step(hourMs);
    }
  });

  test("are lost while a create of another run would take them over", async () => {
    const scenario = await makeScenario(service());
    const stack = unique("stack");
    const { path, role } = await loseAll(scenario, stack);
    const isLost = async (kind: Schemas["ObjectKind"], headers?: Record<string, string>) =>
      (await list(scenario.owner, kind, stack, headers)).map(({ lost }) => lost);
    for (const kind of kinds) {
      expect(await isLost(kind, runAt(Date.now())), kind).toEqual([true]);
      expect(await isLost(kind), kind).toEqual([false]);
    }
    await scenario.owner.do("reportRun", { path, body: { written: [role.id] } });
    expect(await isLost("role", runAt(Date.now()))).toEqual([false]);
    const query = { externalIdPrefix: `${stack}/`, lost: "true" as const };
    const lost = await scenario.owner.do("listManagedObjects", { query, headers: runAt(Date.now()) });
    expect(lost.items.map(({ kind }) => kind).sort()).toEqual(kinds.filter((kind) => kind !== "role").sort());
  });

  test("are listed while they live", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const stack = unique("stack");
    const made = await makeAll(scenario, stack);
    await owner.do("deleteApiKeyAssignment", { path: { assignmentId: made.api_key_assignment.id } });
    await owner.do("revokeApiKey", { path: { apiKeyId: made.api_key.id } });
    await owner.do("revokeAccessToken", { path: { accessTokenId: made.access_token.id } });
    await owner.do("endMembership", { path: { membershipId: made.membership.id } });
    await owner.do("deleteRole", { path: { roleId: made.role.id } });
    await owner.do("deactivateUser", { path: { userId: made.user.id } });
    await owner.do("closeOrganization", { path: { organizationId: made.organization.id } });
    for (const kind of kinds) {
      expect(await list(owner, kind, stack), kind).toEqual([]);
    }
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
    for (const kind of kinds) {
      expect(await list(stranger, kind, stack), kind).toEqual([]);
    }
    expect(await list(client, "organization", stack)).toEqual([]);
    for (const kind of kinds.slice(1)) {
      expect(await list(client, kind, stack), kind).not.toEqual([]);
    }
    const query = { kind: "role" as const, externalIdPrefix: `${stack}/`, limit: 1 };
    const first = await client.do("listManagedObjects", { query });
    expect(first.items.map(({ id }) => id)).toEqual([made.role.id]);
    const next = await client.do("listManagedObjects", { query: { ...query, cursor: first.nextCursor ?? "" } });
    expect(next).toMatchObject({ items: [{ id: second.id }], nextCursor: null });
  });

  test("are listed without their kind: all that the caller may read, in one list", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const stack = unique("stack");
    const made = await makeAll(scenario, stack);
    const query = { externalIdPrefix: `${stack}/`, limit: 4 };
    const first = await owner.do("listManagedObjects", { query });
    const second = await owner.do("listManagedObjects", { query: { ...query, cursor: first.nextCursor ?? "" } });
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(ids).toEqual(
      Object.values(made)
        .map(({ id }) => id)
        .toSorted(),
    );
    expect([first.items.length, second.nextCursor]).toEqual([4, null]);
    const { client } = await scenario.actingAs("member");
    const all = (await client.do("listManagedObjects", { query: { externalIdPrefix: `${stack}/` } })).items;
    const permitted: string[] = [];
    for (const kind of kinds) {
      const answer = await client.send("listManagedObjects", { query: { kind, externalIdPrefix: `${stack}/` } });
      if (answer.statusCode === 200) {
        permitted.push(...answer.json().items.map(({ id }: Schemas["ManagedObject"]) => id));
      }
    }
    expect(all.map(({ id }) => id)).toEqual(permitted.toSorted());
  });

  test("hold the object and its ETag as reading it gives them, where that is asked for, and stay lost", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const stack = unique("stack");
    const made = await loseAll(scenario, stack);
    const query = { externalIdPrefix: `${stack}/`, include: "object" as const };
    const listed = (await owner.do("listManagedObjects", { query, headers: runAt(Date.now()) })).items;
    expect(listed.map(({ lost }) => lost)).toEqual(kinds.map(() => true));
    const read = [
      await owner.send("getOrganization", { path: { organizationId: made.organization.id } }),
      await owner.send("getUser", { path: { userId: made.user.id } }),
      await owner.send("getRole", { path: { roleId: made.role.id } }),
      await owner.send("getMembership", { path: { membershipId: made.membership.id } }),
      await owner.send("getApiKey", { path: { apiKeyId: made.api_key.id } }),
      await owner.send("getApiKeyAssignment", { path: { assignmentId: made.api_key_assignment.id } }),
      await owner.send("getAccessToken", { path: { accessTokenId: made.access_token.id } }),
    ];
    const byId = new Map(listed.map(({ id, object, etag }) => [id, { object, etag }]));
    for (const answer of read) {
      expect(byId.get(answer.json().id)).toEqual({ object: answer.json(), etag: answer.headers.etag });
    }
    expect(await list(owner, "role", stack)).toEqual([expect.not.objectContaining({ object: expect.anything() })]);
  });

  test("are listed without the entries of sets, where that is asked for", async () => {
    const { owner, path } = await makeScenario(service());
    const stack = unique("stack");
    const [single] = await Promise.all(
      [`${stack}/set`, `${stack}/set/one@example.com`].map((externalId) =>
        owner.do("createRole", { path, body: { externalId, name: unique("r"), permissions: [] } }),
      ),
    );
    expect(await list(owner, "role", stack)).toHaveLength(2);
    const query = { externalIdPrefix: `${stack}/`, entries: "omit" as const };
    expect((await owner.do("listManagedObjects", { query })).items).toMatchObject([{ id: single?.id }]);
  });
});
