/** Rows of docs/features.md about keys, verification and messages that are a person's or a service's act, through the API. */
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { casesOfOperations, requests } from "../statuses/index.ts";
import { unique } from "../support/client.ts";
import { contract } from "../support/contract.ts";
import { clientSecret, makeScenario, type Scenario, sha256 } from "../support/scenario.ts";
import { onEachDatabase } from "../support/service.ts";

onEachDatabase("keys, verification and messages", (service) => {
  const verify = async (secret: string, api?: string) =>
    await service()
      .as()
      .do("verifyApiKey", { body: { secret, ...(api === undefined ? {} : { api }) } });

  /** A user of user-defined APIs, with a JWT. */
  const apiUser = async (scenario: Scenario) => {
    const { user, membership } = await scenario.member("api_user");
    const key = await scenario.key({ kind: "user", format: "jwt", owner: user.id });
    return { user, membership, key, client: service().as(key.key) };
  };

  describe("E9", () => {
    test("E9 a verification that names the API leaves a message, accepted or refused, and none of an unknown key", async () => {
      const scenario = await makeScenario(service());
      const { path, owner } = scenario;
      const { user, key } = await apiUser(scenario);
      const startedAt = service().now();
      expect(await verify(key.key, "orders")).toMatchObject({ outcome: "accepted", reason: null });
      await owner.do("revokeApiKey", { path: { apiKeyId: key.id } });
      expect(await verify(key.key, "orders")).toMatchObject({ outcome: "refused", reason: "revoked" });
      expect(await verify("nobody's-key-at-all", "orders")).toMatchObject({ reason: "unknown" });
      await verify(key.key);
      const { items } = await owner.do("listMessages", { path });
      const message = { organization: scenario.organization.id, key: key.id, owner: user.id, api: "orders" };
      expect(items).toEqual([
        { ...message, id: expect.any(String), outcome: "accepted", reason: null, at: expect.any(String) },
        { ...message, id: expect.any(String), outcome: "refused", reason: "revoked", at: expect.any(String) },
      ]);
      expect(Date.parse(items[0]?.at ?? "")).toBeGreaterThanOrEqual(startedAt.getTime());
      expect(JSON.stringify(items)).not.toContain(key.key);
    });

    test("E9 an API user sees nothing but the messages of its own keys", async () => {
      const scenario = await makeScenario(service());
      const { path, owner } = scenario;
      const [one, other] = [await apiUser(scenario), await apiUser(scenario)];
      for (const { key } of [one, other]) {
        await verify(key.key, "orders");
      }
      expect((await owner.do("listMessages", { path })).items).toHaveLength(2);
      const own = (await one.client.do("listMessages", { path })).items;
      expect(own.map(({ key }) => key)).toEqual([one.key.id]);
      for (const query of [{ owner: other.user.id }, { key: other.key.id }]) {
        expect((await one.client.do("listMessages", { path, query })).items).toEqual([]);
      }
      const elsewhere = await makeScenario(service());
      await one.client.refused("not_found", "listMessages", { path: elsewhere.path });
    });

    test("E9 a key without an owner has no messages of its own, and an administrator reads all", async () => {
      const scenario = await makeScenario(service());
      const { path } = scenario;
      const caller = await scenario.key();
      expect(await verify(caller.key, "orders")).toMatchObject({ reason: "not_permitted" });
      const nobodys = await scenario.withPermissions("messages:read_own");
      expect((await nobodys.do("listMessages", { path })).items).toEqual([]);
      const { client } = await scenario.actingAs("administrator");
      expect((await client.do("listMessages", { path })).items).toMatchObject([{ key: caller.id, owner: null }]);
    });

    test("E9 messages come in pages, and by key, owner and outcome", async () => {
      const scenario = await makeScenario(service());
      const { path, owner } = scenario;
      const { key, user } = await apiUser(scenario);
      const without = await scenario.key();
      for (const api of ["one", "two", "three"]) {
        await verify(key.key, api);
      }
      await verify(without.key, "four");
      const apis = async (query: object) =>
        (await owner.do("listMessages", { path, query })).items.map((message) => message.api);
      expect(await apis({ key: without.id })).toEqual(["four"]);
      expect(await apis({ owner: user.id })).toEqual(["one", "two", "three"]);
      expect(await apis({ outcome: "refused" })).toEqual(["four"]);
      const first = await owner.do("listMessages", { path, query: { limit: 2 } });
      const second = await owner.do("listMessages", { path, query: { limit: 2, cursor: first.nextCursor ?? "" } });
      expect([...first.items, ...second.items].map((message) => message.api)).toEqual(["one", "two", "three", "four"]);
      expect(second.nextCursor).toBeNull();
    });

    test("E9 a service that verifies another organization's key leaves no message there", async () => {
      const [scenario, other] = [await makeScenario(service()), await makeScenario(service())];
      const { key } = await apiUser(other);
      const verifier = await scenario.withPermissions("keys:verify");
      const answer = await verifier.do("verifyApiKey", { body: { secret: key.key, api: "orders" } });
      expect(answer).toMatchObject({ reason: "unknown" });
      expect((await other.owner.do("listMessages", { path: other.path })).items).toEqual([]);
    });

    test("E9 every other operation of the contract refuses an API user", async () => {
      const scenario = await makeScenario(service());
      const { client } = await apiUser(scenario);
      // In addition to its messages, it learns who it is, and can end its own access token.
      const own: readonly string[] = ["listMessages", "getSelf", "endOwnAccessToken"];
      const others = [...contract.values()].filter(({ id, takesToken }) => takesToken && !own.includes(id));
      expect(others.length).toBeGreaterThan(30);
      const answers = [];
      for (const { id } of others) {
        const asked = (await requests.get(id)?.(scenario)) ?? {};
        const response = await client.send(id, { ...asked, client: undefined } as never);
        answers.push([id, response.statusCode, response.json().code]);
      }
      expect(answers).toEqual(others.map(({ id }) => [id, 403, "permission_denied"]));
      expect(casesOfOperations.size).toBe(contract.size);
    });
  });

  describe("E10", () => {
    test("E10 a call of a user-defined API takes the role api_user; without it the key is refused, and not used", async () => {
      const scenario = await makeScenario(service());
      const { owner } = scenario;
      const { user } = await scenario.member("administrator");
      const key = await scenario.key({ kind: "user", owner: user.id });
      expect(await verify(key.key, "orders")).toMatchObject({
        outcome: "refused",
        reason: "not_permitted",
        permissions: [],
      });
      expect((await owner.do("getApiKey", { path: { apiKeyId: key.id } })).lastUsedAt).toBeNull();
      expect(await verify(key.key)).toMatchObject({ outcome: "accepted" });
    });

    test("E10 the role taken away, the JWT stops; given back, it goes on", async () => {
      const scenario = await makeScenario(service());
      const { membership, key } = await apiUser(scenario);
      const at = { path: { membershipId: membership.id } };
      await scenario.owner.do("updateMembership", { ...at, body: { role: "viewer" } });
      expect(await verify(key.key, "orders")).toMatchObject({ reason: "owner_not_member" });
      await scenario.owner.do("updateMembership", { ...at, body: { role: "api_user" } });
      expect(await verify(key.key, "orders")).toMatchObject({ outcome: "accepted" });
    });
  });

  test("C8 the access check answers no_api_key until a key is assigned, and agrees with `operational`", async () => {
    const scenario = await makeScenario(service());
    const { path, owner } = scenario;
    const client = await scenario.withPermissions("keys:verify");
    const { user, membership } = await scenario.member("viewer");
    const key = await scenario.key();
    const check = { path, body: { user: user.id } };
    const expectOperational = async (operational: boolean) => {
      const read = await owner.do("getMembership", { path: { membershipId: membership.id } });
      expect(read).toMatchObject({ operational, apiKeyCount: operational ? 1 : 0 });
    };
    await client.refused("no_api_key", "checkAccess", check);
    await expectOperational(false);
    await owner.do("createApiKeyAssignment", { path: { apiKeyId: key.id }, body: { user: user.id } });
    expect(await client.do("checkAccess", check)).toEqual({
      organization: path.organizationId,
      user: user.id,
      membership: membership.id,
      role: "viewer",
      apiKeyCount: 1,
    });
    await expectOperational(true);
    await owner.do("revokeApiKey", { path: { apiKeyId: key.id } });
    await client.refused("no_api_key", "checkAccess", check);
    await expectOperational(false);
  });

  test("C8 the access check says why else a user can't work, and nothing of who is elsewhere", async () => {
    const scenario = await makeScenario(service());
    const { path, owner } = scenario;
    const client = await scenario.withPermissions("keys:verify");
    const { user, membership } = await scenario.member("viewer");
    const reasonOf = async (id: string) =>
      (await client.send("checkAccess", { path, body: { user: id } })).json<{ code: string; detail: string }>();
    await owner.do("deactivateUser", { path: { userId: user.id } });
    expect(await reasonOf(user.id)).toMatchObject({
      code: "user_not_active",
      detail: expect.stringContaining("inactive"),
    });
    await owner.do("updateUser", { path: { userId: user.id }, body: { state: "active" } });
    await owner.do("endMembership", { path: { membershipId: membership.id } });
    const { user: stranger } = await (await makeScenario(service())).member("viewer");
    const told = await Promise.all([user.id, stranger.id, `usr_${"0".repeat(32)}`].map(reasonOf));
    expect(told.map(({ code }) => code)).toEqual(["not_member", "not_member", "not_member"]);
    expect(new Set(told.map(({ detail }) => detail)).size).toBe(1);
  });

  describe("M17", () => {
    const taken = { name: "Before multi-key", createdAt: "2019-03-01T00:00:00.000Z" };

    test("M17 a legacy key comes in by its hash, carries the label, and its plaintext authenticates unchanged", async () => {
      const scenario = await makeScenario(service());
      const { path, owner } = scenario;
      const secret = clientSecret();
      const lastUsedAt = "2026-01-31T09:30:00.000Z";
      const key = await owner.do("importApiKey", { path, body: { ...taken, sha256: sha256(secret), lastUsedAt } });
      expect(key).toMatchObject({
        ...taken,
        displayName: "Before multi-key (legacy)",
        legacy: true,
        kind: "server",
        permissions: [],
        prefix: "",
        status: "active",
        lastUsedAt,
      });
      expect(await verify(secret)).toMatchObject({ outcome: "accepted", key: key.id });
      const read = await owner.do("getApiKey", { path: { apiKeyId: key.id } });
      expect(Date.parse(read.lastUsedAt ?? "")).toBeGreaterThan(Date.parse(lastUsedAt));
      const { items } = await owner.do("listAuditEntries", { path, query: { object: key.id } });
      expect(items.map(({ action }) => action)).toEqual(["api_key.import"]);
      const everything = await service().dump();
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(sha256(secret));
      await owner.do("revokeApiKey", { path: { apiKeyId: key.id } });
      expect(await verify(secret)).toMatchObject({ reason: "revoked" });
    });

    test("M17 a hash that is known anywhere is refused, in the same words", async () => {
      const [scenario, other] = [await makeScenario(service()), await makeScenario(service())];
      const { path, owner } = scenario;
      const secret = clientSecret();
      const [own, foreign] = [await scenario.key(), await other.key()];
      await other.owner.do("importApiKey", { path: other.path, body: { ...taken, sha256: sha256(secret) } });
      const refusals = [];
      for (const known of [own.key, foreign.key, secret]) {
        const body = { name: unique("legacy"), sha256: sha256(known) };
        refusals.push((await owner.refused("unprocessable", "importApiKey", { path, body })).detail);
      }
      expect(new Set(refusals).size).toBe(1);
      expect((await owner.do("listApiKeys", { path })).items.map(({ id }) => id)).toEqual([own.id]);
      // And the other way round: the hash of a legacy key is no secret for a Web API.
      await owner.refused("unprocessable", "createApiKey", { path, body: { name: "Web API", kind: "webapi", secret } });
    });

    test("M17 only the service owner takes keys in, and times that lie ahead are refused", async () => {
      const scenario = await makeScenario(service());
      const { path, owner } = scenario;
      const { client } = await scenario.actingAs("administrator");
      const body = () => ({ name: unique("legacy"), sha256: sha256(clientSecret()) });
      await client.refused("permission_denied", "importApiKey", { path, body: body() });
      const ahead = new Date(service().now().getTime() + 60_000).toISOString();
      for (const wrong of [{ createdAt: ahead }, { lastUsedAt: ahead }, { endDate: "2026-02-30" }]) {
        await owner.refused("unprocessable", "importApiKey", { path, body: { ...body(), ...wrong } });
      }
      for (const sha of ["", "0".repeat(63), "A".repeat(64)]) {
        await owner.refused("invalid_request", "importApiKey", { path, body: { ...body(), sha256: sha } });
      }
    });

    test("M17 one that has expired comes in as a record, and its name is free", async () => {
      const scenario = await makeScenario(service());
      const { path, owner } = scenario;
      const secret = clientSecret();
      const body = { name: "Expired", sha256: sha256(secret), endDate: "2020-12-31" };
      expect(await owner.do("importApiKey", { path, body })).toMatchObject({
        status: "expired",
        endDate: "2020-12-31",
      });
      expect(await verify(secret)).toMatchObject({ reason: "expired" });
      await scenario.key({ name: "Expired" });
    });
  });

  test("C17 a key names whom it is attached to, and its ETag stays", async () => {
    const scenario = await makeScenario(service());
    const { path, owner } = scenario;
    const { id } = await scenario.key();
    const at = { path: { apiKeyId: id } };
    const before = await owner.send("getApiKey", at);
    expect(before.json()).toMatchObject({ assignees: [], assigneeCount: 0 });
    const people = [await scenario.member("viewer"), await scenario.member("editor")];
    for (const { user } of people) {
      await owner.do("createApiKeyAssignment", { ...at, body: { user: user.id } });
    }
    const assignees = people.map(({ user }) => ({ user: user.id, email: user.email, status: "active" }));
    const after = await owner.send("getApiKey", at);
    expect(after.json()).toMatchObject({ assignees, assigneeCount: 2 });
    expect(after.headers.etag).toBe(before.headers.etag);
    const { items } = await owner.do("listApiKeys", { path });
    expect(items.map((key) => key.assignees)).toEqual([assignees]);
  });

  test("C17 of a key that is attached to more than a hundred, the first hundred and the number are shown", async () => {
    const scenario = await makeScenario(service());
    const { id } = await scenario.key();
    const now = service().now();
    const stamp = { created_by: "owner", created_at: now, created_run: null, known_at: null, updated_at: now };
    const emails = Array.from({ length: 101 }, (_, at) => `${String(at).padStart(4, "0")}-${id}@example.com`);
    // Another one than the service makes: those begin with the time.
    const start = randomBytes(14).toString("hex");
    const idOf = (prefix: string, at: number) => `${prefix}_${start}${at.toString(16).padStart(4, "0")}`;
    const { database } = service();
    await database
      .insertInto("users")
      .values(
        emails.map((email, at) => ({
          ...stamp,
          id: idOf("usr", at),
          external_id: null,
          external_id_live: null,
          email,
          email_normalized: email,
          given_name: null,
          family_name: null,
          kind: "system" as const,
          home_organization_id: null,
          system_role: "none" as const,
          state: "active" as const,
          activated_at: now,
          block_reason: null,
        })),
      )
      .execute();
    await database
      .insertInto("api_key_assignments")
      .values(
        emails.map((_, at) => ({
          ...stamp,
          id: idOf("asg", at),
          organization_id: scenario.organization.id,
          key_id: id,
          user_id: idOf("usr", at),
          external_id: null,
          external: false,
        })),
      )
      .execute();
    const key = await scenario.owner.do("getApiKey", { path: { apiKeyId: id } });
    expect(key.assigneeCount).toBe(101);
    expect(key.assignees.map(({ email }) => email)).toEqual(emails.slice(0, 100));
  });

  test("C16 an organization's id and name are read by its own key, and its keys by who may read them", async () => {
    const scenario = await makeScenario(service());
    const { client, key } = await scenario.actingAs("customer_admin");
    const { id, name } = scenario.organization;
    expect(await client.do("getOrganization", { path: scenario.path })).toMatchObject({ id, name });
    const { items } = await client.do("listApiKeys", { path: scenario.path });
    expect(items.map((one) => one.id)).toEqual([key.id]);
  });

  test("M9 without external API access no key is made, rotated or taken in, and none authenticates; listing and revoking go on", async () => {
    const scenario = await makeScenario(service());
    const { path, owner } = scenario;
    const { client } = await scenario.actingAs("administrator");
    const { id, key } = await scenario.key();
    await owner.do("updateOrganization", { path, body: { features: { externalApiAccess: false } } });
    const body = { name: unique("key"), kind: "server" as const };
    await client.refused("api_access_disabled", "createApiKey", { path, body });
    const at = { path: { apiKeyId: id } };
    await client.refused("api_access_disabled", "rotateApiKey", { ...at, body: { generation: 2 } });
    const legacy = { name: unique("key"), sha256: sha256(clientSecret()) };
    await owner.refused("api_access_disabled", "importApiKey", { path, body: legacy });
    expect(await verify(key)).toMatchObject({ reason: "api_access_disabled" });
    expect((await client.do("listApiKeys", { path })).items).toHaveLength(2);
    await client.do("revokeApiKey", at);
  });

  test("M9 the feature is the service owner's to set, on the enterprise plan only", async () => {
    const scenario = await makeScenario(service());
    const { path, owner } = scenario;
    const [off, on] = [{ features: { externalApiAccess: false } }, { features: { externalApiAccess: true } }];
    const { client: administrator } = await scenario.actingAs("administrator");
    await administrator.refused("permission_denied", "updateOrganization", { path, body: off });
    await owner.do("updateOrganization", { path, body: off });
    await administrator.refused("permission_denied", "updateOrganization", { path, body: on });
    await owner.do("updateOrganization", { path, body: { subscription: { plan: "premium" } } });
    await owner.refused("plan_required", "updateOrganization", { path, body: on });
  });

  test("M14 last use moves only when a key authenticates", async () => {
    const scenario = await makeScenario(service());
    const { path, owner } = scenario;
    const key = await scenario.key();
    const lastUsedAt = async () => (await owner.do("getApiKey", { path: { apiKeyId: key.id } })).lastUsedAt;
    expect(await lastUsedAt()).toBeNull();
    await owner.do("updateOrganization", { path, body: { features: { externalApiAccess: false } } });
    await verify(key.key);
    expect(await lastUsedAt()).toBeNull();
    await owner.do("updateOrganization", { path, body: { features: { externalApiAccess: true } } });
    await verify(key.key);
    expect(await lastUsedAt()).not.toBeNull();
  });

  test("E8 each built-in role is looked up by name, and super_admin is given to nobody in an organization", async () => {
    const scenario = await makeScenario(service());
    const { path, owner } = scenario;
    const names = ["administrator", "editor", "operator", "viewer", "api_user"] as const;
    for (const name of names) {
      const { items } = await owner.do("listRoles", { path, query: { name } });
      expect(items).toMatchObject([{ id: name, name, builtIn: true }]);
    }
    const { user } = await scenario.member("viewer");
    const body = { user: user.id, role: "super_admin" as const };
    await owner.refused("unprocessable", "createMembership", { path, body });
  });
});
