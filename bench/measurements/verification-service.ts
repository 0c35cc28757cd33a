/** The service that verification.ts measures, and the bare look-up beside it, in a thread of their own. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import Fastify, { type FastifyInstance } from "fastify";
import type { Schemas } from "roster-schema";
import { createService } from "../../service/app.ts";
import { keyedHash, parsePeppers } from "../../service/keys/peppers.ts";
import { parseSigningKeys } from "../../service/keys/signing-keys.ts";
import { folderTransport } from "../../service/mail/transports.ts";
import { openDatabase } from "../../service/rows/database.ts";
import { newId } from "../../service/rows/identifiers.ts";
import type { Database } from "../../service/rows/tables.ts";
import { startPostgres } from "../../test/contract/support/postgres.ts";
import type { Ready, Target } from "./verification.ts";

const keys = 10_000;
/** Keys that are asked for; the rest is there to be in the way. */
const asked = 200;
const rowsPerStatement = 500;

const ownerToken = randomBytes(32).toString("base64url");
const peppers = parsePeppers(`v1:${randomBytes(32).toString("base64url")}`);

const folder = mkdtempSync(path.join(tmpdir(), "roster-bench-"));
const cluster = workerData === "postgresql" ? await startPostgres() : undefined;
const database = await openDatabase(cluster === undefined ? { folder } : { url: cluster.url });
const { privateKey } = generateKeyPairSync("ed25519");
const service = await createService({
  database,
  ownerToken,
  peppers,
  signingKeys: await parseSigningKeys(JSON.stringify([{ ...privateKey.export({ format: "jwk" }), kid: "one" }])),
  mail: { transport: folderTransport(folder, "roster@localhost") },
});
const bare = bareLookUp(database);
const secrets = await makeKeys();
const listening = { host: "127.0.0.1", port: 0 };
const ready: Ready = {
  verify: targetOf(`${await service.app.listen(listening)}/v1/verifications`, "secret", secrets),
  select: targetOf(
    `${await bare.listen(listening)}/select`,
    "hash",
    secrets.map((secret) => keyedHash(peppers.newest, secret)),
  ),
};
parentPort?.once("message", async () => {
  await bare.close();
  await service.close();
  await database.destroy();
  await cluster?.stop();
  rmSync(folder, { recursive: true });
  process.exit();
});
parentPort?.postMessage(ready);

/** One statement over the unique index, behind the same HTTP server as the service is. */
function bareLookUp(db: Database): FastifyInstance {
  const app = Fastify();
  app.post<{ Body: { hash: string } }>("/select", async ({ body: { hash } }) =>
    db.selectFrom("api_key_secrets").selectAll().where("hash", "=", hash).executeTakeFirstOrThrow(),
  );
  return app;
}

function targetOf(url: string, member: string, values: readonly string[]): Target {
  const bodies = values.map((value) => JSON.stringify({ [member]: value }));
  return { url, headers: { authorization: `Bearer ${ownerToken}` }, bodies };
}

async function makeKeys(): Promise<string[]> {
  const organization = await create<Schemas["Organization"]>("/v1/organizations", {
    slug: "bench",
    name: "Bench",
    subscription: { plan: "enterprise" },
    features: { externalApiAccess: true },
  });
  const at = `/v1/organizations/${organization.id}`;
  const owner = await create<Schemas["User"]>("/v1/users", {
    email: "owner@bench.example",
    kind: "system",
    homeOrganization: organization.id,
  });
  await create(`${at}/members`, { user: owner.id, role: "api_user" });
  const made: string[] = [];
  for (let index = 0; index < asked; index += 1) {
    // Half of them belong to nobody, and half to a user, whose role counts as well.
    const kind = index % 2 === 0 ? { kind: "server" } : { kind: "user", owner: owner.id };
    const { key } = await create<Schemas["IssuedApiKey"]>(`${at}/api-keys`, { name: `Key ${index}`, ...kind });
    made.push(key ?? "");
  }
  await multiply(keys - asked);
  return made;
}

async function create<Body>(url: string, payload: object): Promise<Body> {
  const headers = { authorization: `Bearer ${ownerToken}`, "idempotency-key": randomBytes(32).toString("base64url") };
  const { statusCode, body } = await service.app.inject({ method: "POST", url, headers, payload });
  if (statusCode !== 201) {
    throw new Error(`POST ${url} answered ${statusCode}: ${body}`);
  }
  return JSON.parse(body);
}

/** More keys like the first, straight into the tables. */
async function multiply(count: number): Promise<void> {
  const key = await database.selectFrom("api_keys").selectAll().limit(1).executeTakeFirstOrThrow();
  const secret = await database
    .selectFrom("api_key_secrets")
    .selectAll()
    .where("key_id", "=", key.id)
    .executeTakeFirstOrThrow();
  const fixed = {
    permissions: JSON.stringify(key.permissions),
    allowed_ips: null,
    external_id_live: null,
    name_live: null,
  };
  for (let done = 0; done < count; done += rowsPerStatement) {
    const ids = Array.from({ length: Math.min(rowsPerStatement, count - done) }, () => newId("api_key"));
    const copies = ids.map((id) => ({ ...key, ...fixed, id, name: id }));
    await database.insertInto("api_keys").values(copies).execute();
    const hash = () => randomBytes(32).toString("base64url");
    await database
      .insertInto("api_key_secrets")
      .values(ids.map((id) => ({ ...secret, key_id: id, hash: hash() })))
      .execute();
  }
}
