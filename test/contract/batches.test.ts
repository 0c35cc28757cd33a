/** Batches: each request is answered as if it had come by itself, and many of one kind cost few statements. */
import type { Schemas } from "roster-schema";
import { expect, test } from "vitest";
import { Client, idempotencyKey, unique } from "./support/client.ts";
import { logo } from "./support/images.ts";
import { logInto } from "./support/log.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase, ownerToken } from "./support/service.ts";
import { newMember } from "./support/trials.ts";

type BatchRequest = Schemas["BatchRequest"];

function newMembers(scenario: Scenario, count: number, body: object = {}): BatchRequest[] {
  return Array.from({ length: count }, () => ({ ...newMember(scenario, body), idempotencyKey: idempotencyKey() }));
}

async function run(client: Client, requests: BatchRequest[], headers: Record<string, string> = {}) {
  const { answers } = await client.do("runBatch", { body: { requests }, headers });
  return answers;
}

const statusesOf = (answers: readonly Schemas["AnswerInBatch"][]) => answers.map(({ status }) => status);
const codesOf = (answers: readonly Schemas["AnswerInBatch"][]) =>
  answers.map(({ body }) => (body as { code?: string } | null)?.code);

const joining = { joinPolicies: ["existing", "invite", "create"] as ("existing" | "invite" | "create")[] };

