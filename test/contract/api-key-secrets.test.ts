/** Ending one secret of a key: what handing secrets on takes, where that fails or a rotation's overlap is to be short. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { idempotencyKey, unique } from "./support/client.ts";
import { clientSecret, makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

const hourMs = 60 * 60 * 1000;

onEachDatabase("secrets of a key", (service) => {
  /** Why a secret doesn't authenticate; "accepted" where it does. */
  const verify = async (secret: string) => {
    const { outcome, reason } = await service().as().do("verifyApiKey", { body: { secret } });
    return reason ?? outcome;
  };
  /** A key that was rotated once, and what can be done to it. */
  const rotated = async (scenario: Scenario, overlap = "12h") => {
    const { id, key: first } = await scenario.key();
    const path = { apiKeyId: id };
    const { owner } = scenario;
    const rotate = async (generation: number, given = overlap) =>
      (await owner.do("rotateApiKey", { path, body: { generation, overlap: given } })).key ?? "";
    const end = async (generation: number, given?: string) =>
      await owner.do("revokeApiKeySecret", { path, body: { generation, ...(given && { overlap: given }) } });
    const refused = async (generation: number) =>
      await owner.refused("generation_conflict", "revokeApiKeySecret", { path, body: { generation } });
    return { id, path, first, second: await rotate(2), rotate, end, refused };
  };
  const actions = async ({ owner, path }: Scenario) =>
    (await owner.do("listAuditEntries", { path })).items.filter(({ action }) => action === "api_key.revoke_secret");

  describe("the current one", () => {
    test("is withdrawn: it is dead, and the one before lives on without an end, as before the rotation", async () => {
      const scenario = await makeScenario(service());
      const { id, path, first, second, end } = await rotated(scenario);
      const before = await scenario.owner.do("getApiKey", { path });
      const after = await end(2);
      expect(after).toMatchObject({ id, generation: 1, status: "active", prefix: first.slice(0, 15) });
      expect(after.fingerprint).not.toBe(before.fingerprint);
      expect(await verify(second)).toBe("revoked");
      service().advance(24 * hourMs);
      expect(await verify(first)).toBe("accepted");
      expect(await actions(scenario)).toMatchObject([{ before: { generation: 2 }, after: { generation: 1 } }]);
    });

    test("is due again afterwards, and its rotation makes another secret", async () => {
      const { first, second, rotate, end, refused } = await rotated(await makeScenario(service()));
      await end(2);
      const again = await rotate(2, "0s");
      expect(again).not.toBe(second);
      expect(await Promise.all([first, second, again].map(verify))).toEqual(["revoked", "unknown", "accepted"]);
      await refused(2);
    });

    test("is withdrawn once, however often it is asked", async () => {
      const scenario = await makeScenario(service());
      const { path, first, second, end } = await rotated(scenario);
      const headers = { "idempotency-key": idempotencyKey() };
      const request = { path, body: { generation: 2 }, headers };
      const answer = await scenario.owner.do("revokeApiKeySecret", request);
      expect(await scenario.owner.do("revokeApiKeySecret", request)).toEqual(answer);
      expect(await end(2)).toMatchObject({ generation: 1 });
      expect(await Promise.all([first, second].map(verify))).toEqual(["accepted", "revoked"]);
      expect(await actions(scenario)).toHaveLength(1);
    });

    test("that was used stays: somebody has it", async () => {
      const { first, second, refused } = await rotated(await makeScenario(service()));
      expect(await verify(second)).toBe("accepted");
      expect((await refused(2)).detail).toContain("is in use");
      expect(await Promise.all([first, second].map(verify))).toEqual(["accepted", "accepted"]);
    });

    test("stays where the one before is dead, or there is none: never are both dead", async () => {
      const { second, end, refused } = await rotated(await makeScenario(service()));
      await end(1);
      expect((await refused(2)).detail).toContain("no valid secret");
      service().advance(24 * hourMs);
      expect(await verify(second)).toBe("accepted");
      const only = await rotated(await makeScenario(service()), "0s");
      await only.refused(2);
      expect(await verify(only.second)).toBe("accepted");
    });

    test("can't be one that never was", async () => {
      const { refused, first, second } = await rotated(await makeScenario(service()));
      await refused(3);
      await refused(1_000_000);
      expect(await Promise.all([first, second].map(verify))).toEqual(["accepted", "accepted"]);
    });

    test("of a client may be registered again, with the generation that it was of", async () => {
      const scenario = await makeScenario(service());
      const [first, second] = [clientSecret(), clientSecret()];
      const { id } = await scenario.key({ kind: "webapi", secret: first });
      const path = { apiKeyId: id };
      const rotation = { path, body: { generation: 2, overlap: "1h", secret: second } };
      await scenario.owner.do("rotateApiKey", rotation);
      await scenario.owner.do("revokeApiKeySecret", { path, body: { generation: 2 } });
      const { owner } = await makeScenario(service());
      expect(await verify(second)).toBe("revoked");
      await owner.refused("unprocessable", "createApiKey", {
        path: scenario.path,
        body: { name: unique("other"), kind: "webapi", secret: second },
      });
      await scenario.owner.do("rotateApiKey", rotation);
      expect(await verify(second)).toBe("accepted");
    });
  });

  describe("the one before", () => {
    test("ends at once, and in the audit", async () => {
      const scenario = await makeScenario(service());
      const { first, second, end } = await rotated(scenario);
      expect(await end(1)).toMatchObject({ generation: 2 });
      expect(await Promise.all([first, second].map(verify))).toEqual(["revoked", "accepted"]);
      await end(1);
      expect(await actions(scenario)).toHaveLength(1);
    });

    test("ends after an overlap, and never later than it would have", async () => {
      const { first, end } = await rotated(await makeScenario(service()), "2h");
      await end(1, "90d");
      await end(1, "1h");
      await end(1, "2h");
      expect(await verify(first)).toBe("accepted");
      service().advance(hourMs);
      expect(await verify(first)).toBe("revoked");
      await end(1, "1h");
      expect(await verify(first)).toBe("revoked");
    });
  });

  describe("is ended", () => {
    test("by who may revoke, also without external API access", async () => {
      const scenario = await makeScenario(service());
      const { path, first, second } = await rotated(scenario);
      const client = await scenario.withPermissions("keys:revoke");
      await scenario.owner.do("updateOrganization", {
        path: scenario.path,
        body: { features: { externalApiAccess: false } },
      });
      await client.do("revokeApiKeySecret", { path, body: { generation: 1 } });
      await scenario.owner.do("updateOrganization", {
        path: scenario.path,
        body: { features: { externalApiAccess: true } },
      });
      expect(await Promise.all([first, second].map(verify))).toEqual(["revoked", "accepted"]);
    });

    test("but not withdrawn by who may not rotate the key, as that lets the one before live on", async () => {
      const scenario = await makeScenario(service());
      const client = await scenario.withPermissions("keys:revoke");
      const { id, key } = await scenario.key({ permissions: ["members:manage"] });
      const path = { apiKeyId: id };
      await scenario.owner.do("rotateApiKey", { path, body: { generation: 2, overlap: "1h" } });
      const { detail } = await client.refused("permission_denied", "revokeApiKeySecret", {
        path,
        body: { generation: 2 },
      });
      expect(detail).toContain("members:manage");
      await client.do("revokeApiKeySecret", { path, body: { generation: 1 } });
      expect(await verify(key)).toBe("revoked");
    });
  });

  test("whatever is asked in whatever order, a key has one or two living secrets, and no end is moved back", async () => {
    const scenario = await makeScenario(service());
    const overlap = fc.constantFrom("0s", "1h", "3h");
    const step = fc.oneof(
      fc.record({ does: fc.constant("rotate" as const), by: fc.constantFrom(0, 1), overlap }),
      fc.record({ does: fc.constant("end" as const), by: fc.constantFrom(-1, 0, 1), overlap }),
      fc.record({ does: fc.constant("use" as const), by: fc.constantFrom(-1, 0), overlap }),
      fc.record({ does: fc.constant("wait" as const), by: fc.constant(0), overlap }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { id, key } = await scenario.key();
        const path = { apiKeyId: id };
        const known = new Map([[1, key]]);
        const ends = () =>
          service()
            .database.selectFrom("api_key_secrets")
            .select(["generation", "hash", "expires_at"])
            .where("key_id", "=", id)
            .execute();
        let before = await ends();
        for (const { does, by, overlap } of steps) {
          const { generation } = await scenario.owner.do("getApiKey", { path });
          const target = generation + by;
          if (does === "wait") {
            service().advance(hourMs);
          }
          if (does === "use") {
            await verify(known.get(target) ?? "none");
          }
          if (does === "rotate" && target > 1) {
            const answer = await scenario.owner.send("rotateApiKey", { path, body: { generation: target, overlap } });
            if (answer.statusCode === 200) {
              known.set(target, answer.json().key);
            }
          }
          let withdrawn = false;
          if (does === "end" && target > 0) {
            const body = { generation: target, ...(by < 0 && { overlap }) };
            const answer = await scenario.owner.send("revokeApiKeySecret", { path, body });
            withdrawn = answer.statusCode === 200 && answer.json().generation < generation;
          }
          const now = service().now();
          const after = await ends();
          const living = after.filter(({ expires_at }) => expires_at === null || expires_at > now);
          expect([1, 2]).toContain(living.length);
          for (const { generation: one, hash, expires_at } of after) {
            const earlier = before.find((secret) => secret.hash === hash)?.expires_at;
            // A withdrawal gives the secret before it back, as if there had been no rotation.
            if (!earlier || (withdrawn && one === generation - 1)) {
              continue;
            }
            expect(expires_at?.getTime() ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(earlier.getTime());
          }
          before = after;
        }
      }),
      { numRuns: 25 },
    );
  });
});
