import type { LightMyRequestResponse } from "fastify";
import { describe, expect, test } from "vitest";
import { networkOf } from "../../service/auth/attempts.ts";
import { FailedVerifications } from "../../service/auth/failed-verifications.ts";
import { makeSecret } from "../../service/keys/secret-format.ts";
import { Client, elsewhere, unique } from "./support/client.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { onEachDatabase } from "./support/service.ts";

const max = 100;
const windowSeconds = 10 * 60;

/** A secret in the form of ours that nobody has: only the database can tell. */
const unknown = () => makeSecret("server");

/** One whose checksum is wrong. */
const broken = () => makeSecret("server").replace(/.$/, (last) => (last === "0" ? "1" : "0"));

onEachDatabase("failed verifications", (service, kind) => {
  const present = async (token: string, address: string, to = service().service) =>
    await new Client(() => to.app, token, address).send("listOrganizations");

  const presentMany = async (count: number, token: () => string, address: string, to = service().service) => {
    const statuses: number[] = [];
    for (let at = 0; at < count; at++) {
      statuses.push((await present(token(), address, to)).statusCode);
    }
    return statuses;
  };

  const expectTooMany = (response: LightMyRequestResponse) => {
    expect(response.json()).toMatchObject({ status: 429, code: "rate_limited", retryable: true });
    const waitSeconds = Number(response.headers["retry-after"]);
    expect(waitSeconds).toBeGreaterThan(0);
    expect(waitSeconds).toBeLessThanOrEqual(windowSeconds);
    return waitSeconds;
  };

  const attempts = async () => (await service().database.selectFrom("attempts").select("id").execute()).length;

  const tokens: readonly [string, () => string][] = [
    ["unknown tokens", unknown],
    ["tokens with a broken checksum", broken],
    ["tokens that look like a JWT", () => `eyJhbGciOiJub25lIn0.${unique("claims")}.`],
  ];

  // All but the first are counted in memory, of which the database has no part.
  describe.each(tokens.slice(0, kind === "postgresql" ? undefined : 1))("%s", (_title, token) => {
    test("after a hundred from one network the answer is 429, until the window has passed", async () => {
      const address = elsewhere();
      expect(new Set(await presentMany(max, token, address))).toEqual(new Set([401]));
      const waitSeconds = expectTooMany(await present(token(), address));
      expect((await present(token(), elsewhere())).statusCode).toBe(401);
      service().advance((waitSeconds - 30) * 1000);
      expect(expectTooMany(await present(token(), address))).toBeLessThanOrEqual(31);
      service().advance(31_000);
      expect((await present(token(), address)).statusCode).toBe(401);
    });

    test("a token that authenticates is answered all the while, by no more statements than before", async () => {
      const scenario = await makeScenario(service());
      const { key } = await scenario.key({ permissions: ["roles:read"] });
      const address = elsewhere();
      const read = () => service().as(key, address).do("listRoles", { path: scenario.path });
      await read();
      const usual = await service().statementsOf(read);
      await presentMany(max, token, address);
      expectTooMany(await present(token(), address));
      expect(await service().statementsOf(read)).toBe(usual);
      const create = { path: scenario.path, body: { name: unique("role"), permissions: [] } };
      await service().as(undefined, address).do("createRole", create);
      expectTooMany(await present(token(), address));
    });
  });

  test("a broken checksum is counted without the database", async () => {
    const address = elsewhere();
    expect(await service().statementsOf(() => presentMany(max + 5, broken, address))).toBe(0);
  });

  test("many at once are no more than as many in turn, and past the limit nothing is written or counted", async () => {
    const address = elsewhere();
    const before = await attempts();
    const answers = await Promise.all(Array.from({ length: 3 * max }, () => present(unknown(), address)));
    const statuses = answers.map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 401)).toHaveLength(max);
    expect(statuses.filter((status) => status === 429)).toHaveLength(2 * max);
    expect((await attempts()) - before).toBe(max);
    // What is left is to look the token up: it might authenticate.
    expect(await service().statementsOf(() => presentMany(10, unknown, address))).toBe(10);
  });

  test("whatever a token's fault, it is counted and answered alike: nothing tells that there is such a key", async () => {
    const scenario = await makeScenario(service());
    const { owner, path } = scenario;
    const address = elsewhere();
    const revoked = await scenario.key();
    await owner.do("revokeApiKey", { path: { apiKeyId: revoked.id } });
    const held = await scenario.key({ allowedIps: ["203.0.113.0/24"] });
    const { user } = await scenario.member("viewer");
    const orphan = await scenario.key({ kind: "user", owner: user.id });
    await owner.do("deactivateUser", { path: { userId: user.id } });
    const faulty = [revoked.key, held.key, orphan.key, unknown(), "any-other-text-of-a-client"];
    const answersOf = async () => {
      const answers = [];
      for (const token of faulty) {
        const { requestId: _, ...problem } = (await present(token, address)).json();
        answers.push(problem);
      }
      return answers;
    };
    const first = await answersOf();
    expect(first).toEqual(first.map(() => expect.objectContaining({ code: "unauthenticated" })));
    expect(new Set(first.map((problem) => JSON.stringify(problem))).size).toBe(1);
    for (let round = 1; round < max / faulty.length; round++) {
      await answersOf();
    }
    const last = await answersOf();
    expect(last).toEqual(last.map(() => expect.objectContaining({ code: "rate_limited" })));
    expect(new Set(last.map((problem) => JSON.stringify(problem))).size).toBe(1);
    expect((await service().as(held.key, "203.0.113.9").send("listRoles", { path })).statusCode).toBe(403);
  });

  test("who presents no token guesses nothing, and is always told so", async () => {
    const address = elsewhere();
    await presentMany(max, unknown, address);
    expectTooMany(await present(unknown(), address));
    const anybody = new Client(() => service().service.app, undefined, address);
    await anybody.refused("unauthenticated", "listOrganizations");
    await anybody.refused("unauthenticated", "listOrganizations", { headers: { authorization: "Basic b3duZXI6" } });
  });

  test("a network is an IPv4 address however it is written, or 64 bits of IPv6", async () => {
    await presentMany(max, unknown, "192.0.2.77");
    expectTooMany(await present(unknown(), "::ffff:192.0.2.77"));
    expectTooMany(await present(unknown(), "::ffff:c000:24d"));
    expect((await present(unknown(), "192.0.2.78")).statusCode).toBe(401);
    const subscriber = networkOf(elsewhere()).split("::/")[0];
    for (let at = 0; at < max; at++) {
      await present(unknown(), `${subscriber}:${at.toString(16)}::1`);
    }
    expectTooMany(await present(unknown(), `${subscriber}:ffff:ffff:ffff:ffff`));
  });

  test("a header that no trusted proxy sends hides nobody", async () => {
    const address = elsewhere();
    const { app } = await service().startBeside({ trustedProxies: ["192.0.2.10"] });
    const guess = (peer: string, forwarded: string) =>
      new Client(() => app, unknown(), peer).send("listOrganizations", { headers: { "x-forwarded-for": forwarded } });
    for (let at = 0; at < max; at++) {
      expect((await guess(address, elsewhere())).statusCode).toBe(401);
    }
    expectTooMany(await guess(address, elsewhere()));
    expectTooMany(await guess("192.0.2.10", `${elsewhere()}, ${address}`));
    expect((await guess("192.0.2.10", elsewhere())).statusCode).toBe(401);
  });

  test("replicas share what the database counts; a broken checksum is each one's own to count", async () => {
    const [one, other] = [service().service, await service().startBeside()];
    const address = elsewhere();
    await presentMany(60, unknown, address, one);
    expect(new Set(await presentMany(40, unknown, address, other))).toEqual(new Set([401]));
    for (const replica of [one, other]) {
      expectTooMany(await present(unknown(), address, replica));
    }
    const another = elsewhere();
    await presentMany(max, broken, another, one);
    expectTooMany(await present(broken(), another, one));
    expectTooMany(await present(unknown(), another, one));
    expect((await present(broken(), another, other)).statusCode).toBe(401);
  });

  describe("that another service asks for", () => {
    const verify = async ({ owner }: Scenario, secret: string, address?: string) =>
      await owner.send("verifyApiKey", { body: { secret, ...(address && { address }) } });

    test.each([
      ["unknown secrets", unknown],
      ["broken checksums", broken],
    ])("%s are limited by the address that it gives, and known ones answered", async (_title, secret) => {
      const scenario = await makeScenario(service());
      const address = elsewhere();
      const { key } = await scenario.key();
      const revoked = await scenario.key();
      await scenario.owner.do("revokeApiKey", { path: { apiKeyId: revoked.id } });
      for (let at = 0; at < max; at++) {
        expect((await verify(scenario, secret(), address)).json()).toMatchObject({ reason: "unknown" });
        // What is known is no guess, whatever comes of it.
        await verify(scenario, revoked.key, address);
      }
      const waitSeconds = expectTooMany(await verify(scenario, secret(), address));
      expect((await verify(scenario, key, address)).json()).toMatchObject({ outcome: "accepted" });
      expect((await verify(scenario, revoked.key, address)).json()).toMatchObject({ reason: "revoked" });
      expect((await verify(scenario, secret(), elsewhere())).json()).toMatchObject({ reason: "unknown" });
      service().advance(waitSeconds * 1000);
      expect((await verify(scenario, secret(), address)).json()).toMatchObject({ reason: "unknown" });
    });

    test("without an address nothing is counted, and never the asking service's own", async () => {
      const scenario = await makeScenario(service());
      const address = elsewhere();
      const { key } = await scenario.key({ permissions: ["keys:verify"] });
      const asking = service().as(key, address);
      for (let at = 0; at <= max; at++) {
        const answer = await asking.do("verifyApiKey", { body: { secret: unknown() } });
        expect(answer).toMatchObject({ reason: "unknown" });
      }
      expect((await present(unknown(), address)).statusCode).toBe(401);
    });

    test("what one organization says of an address counts for no other, nor for who comes from there", async () => {
      const [scenario, other] = [await makeScenario(service()), await makeScenario(service())];
      const address = elsewhere();
      const [asking, another] = [
        await scenario.withPermissions("keys:verify"),
        await other.withPermissions("keys:verify"),
      ];
      // Another organization's key is unknown, and counted as if it were.
      const foreign = await other.key();
      const body = { secret: foreign.key, address };
      for (let at = 0; at < max; at++) {
        await asking.do("verifyApiKey", { body });
      }
      await asking.refused("rate_limited", "verifyApiKey", { body });
      expect(await another.do("verifyApiKey", { body: { secret: unknown(), address } })).toMatchObject({
        reason: "unknown",
      });
      expect((await verify(scenario, unknown(), address)).json()).toMatchObject({ reason: "unknown" });
      expect((await present(unknown(), address)).statusCode).toBe(401);
    });
  });

  if (kind === "postgresql") {
    test("the memory is bounded: a place is forgotten once ten thousand others have failed since", async () => {
      const failures = new FailedVerifications(service().database, () => service().monotonicMs());
      const now = service().now();
      const fail = (subject: string) => failures.count({ kind: "token_from", subject, presented: broken() }, now);
      const others = async (count: number) => {
        for (let at = 0; at < count; at++) {
          await fail(`other ${at}`);
        }
      };
      for (let at = 0; at < max; at++) {
        await fail("one");
      }
      await others(9_999);
      await expect(fail("one")).rejects.toMatchObject({ code: "rate_limited" });
      await others(10_000);
      await fail("one");
    });
  }

  test("what no window reaches any more is swept in passing", async () => {
    await presentMany(3, unknown, elsewhere());
    expect(await attempts()).toBeGreaterThanOrEqual(3);
    service().advance(2 * 60 * 60 * 1000);
    await present(unknown(), elsewhere());
    expect(await attempts()).toBe(1);
  });
});
