import { describe, expect, test } from "vitest";
import { idempotencyKey, runAt, unique } from "./support/client.ts";
import { clientSecret, makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

const hourMs = 60 * 60_000;
const dayMs = 24 * 60 * 60 * 1000;

onEachDatabase("API keys", (service) => {
  const inDays = (days: number) => new Date(service().now().getTime() + days * dayMs).toISOString();
  const verify = async ({ owner }: Scenario, secret: string) => await owner.do("verifyApiKey", { body: { secret } });

  test("a key is created, authenticates, is listed without its secret, and revoked", async () => {
    const scenario = await makeScenario(service());
    const { owner, organization, path } = scenario;
    const name = unique("deploy");
    const { key, ...issued } = await scenario.key({
      name,
      permissions: ["roles:read"],
      endDate: inDays(30).slice(0, 10),
    });
    expect(key).toMatch(/^rst_server_[0-9A-Za-z]{49}$/);
    expect(issued).toMatchObject({
      name,
      displayName: name,
      kind: "server",
      format: "opaque",
      owner: null,
      permissions: ["roles:read"],
      prefix: key.slice(0, "rst_server_".length + 4),
      generation: 1,
      rotatedAt: issued.createdAt,
      secretUsed: false,
      previousSecret: null,
      endDate: inDays(30).slice(0, 10),
      state: "active",
      status: "active",
      lastUsedAt: null,
      revokedAt: null,
      assignees: [],
      assigneeCount: 0,
    });
    expect(issued.fingerprint).toMatch(/^[0-9a-f]{12}$/);
    const at = { apiKeyId: issued.id };
    expect(await owner.do("getApiKey", { path: at })).toEqual(issued);
    expect((await owner.do("listApiKeys", { path, query: { name } })).items).toEqual([issued]);
    await service().as(key).do("listRoles", { path });
    expect(await verify(scenario, key)).toEqual({
      outcome: "accepted",
      reason: null,
      key: issued.id,
      organization: organization.id,
      owner: null,
      permissions: ["roles:read"],
    });
    await owner.do("revokeApiKey", { path: at });
    await owner.do("revokeApiKey", { path: at });
    await service().as(key).refused("unauthenticated", "listRoles", { path });
    expect(await verify(scenario, key)).toMatchObject({ outcome: "refused", reason: "revoked", key: issued.id });
    expect(await owner.do("getApiKey", { path: at })).toMatchObject({ state: "revoked", status: "revoked" });
    const { items } = await owner.do("listApiKeys", { path, query: { status: "revoked" } });
    expect(items.map(({ id }) => id)).toEqual([issued.id]);
  });

  test("without external API access nothing is made or verified; listing, revoking and managing stay", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const issued = await scenario.key({ permissions: ["keys:read", "keys:revoke"] });
    const other = await scenario.key();
    await owner.do("updateOrganization", { path, body: { features: { externalApiAccess: false } } });
    const refused = await owner.refused("api_access_disabled", "createApiKey", {
      path,
      body: { name: "New", kind: "server" },
    });
    expect(refused.detail).toContain("Contact");
    await owner.refused("api_access_disabled", "rotateApiKey", {
      path: { apiKeyId: issued.id },
      body: { generation: 2 },
    });
    expect(await verify(scenario, issued.key)).toMatchObject({ outcome: "refused", reason: "api_access_disabled" });
    const client = service().as(issued.key);
    await client.do("listApiKeys", { path });
    await client.do("revokeApiKey", { path: { apiKeyId: other.id } });
  });

  test("the name is unique among active keys, and free again after", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const body = { name: unique("name"), kind: "server" as const, externalId: unique("external") };
    const first = await scenario.key(body);
    const taken = await owner.refused("name_taken", "createApiKey", { path, body });
    expect(taken.detail).toContain(first.id);
    await owner.refused("external_id_taken", "createApiKey", { path, body: { ...body, name: unique("name") } });
    await owner.do("revokeApiKey", { path: { apiKeyId: first.id } });
    await scenario.key({ ...body, endDate: inDays(1) });
    service().advance(2 * dayMs);
    await scenario.key(body);
  });

  test("the key in use can't revoke itself", async () => {
    const scenario = await makeScenario(service());
    const issued = await scenario.key({ permissions: ["keys:revoke"] });
    const client = service().as(issued.key);
    const path = { apiKeyId: issued.id };
    await client.refused("cannot_remove_self", "revokeApiKey", { path });
    await client.refused("cannot_remove_self", "updateApiKey", { path, body: { state: "revoked" } });
  });

  describe("an expired key", () => {
    async function expiredKey(body: object = {}) {
      const scenario = await makeScenario(service());
      const externalId = unique("stack/key");
      const issued = await scenario.key({ endDate: inDays(1), externalId, ...body });
      service().advance(2 * dayMs);
      return { scenario, issued, externalId, path: { apiKeyId: issued.id } };
    }

    test("M16 stays expired when it is deleted, and its name and externalId are free", async () => {
      const { scenario, issued, externalId, path } = await expiredKey();
      const before = await scenario.owner.do("getApiKey", { path });
      for (const query of [{ managedAs: externalId }, {}]) {
        await scenario.owner.do("revokeApiKey", { path, query });
        expect(await scenario.owner.do("getApiKey", { path })).toEqual(before);
      }
      expect(before).toMatchObject({ status: "expired", state: "active", revokedAt: null });
      expect(await verify(scenario, issued.key)).toMatchObject({ outcome: "refused", reason: "expired" });
      await scenario.key({ name: issued.name, externalId });
    });

    test("M13 that is deleted authenticates no more by a clock that is behind", async () => {
      const { scenario, issued, path } = await expiredKey();
      await scenario.owner.do("revokeApiKey", { path });
      service().advance(-2 * dayMs);
      expect(await verify(scenario, issued.key)).toMatchObject({ outcome: "refused", reason: "expired" });
    });

    test("M15 is revoked where that is asked for, and stays so", async () => {
      const { scenario, path } = await expiredKey();
      await scenario.owner.do("revokeApiKey", { path });
      const revoked = await scenario.owner.do("updateApiKey", { path, body: { state: "revoked" } });
      expect(revoked).toMatchObject({ status: "revoked", state: "revoked" });
      await scenario.owner.do("revokeApiKey", { path });
      expect(await scenario.owner.do("getApiKey", { path })).toEqual(revoked);
    });

    test("C15 stays expired when its owner's membership ends, and is in no audit entry of that", async () => {
      const scenario = await makeScenario(service());
      const { owner } = scenario;
      const { user, membership } = await scenario.member("viewer");
      const expired = await scenario.key({ owner: user.id, endDate: inDays(1) });
      service().advance(2 * dayMs);
      const active = await scenario.key({ owner: user.id });
      await owner.do("endMembership", { path: { membershipId: membership.id } });
      const statusOf = async ({ id }: { id: string }) =>
        (await owner.do("getApiKey", { path: { apiKeyId: id } })).status;
      expect([await statusOf(expired), await statusOf(active)]).toEqual(["expired", "revoked"]);
      const entriesOf = async ({ id: object }: { id: string }) =>
        (await owner.do("listAuditEntries", { path: scenario.path, query: { object } })).items.map(
          ({ action }) => action,
        );
      expect(await entriesOf(expired)).toEqual(["api_key.create"]);
      expect(await entriesOf(active)).toEqual(["api_key.create", "api_key.revoke"]);
      service().advance(-2 * dayMs);
      expect(await statusOf(expired)).toBe("expired");
    });
  });

  describe("end dates", () => {
    test("a date is valid through that day, and is echoed as it was given", async () => {
      const scenario = await makeScenario(service());
      const endDate = inDays(1).slice(0, 10);
      const { id, key, ...issued } = await scenario.key({ endDate });
      expect(issued.endDate).toBe(endDate);
      const endOfDayMs = Date.parse(`${endDate}T00:00:00Z`) + dayMs;
      service().advance(endOfDayMs - 60_000 - service().now().getTime());
      expect(await verify(scenario, key)).toMatchObject({ outcome: "accepted" });
      service().advance(60_001);
      expect(await verify(scenario, key)).toMatchObject({ outcome: "refused", reason: "expired" });
      await service().as(key).refused("unauthenticated", "listOrganizations");
      const path = { apiKeyId: id };
      expect(await scenario.owner.do("getApiKey", { path })).toMatchObject({
        state: "active",
        status: "expired",
        endDate,
      });
      const { items } = await scenario.owner.do("listApiKeys", { path: scenario.path, query: { status: "expired" } });
      expect(items).toHaveLength(1);
      await scenario.owner.refused("key_not_active", "updateApiKey", { path, body: { endDate: inDays(9) } });
      await scenario.owner.refused("key_not_active", "rotateApiKey", { path, body: { generation: 2 } });
      await scenario.owner.do("updateApiKey", { path, body: { endDate, name: "renamed" } });
      await scenario.owner.do("updateApiKey", { path, body: { state: "revoked" } });
    });

    test.each(["2026-02-30", "2026-01-31T25:00:00Z", "2020-01-01", "2020-01-01T00:00:00Z"])(
      "%s is refused",
      async (endDate) => {
        const { owner, path } = await makeScenario(service());
        const problem = await owner.refused("unprocessable", "createApiKey", {
          path,
          body: { name: "Key", kind: "server", endDate },
        });
        expect(problem.errors?.[0]).toMatchObject({ in: "body", pointer: "/endDate" });
      },
    );

    test("it moves, goes and comes on an active key", async () => {
      const scenario = await makeScenario(service());
      const { id } = await scenario.key();
      for (const endDate of [inDays(3), inDays(9).slice(0, 10), null, inDays(1)]) {
        const changed = await scenario.owner.do("updateApiKey", { path: { apiKeyId: id }, body: { endDate } });
        expect(changed.endDate).toBe(endDate);
      }
    });
  });

  test("a revoked key can be renamed and nothing else", async () => {
    const scenario = await makeScenario(service());
    const { id } = await scenario.key();
    const path = { apiKeyId: id };
    await scenario.owner.do("updateApiKey", { path, body: { state: "revoked" } });
    await scenario.owner.refused("key_not_active", "updateApiKey", { path, body: { state: "active" } });
    await scenario.owner.refused("key_not_active", "updateApiKey", { path, body: { endDate: inDays(1) } });
    const renamed = await scenario.owner.do("updateApiKey", { path, body: { name: "kept as a record" } });
    expect(renamed).toMatchObject({ status: "revoked", name: "kept as a record" });
  });

  describe("owners", () => {
    test("a key has its owner's permissions, and only while the owner has them", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const { client, key, membership } = await scenario.actingAs("auditor");
      expect(key.permissions).toContain("audit:read");
      await client.do("listAuditEntries", { path });
      await owner.do("updateMembership", { path: { membershipId: membership.id }, body: { role: "customer_admin" } });
      const refused = await client.refused("permission_denied", "listAuditEntries", { path });
      expect(refused.detail).toContain("audit:read");
      await client.do("listMembers", { path });
    });

    test("a key never exceeds its owner, nor its maker", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const { user } = await scenario.member("viewer");
      await owner.refused("unprocessable", "createApiKey", {
        path,
        body: { name: "Wide", kind: "user", owner: user.id, permissions: ["keys:read"] },
      });
      await owner.refused("unprocessable", "createApiKey", {
        path,
        body: { name: "Call", kind: "server", permissions: ["api:call"] },
      });
      const { client } = await scenario.actingAs("customer_admin");
      await client.refused("permission_denied", "createApiKey", {
        path,
        body: { name: "Wide", kind: "server", permissions: ["audit:read"] },
      });
      await client.do("createApiKey", { path, body: { name: "A viewer's", kind: "user", owner: user.id } });
      const { user: editor } = await scenario.member("editor");
      await client.refused("permission_denied", "createApiKey", {
        path,
        body: { name: "E", kind: "user", owner: editor.id },
      });
      const administrator = await scenario.actingAs("administrator");
      const { user: caller } = await scenario.member("api_user");
      await administrator.client.do("createApiKey", {
        path,
        body: { name: "J", kind: "user", format: "jwt", owner: caller.id },
      });
    });

    test("an owner is a member of the organization, and owns as many keys as it allows", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const outsider = await scenario.user();
      const body = { name: unique("key"), kind: "user" as const };
      await owner.refused("unprocessable", "createApiKey", { path, body: { ...body, owner: outsider.id } });
      const absent = `usr_${"0".repeat(32)}`;
      const unknown = await owner.refused("user_not_found", "createApiKey", { path, body: { ...body, owner: absent } });
      expect(unknown.detail).toContain(`The user ${absent} does not exist`);
      await owner.refused("unprocessable", "createApiKey", { path, body });
      await owner.do("updateOrganization", { path, body: { settings: { keysPerOwner: 1 } } });
      const { user } = await scenario.member("viewer");
      const first = await scenario.key({ kind: "user", owner: user.id });
      await owner.refused("unprocessable", "createApiKey", { path, body: { ...body, owner: user.id } });
      await owner.do("revokeApiKey", { path: { apiKeyId: first.id } });
      await scenario.key({ kind: "user", owner: user.id });
    });
  });

  describe("client-made secrets", () => {
    test("a Web API's secret is the client's, and authenticates", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const secret = clientSecret();
      const issued = await owner.do("createApiKey", { path, body: { name: "Web API", kind: "webapi", secret } });
      expect(issued).toMatchObject({ key: null, prefix: "", kind: "webapi" });
      expect(await verify(scenario, secret)).toMatchObject({ outcome: "accepted", key: issued.id });
      expect((await owner.do("listApiKeys", { path, query: { kind: "webapi" } })).items).toHaveLength(1);
    });

    test("one that is known anywhere is refused, without saying where", async () => {
      const one = await makeScenario(service());
      const other = await makeScenario(service());
      const secret = clientSecret();
      await one.key({ kind: "webapi", secret });
      const refused = await other.owner.refused("unprocessable", "createApiKey", {
        path: other.path,
        body: { name: "Copy", kind: "webapi", secret },
      });
      expect(JSON.stringify(refused)).not.toContain(one.organization.id);
      expect(JSON.stringify(refused)).not.toContain(secret);
    });

    test.each([
      ["a server key with a secret", { kind: "server", secret: "0123456789abcdef" }],
      ["a Web API without one", { kind: "webapi" }],
      ["a Web API in the form of a JWT", { kind: "webapi", format: "jwt", secret: "0123456789abcdef" }],
      ["a secret that looks like a JWT", { kind: "webapi", secret: "eyJhbGciOiJub25lIn0.eyJqdGkiOiJ4In0." }],
      [
        "a secret that looks like ours, with a wrong checksum",
        { kind: "webapi", secret: `rst_webapi_${"0".repeat(49)}` },
      ],
    ] as const)("%s is refused", async (_title, body) => {
      const { owner, path } = await makeScenario(service());
      await owner.refused("unprocessable", "createApiKey", { path, body: { name: "Web API", ...body } });
    });
  });

  describe("rotation", () => {
    test("both secrets live during the overlap, and the third ends the first", async () => {
      const scenario = await makeScenario(service());
      const first = await scenario.key();
      const path = { apiKeyId: first.id };
      const rotate = async (generation: number, overlap?: string) =>
        (await scenario.owner.do("rotateApiKey", { path, body: { generation, ...(overlap ? { overlap } : {}) } }))
          .key ?? "";
      const second = await rotate(2, "12h");
      expect((await verify(scenario, first.key)).outcome).toBe("accepted");
      expect((await verify(scenario, second)).outcome).toBe("accepted");
      const third = await rotate(3, "12h");
      expect(await verify(scenario, first.key)).toMatchObject({ outcome: "refused", reason: "revoked" });
      expect((await verify(scenario, second)).outcome).toBe("accepted");
      service().advance(dayMs / 2);
      expect(await verify(scenario, second)).toMatchObject({ outcome: "refused", reason: "revoked" });
      const fourth = await rotate(4);
      expect((await verify(scenario, third)).outcome).toBe("refused");
      expect((await verify(scenario, fourth)).outcome).toBe("accepted");
      const read = await scenario.owner.do("getApiKey", { path });
      expect(read).toMatchObject({ generation: 4, prefix: fourth.slice(0, "rst_server_".length + 4) });
    });

    test("a generation is minted anew until its secret is used", async () => {
      const scenario = await makeScenario(service());
      const { owner } = scenario;
      const first = await scenario.key();
      const path = { apiKeyId: first.id };
      const rotate = { path, body: { generation: 2, overlap: "1h" } };
      const lost = (await owner.do("rotateApiKey", rotate)).key ?? "";
      const second = (await owner.do("rotateApiKey", rotate)).key ?? "";
      expect(await verify(scenario, lost)).toMatchObject({ outcome: "refused", reason: "unknown" });
      expect((await verify(scenario, first.key)).outcome).toBe("accepted");
      expect((await verify(scenario, second)).outcome).toBe("accepted");
      await owner.refused("generation_conflict", "rotateApiKey", rotate);
      await owner.refused("generation_conflict", "rotateApiKey", { path, body: { generation: 4 } });
    });

    describe("that mints a generation anew", () => {
      /** A key at its second generation, and what becomes of its first secret. */
      async function rotated(given: { overlap: string; holdWhileUsed?: string }) {
        const scenario = await makeScenario(service());
        const { id, key: first } = await scenario.key();
        const path = { apiKeyId: id };
        const again = async (body: { overlap?: string; holdWhileUsed?: string }) =>
          (await scenario.owner.do("rotateApiKey", { path, body: { generation: 2, ...body } })).key ?? "";
        await again(given);
        const outcome = async (secret = first) => (await verify(scenario, secret)).outcome;
        return { scenario, path, again, outcome };
      }

      test.each([{ overlap: "0s" }, {}])("without an overlap leaves its secret alone alive: %j", async (body) => {
        const { scenario, path, again, outcome } = await rotated({ overlap: "1h" });
        const second = await again(body);
        expect(await outcome()).toBe("refused");
        expect((await scenario.owner.do("getApiKey", { path })).previousSecret).toBeNull();
        expect(await outcome(second)).toBe("accepted");
      });

      test("ends the secret before sooner, and never later", async () => {
        const { again, outcome } = await rotated({ overlap: "2h" });
        await again({ overlap: "12h" });
        await again({ overlap: "1h" });
        await again({ overlap: "2h" });
        expect(await outcome()).toBe("accepted");
        service().advance(hourMs);
        expect(await outcome()).toBe("refused");
        await again({ overlap: "12h" });
        expect(await outcome()).toBe("refused");
      });

      test("ends a secret that is held because it is used, at once or after the overlap", async () => {
        for (const overlap of ["0s", "1h"]) {
          const { again, outcome } = await rotated({ overlap: "30m", holdWhileUsed: "6h" });
          expect(await outcome()).toBe("accepted");
          await again({ overlap, ...(overlap !== "0s" && { holdWhileUsed: "12h" }) });
          expect(await outcome()).toBe(overlap === "0s" ? "refused" : "accepted");
          await again({ overlap });
          service().advance(hourMs);
          expect(await outcome()).toBe("refused");
        }
      });
    });

    test("what an earlier run sent, and comes after a later run has rotated the key, replaces no secret", async () => {
      const scenario = await makeScenario(service());
      const { owner } = scenario;
      const path = { apiKeyId: (await scenario.key()).id };
      const now = Date.now();
      const rotate = (atMs: number) => ({ path, body: { generation: 2, overlap: "0s" }, headers: runAt(atMs) });
      await owner.do("rotateApiKey", rotate(now - 60_000));
      const { key } = await owner.do("rotateApiKey", rotate(now));
      await owner.refused("generation_conflict", "rotateApiKey", rotate(now - 60_000));
      expect((await verify(scenario, key ?? "")).outcome).toBe("accepted");
    });

    describe("held while it is used", () => {
      const minuteMs = 60_000;

      /** A key whose first secret lives on for an hour, and longer while it was used within six. */
      async function held() {
        const scenario = await makeScenario(service());
        const { id, key: first } = await scenario.key();
        const path = { apiKeyId: id };
        const rotate = async (generation: number, overlap: string) =>
          await scenario.owner.do("rotateApiKey", {
            path,
            body: { generation, overlap, ...(overlap !== "0s" && { holdWhileUsed: "6h" }) },
          });
        await rotate(2, "1h");
        const previous = async () => (await scenario.owner.do("getApiKey", { path })).previousSecret;
        const outcome = async () => (await verify(scenario, first)).outcome;
        return { scenario, path, rotate, previous, outcome };
      }

      test("the secret before ends with the overlap where nobody uses it", async () => {
        const { previous, outcome } = await held();
        expect(await previous()).toMatchObject({ held: false, lastUsedAt: null });
        service().advance(hourMs);
        expect(await previous()).toBeNull();
        expect(await outcome()).toBe("refused");
      });

      test("each use puts its end off, and what has ended stays so", async () => {
        const { previous, outcome } = await held();
        service().advance(hourMs - minuteMs);
        expect(await outcome()).toBe("accepted");
        for (let uses = 0; uses < 3; uses += 1) {
          service().advance(6 * hourMs);
          expect(await previous()).toMatchObject({ held: true });
          expect(await outcome()).toBe("accepted");
        }
        const end = Date.parse((await previous())?.expiresAt ?? "") - service().now().getTime();
        expect(end).toBeGreaterThan(6 * hourMs);
        expect(end).toBeLessThanOrEqual(6 * hourMs + minuteMs);
        service().advance(6 * hourMs + minuteMs);
        expect(await outcome()).toBe("refused");
        expect(await previous()).toBeNull();
      });

      test("another rotation is refused meanwhile, but for one that ends it at once", async () => {
        const { scenario, path, rotate, outcome } = await held();
        expect(await outcome()).toBe("accepted");
        await scenario.owner.refused("secret_in_use", "rotateApiKey", {
          path,
          body: { generation: 3, overlap: "1h" },
        });
        expect((await scenario.owner.do("getApiKey", { path })).generation).toBe(2);
        await rotate(3, "0s");
        expect(await outcome()).toBe("refused");
        service().advance(minuteMs);
        expect(await outcome()).toBe("refused");
      });

      test("without an overlap there is nothing to put off", async () => {
        const { scenario, path } = await held();
        const body = { generation: 3, overlap: "0s", holdWhileUsed: "1h" };
        await scenario.owner.refused("unprocessable", "rotateApiKey", { path, body });
      });
    });

    test("an end date bounds the overlap, and rotating never moves it", async () => {
      const scenario = await makeScenario(service());
      const endDate = inDays(1);
      const first = await scenario.key({ endDate });
      const rotated = await scenario.owner.do("rotateApiKey", {
        path: { apiKeyId: first.id },
        body: { generation: 2, overlap: "90d" },
      });
      expect(rotated.endDate).toBe(endDate);
      service().advance(dayMs);
      for (const secret of [first.key, rotated.key ?? ""]) {
        expect(await verify(scenario, secret)).toMatchObject({ outcome: "refused", reason: "expired" });
      }
    });

    test("a Web API is rotated with a secret of the client's", async () => {
      const scenario = await makeScenario(service());
      const { id } = await scenario.key({ kind: "webapi", secret: clientSecret() });
      const path = { apiKeyId: id };
      await scenario.owner.refused("unprocessable", "rotateApiKey", { path, body: { generation: 2 } });
      const secret = clientSecret();
      const rotated = await scenario.owner.do("rotateApiKey", { path, body: { generation: 2, secret } });
      expect(rotated).toMatchObject({ key: null, generation: 2 });
      expect((await verify(scenario, secret)).outcome).toBe("accepted");
    });
  });

  test("lastUsedAt: the first use at once, later ones once a minute, the rest on stopping", async () => {
    const scenario = await makeScenario(service());
    const { id, key } = await scenario.key();
    const lastUse = async () => (await scenario.owner.do("getApiKey", { path: { apiKeyId: id } })).lastUsedAt;
    await verify(scenario, key);
    const first = await lastUse();
    expect(first).not.toBeNull();
    service().advance(30_000);
    await verify(scenario, key);
    expect(await lastUse()).toBe(first);
    service().advance(31_000);
    await verify(scenario, key);
    const second = await lastUse();
    expect(Date.parse(second ?? "") - Date.parse(first ?? "")).toBeGreaterThanOrEqual(60_000);
    service().advance(30_000);
    await verify(scenario, key);
    const stopped = service().service;
    await service().start();
    await stopped.close();
    expect(Date.parse((await lastUse()) ?? "") - Date.parse(second ?? "")).toBeGreaterThanOrEqual(30_000);
    await scenario.owner.do("revokeApiKey", { path: { apiKeyId: id } });
    const last = await lastUse();
    service().advance(120_000);
    await verify(scenario, key);
    expect(await lastUse()).toBe(last);
  });

  test("no plaintext is anywhere in the database", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const headers = { "idempotency-key": idempotencyKey() };
    const made = await owner.do("createApiKey", { path, body: { name: "Server", kind: "server" }, headers });
    const secret = clientSecret();
    const web = await owner.do("createApiKey", {
      path,
      body: { name: "Web API", kind: "webapi", secret },
      headers: { "idempotency-key": idempotencyKey() },
    });
    const next = clientSecret();
    await owner.do("rotateApiKey", { path: { apiKeyId: web.id }, body: { generation: 2, secret: next } });
    const { user } = await scenario.member("api_user");
    const jwt = await scenario.key({ kind: "user", format: "jwt", owner: user.id });
    const replayed = await owner.do("createApiKey", { path, body: { name: "Server", kind: "server" }, headers });
    expect(replayed.key).toBe(made.key);
    const dump = await service().dump();
    expect(dump).toContain(made.id);
    const [, payload = ""] = jwt.key.split(".");
    const { jti } = JSON.parse(Buffer.from(payload, "base64url").toString());
    for (const plaintext of [made.key ?? "", secret, next, jwt.key, jti, headers["idempotency-key"]]) {
      expect(plaintext.length).toBeGreaterThan(15);
      expect(dump).not.toContain(plaintext);
      expect(dump).not.toContain(plaintext.slice(plaintext.length - 20));
    }
  });
});
