/** What the tests of backups fill, make and compare. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import type { Schemas } from "roster-schema";
import { startDeviceLogIn } from "../../../service/auth/device-log-ins.ts";
import { parsePeppers } from "../../../service/keys/peppers.ts";
import { parseSigningKeys } from "../../../service/keys/signing-keys.ts";
import type { DatabaseLocation } from "../../../service/rows/database.ts";
import { noteRestore } from "../../../service/rows/identity.ts";
import type { Database } from "../../../service/rows/tables.ts";
import { connect } from "../../portability/database.ts";
import { copyTemplate } from "../../template-database.ts";
import { runAt, unique } from "./client.ts";
import { image, logo } from "./images.ts";
import { makeToken, Pages } from "./people.ts";
import { makeScenario } from "./scenario.ts";
import { type DatabaseKind, keyMaterial, type TestService } from "./service.ts";
import { newOnCluster } from "./shared-cluster.ts";

/** Where a test file's databases are, until it is over. */
export class Places {
  readonly folder: string = mkdtempSync(join(tmpdir(), "roster-backup-"));
  readonly #open: Database[] = [];

  /** A path in a folder of the tests' own. */
  path(name: string): string {
    return join(this.folder, unique(name));
  }

  /** A new database, without tables or with the service's. */
  async make(kind: DatabaseKind, { hasTables = false } = {}): Promise<DatabaseLocation> {
    if (kind === "postgresql") {
      return { url: await newOnCluster({ hasTables }) };
    }
    const folder = this.path("database");
    copyTemplate(folder, { hasTables });
    return { folder };
  }

  /** Opens a database as it is, until the tests are over. */
  open(location: DatabaseLocation): Database {
    const db = connect(location);
    this.#open.push(db);
    return db;
  }

  async close(): Promise<void> {
    for (const db of this.#open) {
      await db.destroy();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The secrets that the services under test start with, or others. */
export async function backupKeys(pepperList = keyMaterial.pepper, signingKeys: object[] = [keyMaterial.signingKey]) {
  return {
    peppers: parsePeppers(pepperList),
    signingKeys: await parseSigningKeys(JSON.stringify(signingKeys)),
  };
}

/** What there is in a database that was filled. */
export interface Filled {
  readonly organization: Schemas["Organization"];
  readonly logo: Buffer;
  /** Plaintexts of an opaque key and of a JWT. */
  readonly secrets: readonly [string, string];
  /** The plaintext of a system user's access token. */
  readonly token: string;
  readonly person: { readonly id: string; readonly email: string };
  /** How many entries of the organization's audit are sealed. */
  readonly sealed: number;
  /** Whom a mail waits for that could not be sent. */
  readonly invited: string;
}

/** Puts something into every table, as requests do, and what is hard to write down: see `exact`. */
export async function fill(service: TestService): Promise<Filled> {
  const pages = new Pages(service);
  const transport = { send: () => Promise.reject(new Error("no mail server")) };
  await pages.start({ mail: { transport, pollMs: 3_600_000 } });
  const { id, email, browser } = await pages.loggedIn();
  await pages.browser().logIn(email, "not the password");
  await makeToken(browser);
  const command = { client_id: "roster", client: "roster", network: "192.0.2.1/32", token_life_seconds: 60 };
  await startDeviceLogIn({ db: service.database, now: service.now() }, command);
  const scenario = await makeScenario(service);
  const { owner, path, organization } = scenario;
  const content = image("png", { width: 40, height: 30 });
  await owner.do("updateOrganization", {
    path,
    body: { name: "O'\\n\"☃ 🦉", logo: logo("png", { width: 40, height: 30 }) },
  });
  await owner.do("createOrganizationProfile", { path, body: { externalId: unique("profile") } });
  const role = await scenario.role("flows:read");
  const adoption = {
    name: role.name,
    permissions: ["messages:read" as const],
    externalId: unique("role"),
    adopt: "unmanaged" as const,
  };
  await owner.do("createRole", { path, body: adoption, headers: { "idempotency-key": unique("request") } });
  const { user } = await scenario.member("api_user");
  const opaque = await scenario.key();
  const { token } = await scenario.token();
  const jwt = await scenario.key({ kind: "user", format: "jwt", owner: user.id });
  await owner.do("createApiKeyAssignment", { path: { apiKeyId: opaque.id }, body: { user: user.id } });
  await owner.do("verifyApiKey", { body: { secret: opaque.key, api: "orders" } });
  const invited = `${unique("invited")}@example.com`;
  await owner.do("createUser", { body: { email: invited, kind: "person", homeOrganization: organization.id } });
  const runId = runAt(Date.now())["roster-run"];
  await owner.do("reportRun", { path: { runId }, body: { status: "alive" } });
  await noteRestore(service.database, { takenAt: new Date(0), restoredAt: new Date(1) });
  await exact(service.database);
  await service.seal();
  const { sealed } = await owner.do("verifyAudit", { path });
  return {
    organization,
    logo: content,
    secrets: [opaque.key, jwt.key],
    token,
    person: { id, email },
    sealed,
    invited,
  };
}

/** Microseconds, which a driver's dates don't have, JSON that JavaScript would change, and a name from before one was a line. */
async function exact(db: Database): Promise<void> {
  const json =
    '{"large": 12345678901234567890.5, "null": null, "text": "\\u2028\\n\\"\\\\ é 🦉", "list": [[], {}, "null"]}';
  await sql`update organizations set name = ${"O'\\n\"\n\t☃ 🦉"}`.execute(db);
  await sql`update messages set at = '2026-02-03 04:05:06.123456+00'`.execute(db);
  await sql`update adoptions set ours = cast(${json} as jsonb)`.execute(db);
}

/** Every row of every table, as the database writes whole rows as text. */
export async function dumpOf(db: Database): Promise<Record<string, string[]>> {
  return await db.transaction().execute(async (transaction) => {
    await sql`select set_config('TimeZone', 'UTC', true)`.execute(transaction);
    const tables = await sql<{ name: string }>`
      select table_name as name from information_schema.tables
      where table_schema = 'public' and table_name not like 'kysely%' order by 1`.execute(transaction);
    const dump: Record<string, string[]> = {};
    for (const { name } of tables.rows) {
      const rows = await sql<{ row: string }>`select cast(t as text) as row from ${sql.table(name)} as t`.execute(
        transaction,
      );
      dump[name] = rows.rows.map(({ row }) => row).sort();
    }
    return dump;
  });
}

/** A dump without what a backup doesn't keep. */
export function kept(dump: Record<string, string[]>): Record<string, string[]> {
  return {
    ...dump,
    sessions: [],
    access_tokens: [],
    device_log_ins: [],
    attempts: [],
    mail_allowances: [],
    idempotency_keys: [],
    runs: [],
  };
}

/** A dump without the restores that its service has been through: each restore adds itself to them. */
export function besideRestores(dump: Record<string, string[]>): Record<string, string[]> {
  return { ...dump, service_restores: [] };
}
