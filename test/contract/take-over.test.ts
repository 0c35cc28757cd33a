import { describe, expect, test } from "vitest";
import type { AnswerOf, BodyOf, PathOf } from "../../service/auth/operation.ts";
import { type Client, idempotencyKey, runAt, unique } from "./support/client.ts";
import { clientSecret, makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

const dayMs = 24 * 60 * 60 * 1000;
let runs = Date.now();

/** The header of a run of a program. */
function newRun() {
  return { headers: { ...runAt(++runs) } };
}

type CreateId =
  | "createOrganization"
  | "createUser"
  | "createRole"
  | "createMembership"
  | "createApiKey"
  | "createApiKeyAssignment";
type Path = Record<string, string>;

/** One kind's create, as a test repeats it. */
interface Kind<O extends CreateId> {
  readonly create: O;
  readonly path: PathOf<O>;
  readonly body: BodyOf<O>;
  /** What the second create says otherwise, where something can be said otherwise. */
  readonly otherwise: Partial<BodyOf<O>>;
  /** The same externalId with another natural key. */
  readonly others: readonly Partial<BodyOf<O>>[];
  readonly read: (client: Client, id: string, run?: ReturnType<typeof newRun>) => Promise<unknown>;
  readonly update: (client: Client, id: string) => Promise<unknown>;
}

function kindOf<O extends CreateId>(kind: Kind<O>): Kind<CreateId> {
  return kind as unknown as Kind<CreateId>;
}

/** Makes what a create of a kind needs, and says how to repeat it. */
const kinds: Record<string, (scenario: Scenario) => Promise<Kind<CreateId>>> = {
  organization: async () =>
    kindOf({
      create: "createOrganization",
      path: {} as never,
      body: { externalId: unique("e"), slug: unique("slug"), name: "Lost", subscription: { plan: "premium" } },
      otherwise: { name: "Found" },
      others: [{ slug: unique("slug") }],
      read: (client, organizationId, run) => client.do("getOrganization", { path: { organizationId }, ...run }),
      update: (client, organizationId) =>
        client.do("updateOrganization", { path: { organizationId }, body: { name: "Mine" } }),
    }),
  user: async ({ organization }) => {
    const email = `${unique("lost")}@example.com`;
    return kindOf({
      create: "createUser",
      path: {} as never,
      body: { externalId: unique("e"), email, kind: "system", homeOrganization: organization.id },
      otherwise: { givenName: "Ada", email: email.toUpperCase().replace("@EXAMPLE.COM", "@example.com") },
      others: [{ email: `${unique("other")}@example.com` }],
      read: (client, userId, run) => client.do("getUser", { path: { userId }, ...run }),
      update: (client, userId) => client.do("updateUser", { path: { userId }, body: { givenName: "Grace" } }),
    });
  },
  role: async ({ path }) =>
    kindOf({
      create: "createRole",
      path,
      body: { externalId: unique("e"), name: unique("role"), permissions: ["flows:read"] },
      otherwise: { permissions: ["flows:run"] },
      others: [{ name: unique("role") }],
      read: (client, roleId, run) => client.do("getRole", { path: { roleId }, ...run }),
      update: (client, roleId) => client.do("updateRole", { path: { roleId }, body: { permissions: [] } }),
    }),
  membership: async (scenario) => {
    const [user, other] = [await scenario.user(), await scenario.user()];
    return kindOf({
      create: "createMembership",
      path: scenario.path,
      body: { externalId: unique("e"), user: user.id, role: "viewer" },
      otherwise: { role: "editor" },
      others: [{ user: other.id }],
      read: (client, membershipId, run) => client.do("getMembership", { path: { membershipId }, ...run }),
      update: (client, membershipId) =>
        client.do("updateMembership", { path: { membershipId }, body: { role: "operator" } }),
    });
  },
  "API key": async (scenario) => {
    const { user } = await scenario.member("api_user");
    return kindOf({
      create: "createApiKey",
      path: scenario.path,
      body: { externalId: unique("e"), name: unique("key"), kind: "server" },
      otherwise: { endDate: "2999-12-31" },
      others: [
        { name: unique("key") },
        { kind: "webapi", secret: clientSecret() },
        { owner: user.id },
        { owner: user.id, format: "jwt" },
      ],
      read: (client, apiKeyId, run) => client.do("getApiKey", { path: { apiKeyId }, ...run }),
      update: (client, apiKeyId) => client.do("updateApiKey", { path: { apiKeyId }, body: { endDate: "2999-12-30" } }),
    });
  },
  assignment: async (scenario) => {
    const [one, other] = [await scenario.member("viewer"), await scenario.member("viewer")];
    const externalId = unique("e");
    return kindOf({
      create: "createApiKeyAssignment",
      path: { apiKeyId: (await scenario.key()).id },
      body: { externalId, user: one.user.id },
      otherwise: {},
      others: [{ user: other.user.id }],
      read: (client, assignmentId, run) => client.do("getApiKeyAssignment", { path: { assignmentId }, ...run }),
      update: async (client, assignmentId) => {
        // The externalId is all that can be changed: away and back.
        const path = { assignmentId };
        await client.do("updateApiKeyAssignment", { path, body: { externalId: unique("e") } });
        await client.do("updateApiKeyAssignment", { path, body: { externalId } });
      },
    });
  },
};

onEachDatabase("the take-over of lost creates", (service) => {
  async function report(client: Client, { headers }: { headers: Record<string, string> }, body: BodyOf<"reportRun">) {
    return await client.do("reportRun", { path: { runId: headers["roster-run"] ?? "" }, body });
  }

  /** Makes an object in a run that is lost afterwards, or ends otherwise. */
  async function makeIn(
    client: Client,
    kind: Kind<CreateId>,
    end: BodyOf<"reportRun"> | "goes on" = { status: "lost" },
    run = newRun(),
  ) {
    await report(client, run, { status: "alive" });
    const made = await make(client, kind, run);
    if (end !== "goes on") {
      await report(client, run, end);
    }
    return { ...made, run };
  }

  async function ask(
    client: Client,
    kind: Kind<CreateId>,
    run: { headers?: Record<string, string> } = newRun(),
    otherwise = {},
  ) {
    const body = { ...(kind.body as object), ...otherwise } as never;
    return await client.send(kind.create, { path: kind.path as Path as never, body, ...run });
  }

  async function make(client: Client, ...rest: [Kind<CreateId>, { headers?: Record<string, string> }?, object?]) {
    const response = await ask(client, ...rest);
    expect(response.statusCode, response.body).toBe(201);
    return response.json<AnswerOf<CreateId>>();
  }

  async function refused(client: Client, ...rest: [Kind<CreateId>, { headers?: Record<string, string> }?, object?]) {
    const response = await ask(client, ...rest);
    expect(response.statusCode, response.body).toBe(409);
    expect(response.json().code).toBe("external_id_taken");
    expect(response.json().detail).toContain("already exists");
    expect(response.json().detail).toContain("`adopt`");
    return response.json();
  }

  /** Creates a key in a run that is lost afterwards. */
  async function lostKey(client: Client, path: PathOf<"createApiKey">, body: BodyOf<"createApiKey">) {
    const run = newRun();
    await report(client, run, { status: "alive" });
    const key = await client.do("createApiKey", { path, body, ...run });
    await report(client, run, { status: "lost" });
    return key;
  }

  describe.each(Object.keys(kinds))("of kind %s", (name) => {
    const prepare = async () => {
      const scenario = await makeScenario(service());
      const kind = await kinds[name]?.(scenario);
      if (kind === undefined) {
        throw new Error(`no kind ${name}`);
      }
      return { owner: scenario.owner, kind };
    };

    test("T3 what a lost run made is taken over, and set as the request says", async () => {
      const { owner, kind } = await prepare();
      const lost = await makeIn(owner, kind);
      service().advance(dayMs / 2);
      const found = await make(owner, kind, newRun(), kind.otherwise);
      expect(found.id).toBe(lost.id);
      expect(found).toMatchObject(kind.otherwise);
      expect(found.createdAt).toBe(lost.createdAt);
      const { items } = await owner.do("listServiceAuditEntries", { query: { object: lost.id } });
      expect(items.map(({ action }) => action.split(".")[1])).toEqual(["create", "take_over"]);
      expect(await kind.read(owner, lost.id)).toMatchObject(kind.otherwise);
    });

    test("a take-over that is lost as well is taken over by the next run", async () => {
      const { owner, kind } = await prepare();
      const first = await makeIn(owner, kind);
      await makeIn(owner, kind);
      expect((await make(owner, kind)).id).toBe(first.id);
    });

    test("T3 refused: the run that made it ended in order, and had the answer", async () => {
      const { owner, kind } = await prepare();
      await makeIn(owner, kind, { status: "ended" });
      await refused(owner, kind);
      const { owner: other, kind: answered } = await prepare();
      await makeIn(other, answered, { status: "ended", unanswered: ["another"] });
      await refused(other, answered);
    });

    test("T3 the run that made it ended in order without the answer: it is taken over", async () => {
      const { owner, kind } = await prepare();
      const { externalId } = kind.body as { readonly externalId: string };
      const lost = await makeIn(owner, kind, { status: "ended", unanswered: ["another", externalId] });
      expect((await make(owner, kind)).id).toBe(lost.id);
    });

    test("T3 refused: the run that made it is alive; once it has been silent for six seconds it is taken over", async () => {
      const { owner, kind } = await prepare();
      const { id, run } = await makeIn(owner, kind, "goes on");
      service().advance(5000);
      const response = await ask(owner, kind);
      expect(response.json()).toMatchObject({ code: "external_id_taken", retryable: true });
      expect(response.headers["retry-after"]).toBe("1");
      await report(owner, run, { status: "alive" });
      service().advance(5000);
      await refused(owner, kind);
      service().advance(1000);
      expect((await make(owner, kind)).id).toBe(id);
    });

    test("T3 refused: a later run reported it as written, which is stored once", async () => {
      const { owner, kind } = await prepare();
      const { id, run } = await makeIn(owner, kind);
      await report(owner, run, { written: [id, "org_00000000000000000000000000000000"] });
      const noted = await service().dump();
      service().advance(1000);
      await report(owner, run, { written: [id] });
      expect(await service().dump()).toBe(noted);
      await refused(owner, kind);
    });

    test("reading it by its id changes nothing", async () => {
      const { owner, kind } = await prepare();
      const lost = await makeIn(owner, kind);
      const before = await service().dump();
      await kind.read(owner, lost.id, newRun());
      expect(await service().dump()).toBe(before);
      expect((await make(owner, kind)).id).toBe(lost.id);
    });

    test("refused: it was updated", async () => {
      const { owner, kind } = await prepare();
      const lost = await makeIn(owner, kind);
      await kind.update(owner, lost.id);
      await refused(owner, kind);
    });

    test("refused: the natural key is another", async () => {
      const { owner, kind } = await prepare();
      const lost = await makeIn(owner, kind);
      for (const other of kind.others) {
        await refused(owner, kind, newRun(), other);
      }
      expect((await make(owner, kind)).id).toBe(lost.id);
    });

    test("refused: the same run made it, or one that never reported, or the caller names no run", async () => {
      const { owner, kind } = await prepare();
      const lost = await makeIn(owner, kind);
      await refused(owner, kind, lost.run);
      // A caller that names no run is told about the natural key first.
      expect((await ask(owner, kind, {})).statusCode).toBe(409);
      await refused(owner, kind, {}, kind.others[0]);
      expect((await make(owner, kind)).id).toBe(lost.id);
      for (const run of [{}, newRun()]) {
        const { owner: again, kind: unreported } = await prepare();
        await make(again, unreported, run);
        await refused(again, unreported);
      }
    });

    test("refused: it is a day old", async () => {
      const { owner, kind } = await prepare();
      await makeIn(owner, kind);
      service().advance(dayMs);
      await refused(owner, kind);
    });

    test("two creates at once never make two objects", async () => {
      const { owner, kind } = await prepare();
      const answers = await Promise.all([
        ask(owner, kind),
        ask(owner, kind),
        ask(owner, kind, {}),
        ask(owner, kind, {}),
      ]);
      const made = answers.filter(({ statusCode }) => statusCode === 201);
      expect(made.length).toBeGreaterThan(0);
      expect(new Set(made.map((answer) => answer.json().id)).size).toBe(1);
      for (const { statusCode } of answers) {
        expect([201, 409]).toContain(statusCode);
      }
    });
  });

  test("T3 what another person's run lost is taken over by a caller that may create it, and not by one that may not", async () => {
    const scenario = await makeScenario(service());
    const kind = await roleIn(scenario);
    const ada = await scenario.withPermissions("roles:manage", "flows:read");
    const lost = await makeIn(ada, kind);
    const outsider = await scenario.withPermissions("roles:read", "flows:read");
    expect((await ask(outsider, kind)).statusCode).toBe(403);
    const ben = await scenario.withPermissions("roles:manage", "flows:read");
    expect((await make(ben, kind)).id).toBe(lost.id);
  });

  test("a refusal names the object only to those who may read it", async () => {
    const scenario = await makeScenario(service());
    const kind = await roleIn(scenario);
    const { id } = await makeIn(scenario.owner, kind, { status: "ended" });
    expect((await refused(scenario.owner, kind)).detail).toContain(id);
    const manager = await scenario.withPermissions("roles:manage", "flows:read");
    expect((await refused(manager, kind)).detail).not.toContain(id);
  });

  test("only the caller that began a run reports its status, and what has ended stays so", async () => {
    const scenario = await makeScenario(service());
    const [ada, ben] = [await scenario.withPermissions("roles:read"), await scenario.withPermissions("roles:read")];
    const run = newRun();
    const path = { runId: run.headers["roster-run"] };
    await ada.refused("not_found", "getRun", { path });
    await report(ada, run, { status: "alive" });
    await ben.refused("not_found", "reportRun", { path, body: { status: "lost" } });
    expect(await ben.do("getRun", { path })).toEqual({ id: path.runId, status: "alive" });
    service().advance(6000);
    expect(await ada.do("getRun", { path })).toMatchObject({ status: "silent" });
    // The clock of the service was set back by an hour: what was reported from further ahead is no sign of life.
    await report(ada, run, { status: "alive" });
    service().advance(-3_600_000);
    expect(await ada.do("getRun", { path })).toMatchObject({ status: "silent" });
    expect(await report(ada, run, { status: "ended" })).toMatchObject({ status: "ended" });
    expect(await report(ada, run, { status: "lost" })).toMatchObject({ status: "ended" });
    expect(await report(ada, run, { status: "alive" })).toMatchObject({ status: "ended" });
  });

  test("an object is reported as written only by a caller that may read it, and for the run that made it", async () => {
    const scenario = await makeScenario(service());
    const kind = await roleIn(scenario);
    const { id, run } = await makeIn(scenario.owner, kind);
    const stranger = await (await makeScenario(service())).withPermissions("roles:read");
    await report(stranger, run, { written: [id] });
    await report(await scenario.withPermissions("members:read"), run, { written: [id] });
    const other = newRun();
    await report(scenario.owner, other, { status: "alive" });
    await report(scenario.owner, other, { written: [id] });
    expect((await make(scenario.owner, kind)).id).toBe(id);
  });

  test("what is no longer live is not taken over: another one is made", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const key = await keyIn(scenario);
    const revoked = await makeIn(owner, key);
    await owner.do("revokeApiKey", { path: { apiKeyId: revoked.id } });
    expect((await make(owner, key)).id).not.toBe(revoked.id);
    const role = await roleIn(scenario);
    const deleted = await makeIn(owner, role);
    await owner.do("deleteRole", { path: { roleId: deleted.id } });
    expect((await make(owner, role)).id).not.toBe(deleted.id);
  });

  test("a user that was brought back is nobody's lost create", async () => {
    const scenario = await makeScenario(service());
    const { owner } = scenario;
    const kind = (await kinds.user?.(scenario)) as Kind<CreateId>;
    const { id } = await makeIn(owner, kind);
    await owner.do("deactivateUser", { path: { userId: id } });
    expect((await makeIn(owner, kind)).id).toBe(id);
    await refused(owner, kind);
  });

  test("a key that was used is refused", async () => {
    const scenario = await makeScenario(service());
    const kind = await keyIn(scenario);
    const lost = await makeIn(scenario.owner, kind);
    await service()
      .as("key" in lost ? String(lost.key) : "")
      .send("listOrganizations");
    await refused(scenario.owner, kind);
  });

  test.each(["opaque", "jwt"] as const)("a key's new %s secret works, and the lost one doesn't", async (format) => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const { user } = await scenario.member("api_user");
    const body = { externalId: "lost", name: "Lost", kind: "user" as const, owner: user.id, format };
    const request = () => ({ path, body, ...newRun() });
    await owner.do("updateOrganization", { path, body: { settings: { keysPerOwner: 1 } } });
    const lost = await lostKey(owner, path, body);
    const found = await owner.do("createApiKey", request());
    expect(found).toMatchObject({ id: lost.id, generation: 1 });
    expect(found.fingerprint).not.toBe(lost.fingerprint);
    const outcome = async (secret: string | null) =>
      (await owner.do("verifyApiKey", { body: { secret: String(secret) } })).outcome;
    expect(await outcome(lost.key)).toBe("refused");
    expect(await outcome(found.key)).toBe("accepted");
    await owner.refused("external_id_taken", "createApiKey", request());
  });

  test("a key with the client's secret is taken over with the same one, or with another", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const [first, second] = [clientSecret(), clientSecret()];
    const create = async (secret: string) =>
      await lostKey(owner, path, { externalId: "lost", name: "Lost", kind: "webapi", secret });
    const lost = await create(first);
    expect((await create(first)).id).toBe(lost.id);
    expect((await create(second)).id).toBe(lost.id);
    expect((await owner.do("verifyApiKey", { body: { secret: first } })).outcome).toBe("refused");
    expect((await owner.do("verifyApiKey", { body: { secret: second } })).outcome).toBe("accepted");
  });

  test("a repeat with the same idempotency key gets the first answer, and takes nothing over", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const body = { externalId: "lost", name: "Lost", kind: "server" as const };
    const request = () => ({
      path,
      body,
      headers: { ...newRun().headers, "idempotency-key": idempotencyKey() },
    });
    await lostKey(owner, path, body);
    const takingOver = request();
    const first = await owner.send("createApiKey", takingOver);
    const repeat = await owner.send("createApiKey", takingOver);
    expect(repeat.headers["idempotency-replayed"]).toBe("true");
    expect(repeat.json()).toEqual(first.json());
    const { items } = await owner.do("listAuditEntries", { path, query: { object: first.json().id } });
    expect(items.map(({ action }) => action)).toEqual(["api_key.create", "api_key.take_over"]);
    expect(JSON.stringify(items)).not.toContain(first.json().key);
  });

  test("a take-over is bound by what the caller may do, and by the last administrator", async () => {
    const scenario = await makeScenario(service());
    const { path } = scenario;
    const user = await scenario.user();
    const manager = await scenario.withPermissions(...(await permissionsOf(scenario, "administrator")));
    const body = { externalId: "lost", user: user.id };
    const run = newRun();
    await report(manager, run, { status: "alive" });
    await manager.do("createMembership", { path, body: { ...body, role: "administrator" }, ...run });
    await report(manager, run, { status: "lost" });
    await manager.refused("last_administrator", "createMembership", {
      path,
      body: { ...body, role: "viewer" },
      ...newRun(),
    });
    const [one] = (await scenario.owner.do("listMembers", { path, query: { user: user.id } })).items;
    expect(one).toMatchObject({ role: "administrator", externalId: "lost" });
  });

  test("a lost user who may do more meanwhile is taken over as it is, and not changed", async () => {
    const scenario = await makeScenario(service());
    const { path, owner, organization } = scenario;
    const creator = await scenario.withPermissions("users:create", "organization:read");
    const lost = { externalId: "lost", email: `${unique("robot")}@example.com`, homeOrganization: organization.id };
    const body = { ...lost, kind: "system" as const };
    const run = newRun();
    await report(creator, run, { status: "alive" });
    const { id } = await creator.do("createUser", { body, ...run });
    await report(creator, run, { status: "lost" });
    await owner.do("createMembership", { path, body: { user: id, role: "editor" } });
    for (const change of [{ kind: "person" as const, invite: false }, { state: "inactive" as const }]) {
      await creator.refused("permission_denied", "createUser", { body: { ...body, ...change }, ...newRun() });
    }
    expect((await creator.do("createUser", { body, ...newRun() })).id).toBe(id);
  });

  test("a header that names no run is refused", async () => {
    const scenario = await makeScenario(service());
    const headers = { "roster-run": "0190b2b0-0000-4000-8000-000000000000" };
    const problem = await scenario.owner.refused("invalid_request", "getOrganization", {
      path: scenario.path,
      headers,
    });
    expect(problem.errors?.[0]).toMatchObject({ in: "header", pointer: "/Roster-Run" });
  });
});

async function roleIn(scenario: Scenario): Promise<Kind<CreateId>> {
  return (await kinds.role?.(scenario)) as Kind<CreateId>;
}

async function keyIn(scenario: Scenario): Promise<Kind<CreateId>> {
  return (await kinds["API key"]?.(scenario)) as Kind<CreateId>;
}

async function permissionsOf({ owner }: Scenario, roleId: string) {
  return (await owner.do("getRole", { path: { roleId } })).permissions;
}
