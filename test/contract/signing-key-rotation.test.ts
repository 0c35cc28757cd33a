/** The procedure "Rotate a JWT signing key" of docs/operations.md, on two replicas that are asked all the time. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import type { Service } from "../../service/app.ts";
import { Client } from "./support/client.ts";
import { type PrivateJwk, read } from "./support/jwt.ts";
import { makeScenario } from "./support/scenario.ts";
import { makeSigningKey, onEachDatabase, ownerToken, type TestService } from "./support/service.ts";

const dayMs = 24 * 60 * 60 * 1000;

const procedure = readFileSync(path.join(__dirname, "../../docs/operations.md"), "utf8");

/** The query of step 4, as it is written there. */
function dependingOn(kid: string) {
  const [, query = ""] = /```sql\n([^`]+)```/.exec(procedure) ?? [];
  expect(query).toContain("the old kid");
  return sql<{ id: string }>`${sql.raw(query.replace("the old kid", kid))}`;
}

/** Two replicas of one service, each restarted by itself with another list of signing keys. */
class Replicas {
  readonly #service: TestService;
  readonly #running: Service[] = [];

  constructor(service: TestService) {
    this.#service = service;
  }

  client(replica: number, token = ownerToken): Client {
    const service = this.#running[replica];
    if (service === undefined) {
      throw new Error(`replica ${replica} doesn't run`);
    }
    return new Client(() => service.app, token);
  }

  /** Restarts one: as a rolling update does, the next process runs before requests are led to it and the old one ends. */
  async restart(replica: number, signingKeyList: PrivateJwk[]): Promise<void> {
    const next = await this.#service.startBeside({ signingKeyList });
    const last = this.#running[replica];
    this.#running[replica] = next;
    await last?.close();
  }
}

/** Presents every token to every replica, by every way in, again and again. */
class Watch {
  readonly tokens = new Set<string>();
  readonly refused: string[] = [];
  readonly #replicas: Replicas;
  readonly #organizationId: string;
  #rounds = 0;
  #stopped = false;
  readonly #watching: Promise<void>;

  constructor(replicas: Replicas, organizationId: string) {
    this.#replicas = replicas;
    this.#organizationId = organizationId;
    this.#watching = this.#watch();
  }

  /** Resolves once everything was asked that is there now. */
  async round(): Promise<void> {
    const rounds = this.#rounds + 2;
    while (this.#rounds < rounds) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#watching;
  }

  async #watch(): Promise<void> {
    for (; !this.#stopped; this.#rounds++) {
      for (const token of this.tokens) {
        for (const replica of [0, 1]) {
          await this.#present(replica, token);
        }
      }
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  async #present(replica: number, secret: string): Promise<void> {
    const path = { organizationId: this.#organizationId };
    const { outcome } = await this.#replicas.client(replica).do("verifyApiKey", { body: { secret } });
    // What a key of an API user may not do is forbidden; what isn't known is not authenticated.
    const { statusCode } = await this.#replicas.client(replica, secret).send("listMembers", { path });
    if (outcome === "accepted" && statusCode === 403) {
      return;
    }
    if (this.tokens.has(secret)) {
      this.refused.push(`${replica} ${read(secret).header.kid} ${outcome} ${statusCode}`);
    }
  }
}

onEachDatabase("rotating a JWT signing key", (service) => {
  test("has no moment at which either replica refuses a key that is good", async () => {
    // Step 1.
    const [oldKey, newKey] = [makeSigningKey("old"), makeSigningKey("new")];
    const replicas = new Replicas(service());
    for (const replica of [0, 1]) {
      await replicas.restart(replica, [oldKey]);
    }
    const scenario = await makeScenario(service());
    const watch = new Watch(replicas, scenario.organization.id);
    onTestFinished(() => watch.stop());
    const make = async (replica: number, kid: string) => {
      const { user } = await scenario.member("api_user");
      const key = await replicas.client(replica).do("createApiKey", {
        path: scenario.path,
        body: { name: `${kid} ${user.id}`, kind: "user", format: "jwt", owner: user.id },
      });
      const token = key.key ?? "";
      expect(read(token).header.kid).toBe(kid);
      watch.tokens.add(token);
      await watch.round();
      return { id: key.id, token };
    };
    const restartEach = async (list: PrivateJwk[], between: () => Promise<void>) => {
      await replicas.restart(0, list);
      await watch.round();
      await between();
      await replicas.restart(1, list);
      await watch.round();
    };
    const first = await make(0, "old");

    // Step 2.
    await restartEach([newKey, oldKey], async () => {
      await make(0, "old");
      await make(1, "old");
    });

    // Step 3.
    await restartEach([oldKey, newKey], async () => {
      await make(0, "new");
      await make(1, "old");
    });
    const newer = await make(1, "new");

    // Step 4.
    await expect(replicas.restart(0, [newKey])).rejects.toThrow(
      /ROSTER_SIGNING_KEYS: active API keys depend on .* old/,
    );
    const { rows } = await dependingOn("old").execute(service().database);
    expect(rows).toHaveLength(4);
    expect(rows.map(({ id }) => id)).toContain(first.id);
    expect(rows.map(({ id }) => id)).not.toContain(newer.id);
    for (const [at, { id }] of rows.entries()) {
      const rotated = await replicas.client(at % 2).do("rotateApiKey", {
        path: { apiKeyId: id },
        body: { generation: 2, overlap: "24h" },
      });
      expect(read(rotated.key ?? "").header.kid).toBe("new");
      watch.tokens.add(rotated.key ?? "");
    }
    await watch.round();
    // Both secrets of each live on for the overlap.
    await expect(replicas.restart(0, [newKey])).rejects.toThrow("depend on the signing key old");
    for (const token of watch.tokens) {
      if (read(token).header.kid === "old") {
        watch.tokens.delete(token);
      }
    }
    service().advance(dayMs);

    // Step 5.
    await restartEach([newKey], async () => void (await make(1, "new")));
    expect(watch.tokens.size).toBe(7);
    expect((await replicas.client(0).do("verifyApiKey", { body: { secret: first.token } })).reason).toBe("unknown");
    await watch.stop();
    expect(watch.refused).toEqual([]);
  });

  test("would refuse some where a key signed before it was listed everywhere: the watch sees that", async () => {
    const [oldKey, newKey] = [makeSigningKey("old"), makeSigningKey("new")];
    await service().database.updateTable("api_keys").set({ revoked_at: new Date() }).execute();
    const replicas = new Replicas(service());
    await replicas.restart(0, [oldKey, newKey]);
    await replicas.restart(1, [oldKey]);
    const scenario = await makeScenario(service());
    const watch = new Watch(replicas, scenario.organization.id);
    const { user } = await scenario.member("api_user");
    const body = { name: "JWT", kind: "user" as const, format: "jwt" as const, owner: user.id };
    const { key } = await replicas.client(0).do("createApiKey", { path: scenario.path, body });
    watch.tokens.add(key ?? "");
    await watch.round();
    await watch.stop();
    expect(new Set(watch.refused)).toEqual(new Set(["1 new refused 401"]));
  });
});
