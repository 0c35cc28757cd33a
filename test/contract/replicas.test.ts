/** What holds of keys when two services run on one database, each with a memory of its own. */
import { describe, expect, test } from "vitest";
import type { Service } from "../../service/app.ts";
import { Client, elsewhere } from "./support/client.ts";
import { makeScenario, type Scenario } from "./support/scenario.ts";
import { keyMaterial, makePepper, onEachDatabase, ownerToken } from "./support/service.ts";

const minuteMs = 60_000;

onEachDatabase("two services on one database", (service) => {
  /** The owner's client of one service. */
  const ownerOf = (replica: Service) => new Client(() => replica.app, ownerToken);
  const outcomeOf = async (replica: Service, secret: string) =>
    (await ownerOf(replica).do("verifyApiKey", { body: { secret } })).outcome;

  test("no request that starts after a revocation's answer is accepted by either, under load", async () => {
    const replicas = [service().service, await service().startBeside()] as const;
    const scenario = await makeScenario(service());
    const keys = await Promise.all(Array.from({ length: 8 }, () => scenario.key({ permissions: ["roles:read"] })));
    const revoked = new Set<string>();
    let stopped = false;
    let accepted = 0;
    /** Asks for one key over and over, in both ways; what began after the revocation must be refused. */
    const ask = async (replica: Service, { key }: { readonly key: string }) => {
      while (!stopped) {
        const isOver = revoked.has(key);
        const verified = await outcomeOf(replica, key);
        const { statusCode } = await new Client(() => replica.app, key, elsewhere()).send("listRoles", {
          path: scenario.path,
        });
        if (isOver) {
          expect([verified, statusCode]).toEqual(["refused", 401]);
        } else if (verified === "accepted") {
          accepted += 1;
        }
      }
    };
    const asking = Promise.allSettled(replicas.flatMap((replica) => keys.map((key) => ask(replica, key))));
    for (const [index, { id, key }] of keys.entries()) {
      const replica = replicas[index % 2] ?? replicas[0];
      await ownerOf(replica).do("revokeApiKey", { path: { apiKeyId: id } });
      revoked.add(key);
      for (const each of replicas) {
        expect(await outcomeOf(each, key)).toBe("refused");
      }
    }
    stopped = true;
    const failures = (await asking).flatMap((asked) => (asked.status === "rejected" ? [asked.reason] : []));
    expect(failures).toEqual([]);
    // Otherwise there was no load, and nothing was tried.
    expect(accepted).toBeGreaterThan(keys.length);
  }, 120_000);

  test("the last use is never moved back, is a minute late at most, and whole once both have stopped", async () => {
    const replicas = [await service().startBeside(), await service().startBeside()] as const;
    const scenario = await makeScenario(service());
    const { id, key } = await scenario.key();
    const lastUse = async () => {
      const { lastUsedAt } = await scenario.owner.do("getApiKey", { path: { apiKeyId: id } });
      return Date.parse(lastUsedAt ?? "");
    };
    let shown = 0;
    let used = 0;
    for (let step = 0; step < 12; step += 1) {
      service().advance(25_000);
      used = service().now().getTime();
      expect(await outcomeOf(replicas[step % 2] ?? replicas[0], key)).toBe("accepted");
      const now = await lastUse();
      expect(now).toBeGreaterThanOrEqual(shown);
      expect(service().now().getTime() - now).toBeLessThanOrEqual(minuteMs + 5000);
      shown = now;
    }
    // In the wrong order: the later use is written first.
    await replicas[1].close();
    await replicas[0].close();
    expect(await lastUse()).toBeGreaterThanOrEqual(used);
  });

  test("a use that is written as a service stops doesn't bring back a secret that has ended", async () => {
    const replica = await service().startBeside();
    const scenario = await makeScenario(service());
    const { id, key } = await scenario.key();
    const body = { generation: 2, overlap: "1m", holdWhileUsed: "4m" };
    await scenario.owner.do("rotateApiKey", { path: { apiKeyId: id }, body });
    expect(await outcomeOf(replica, key)).toBe("accepted");
    service().advance(30_000);
    expect(await outcomeOf(replica, key)).toBe("accepted");
    // The first use is all that is stored: it holds the secret for four minutes, and the one in which a use may be late.
    service().advance(4.6 * minuteMs);
    expect(await outcomeOf(replica, key)).toBe("refused");
    await replica.close();
    expect(await outcomeOf(service().service, key)).toBe("refused");
  });

  describe("a pepper is replaced, as docs/operations.md has it", () => {
    const [oldest, newest] = [keyMaterial.pepper, makePepper("v2")];

    async function used(scenario: Scenario): Promise<string[]> {
      const rows = await service()
        .database.selectFrom("api_key_secrets")
        .innerJoin("api_keys", "api_keys.id", "api_key_secrets.key_id")
        .select("pepper_version")
        .where("api_keys.organization_id", "=", scenario.organization.id)
        .where("api_keys.revoked_at", "is", null)
        .execute();
      return rows.map(({ pepper_version }) => pepper_version);
    }

    test("without a moment of refusal on either", async () => {
      // Only this test's keys are in use from here on.
      await service().database.updateTable("api_keys").set({ revoked_at: new Date() }).execute();
      const start = (...pepperList: string[]) => service().startBeside({ pepperList: pepperList.join(",") });
      let replicas = [await start(oldest), await start(oldest)] as const;
      const scenario = await makeScenario(service());
      const secrets: string[] = [];
      const make = async (replica: Service) => {
        const body = { name: `Key ${secrets.length}`, kind: "server" } as const;
        const { key } = await ownerOf(replica).do("createApiKey", { path: scenario.path, body });
        secrets.push(key ?? "");
      };
      /** Each makes a key, and both take every key. */
      const work = async () => {
        for (const replica of replicas) {
          await make(replica);
        }
        for (const replica of replicas) {
          for (const secret of secrets) {
            expect(await outcomeOf(replica, secret)).toBe("accepted");
          }
        }
      };
      await work();
      const lists = [
        [newest, oldest],
        [oldest, newest],
      ] as const;
      for (const list of lists) {
        for (const index of [0, 1] as const) {
          const next = await start(...list);
          replicas = index === 0 ? [next, replicas[1]] : [replicas[0], next];
          await work();
        }
      }
      // Every key was used since, and so moved to the newest.
      expect(new Set(await used(scenario))).toEqual(new Set(["v2"]));
      for (const index of [0, 1] as const) {
        const next = await start(newest);
        replicas = index === 0 ? [next, replicas[1]] : [replicas[0], next];
        await work();
      }
    });
  });
});
