/** Trials: requests that are carried out and undone. */
import type { Schemas } from "roster-schema";
import { describe, expect, test } from "vitest";
import { routes } from "../../service/routes/index.ts";
import { trialFacilities } from "../../service/trials/facilities.ts";
import { requests } from "./statuses/index.ts";
import { dumpOf } from "./support/backup.ts";
import { idempotencyKey, unique } from "./support/client.ts";
import { contract } from "./support/contract.ts";
import { makeScenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";
import { comparable, inBatch, newMember, tryAll, tryOne } from "./support/trials.ts";

const joining = { joinPolicies: ["existing", "invite", "create"] as ("existing" | "invite" | "create")[] };
const outcomesOf = (answers: readonly { readonly trial: Schemas["Trial"] }[]) =>
  answers.map(({ trial }) => trial.outcome);

/** Every operation that changes an object, and that a batch can contain. */
const changes = [...contract.values()].filter(({ id, method }) => method !== "GET" && routes[id].isBatchable === true);

test("a facility without a stand-in is named", () => {
  const outside = { mails: [], subscriptions: [] };
  expect(() => trialFacilities({ pigeons: {} } as never, outside)).toThrow("the facility pigeons has no stand-in");
});

onEachDatabase("P1 trials", (service, kind) => {
  test("there are changes of every kind of object", () => {
    expect(changes.length).toBeGreaterThan(25);
    expect(changes.filter(({ id }) => !requests.has(id))).toEqual([]);
  });

  describe.each(changes.map(({ id }) => id))("%s", (id) => {
    test("P1 leaves nothing, and is answered as the real request", async () => {
      const scenario = await makeScenario(service());
      const { owner } = scenario;
      const { client = owner, ...asked } = (await requests.get(id)?.(scenario)) ?? {};
      const request = { ...inBatch(id, asked), idempotencyKey: idempotencyKey() };
      const before = await dumpOf(service().database);
      const mails = service().mailbox.mails.length;
      const each = await tryOne(client, request);
      const inSequence = await tryOne(client, request, { dryRun: "sequence" });
      expect(await dumpOf(service().database)).toEqual(before);
      const [real] = (await client.do("runBatch", { body: { requests: [request] } })).answers;
      expect(real?.status).toBeLessThan(300);
      // What a trial might have queued would have been sent with this.
      expect(real?.headers["idempotency-replayed"]).toBeUndefined();
      expect(comparable(each)).toEqual(comparable(real as never));
      expect(comparable(inSequence)).toEqual(comparable(real as never));
      expect(outcomesOf([each, inSequence])).toEqual(["done", "done"]);
      expect(service().mailbox.mails.length - mails).toBeLessThan(2);
      const again = await tryOne(client, request);
      expect(again.headers["idempotency-replayed"]).toBeUndefined();
    });
  });

  test("many are tried with few statements, and one that is refused keeps none of the others from being tried", async () => {
    const scenario = await makeScenario(service(), joining);
    const members = Array.from({ length: 100 }, () => newMember(scenario));
    const one = newMember(scenario, { onUnknownUser: "fail" });
    const before = await dumpOf(service().database);
    for (const dryRun of ["each", "sequence"] as const) {
      let answers: Awaited<ReturnType<typeof tryAll>> = [];
      const statements = await service().statementsOf(async () => {
        answers = await tryAll(scenario.owner, [...members.slice(0, 50), one, ...members.slice(50)], { dryRun });
      });
      expect(answers.filter(({ trial }) => trial.outcome === "done")).toHaveLength(100);
      expect(answers[50]?.body).toMatchObject({ code: "user_not_found" });
      // One by one, they would take more than two thousand.
      expect(statements).toBeLessThan(400);
    }
    expect(await dumpOf(service().database)).toEqual(before);
  });

  test("each is tried against what exists now, and a sequence in its order", async () => {
    const scenario = await makeScenario(service(), joining);
    const twice = newMember(scenario);
    const requests = [twice, twice, newMember(scenario)];
    expect(outcomesOf(await tryAll(scenario.owner, requests))).toEqual(["done", "done", "done"]);
    const answers = await tryAll(scenario.owner, requests, { dryRun: "sequence" });
    expect(outcomesOf(answers)).toEqual(["done", "refused", "done"]);
    expect(answers[1]?.body).toMatchObject({ code: "already_member" });
  });

  test("what a real change would be answered with from its key, a trial carries out again", async () => {
    const scenario = await makeScenario(service());
    const request = {
      method: "POST" as const,
      path: `/v1/organizations/${scenario.organization.id}/roles`,
      body: { name: unique("role"), permissions: [] },
      idempotencyKey: idempotencyKey(),
    };
    await scenario.owner.do("runBatch", { body: { requests: [request] } });
    expect((await tryOne(scenario.owner, request)).body).toMatchObject({ code: "name_taken" });
  });

  test("a secret is in no answer", async () => {
    const scenario = await makeScenario(service());
    const keys = `/v1/organizations/${scenario.organization.id}/api-keys`;
    const { user } = await scenario.member("api_user");
    const answers = await tryAll(scenario.owner, [
      { method: "POST", path: keys, body: { name: unique("key"), kind: "server" } },
      { method: "POST", path: keys, body: { name: unique("key"), kind: "user", format: "jwt", owner: user.id } },
      inBatch("createAccessToken", {
        path: scenario.path,
        body: {
          user: (await scenario.member("administrator")).user.id,
          name: unique("t"),
          permissions: ["roles:read"],
        },
      }),
    ]);
    expect(outcomesOf(answers)).toEqual(["done", "done", "done"]);
    expect(answers.map(({ body }) => [body?.key, body?.token].filter((one) => one !== undefined))).toEqual([
      [null],
      [null],
      [null],
    ]);
  });

  test("a conflict with another transaction is retried", async () => {
    const scenario = await makeScenario(service(), joining);
    for (const dryRun of ["each", "sequence"] as const) {
      for (const count of [1, 3]) {
        const requests = Array.from({ length: count }, () => newMember(scenario));
        service().failNextStatement("40001");
        const answers = await tryAll(scenario.owner, requests, { dryRun });
        expect(new Set(outcomesOf(answers))).toEqual(new Set(["done"]));
      }
    }
  });

  test("what isn't about a single object is refused in its place, and the others are tried", async () => {
    const scenario = await makeScenario(service(), joining);
    const { owner, organization } = scenario;
    const at = `/v1/organizations/${organization.id}`;
    const requests: Schemas["BatchRequest"][] = [
      { method: "GET", path: `${at}/members` },
      { method: "POST", path: "/v1/requests:batch", body: { requests: [], dryRun: "each" } },
      { method: "POST", path: "/v1/verifications", body: { secret: "anything" } },
      { method: "GET", path: "/v1/../me" },
      { method: "GET", path: "/v1/nowhere" },
      { method: "PATCH", path: at, body: { surplus: true } },
      { method: "POST", path: `${at}/members`, body: { email: "nobody", role: "member" } },
      newMember(scenario, { givenName: "Ada\u0000" }),
      newMember(scenario),
      { method: "GET", path: at },
    ];
    for (const dryRun of ["each", "sequence"] as const) {
      const answers = await tryAll(owner, requests, { dryRun });
      expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 404, 400, 400, 400, 201, 200]);
      expect(outcomesOf(answers).slice(0, 8)).toEqual(Array.from({ length: 8 }, () => "refused"));
      expect(outcomesOf(answers).slice(8)).toEqual(["done", "done"]);
    }
  });

  test("a caller that isn't the service owner leaves only the last use of its own credential", async () => {
    const scenario = await makeScenario(service(), joining);
    const { client, key } = await scenario.actingAs("administrator");
    const { id: apiKeyId } = await scenario.key();
    const withoutOwnSecret = async () => {
      const { api_key_secrets: secrets = [], ...others } = await dumpOf(service().database);
      return { ...others, secrets: secrets.filter((row) => !row.includes(key.id)) };
    };
    const before = await withoutOwnSecret();
    await tryAll(client, [newMember(scenario), inBatch("revokeApiKey", { path: { apiKeyId } })]);
    expect(await withoutOwnSecret()).toEqual(before);
    const { lastUsedAt } = await scenario.owner.do("getApiKey", { path: { apiKeyId: key.id } });
    expect(lastUsedAt).not.toBeNull();
  });

  test("what goes only with a trial is refused without one", async () => {
    const { owner, organization } = await makeScenario(service());
    const request = { method: "GET" as const, path: `/v1/organizations/${organization.id}` };
    const references = [{ at: "/path/2", request: 0, member: "id" as const }];
    const refusedAt = async (body: Schemas["Batch"]) =>
      (await owner.refused("invalid_request", "runBatch", { body })).errors?.[0]?.pointer;
    expect(await refusedAt({ requests: [request], as: "viewer" })).toBe("/as");
    expect(await refusedAt({ requests: [request, { ...request, references }] })).toBe("/requests/1/references");
    const many = Array.from({ length: 201 }, () => request);
    expect(await refusedAt({ requests: many })).toBe("/requests");
    expect(await refusedAt({ requests: many, dryRun: "each" })).toBe("/requests");
    expect(await tryAll(owner, many, { dryRun: "sequence" })).toHaveLength(201);
  });

  describe("a sequence", () => {
    const answered = (member: "id" | "etag", request: number, at: string) => ({ at, request, member });

    test("later requests refer to what earlier ones answer", async () => {
      const scenario = await makeScenario(service(), joining);
      const { organization, owner } = scenario;
      const at = `/v1/organizations/${organization.id}`;
      const before = await dumpOf(service().database);
      const role = { name: unique("role"), permissions: [] };
      const answers = await tryAll(
        owner,
        [
          { method: "POST", path: `${at}/roles`, body: role },
          { ...newMember(scenario), references: [answered("id", 0, "/body/role")] },
          {
            method: "PATCH",
            path: "/v1/roles/that-one?managedAs=nobody",
            body: { name: "1/path/2" },
            references: [answered("id", 0, "/path/2"), answered("etag", 0, "/ifMatch")],
          },
          { method: "GET", path: "/v1/members/that-one", references: [answered("id", 1, "/path/2")] },
          { method: "DELETE", path: "/v1/roles/that-one", references: [answered("id", 0, "/path/2")] },
          { method: "DELETE", path: "/v1/members/that-one", references: [answered("id", 1, "/path/2")] },
          { method: "DELETE", path: "/v1/roles/that-one", references: [answered("id", 0, "/path/2")] },
          { method: "GET", path: "/v1/roles/that-one", references: [answered("id", 0, "/path/2")] },
          { method: "GET", path: "/v1/roles/that-one", references: [answered("id", 6, "/path/2")] },
        ],
        { dryRun: "sequence" },
      );
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 200, 200, 409, 204, 204, 404, 424]);
      expect(answers[1]?.body).toMatchObject({ role: answers[0]?.body?.id });
      expect(answers[2]?.body).toMatchObject({ id: answers[0]?.body?.id, name: "1/path/2" });
      expect(answers[4]?.body).toMatchObject({ code: "role_in_use" });
      expect(answers[8]?.trial.reason).toContain("request 6, which answers none");
      expect(await dumpOf(service().database)).toEqual(before);
    });

    test("what refers to a refused request is not tried, and what goes on from there neither", async () => {
      const scenario = await makeScenario(service(), joining);
      const taken = await scenario.role();
      const roles = `/v1/organizations/${scenario.organization.id}/roles`;
      const answers = await tryAll(
        scenario.owner,
        [
          { method: "POST", path: roles, body: { name: taken.name, permissions: [] } },
          { ...newMember(scenario), references: [answered("id", 0, "/body/role")] },
          { method: "DELETE", path: "/v1/members/that-one", references: [answered("id", 1, "/path/2")] },
          newMember(scenario),
        ],
        { dryRun: "sequence" },
      );
      expect(outcomesOf(answers)).toEqual(["refused", "not_tried", "not_tried", "done"]);
      expect(answers.map(({ status }) => status)).toEqual([409, 424, 424, 201]);
      expect(answers[1]?.trial.reason).toContain("request 0");
    });

    test("is tried again without each of ten refused requests, and no further", async () => {
      const scenario = await makeScenario(service());
      const path = `/v1/organizations/${scenario.organization.id}/roles`;
      const { name: taken } = await scenario.role();
      const role = (name: string) => ({ method: "POST" as const, path, body: { name, permissions: [] } });
      const refused = Array.from({ length: 12 }, () => [role(unique("role")), role(taken)]).flat();
      const outcomes = outcomesOf(await tryAll(scenario.owner, refused, { dryRun: "sequence" }));
      const expected = Array.from({ length: 11 }, () => ["done", "refused"]).flat();
      expect(outcomes).toEqual([...expected, "not_tried", "not_tried"]);
      const ten = await tryAll(scenario.owner, refused.slice(0, 20), { dryRun: "sequence" });
      expect(outcomesOf(ten)).toEqual(expected.slice(0, 20));
    });

    test("a change of the caller's own rights holds for what follows", async () => {
      const scenario = await makeScenario(service(), joining);
      const { client, key } = await scenario.actingAs("administrator");
      const answers = await tryAll(
        client,
        [
          { method: "PATCH", path: `/v1/api-keys/${key.id}`, body: { permissions: ["keys:create", "keys:read"] } },
          newMember(scenario),
        ],
        { dryRun: "sequence" },
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 403]);
    });

    test("wrong references are refused with their places", async () => {
      const { owner, organization } = await makeScenario(service());
      const path = `/v1/organizations/${organization.id}/roles`;
      const body = { name: "r", permissions: ["roles:read"] };
      const role = { method: "POST" as const, path, body };
      const places = async (...references: Schemas["TrialReference"][]) => {
        const batch: Schemas["Batch"] = { dryRun: "sequence", requests: [role, { ...role, references }] };
        const { errors = [] } = await owner.refused("invalid_request", "runBatch", { body: batch });
        return errors.map(({ pointer }) => pointer);
      };
      const at = "/requests/1/references";
      expect(await places(answered("id", 1, "/body/name"))).toEqual([`${at}/0/request`]);
      expect(await places(answered("id", 0, "/path/4"), answered("id", 0, "/body/permissions/1"))).toEqual([
        `${at}/0/at`,
        `${at}/1/at`,
      ]);
      expect(await places(answered("id", 0, "/body/name/of"))).toEqual([`${at}/0/at`]);
      expect(await places(answered("id", 0, "/body/__proto__"))).toEqual([`${at}/0/at`]);
      expect(await places(answered("id", 0, "/elsewhere"))).toEqual([`${at}/0/at`]);
    });

    test("one that takes longer than five seconds is refused", async () => {
      const { owner, organization } = await makeScenario(service());
      const { id } = organization;
      const requests = Array.from({ length: 300 }, (_, at) => {
        return {
          method: "POST" as const,
          path: `/v1/organizations/${id}/roles`,
          body: { name: `r${at}`, permissions: [] },
        };
      });
      const before = service().statementCount;
      const trying = owner.refused("payload_too_large", "runBatch", { body: { requests, dryRun: "sequence" } });
      while (service().statementCount < before + 50) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      service().advance(6000);
      expect((await trying).detail).toContain("5 seconds");
    });
  });

  describe("others", () => {
    const newRoles = ({ organization }: Awaited<ReturnType<typeof makeScenario>>, count: number) =>
      Array.from({ length: count }, () => ({
        method: "POST" as const,
        path: `/v1/organizations/${organization.id}/roles`,
        body: { name: unique("role"), permissions: [] },
      }));

    test("read and change between the transactions of a trial, and none is refused", async () => {
      const [scenario, other] = [await makeScenario(service()), await makeScenario(service())];
      const { owner, path } = other;
      const { key } = await scenario.key();
      let isTrying = true;
      const trying = tryAll(owner, newRoles(scenario, 50)).finally(() => {
        isTrying = false;
      });
      let between = 0;
      while (isTrying) {
        await owner.do("verifyApiKey", { body: { secret: key } });
        await owner.do("createRole", { path, body: { name: unique("role"), permissions: [] } });
        between += isTrying ? 1 : 0;
      }
      expect(new Set(outcomesOf(await trying))).toEqual(new Set(["done"]));
      expect(between).toBeGreaterThan(5);
    });

    test("change the same objects while a sequence is tried", async () => {
      const scenario = await makeScenario(service(), joining);
      const { owner, path } = scenario;
      const { membership } = await scenario.member("viewer");
      const change = (role: string) =>
        inBatch("updateMembership", { path: { membershipId: membership.id }, body: { role } });
      const trials = Array.from({ length: 3 }, (_, at) => {
        return tryAll(owner, [change(at % 2 === 0 ? "editor" : "member"), ...newRoles(scenario, 20)], {
          dryRun: "sequence",
        });
      });
      for (const role of ["editor", "operator", "member", "viewer"]) {
        await owner.do("updateMembership", { path: { membershipId: membership.id }, body: { role } });
        await owner.do("updateOrganization", { path, body: { name: unique("name") } });
      }
      for (const answers of await Promise.all(trials)) {
        expect(new Set(outcomesOf(answers))).toEqual(new Set(["done"]));
      }
      expect((await owner.do("getMembership", { path: { membershipId: membership.id } })).role).toBe("viewer");
    });

    test("wait for their turn to try, and are told when there are too many", async () => {
      const scenario = await makeScenario(service());
      const batch = (count: number): Schemas["Batch"] => ({ dryRun: "sequence", requests: newRoles(scenario, count) });
      const sent = Array.from({ length: 40 }, () => scenario.owner.send("runBatch", { body: batch(5) }));
      const statuses = (await Promise.all(sent)).map(({ statusCode, headers }) => [statusCode, headers["retry-after"]]);
      const [answered, refused] = [200, 429].map((wanted) => statuses.filter(([status]) => status === wanted));
      expect([answered?.length, refused?.length]).toEqual(kind === "pglite" ? [33, 7] : [34, 6]);
      expect(new Set(refused?.map(([, retryAfter]) => retryAfter))).toEqual(new Set(["1"]));
    });
  });
});
