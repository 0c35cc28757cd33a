import type { Schemas } from "roster-schema";
import { describe, expect, test } from "vitest";
import { Client, unique } from "./support/client.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

/** Ranges of documentation (RFC 5737, RFC 3849). */
const allowedIps = ["203.0.113.0/24", "2001:db8:5::/48"];
const inside = ["203.0.113.9", "::ffff:203.0.113.9", "::ffff:cb00:7109", "2001:db8:5:1::9"];
const outside = ["203.0.114.1", "::ffff:203.0.114.1", "127.0.0.1", "2001:db8:6::9", "::203.0.113.9"];

onEachDatabase("addresses of API keys", (service) => {
  const lastUsedAt = async ({ owner }: Scenario, { id }: Pick<Schemas["ApiKey"], "id">) =>
    (await owner.do("getApiKey", { path: { apiKeyId: id } })).lastUsedAt;

  describe("as a bearer token", () => {
    test("a key authenticates from within its ranges, and from elsewhere is nobody's, in the same words", async () => {
      const scenario = await makeScenario(service());
      const key = await scenario.key({ allowedIps, permissions: ["roles:read"] });
      const { detail } = await service().as(unique("nobody")).refused("unauthenticated", "listOrganizations");
      for (const address of outside) {
        const refused = await service().as(key.key, address).refused("unauthenticated", "listOrganizations");
        expect(refused.detail, address).toBe(detail);
      }
      expect(await lastUsedAt(scenario, key)).toBeNull();
      for (const address of inside) {
        await service().as(key.key, address).do("listRoles", { path: scenario.path });
      }
      expect(await lastUsedAt(scenario, key)).not.toBeNull();
    });

    test("a change is made from within too, and a key without ranges authenticates from anywhere", async () => {
      const scenario = await makeScenario(service());
      const held = await scenario.key({ allowedIps, permissions: ["roles:manage"] });
      const { key } = await scenario.key({ permissions: ["roles:manage"] });
      const create = () => ({ path: scenario.path, body: { name: unique("role"), permissions: [] } });
      await service().as(held.key, "203.0.113.9").do("createRole", create());
      await service().as(held.key, "203.0.114.1").refused("unauthenticated", "createRole", create());
      for (const address of [...inside, ...outside]) {
        await service().as(key, address).do("createRole", create());
      }
    });

    test("both secrets of a rotation, and a JWT, are held to the ranges", async () => {
      const scenario = await makeScenario(service());
      const { user } = await scenario.member("api_user");
      const jwt = await scenario.key({ allowedIps, kind: "user", format: "jwt", owner: user.id });
      const first = await scenario.key({ allowedIps });
      const second = await scenario.owner.do("rotateApiKey", {
        path: { apiKeyId: first.id },
        body: { generation: 2, overlap: "1h" },
      });
      for (const key of [jwt.key, first.key, second.key ?? ""]) {
        expect((await service().as(key, "203.0.113.9").send("listOrganizations")).statusCode).not.toBe(401);
        await service().as(key, "198.51.100.1").refused("unauthenticated", "listOrganizations");
      }
    });

    test("whoever isn't a trusted proxy says nothing about where a request comes from", async () => {
      const scenario = await makeScenario(service());
      const { key } = await scenario.key({ allowedIps });
      const { app } = await service().startBeside({
        trustedProxies: ["192.0.2.10", "10.0.0.0/8", "2001:db8:ffff::/48"],
      });
      const status = async (peer: string, forwarded: string | undefined, to = app) => {
        const headers: Record<string, string> = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
        return (await new Client(() => to, key, peer).send("listOrganizations", { headers })).statusCode;
      };
      const cases: [peer: string, forwarded: string | undefined, accepted: boolean][] = [
        // Straight from the caller, whatever it claims.
        ["203.0.113.9", undefined, true],
        ["203.0.113.9", "198.51.100.1", true],
        ["198.51.100.1", undefined, false],
        ["198.51.100.1", "203.0.113.9", false],
        ["198.51.100.1", "203.0.113.9, 10.1.2.3", false],
        ["2001:db8:6::1", "2001:db8:5::1", false],
        // Through one proxy, of either version.
        ["192.0.2.10", "203.0.113.9", true],
        ["::ffff:192.0.2.10", "203.0.113.9", true],
        ["192.0.2.10", "2001:db8:5::1", true],
        ["2001:db8:ffff::1", "203.0.113.9", true],
        ["2001:db8:ffff::1", "2001:db8:5::1", true],
        ["2001:db8:ffff::1", "2001:db8:6::1", false],
        // The proxy itself is no caller within the ranges.
        ["192.0.2.10", undefined, false],
        // Through several; what stands before the first that isn't trusted is the caller's own claim.
        ["2001:db8:ffff::1", "203.0.113.9, 10.1.2.3", true],
        ["10.1.2.3", "2001:db8:5::1, 2001:db8:ffff::7, 192.0.2.10", true],
        ["10.1.2.3", "203.0.113.9, 198.51.100.1, 2001:db8:ffff::7", false],
        ["10.1.2.3", "203.0.113.9, 198.51.100.1", false],
        ["192.0.2.10", "203.0.113.9, 192.0.2.11", false],
        // What is no address is in no range.
        ["192.0.2.10", "unknown", false],
        ["192.0.2.10", "203.0.113.9, unknown", false],
        ["192.0.2.10", "203.0.113.9:4711", false],
      ];
      for (const [peer, forwarded, accepted] of cases) {
        expect(await status(peer, forwarded), `${peer} for ${forwarded}`).toBe(accepted ? 403 : 401);
      }
      // Where no proxy is trusted, the header means nothing.
      const bare = service().service.app;
      expect(await status("192.0.2.10", "203.0.113.9", bare)).toBe(401);
      expect(await status("203.0.113.9", "198.51.100.1", bare)).toBe(403);
    });
  });

  describe("in a verification", () => {
    test("the address that is given decides; none, or one outside, is refused and is no use", async () => {
      const scenario = await makeScenario(service());
      const { owner } = scenario;
      const { user } = await scenario.member("api_user");
      const key = await scenario.key({ allowedIps, kind: "user", owner: user.id });
      const verify = async (address?: string) =>
        await owner.do("verifyApiKey", { body: { secret: key.key, api: "orders", ...(address && { address }) } });
      for (const address of [undefined, ...outside]) {
        const refused = { outcome: "refused", reason: "address_not_allowed", key: key.id, permissions: [] };
        expect(await verify(address), address).toMatchObject(refused);
      }
      expect(await lastUsedAt(scenario, key)).toBeNull();
      for (const address of inside) {
        expect(await verify(address), address).toMatchObject({ outcome: "accepted" });
      }
      expect(await lastUsedAt(scenario, key)).not.toBeNull();
      const { items } = await owner.do("listMessages", { path: scenario.path, query: { key: key.id } });
      expect(items.map(({ reason }) => reason)).toEqual([
        ...Array(outside.length + 1).fill("address_not_allowed"),
        ...Array(inside.length).fill(null),
      ]);
    });

    test("where the asking service itself is says nothing, nor does a header", async () => {
      const scenario = await makeScenario(service());
      const { key } = await scenario.key({ allowedIps });
      const asking = await scenario.key({ permissions: ["keys:verify"] });
      const [near, far] = [service().as(asking.key, "203.0.113.9"), service().as(asking.key, "198.51.100.1")];
      const headers = { "x-forwarded-for": "203.0.113.9" };
      const without = await near.do("verifyApiKey", { body: { secret: key }, headers });
      expect(without).toMatchObject({ reason: "address_not_allowed" });
      const within = await far.do("verifyApiKey", { body: { secret: key, address: "203.0.113.9" } });
      expect(within).toMatchObject({ outcome: "accepted" });
    });

    test("a key without ranges needs no address, and what is none doesn't fit the contract", async () => {
      const scenario = await makeScenario(service());
      const { owner } = scenario;
      const { key } = await scenario.key();
      expect(await owner.do("verifyApiKey", { body: { secret: key } })).toMatchObject({ outcome: "accepted" });
      for (const address of ["", "203.0.113", "203.0.113.0/24", "2001:db8::1::2", "example.com", "fe80::1%"]) {
        const problem = await owner.refused("invalid_request", "verifyApiKey", { body: { secret: key, address } });
        expect(problem.errors, address).toMatchObject([{ in: "body", pointer: "/address" }]);
      }
      const linkLocal = { secret: key, address: "fe80::1%eth0" };
      expect(await owner.do("verifyApiKey", { body: linkLocal })).toMatchObject({ outcome: "accepted" });
    });
  });

  describe("as a setting", () => {
    test("they are a set in one form, change in place, and hold at the next request", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const given = ["2001:DB8:5:0:0::/48", "203.0.113.0/24", "10.0.0.1", "10.0.0.1/32", "203.0.113.0/24"];
      const { id, key, ...made } = await scenario.key({ allowedIps: given });
      const canonical = ["10.0.0.1/32", "203.0.113.0/24", "2001:db8:5::/48"];
      expect(made.allowedIps).toEqual(canonical);
      const at = { path: { apiKeyId: id } };
      const before = await owner.send("getApiKey", at);
      const same = await owner.send("updateApiKey", { ...at, body: { allowedIps: canonical.toReversed() } });
      expect(same.json()).toEqual(before.json());
      expect(same.headers.etag).toBe(before.headers.etag);
      const verify = async (address: string) =>
        (await owner.do("verifyApiKey", { body: { secret: key, address } })).reason;
      expect(await verify("10.0.0.1")).toBeNull();
      const changed = await owner.send("updateApiKey", { ...at, body: { allowedIps: ["203.0.113.7"] } });
      expect(changed.json().allowedIps).toEqual(["203.0.113.7/32"]);
      expect(changed.headers.etag).not.toBe(before.headers.etag);
      expect(await verify("10.0.0.1")).toBe("address_not_allowed");
      expect((await owner.do("updateApiKey", { ...at, body: { allowedIps: null } })).allowedIps).toBeNull();
      expect(await verify("10.0.0.1")).toBeNull();
      const { items } = await owner.do("listAuditEntries", { path, query: { object: id } });
      expect(items.map(({ before, after }) => [before?.allowedIps, after?.allowedIps])).toEqual([
        [undefined, canonical],
        [canonical, ["203.0.113.7/32"]],
        [["203.0.113.7/32"], null],
      ]);
    });

    test.each([
      ["203.0.113.7/24", "203.0.113.0/24"],
      ["2001:db8::1/48", "2001:db8::/48"],
      ["::ffff:203.0.113.0/120", "203.0.113.0/24"],
      ["203.0.113.0/33", "/32"],
      ["2001:db8::/129", "/128"],
      ["203.0.113", "203.0.113.7"],
      ["1:2:3:4:5:6:7:8:9", "2001:db8::/48"],
    ])("%s is refused, and the refusal says what to write", async (wrong, remedy) => {
      const scenario = await makeScenario(service());
      const { id } = await scenario.key();
      const body = { allowedIps: ["198.51.100.0/24", wrong] };
      const refusals = [
        await scenario.owner.refused("unprocessable", "updateApiKey", { path: { apiKeyId: id }, body }),
        await scenario.owner.refused("unprocessable", "createApiKey", {
          path: scenario.path,
          body: { name: unique("key"), kind: "server", ...body },
        }),
      ];
      for (const { errors } of refusals) {
        expect(errors).toMatchObject([{ pointer: "/allowedIps/1", detail: expect.stringContaining(remedy) }]);
      }
    });

    test("one range at least, a hundred at most", async () => {
      const scenario = await makeScenario(service());
      const ranges = (count: number) => Array.from({ length: count }, (_, at) => `10.0.${at}.0/24`);
      expect((await scenario.key({ allowedIps: ranges(100) })).allowedIps).toHaveLength(100);
      for (const wrong of [[], ranges(101), ["example.com"]]) {
        const body = { name: unique("key"), kind: "server" as const, allowedIps: wrong };
        await scenario.owner.refused("invalid_request", "createApiKey", { path: scenario.path, body });
      }
    });

    test("letting a key in from elsewhere takes what making it would; narrowing it takes keys:create", async () => {
      const scenario = await makeScenario(service());
      const { id } = await scenario.key({ allowedIps: ["203.0.113.0/24"], permissions: ["audit:read"] });
      const { client } = await scenario.actingAs("customer_admin");
      const set = (ranges: string[] | null) => ({ path: { apiKeyId: id }, body: { allowedIps: ranges } });
      for (const wider of [null, ["203.0.112.0/23"], ["203.0.113.0/24", "198.51.100.7"], ["::/0"], ["0.0.0.0/0"]]) {
        const refused = await client.refused("permission_denied", "updateApiKey", set(wider));
        expect(refused.detail).toContain("audit:read");
      }
      await client.do("updateApiKey", set(["203.0.113.0/25", "203.0.113.200"]));
      await client.refused("permission_denied", "updateApiKey", set(["203.0.113.0/24"]));
      const reader = await scenario.withPermissions("keys:read", "keys:revoke", "audit:read");
      await reader.refused("permission_denied", "updateApiKey", set(["203.0.113.1"]));
      const administrator = await scenario.actingAs("administrator");
      await administrator.client.do("updateApiKey", set(null));
      // A key from anywhere is narrowed by anybody who makes keys.
      await client.do("updateApiKey", set(["203.0.113.0/24"]));
    });

    test("the key in use can't change its own, and one that has ended keeps them", async () => {
      const scenario = await makeScenario(service());
      const key = await scenario.key({ allowedIps, permissions: ["keys:create"] });
      const set = (ranges: string[] | null) => ({ path: { apiKeyId: key.id }, body: { allowedIps: ranges } });
      const client = service().as(key.key, "203.0.113.9");
      for (const ranges of [null, ["0.0.0.0/0"], ["203.0.113.9"], ["198.51.100.1"]]) {
        await client.refused("permission_denied", "updateApiKey", set(ranges));
      }
      await client.do("updateApiKey", { path: { apiKeyId: key.id }, body: { allowedIps, name: unique("renamed") } });
      await scenario.owner.do("revokeApiKey", { path: { apiKeyId: key.id } });
      await scenario.owner.refused("key_not_active", "updateApiKey", set(null));
    });

    test("a key is adopted with the ranges that are declared, and gets its own back", async () => {
      const scenario = await makeScenario(service());
      const { owner, path } = scenario;
      const { id, name } = await scenario.key({ allowedIps });
      const body = { name, kind: "server" as const, externalId: unique("external"), adopt: "unmanaged" as const };
      const as = { apiKeyId: id };
      const adopted = await owner.do("createApiKey", { path, body: { ...body, allowedIps: ["203.0.113.7"] } });
      expect(adopted).toMatchObject({ id, adopted: true, allowedIps: ["203.0.113.7/32"] });
      await owner.do("revokeApiKey", { path: as, query: { managedAs: body.externalId } });
      expect(await owner.do("getApiKey", { path: as })).toMatchObject({ adopted: false, allowedIps, status: "active" });
      await owner.do("createApiKey", { path, body: { ...body, allowedIps: allowedIps.toReversed() } });
      const { items } = await owner.do("listAuditEntries", { path, query: { object: id } });
      const { action, after } = items.at(-1) ?? {};
      expect(action).toBe("api_key.adopt");
      expect(Object.keys(after ?? {})).not.toContain("allowedIps");
    });
  });
});