onEachDatabase("batches", (service) => {
  test("many members are made at once, each as by a request of its own", async () => {
    const scenario = await makeScenario(service(), joining);
    const { owner, path } = scenario;
    const requests = newMembers(scenario, 60);
    const answers = await run(owner, requests);
    expect(new Set(statusesOf(answers))).toEqual(new Set([201]));
    const members = answers.map(({ body }) => body as unknown as Schemas["Membership"]);
    expect(members.map(({ email }) => email)).toEqual(requests.map(({ body }) => (body as { email: string }).email));
    const { items } = await owner.do("listMembers", { path, query: { limit: 1000 } });
    expect(items).toEqual(members.toSorted((one, other) => (one.id < other.id ? -1 : 1)));
    const [first] = members;
    const alone = await owner.send("getMembership", { path: { membershipId: first?.id ?? "" } });
    expect(answers[0]?.headers.etag).toBe(alone.headers.etag);
    const entries = await owner.do("listAuditEntries", { path, query: { limit: 1000 } });
    const made = entries.items.filter(({ action }) => action === "membership.create");
    expect(made).toHaveLength(60);
    // Each entry names the request that its answer names.
    expect(new Set(made.map(({ requestId }) => requestId))).toEqual(
      new Set(answers.map(({ headers }) => headers["request-id"])),
    );
  });

  test("what goes with a member that ends names the request that ended that member", async () => {
    const scenario = await makeScenario(service());
    const members = [await scenario.member("editor"), await scenario.member("editor")];
    for (const { user } of members) {
      const { id: apiKeyId } = await scenario.key({ kind: "user", owner: user.id });
      await scenario.owner.do("createApiKeyAssignment", { path: { apiKeyId }, body: { user: user.id } });
    }
    const ends = members.map(({ membership }) => ({
      method: "DELETE" as const,
      path: `/v1/members/${membership.id}`,
      idempotencyKey: idempotencyKey(),
    }));
    const answers = await run(scenario.owner, ends);
    expect(statusesOf(answers)).toEqual([204, 204]);
    const { items } = await scenario.owner.do("listAuditEntries", { path: scenario.path, query: { limit: 1000 } });
    for (const [at, { user }] of members.entries()) {
      const requestId = answers[at]?.headers["request-id"];
      const went = items.filter((entry) => entry.requestId === requestId);
      expect(went.map(({ action }) => action).sort()).toEqual([
        "api_key.revoke",
        "api_key_assignment.delete",
        "membership.end",
      ]);
      expect(JSON.stringify(went)).toContain(user.id);
    }
  });

  test("how many there are makes no difference to how many statements they take", async () => {
    const scenario = await makeScenario(service(), joining);
    const { owner } = scenario;
    const key = await scenario.key();
    const costs: number[][] = [];
    for (const count of [20, 60]) {
      let members: Schemas["Membership"][] = [];
      let assignments: Schemas["ApiKeyAssignment"][] = [];
      const create = await service().statementsOf(async () => {
        const answers = await run(owner, newMembers(scenario, count));
        members = answers.map(({ body }) => body as unknown as Schemas["Membership"]);
      });
      const assign = await service().statementsOf(async () => {
        const path = `/v1/api-keys/${key.id}/assignments`;
        const answers = await run(
          owner,
          members.map(({ user }) => ({
            method: "POST",
            path,
            idempotencyKey: idempotencyKey(),
            body: { user: user ?? "", externalId: unique("e") },
          })),
        );
        expect(new Set(statusesOf(answers))).toEqual(new Set([201]));
        assignments = answers.map(({ body }) => body as unknown as Schemas["ApiKeyAssignment"]);
      });
      const paths = [
        ...members.map(({ id }) => `/v1/members/${id}`),
        ...members.map(({ user }) => `/v1/users/${user}`),
        ...assignments.map(({ id }) => `/v1/api-key-assignments/${id}`),
      ];
      const read = await service().statementsOf(async () => {
        // A provider's reading is noted as well.
        const headers = { "roster-run": "01890000-0000-7000-8000-000000000000" };
        const answers = await run(
          owner,
          paths.map((path) => ({ method: "GET", path })),
          headers,
        );
        expect(new Set(statusesOf(answers))).toEqual(new Set([200]));
      });
      const detach = await service().statementsOf(async () => {
        const answers = await run(
          owner,
          assignments.slice(0, count / 2).map(({ id }) => ({
            method: "DELETE",
            path: `/v1/api-key-assignments/${id}`,
            idempotencyKey: idempotencyKey(),
          })),
        );
        expect(new Set(statusesOf(answers))).toEqual(new Set([204]));
      });
      const end = await service().statementsOf(async () => {
        const answers = await run(
          owner,
          members.map(({ id }) => ({ method: "DELETE", path: `/v1/members/${id}`, idempotencyKey: idempotencyKey() })),
        );
        expect(new Set(statusesOf(answers))).toEqual(new Set([204]));
      });
      costs.push([create, assign, read, detach, end]);
    }
    expect(costs[1]).toEqual(costs[0]);
    expect(Math.max(...(costs[0] ?? []))).toBeLessThan(30);
  });

  test("one that is refused keeps none of the others from being made", async () => {
    const scenario = await makeScenario(service(), joining);
    const { owner, path } = scenario;
    const [one, two, three] = newMembers(scenario, 3);
    const unknown = { ...two, body: { ...two?.body, onUnknownUser: "fail" } };
    const answers = await run(owner, [one, unknown, three] as BatchRequest[]);
    expect(statusesOf(answers)).toEqual([201, 422, 201]);
    expect(codesOf(answers)).toEqual([undefined, "user_not_found", undefined]);
    expect((await owner.do("listMembers", { path })).items).toHaveLength(2);
    const entries = await owner.do("listAuditEntries", { path, query: { limit: 1000 } });
    expect(entries.items.filter(({ action }) => action === "membership.create")).toHaveLength(2);
  });

  test("two that want the same name are told as if one had come after the other", async () => {
    const scenario = await makeScenario(service(), joining);
    const email = `${unique("twice")}@example.com`;
    const answers = await run(scenario.owner, [...newMembers(scenario, 2, { email }), ...newMembers(scenario, 1)]);
    expect(statusesOf(answers)).toEqual([201, 409, 201]);
    expect(codesOf(answers)[1]).toBe("already_member");
    const externalId = unique("same");
    const named = await run(scenario.owner, newMembers(scenario, 2, { externalId }));
    expect(codesOf(named)).toEqual([undefined, "external_id_taken"]);
  });

  test("what counts the others is decided one after the other: a plan's members, and the last administrator", async () => {
    const small = await makeScenario(service(), {
      ...joining,
      subscription: { plan: "basic" },
      features: { externalApiAccess: false },
    });
    expect(codesOf(await run(small.owner, newMembers(small, 2)))).toEqual([undefined, "plan_required"]);

    const scenario = await makeScenario(service());
    const [one, other] = [await scenario.actingAs("administrator"), await scenario.actingAs("administrator")];
    const everything = await scenario.owner.do("getRole", { path: { roleId: "administrator" } });
    const client = await scenario.withPermissions(...everything.permissions);
    const ends = [one, other].map(
      ({ membership }): BatchRequest => ({ method: "DELETE", path: `/v1/members/${membership.id}` }),
    );
    expect(codesOf(await run(client, ends))).toEqual([undefined, "last_administrator"]);
  });

  test("sent again, as after a lost answer, a batch is answered as before and does nothing", async () => {
    const scenario = await makeScenario(service(), joining);
    const { owner, path } = scenario;
    const requests = newMembers(scenario, 3);
    const first = await run(owner, requests);
    const [again, withOneMore] = [
      await run(owner, requests),
      await run(owner, [...requests, ...newMembers(scenario, 1)]),
    ];
    expect(again.map(({ body }) => body)).toEqual(first.map(({ body }) => body));
    expect(again.map(({ headers }) => headers["idempotency-replayed"])).toEqual(["true", "true", "true"]);
    expect(withOneMore.map(({ headers }) => headers["idempotency-replayed"])).toEqual([
      "true",
      "true",
      "true",
      undefined,
    ]);
    expect((await owner.do("listMembers", { path })).items).toHaveLength(4);
    const entries = await owner.do("listAuditEntries", { path, query: { limit: 1000 } });
    expect(entries.items.filter(({ action }) => action === "membership.create")).toHaveLength(4);
  });

  test("a transaction that the database undoes is made again, for all of them", async () => {
    const scenario = await makeScenario(service(), joining);
    const { owner, path } = scenario;
    service().failNextStatement("40001");
    expect(statusesOf(await run(owner, newMembers(scenario, 4)))).toEqual([201, 201, 201, 201]);
    expect((await owner.do("listMembers", { path })).items).toHaveLength(4);
  });

  test("each who is invited is mailed once", async () => {
    const scenario = await makeScenario(service(), joining);
    const requests = newMembers(scenario, 5, { onUnknownUser: "invite" });
    expect(new Set(statusesOf(await run(scenario.owner, requests)))).toEqual(new Set([201]));
    for (const { body } of requests) {
      expect(await service().mailbox.to((body as { email: string }).email, 1)).toHaveLength(1);
    }
  });

  test("changes of other kinds are made in their order, and a secret is in the answer alone", async () => {
    const scenario = await makeScenario(service());
    const { owner, organization } = scenario;
    const [slug, name] = [unique("slug"), unique("key")];
    const keys = `/v1/organizations/${organization.id}/api-keys`;
    const answers = await run(owner, [
      {
        method: "PATCH",
        path: `/v1/organizations/${organization.id}`,
        body: { slug },
        idempotencyKey: idempotencyKey(),
      },
      { method: "POST", path: keys, body: { name, kind: "server" }, idempotencyKey: idempotencyKey() },
      { method: "POST", path: keys, body: { name, kind: "server" }, idempotencyKey: idempotencyKey() },
      { method: "GET", path: `/v1/organizations/${organization.id}` },
    ]);
    expect(statusesOf(answers)).toEqual([200, 201, 409, 200]);
    expect(answers[3]?.body).toMatchObject({ slug });
    const { key } = (answers[1]?.body ?? {}) as unknown as { key: string };
    expect((await owner.do("verifyApiKey", { body: { secret: key } })).outcome).toBe("accepted");
    expect(await service().dump()).not.toContain(key);
  });

  test("one change from another version is refused, and the others are made", async () => {
    const scenario = await makeScenario(service());
    const members = [await scenario.member("member"), await scenario.member("member")];
    const [one, other] = members.map(({ membership }) => `/v1/members/${membership.id}`);
    const body = { role: "viewer" };
    const answers = await run(scenario.owner, [
      { method: "PATCH", path: one ?? "", body, ifMatch: '"another"' },
      { method: "PATCH", path: other ?? "", body },
    ]);
    expect(statusesOf(answers)).toEqual([412, 200]);
  });

  test("a caller may do in a batch what it may do by itself, and no more", async () => {
    const [scenario, foreign] = [await makeScenario(service(), joining), await makeScenario(service(), joining)];
    const { client } = await scenario.actingAs("viewer");
    const answers = await run(client, [
      { method: "GET", path: `/v1/organizations/${scenario.organization.id}` },
      { method: "GET", path: `/v1/organizations/${foreign.organization.id}` },
      ...newMembers(scenario, 2),
      ...newMembers(foreign, 1),
    ]);
    expect(statusesOf(answers)).toEqual([200, 404, 403, 403, 404]);
  });

  test("what isn't about a single object is refused in its place", async () => {
    const { owner, organization } = await makeScenario(service());
    const answers = await run(owner, [
      { method: "GET", path: `/v1/organizations/${organization.id}/members` },
      { method: "POST", path: "/v1/requests:batch", body: { requests: [] } },
      { method: "POST", path: "/v1/verifications", body: { secret: "anything" } },
      { method: "GET", path: "/v1/nowhere" },
      { method: "GET", path: `/v1/organizations/${organization.id}` },
      { method: "PATCH", path: `/v1/organizations/${organization.id}`, body: { surplus: true } },
    ]);
    expect(statusesOf(answers)).toEqual([400, 400, 400, 404, 200, 400]);
  });

  test("a path that leads out of /v1 is refused in its place, and the others are carried out", async () => {
    const scenario = await makeScenario(service(), { ...joining, logo: logo("png") });
    const { id } = scenario.organization;
    const outside = [
      `/v1/../logos/${id}`,
      "/v1/../me",
      "/v1/%2e%2e/log-in",
      "/v1/..\\openapi.yaml",
      "/v1/../health/live",
    ];
    const answers = await run(scenario.owner, [
      ...newMembers(scenario, 1),
      ...outside.map((path): BatchRequest => ({ method: "GET", path })),
      { method: "POST", path: "/v1/../log-out" },
      { method: "GET", path: "/v1/../nowhere" },
      { method: "GET", path: `/v1/organizations/${id}` },
    ]);
    const [made, ...rest] = statusesOf(answers);
    expect([made, rest.splice(-2)]).toEqual([201, [404, 200]]);
    expect(new Set(rest)).toEqual(new Set([400]));
    expect(new Set(codesOf(answers).slice(1, -2))).toEqual(new Set(["invalid_request"]));
  });

  test("a body where the operation has none is refused in its place", async () => {
    const scenario = await makeScenario(service());
    const [one, other] = [await scenario.member("viewer"), await scenario.member("viewer")];
    const end = ({ membership: { id } }: typeof one, rest: object = {}): BatchRequest => {
      return { method: "DELETE", path: `/v1/members/${id}`, idempotencyKey: idempotencyKey(), ...rest };
    };
    const answers = await run(scenario.owner, [end(one, { body: {} }), end(other)]);
    expect(statusesOf(answers)).toEqual([400, 204]);
    expect(answers[0]?.body).toMatchObject({ errors: [{ in: "body", pointer: "" }] });
  });

  test("text that can't be stored is refused in its place", async () => {
    const scenario = await makeScenario(service(), joining);
    const requests = [...newMembers(scenario, 1), ...newMembers(scenario, 1, { givenName: "Ada\u0000" })];
    const answers = await run(scenario.owner, requests);
    expect(statusesOf(answers)).toEqual([201, 400]);
    expect(answers[1]?.body).toMatchObject({ errors: [{ pointer: "/givenName" }] });
  });

  test("two requests of one idempotency key are refused: they would be one", async () => {
    const scenario = await makeScenario(service(), joining);
    const [one, other] = newMembers(scenario, 2);
    const requests = [one, { ...other, idempotencyKey: one?.idempotencyKey }] as BatchRequest[];
    const refused = await scenario.owner.refused("invalid_request", "runBatch", { body: { requests } });
    expect(refused.errors).toMatchObject([{ pointer: "/requests/1/idempotencyKey" }]);
  });

  test("each request is logged once, with its own answer and as one of a batch, also where a first attempt was undone", async () => {
    const scenario = await makeScenario(service(), joining);
    const lines: string[] = [];
    const { app } = await service().startBeside({ logger: logInto(lines) });
    const [one, two] = newMembers(scenario, 2);
    const unknown = { ...two, body: { ...two?.body, onUnknownUser: "fail" } };
    await run(new Client(() => app, ownerToken), [one, unknown] as BatchRequest[]);
    const logged = lines.flatMap((line) => {
      const [entry] = JSON.parse(line) as { route?: string; status?: number; inBatch?: boolean }[];
      return entry?.route === undefined ? [] : [[entry.route, entry.status, entry.inBatch]];
    });
    const members = "/v1/organizations/:organizationId/members";
    expect(logged).toEqual([
      [members, 201, true],
      [members, 422, true],
      ["/v1/requests:batch", 200, undefined],
    ]);
  });
});
