import type { InjectOptions } from "fastify";
import { describe, expect, test } from "vitest";
import { Client, unique } from "./support/client.ts";
import { contract, type OperationId } from "./support/contract.ts";
import { makeScenario } from "./support/scenario.ts";
import { onEachDatabase, ownerToken } from "./support/service.ts";

const authorization = `Bearer ${ownerToken}`;

onEachDatabase("the protocol", (service) => {
  const inject = async (options: InjectOptions) =>
    await service().service.app.inject({ ...options, headers: { authorization, ...options.headers } });

  test("the service says that it lives, is ready, and what it implements", async () => {
    const anybody = new Client(() => service().service.app, undefined);
    expect(await anybody.do("getLiveness")).toEqual({ status: "ok" });
    expect(await anybody.do("getReadiness")).toEqual({ status: "ok" });
    expect((await anybody.send("getContract")).body).toContain("openapi: 3.1.0");
  });

  test("every operation under /v1 takes a token", async () => {
    const anybody = new Client(() => service().service.app, undefined);
    const stranger = service().as("rst_server_00000000000000000000000000000000000000000000000000");
    const id = "0".repeat(32);
    const path = {
      organizationId: `org_${id}`,
      userId: `usr_${id}`,
      roleId: `rol_${id}`,
      membershipId: `mbr_${id}`,
      apiKeyId: `key_${id}`,
      assignmentId: `asg_${id}`,
    };
    for (const [operation, { path: template }] of contract) {
      if (!template.startsWith("/v1/")) {
        continue;
      }
      for (const client of [anybody, stranger]) {
        const problem = await client.refused("unauthenticated", operation, { path: path as never });
        expect(problem.status, operation).toBe(401);
      }
    }
  });

  describe("refusals of what doesn't fit the contract", () => {
    test("each wrong place is named at once, with what is allowed, and without the value", async () => {
      const secret = "a-secret-that-is-too-long".repeat(40);
      const response = await inject({
        method: "POST",
        url: `/v1/organizations/org_${"0".repeat(31)}x/api-keys`,
        headers: { "idempotency-key": "short" },
        payload: { kind: "servant", name: "", secret, colour: "red" },
      });
      expect(response.statusCode).toBe(400);
      const { code, errors } = response.json();
      expect(code).toBe("invalid_request");
      const places = errors.map(({ in: place, pointer }: { in: string; pointer: string }) => `${place} ${pointer}`);
      expect(places.sort()).toEqual([
        "body /colour",
        "body /kind",
        "body /name",
        "body /secret",
        "header /Idempotency-Key",
        "path /organizationId",
      ]);
      const details = Object.fromEntries(
        errors.map(({ pointer, detail }: Record<string, string>) => [pointer, detail]),
      );
      expect(details["/kind"]).toBe("must be one of server, webapi, user");
      expect(details["/colour"]).toContain("the allowed names are externalId, adopt, name, kind");
      expect(response.body).not.toContain(secret.slice(0, 50));
    });

    test("several branches are one place", async () => {
      const { path } = await makeScenario(service());
      const response = await inject({
        method: "PATCH",
        url: `/v1/organizations/${path.organizationId}`,
        payload: { websiteUrl: "not a url", settings: { keysPerOwner: 0 } },
      });
      const { errors } = response.json();
      expect(errors).toEqual([
        {
          in: "body",
          pointer: "/websiteUrl",
          detail: expect.stringMatching(/^must match .*, such as https:\/\/example\.com, or must be null$/),
        },
        { in: "body", pointer: "/settings/keysPerOwner", detail: expect.stringContaining("1") },
      ]);
    });

    test.each([
      ["limit 0", "limit=0", "/limit"],
      ["limit 1001", "limit=1001", "/limit"],
      ["limit many", "limit=many", "/limit"],
      ["a cursor of no page", "cursor=abc", "/cursor"],
      ["a cursor of another list", `cursor=${Buffer.from(`usr_${"0".repeat(32)}`).toString("base64url")}`, "/cursor"],
      ["a slug that is none", "slug=A%20B", "/slug"],
    ])("%s", async (_title, query, pointer) => {
      const response = await inject({ method: "GET", url: `/v1/organizations?${query}` });
      expect(response.statusCode).toBe(400);
      expect(response.json().errors).toEqual([{ in: "query", pointer, detail: expect.any(String) }]);
    });

    test("U+0000 in any parameter of a query", async () => {
      const { path } = await makeScenario(service());
      const ids: Record<string, string> = { ...path, apiKeyId: `key_${"0".repeat(32)}` };
      for (const [operation, { method, path, parameters, hasBody }] of contract) {
        const url = path.replace(/\{(\w+)\}/g, (_braced, name) => ids[name] ?? name);
        for (const { name, in: place } of parameters) {
          if (place !== "query" || hasBody) {
            continue;
          }
          const response = await inject({ method: method as "GET", url: `${url}?${name}=a%00b` });
          expect(response.statusCode, `${operation} ${name}`).toBe(400);
          expect(response.json().errors, `${operation} ${name}`).toContainEqual(
            expect.objectContaining({ in: "query", pointer: `/${name}` }),
          );
        }
      }
    });

    test.each<[string, InjectOptions, number, string]>([
      ["malformed JSON", { payload: "{", headers: { "content-type": "application/json" } }, 400, "invalid_request"],
      ["an empty body", { payload: "", headers: { "content-type": "application/json" } }, 400, "invalid_request"],
      ["no body", {}, 400, "invalid_request"],
      ["an array", { payload: "[]", headers: { "content-type": "application/json" } }, 400, "invalid_request"],
      [
        "a forbidden member",
        { payload: '{"__proto__":{}}', headers: { "content-type": "application/json" } },
        400,
        "invalid_request",
      ],
      ["text", { payload: "slug", headers: { "content-type": "text/plain" } }, 415, "unsupported_media_type"],
      [
        "a form",
        { payload: "slug=a", headers: { "content-type": "application/x-www-form-urlencoded" } },
        415,
        "unsupported_media_type",
      ],
      ["more than 1 MiB", { payload: { slug: "x".repeat(1024 * 1024) } }, 413, "payload_too_large"],
      ["U+0000", { payload: { slug: "acme", name: "a\u0000b" } }, 400, "invalid_request"],
      [
        "half a character",
        { payload: '{"slug":"acme","name":"\\ud800"}', headers: { "content-type": "application/json" } },
        400,
        "invalid_request",
      ],
    ])("%s", async (_title, options, status, code) => {
      const response = await inject({ method: "POST", url: "/v1/organizations", ...options });
      expect(response.statusCode, response.body).toBe(status);
      expect(response.headers["content-type"]).toMatch(/^application\/problem\+json/);
      expect(response.json()).toMatchObject({ code, status, requestId: response.headers["request-id"] });
    });

    test("T10 a member that may be taken for a prototype is named by its path", async () => {
      const headers = { "content-type": "application/json" };
      const inBatch = '{"requests":[{"method":"POST","path":"/v1/users","body":{"constructor":{"prototype":{}}}}]}';
      for (const [url, payload, pointers] of [
        ["/v1/organizations", '{"slug":"acme","__proto__":{}}', ["/__proto__"]],
        ["/v1/organizations", '{"features":{"\\u005f_proto__":1}}', ["/features/__proto__"]],
        ["/v1/organizations", '{"a/b":[{"__proto__":null}],"__proto__":1}', ["/__proto__", "/a~1b/0/__proto__"]],
        ["/v1/requests:batch", inBatch, ["/requests/0/body/constructor"]],
      ] as const) {
        const response = await inject({ method: "POST", url, headers, payload });
        const { code, detail, errors } = response.json();
        expect(code, payload).toBe("invalid_request");
        expect(errors.map(({ pointer }: { pointer: string }) => pointer).sort(), payload).toEqual(pointers);
        expect(detail, payload).toMatch(/^The request doesn't match the contract: body \/\S* must be omitted/);
      }
      const name = 'constructor "__proto__" \\u';
      const allowed = {
        method: "POST",
        url: "/v1/organizations",
        headers,
        payload: JSON.stringify({ slug: unique("c"), name }),
      };
      expect((await inject(allowed as InjectOptions)).json()).toMatchObject({ name });
      expect((await inject({ ...allowed, payload: "{" } as InjectOptions)).json().detail).toBe("The body is not JSON.");
    });

    test("T10 an encoded body is refused with what to do, by each operation that has one and by the pages", async () => {
      const encoded = async (url: string, method: string, mediaType: string, coding: string) =>
        await inject({
          method: method as "POST",
          url,
          headers: { "content-type": mediaType, "content-encoding": coding, "content-length": "2" },
          payload: "{}",
        });
      for (const [operation, { method, path, hasBody }] of contract) {
        if (!hasBody) {
          continue;
        }
        const response = await encoded(path.replace(/\{\w+\}/g, "-"), method, "application/json", "gzip");
        expect(response.statusCode, operation).toBe(415);
        expect(response.headers["accept-encoding"], operation).toBe("identity");
        expect(response.json()).toMatchObject({
          code: "unsupported_media_type",
          detail: expect.stringMatching(/Content-Encoding.*uncompressed/),
        });
      }
      for (const coding of ["deflate", "br", "identity, gzip", "ZSTD"]) {
        expect((await encoded("/v1/organizations", "POST", "application/json", coding)).statusCode, coding).toBe(415);
      }
      expect((await encoded("/v1/organizations", "POST", "application/json", "Identity")).statusCode).toBe(400);
      for (const path of ["/log-in", "/sign-up", "/forgot-password"]) {
        const page = await encoded(path, "POST", "application/x-www-form-urlencoded", "gzip");
        expect([page.statusCode, page.headers["content-type"]], path).toEqual([415, "text/html; charset=utf-8"]);
        expect(page.body, path).toContain("uncompressed");
      }
    });

    test("a body where the operation has none", async () => {
      for (const [operation, { method, path, hasBody }] of contract) {
        // That of a GET isn't even read.
        if (hasBody || method === "GET") {
          continue;
        }
        const bodiesRefused = async (payload: string) => {
          const url = path.replace(/\{\w+\}/g, "-");
          const headers = { "content-type": "application/json" };
          const response = await inject({ method: method as "DELETE", url, headers, payload });
          expect(response.statusCode, operation).toBe(400);
          return response.json().errors.filter((error: { in: string }) => error.in === "body");
        };
        const detail = "must be omitted: this operation takes no body";
        for (const body of ["{}", "null", '{"colour":"red"}']) {
          expect(await bodiesRefused(body), operation).toEqual([{ in: "body", pointer: "", detail }]);
        }
        // Without an identifier, nothing but the body could be malformed.
        if (path.includes("{")) {
          expect(await bodiesRefused(""), operation).toEqual([]);
        }
      }
    });

    test("a path that doesn't exist, and one that is malformed", async () => {
      for (const [method, url] of [
        ["GET", "/v2"],
        ["PUT", "/v1/users"],
        ["POST", "/health/live"],
      ] as const) {
        const response = await inject({ method, url });
        expect(response.json(), url).toMatchObject({ code: "route_not_found", status: 404 });
      }
      expect((await inject({ method: "GET", url: "/v1/users/%zz" })).json()).toMatchObject({ status: 400 });
    });

    test("garbage never fails the service", async () => {
      const garbage = [
        "",
        "null",
        "0",
        '"\\ud800"',
        "{}",
        "[[[]]]",
        `${"[".repeat(50_000)}`,
        '{"a":'.repeat(1000),
        "\u0000",
        '{"slug":1e999}',
      ];
      for (const [operation, { method, path }] of contract) {
        for (const [index, payload] of garbage.entries()) {
          const url = path.replace(/\{\w+\}/g, ["%00", "..", "x".repeat(300), "%F0%9F%92%A9"][index % 4] ?? "");
          const hasBody = method !== "GET";
          const response = await inject({
            method: method as "GET",
            url: `${url}?limit=%00&cursor=${"A".repeat(index)}&email=%F0&object=%00`,
            headers: {
              "content-type": "application/json",
              "if-match": "\u00ff",
              "idempotency-key": "\u00ff".repeat(20),
            },
            ...(hasBody ? { payload } : {}),
          });
          expect(response.statusCode, `${operation} ${payload.slice(0, 20)}: ${response.body}`).toBeLessThan(500);
        }
      }
    });
  });

  describe("If-Match", () => {
    test("a stale version is refused, the present one and * are not", async () => {
      const { owner, path } = await makeScenario(service());
      const read = await owner.send("getOrganization", { path });
      const etag = String(read.headers.etag);
      // A part of it is about the profile.
      expect(etag).toMatch(/^"[\w-]{22}\.[\w-]{22}"$/);
      const change = (name: string, ifMatch: string) => ({ path, body: { name }, headers: { "if-match": ifMatch } });
      const changed = await owner.send("updateOrganization", change("One", etag));
      expect(changed.statusCode).toBe(200);
      expect(changed.headers.etag).not.toBe(etag);
      await owner.refused("precondition_failed", "updateOrganization", change("Two", etag));
      await owner.refused("precondition_failed", "closeOrganization", { path, headers: { "if-match": etag } });
      await owner.refused("precondition_failed", "updateOrganization", change("Two", `W/${changed.headers.etag}`));
      await owner.do("updateOrganization", change("Two", `"other", ${changed.headers.etag}`));
      await owner.do("updateOrganization", change("Three", "*"));
      const again = await owner.send("updateOrganization", { path, body: { name: "One" } });
      expect(again.headers.etag).toBe(changed.headers.etag);
    });

    test("being used leaves the version alone", async () => {
      const scenario = await makeScenario(service());
      const { owner } = scenario;
      const { user, membership } = await scenario.member("viewer");
      const key = await scenario.key();
      const etags = async () => [
        (await owner.send("getApiKey", { path: { apiKeyId: key.id } })).headers.etag,
        (await owner.send("getMembership", { path: { membershipId: membership.id } })).headers.etag,
      ];
      const before = await etags();
      await owner.do("verifyApiKey", { body: { secret: key.key } });
      await owner.do("rotateApiKey", { path: { apiKeyId: key.id }, body: { generation: 2 } });
      await owner.do("createApiKeyAssignment", { path: { apiKeyId: key.id }, body: { user: user.id } });
      expect(await etags()).toEqual(before);
    });
  });

  test("paging returns what stays exactly once, while rows come and go", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const members = [];
    for (let count = 0; count < 12; count++) {
      members.push(await scenario.member("viewer"));
    }
    const leaving = new Set([0, 3, 4, 7, 11]);
    const seen: string[] = [];
    let cursor: string | null | undefined;
    for (let round = 0; cursor !== null; round++) {
      const page = await owner.do("listMembers", {
        path,
        query: { limit: 2, status: "active", ...(cursor === undefined ? {} : { cursor }) },
      });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      const [next] = leaving;
      if (next !== undefined) {
        leaving.delete(next);
        await owner.do("endMembership", { path: { membershipId: members[next]?.membership.id ?? "" } });
      }
      if (round < 3) {
        await scenario.member("viewer");
      }
    }
    expect(new Set(seen).size).toBe(seen.length);
    const stable = members
      .filter((_, index) => ![0, 3, 4, 7, 11].includes(index))
      .map(({ membership }) => membership.id);
    expect(seen).toEqual(expect.arrayContaining(stable));
    expect([...seen].sort()).toEqual(seen);
  });

  test("more requests than allowed are told when to come again, each token for itself", async () => {
    const scenario = await makeScenario(service());
    const client = await scenario.withPermissions("organization:read");
    const limited = await service().start({ rateLimitPerSecond: 2 });
    // The limit's window is of wall-clock time: the two requests that it allows may fall into two windows.
    const answers = [];
    while (answers.at(-1)?.statusCode !== 429 && answers.length < 1000) {
      answers.push(await client.send("listOrganizations"));
    }
    const last = answers.at(-1);
    expect(last?.json()).toMatchObject({ code: "rate_limited", retryable: true });
    expect(last?.headers["retry-after"]).toBe("1");
    expect(last?.headers["ratelimit-limit"]).toBe("2");
    expect(answers[0]?.headers).toMatchObject({
      "ratelimit-limit": "2",
      "ratelimit-remaining": "1",
      "ratelimit-reset": "1",
    });
    expect((await service().as().send("listOrganizations")).statusCode).toBe(200);
    const health = await limited.app.inject({ url: "/health/live" });
    expect(health.headers).not.toHaveProperty("ratelimit-limit");
    await service().start();
  });

  test("the limit counts pages and what takes no token by address, and a token however it is written", async () => {
    const { app } = await service().startBeside({ rateLimitPerSecond: 2 });
    const cases = [
      ["/logos/org", () => unique("token")],
      ["/%6cogos/org", () => unique("token")],
      ["/log-in?org", () => unique("token")],
      ["/v1/roles/rol", (count: number) => `${" ".repeat(count)}${ownerToken}`],
    ] as const;
    for (const [at, [start, token]] of cases.entries()) {
      const url = `${start}_${"0".repeat(32)}`;
      let status = 0;
      for (let count = 0; status !== 429 && count < 1000; count++) {
        const headers = { authorization: `Bearer ${token(count)}` };
        status = (await app.inject({ url, headers, remoteAddress: `192.0.2.${at + 10}` })).statusCode;
      }
      expect([url, status]).toEqual([url, 429]);
    }
    for (const url of ["/health/live", "/openapi.yaml", "/.well-known/jwks.json"]) {
      for (let count = 0; count < 9; count++) {
        expect((await app.inject({ url })).statusCode).toBe(200);
      }
    }
  });

  test("whom to contact is said where it helps", async () => {
    const { owner, path } = await makeScenario(service(), { subscription: { plan: "basic" }, features: {} });
    await service().start({ contactUrl: "https://example.com/contact" });
    const plan = await owner.refused("plan_required", "updateOrganization", {
      path,
      body: { websiteUrl: "https://a.example" },
    });
    expect(plan.contactUrl).toBe("https://example.com/contact");
    const other = await owner.refused("not_found", "getUser", { path: { userId: `usr_${"0".repeat(32)}` } });
    expect(other).not.toHaveProperty("contactUrl");
    await service().start();
  });

  test("a fault of the service says nothing of its inside, and is logged by its request id", async () => {
    const { path } = await makeScenario(service());
    const lines: unknown[] = [];
    const app = (await service().start()).app;
    app.log.error = ((...line: unknown[]) => lines.push(line)) as never;
    const broken: OperationId = "getOrganization";
    await service().database.schema.alterTable("organizations").renameColumn("keys_per_owner", "gone").execute();
    await service().database.schema.alterTable("organizations").renameTo("organizations_gone").execute();
    const response = await service().as().send(broken, { path });
    await service().database.schema.alterTable("organizations_gone").renameTo("organizations").execute();
    await service().database.schema.alterTable("organizations").renameColumn("gone", "keys_per_owner").execute();
    expect(response.statusCode).toBe(500);
    expect(response.json()).toMatchObject({ code: "internal_error", retryable: false });
    expect(response.body).not.toMatch(/relation|column|select/);
  });

  describe("audit", () => {
    test("an entry says who did what to which object, before and after", async () => {
      const scenario = await makeScenario(service());
      const { owner, organization, path } = scenario;
      const { client, key } = await scenario.actingAs("administrator");
      const role = await client.do("createRole", { path, body: { name: "Runner", permissions: ["flows:run"] } });
      const changed = await client.send("updateRole", {
        path: { roleId: role.id },
        body: { name: "Reader", permissions: ["flows:run"] },
      });
      await client.do("deleteRole", { path: { roleId: role.id } });
      const { items } = await client.do("listAuditEntries", { path, query: { object: role.id } });
      expect(items).toMatchObject([
        { action: "role.create", before: null, after: { name: "Runner", permissions: ["flows:run"] } },
        { action: "role.update", before: { name: "Runner" }, after: { name: "Reader" } },
        { action: "role.delete", before: { name: "Reader" }, after: null },
      ]);
      expect(items[1]).toMatchObject({
        organization: organization.id,
        actor: { kind: "api_key", id: key.id },
        object: { kind: "role", id: role.id },
        requestId: changed.headers["request-id"],
        before: { name: "Runner" },
      });
      expect(Object.keys(items[1]?.before ?? {})).toEqual(["name"]);
      const whole = await owner.do("listServiceAuditEntries", { query: { object: role.id } });
      expect(whole.items).toEqual(items);
      await client.refused("permission_denied", "listServiceAuditEntries");
    });

    test("a refused change leaves no entry", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const before = await owner.do("listAuditEntries", { path });
      await owner.refused("unprocessable", "createRole", {
        path,
        body: { name: unique("r"), permissions: ["api:call"] },
      });
      await owner.refused("user_not_found", "createMembership", {
        path,
        body: { email: "nobody@example.com", role: "viewer" },
      });
      expect(await owner.do("listAuditEntries", { path })).toEqual(before);
    });

    test("every change of every kind leaves exactly one", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const { user, membership } = await scenario.member("viewer");
      const key = await scenario.key();
      const apiKeyId = key.id;
      const assignment = await owner.do("createApiKeyAssignment", { path: { apiKeyId }, body: { user: user.id } });
      await owner.do("updateApiKeyAssignment", {
        path: { assignmentId: assignment.id },
        body: { externalId: unique("e") },
      });
      await owner.do("deleteApiKeyAssignment", { path: { assignmentId: assignment.id } });
      await owner.do("updateApiKey", { path: { apiKeyId }, body: { name: unique("renamed") } });
      await owner.do("rotateApiKey", { path: { apiKeyId }, body: { generation: 2 } });
      await owner.do("revokeApiKey", { path: { apiKeyId } });
      await owner.do("updateMembership", { path: { membershipId: membership.id }, body: { role: "editor" } });
      await owner.do("endMembership", { path: { membershipId: membership.id } });
      await owner.do("updateUser", { path: { userId: user.id }, body: { givenName: "Ada" } });
      await owner.do("deactivateUser", { path: { userId: user.id } });
      const { items } = await owner.do("listAuditEntries", { path });
      expect(items.map(({ action }) => action)).toEqual([
        "organization.create",
        "user.create",
        "membership.create",
        "api_key.create",
        "api_key_assignment.create",
        "api_key_assignment.update",
        "api_key_assignment.delete",
        "api_key.update",
        "api_key.rotate",
        "api_key.revoke",
        "membership.update",
        "membership.end",
        "user.update",
        "user.deactivate",
      ]);
      expect(JSON.stringify(items)).not.toContain(key.key);
    });
  });
});
