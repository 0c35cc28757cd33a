import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { idempotencyKey, unique } from "./support/client.ts";
import { makeScenario } from "./support/scenario.ts";
import { keyMaterial, makePepper, onEachDatabase } from "./support/service.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

onEachDatabase("idempotency", (service, kind) => {
  const withKey = (key = idempotencyKey()) => ({ headers: { "idempotency-key": key } });

  test("a repeat gets the first answer again, for a day", async () => {
    const owner = service().as();
    const request = { body: { slug: unique("slug"), name: "Acme" }, ...withKey() };
    const first = await owner.send("createOrganization", request);
    const second = await owner.send("createOrganization", request);
    expect(first.headers).not.toHaveProperty("idempotency-replayed");
    expect(second.headers["idempotency-replayed"]).toBe("true");
    expect(second.statusCode).toBe(201);
    expect(second.json()).toEqual(first.json());
    expect(second.headers.etag).toBe(first.headers.etag);
    const path = { organizationId: first.json().id };
    const closing = { path, ...withKey() };
    await owner.do("closeOrganization", closing);
    expect((await owner.send("closeOrganization", closing)).headers["idempotency-replayed"]).toBe("true");
    service().advance(dayMs);
    const later = await owner.send("createOrganization", request);
    expect(later.headers).not.toHaveProperty("idempotency-replayed");
    expect(later.json().id).not.toBe(path.organizationId);
  });

  test("the key stands for one request: another body or path is refused", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const key = withKey();
    await owner.do("createRole", { path, body: { name: "One", permissions: [] }, ...key });
    await owner.refused("idempotency_key_reused", "createRole", {
      path,
      body: { name: "Two", permissions: [] },
      ...key,
    });
    await owner.refused("idempotency_key_reused", "updateOrganization", { path, body: { name: "Two" }, ...key });
    await owner.refused("idempotency_key_reused", "closeOrganization", { path, ...key });
  });

  test("each principal has keys of its own", async () => {
    const scenario = await makeScenario(service());
    const key = withKey();
    const [one, two] = [await scenario.withPermissions("roles:manage"), await scenario.withPermissions("roles:manage")];
    const body = { name: "Same", permissions: [] };
    await one.do("createRole", { path: scenario.path, body, ...key });
    await two.refused("name_taken", "createRole", { path: scenario.path, body, ...key });
  });

  test("a refusal is not kept", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const request = { path, body: { name: unique("role"), permissions: [] }, ...withKey() };
    const blocking = await owner.do("createRole", { path, body: request.body });
    await owner.refused("name_taken", "createRole", request);
    await owner.do("deleteRole", { path: { roleId: blocking.id } });
    await owner.do("createRole", request);
  });

  test("fifty at once are one execution", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const request = { path, body: { name: "At once", kind: "server" as const }, ...withKey() };
    const answers = await Promise.all(Array.from({ length: 50 }, () => owner.send("createApiKey", request)));
    const done = answers.filter(({ statusCode }) => statusCode === 201);
    expect(done.length).toBeGreaterThan(0);
    expect(new Set(done.map((answer) => answer.json().key)).size).toBe(1);
    for (const answer of answers) {
      if (answer.statusCode !== 201) {
        expect(answer.json().code).toBe("idempotency_in_progress");
      }
    }
    expect(done.filter(({ headers }) => headers["idempotency-replayed"] === undefined)).toHaveLength(1);
    expect((await owner.do("listApiKeys", { path })).items).toHaveLength(1);
    const { items } = await owner.do("listAuditEntries", { path });
    expect(items.filter(({ action }) => action === "api_key.create")).toHaveLength(1);
  });

  // The embedded database has one connection: there a repeat waits its turn, and never meets a running original.
  if (kind === "postgresql") {
    test("a repeat waits for the original briefly, and is told to come again", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const request = { path, body: { name: unique("role"), permissions: [] }, ...withKey() };
      const key_hash = createHash("sha256").update(request.headers["idempotency-key"]).digest("base64url");
      const at = new Date(service().now().getTime() + dayMs);
      await service()
        .database.transaction()
        .execute(async (original) => {
          await original
            .insertInto("idempotency_keys")
            .values({ principal: "owner", key_hash, request_hash: "", body_expires_at: at, expires_at: at })
            .execute();
          const response = await owner.send("createRole", request);
          expect(response.json()).toMatchObject({ code: "idempotency_in_progress", status: 409, retryable: true });
          expect(response.headers["retry-after"]).toBe("1");
        });
    });
  }

  test("a secret is kept sealed, for fifteen minutes, and stays readable under a newer pepper", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const request = { path, body: { name: "Sealed", kind: "server" as const }, ...withKey() };
    const { id, key } = await owner.do("createApiKey", request);
    await service().start({ pepperList: `${keyMaterial.pepper},${makePepper("v2")}` });
    expect((await owner.do("createApiKey", request)).key).toBe(key);
    const rotation = { path: { apiKeyId: id }, body: { generation: 2 }, ...withKey() };
    const rotated = await owner.do("rotateApiKey", rotation);
    expect((await owner.do("rotateApiKey", rotation)).key).toBe(rotated.key);
    const dump = await service().dump();
    for (const secret of [key ?? "", rotated.key ?? "", request.headers["idempotency-key"]]) {
      expect(dump).not.toContain(secret);
    }
    service().advance(15 * minuteMs);
    const refused = await owner.refused("idempotency_key_reused", "createApiKey", request);
    expect(refused.detail).toContain("no longer kept");
    expect((await owner.do("listApiKeys", { path })).items).toHaveLength(1);
  });

  test("what is no longer kept is swept in passing", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    await owner.do("createApiKey", { path, body: { name: "Swept", kind: "server" }, ...withKey() });
    service().advance(16 * minuteMs);
    await scenario.role();
    const kept = () => service().database.selectFrom("idempotency_keys").selectAll().execute();
    expect((await kept()).filter(({ pepper_version, body }) => pepper_version !== null && body !== null)).toEqual([]);
    service().advance(dayMs);
    await scenario.role();
    expect(await kept()).toEqual([]);
  });

  test("all that is due is swept, however much that is", async () => {
    const scenario = await makeScenario(service());
    const idempotency = service().database;
    const at = service().now();
    const later = new Date(at.getTime() + dayMs);
    const rows = Array.from({ length: 1100 }, (_, row) => ({
      principal: "owner",
      key_hash: `due ${row}`,
      request_hash: "",
      body: "kept",
      body_expires_at: at,
      expires_at: row % 2 === 0 ? at : later,
    }));
    await idempotency.insertInto("idempotency_keys").values(rows).execute();
    service().advance(minuteMs);
    await scenario.role();
    const kept = await idempotency
      .selectFrom("idempotency_keys")
      .selectAll()
      .where("key_hash", "like", "due %")
      .execute();
    expect(kept).toHaveLength(550);
    expect(kept.filter(({ body, expires_at }) => body !== null || expires_at < later)).toEqual([]);
  });

  test("many different changes at once all succeed", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const users = await Promise.all(Array.from({ length: 30 }, () => scenario.user()));
    const answers = await Promise.all(
      users.map(({ id }) => owner.send("createMembership", { path, body: { user: id, role: "viewer" }, ...withKey() })),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(users.map(() => 201));
    expect((await owner.do("listMembers", { path })).items).toHaveLength(users.length);
  });
});
