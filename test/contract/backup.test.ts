/** Backups: what is in one is what was there, wherever it is restored; and what is none changes nothing. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBackup } from "../../service/backup/create.ts";
import { restoreBackup } from "../../service/backup/restore.ts";
import { keyedHash, parsePeppers } from "../../service/keys/peppers.ts";
import { migrateWithin } from "../../service/rows/database.ts";
import { readIdentity } from "../../service/rows/identity.ts";
import type { Database } from "../../service/rows/tables.ts";
import { backupKeys, besideRestores, dumpOf, type Filled, fill, kept, Places } from "./support/backup.ts";
import { Pages } from "./support/people.ts";
import { clientSecret, makeScenario } from "./support/scenario.ts";
import {
  type DatabaseKind,
  databaseKinds,
  keyMaterial,
  makePepper,
  makeSigningKey,
  TestService,
} from "./support/service.ts";

const places = new Places();
const services: TestService[] = [];

afterAll(async () => {
  for (const service of services) {
    await service.stop();
  }
  await places.close();
});

function serviceOn(database: Database): TestService {
  const service = new TestService(database);
  services.push(service);
  return service;
}

/** A database with the service's tables. */
async function migrated(kind: DatabaseKind): Promise<Database> {
  return places.open(await places.make(kind, { hasTables: true }));
}

/** A backup of a database, in a file of its own. */
async function backUp(db: Database): Promise<string> {
  const path = places.path("backup");
  await createBackup(db, await backupKeys(), path, new Date());
  return path;
}

async function restore(db: Database, path: string): Promise<void> {
  await restoreBackup(db, await backupKeys(), path, "original", new Date());
}

describe.each(databaseKinds)("a backup of %s", (from) => {
  let source: Database;
  let filled: Filled;
  let dump: Record<string, string[]>;
  let path: string;

  beforeAll(async () => {
    source = await migrated(from);
    const service = serviceOn(source);
    filled = await fill(service);
    dump = await dumpOf(source);
    path = await backUp(source);
  });

  test("is compared with something in every table", () => {
    expect(Object.entries(dump).flatMap(([table, rows]) => (rows.length === 0 ? [table] : []))).toEqual([]);
  });

  test("is its owner's to read, and says no secret", () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = gunzipSync(readFileSync(path)).toString();
    const [, pepper = ""] = keyMaterial.pepper.split(":");
    const { d } = keyMaterial.signingKey as { readonly d: string };
    for (const secret of [...filled.secrets, filled.token, pepper, d]) {
      expect(text).not.toContain(secret);
    }
    expect(text).toContain(filled.organization.id);
  });

  test.each(databaseKinds)("is the same in %s, where a service goes on with it", async (to) => {
    const target = places.open(await places.make(to));
    await restore(target, path);
    expect(besideRestores(await dumpOf(target))).toEqual(besideRestores(kept(dump)));

    const service = serviceOn(target);
    // The mail waits for its next attempt.
    service.advance(60 * 60_000);
    const pages = new Pages(service);
    await pages.start();
    const owner = service.as();
    for (const secret of filled.secrets) {
      expect(await owner.do("verifyApiKey", { body: { secret } })).toMatchObject({ outcome: "accepted" });
    }
    await service.as(filled.token).do("getOrganization", { path: { organizationId: filled.organization.id } });
    const { rawPayload } = await service.service.app.inject(`/logos/${filled.organization.id}`);
    expect(rawPayload.equals(filled.logo)).toBe(true);
    const audit = await owner.do("verifyAudit", { path: { organizationId: filled.organization.id } });
    expect(audit).toMatchObject({ intact: true, sealed: filled.sealed, unsealed: 0 });
    expect((await pages.browser().logIn(filled.person.email)).headers.location).toBe("/me");
    const [mail] = await service.mailbox.to(filled.invited, 1);
    expect(dump.mails?.join("\n")).toContain(`(${mail?.id},${filled.invited},`);
    expect(service.mailbox.mails).toHaveLength(1);
  });
});

test("T2 a restored database is the same service as the original, or another one, as the restore says", async () => {
  const source = await migrated("pglite");
  const original = await readIdentity(source);
  const path = places.path("backup");
  const [takenAt, restoredAt] = [new Date("2026-01-02T03:04:05Z"), new Date("2026-01-03T00:00:00Z")];
  await createBackup(source, await backupKeys(), path, takenAt);
  const [same, other] = [places.open(await places.make("pglite")), places.open(await places.make("postgresql"))];
  await restoreBackup(same, await backupKeys(), path, "original", restoredAt);
  expect(await readIdentity(same)).toEqual({ id: original.id, restores: [{ takenAt, restoredAt }] });
  await restoreBackup(other, await backupKeys(), path, "copy", restoredAt);
  const copy = await readIdentity(other);
  expect(copy).toEqual({ id: expect.stringMatching(/^svc_[0-9a-f]{32}$/), restores: [] });
  expect(copy.id).not.toBe(original.id);
});

test("a backup is of one moment, whatever is changed while it is made", async () => {
  const source = await migrated("postgresql");
  const service = serviceOn(source);
  await service.start();
  await makeScenario(service);
  const dump = await dumpOf(source);
  let changes = 0;
  const between = source.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      // Whoever asks for rows has the moment.
      if (result.rows.length > 0) {
        await makeScenario(service);
        changes++;
      }
      return result;
    },
  });
  const path = await backUp(between);
  expect(changes).toBeGreaterThan(5);
  const target = places.open(await places.make("pglite"));
  await restore(target, path);
  expect(besideRestores(await dumpOf(target))).toEqual(besideRestores(kept(dump)));
});

describe.each(databaseKinds)("a backup of an earlier version, restored into %s,", (to) => {
  let path: string;
  let secret: string;

  beforeAll(async () => {
    const source = places.open(await places.make("pglite"));
    await source.transaction().execute((transaction) => migrateWithin(transaction, "0008-people"));
    secret = clientSecret();
    const hash = keyedHash(parsePeppers(keyMaterial.pepper).newest, secret);
    await sql`
      insert into organizations (id, slug, name, join_policies, external_api_access, allow_expiring_jwt, plan, billing, status, created_by,
        created_at, updated_at)
      values ('org_1', 'old', 'Old', '[]', true, false, 'enterprise', 'custom', 'open', 'owner', now(), now())`.execute(
      source,
    );
    await sql`
      insert into api_keys (id, organization_id, name, kind, format, permissions, generation, created_by, created_at, updated_at)
      values ('key_1', 'org_1', 'Old', 'server', 'opaque', '[]', 1, 'owner', now(), now())`.execute(source);
    await sql`
      insert into api_key_secrets (key_id, generation, hash, pepper_version, prefix, fingerprint, created_at)
      values ('key_1', 1, ${hash}, 'v1', 'old', 'old', now())`.execute(source);
    path = await backUp(source);
  });

  test("is brought up to date", async () => {
    const target = places.open(await places.make(to));
    await restore(target, path);
    const fresh = await dumpOf(await migrated("pglite"));
    expect(Object.keys(await dumpOf(target))).toEqual(Object.keys(fresh));
    const service = serviceOn(target);
    await service.start();
    expect(await service.as().do("verifyApiKey", { body: { secret } })).toMatchObject({
      outcome: "accepted",
      key: "key_1",
    });
  });

  test("does not go into tables of a later one", async () => {
    const target = await migrated(to);
    await expect(restore(target, path)).rejects.toThrow(
      /tables are from a later version than the backup \(0009-audit-chain\)\. Nothing was restored\. Restore into a new database/,
    );
    const { service_identity: _identity, ...rest } = await dumpOf(target);
    expect(Object.values(rest).flat()).toEqual([]);
  });
});

describe("is refused, and nothing is written:", () => {
  let source: Database;
  let service: TestService;
  let path: string;

  beforeAll(async () => {
    source = await migrated("postgresql");
    service = serviceOn(source);
    await fill(service);
    path = await backUp(source);
  });

  async function expectRefused(file: string, message: RegExp, keys = backupKeys()): Promise<void> {
    const target = places.open(await places.make("postgresql"));
    await expect(restoreBackup(target, await keys, file, "original", new Date())).rejects.toThrow(message);
    expect(await dumpOf(target)).toEqual({});
  }

  /** A copy of the backup with other lines. */
  function rewritten(change: (lines: string[]) => string[]): string {
    const lines = gunzipSync(readFileSync(path)).toString().trimEnd().split("\n");
    const copy = places.path("rewritten");
    writeFileSync(copy, gzipSync(`${change(lines).join("\n")}\n`));
    return copy;
  }

  function withBytes(change: (bytes: Buffer) => Buffer): string {
    const copy = places.path("damaged");
    writeFileSync(copy, change(readFileSync(path)));
    return copy;
  }

  const inRow = (change: (row: string) => string) => (lines: string[]) =>
    lines.map((line) => (line.startsWith('["users"') ? change(line) : line));

  test.each<[string, (lines: string[]) => string[]]>([
    ["a row was altered", inRow((row) => row.replace('"none"', '"super_admin"'))],
    ["a row is missing", (lines) => lines.filter((line) => !line.startsWith('["roles"'))],
    ["a row is of no table", (lines) => lines.with(-2, '["others","1"]')],
    ["a row has a value too many", inRow((row) => row.replace(/\]$/, ',"1"]'))],
    ["the end is missing", (lines) => lines.slice(0, -1)],
    ["something follows the end", (lines) => [...lines, '["users"]']],
    ["a count was altered", (lines) => lines.with(-1, lines.at(-1)?.replace(/"users":\d+/, '"users":9') ?? "")],
    ["the header was altered", (lines) => lines.with(0, lines[0]?.replace(/"takenAt":"20/, '"takenAt":"19') ?? "")],
  ])("a file in which %s", async (_title, change) => {
    await expectRefused(rewritten(change), /is not a complete backup: it was cut off or altered/);
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ["was cut off", (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ["lacks its last byte", (bytes) => bytes.subarray(0, -1)],
    [
      "has a damaged byte",
      (bytes) => bytes.fill((bytes[bytes.length >> 1] ?? 0) ^ 0xff, bytes.length >> 1, (bytes.length >> 1) + 1),
    ],
    ["is something else", () => Buffer.from("-- PostgreSQL database dump")],
  ])("a file that %s", async (_title, change) => {
    await expectRefused(
      withBytes(change),
      /is not a complete backup: it was cut off or altered, or is another kind of file/,
    );
  });

  test.each<[string, (header: string) => string, RegExp]>([
    ["no backup's", () => '{"format":"other"}', /is not a backup of this service/],
    [
      "of a later format",
      (header) => header.replace('"version":1', '"version":2'),
      /has a later format \(2\)\. Restore it/,
    ],
    [
      "of a later version",
      (header) => header.replace(/"migration":"[^"]+"/, '"migration":"9999-later"'),
      /was made by a later version of the service \(9999-later\)\. Restore it with that version/,
    ],
  ])("a header that is %s", async (_title, change, message) => {
    const file = rewritten((lines) => lines.with(0, change(lines[0] ?? "")));
    await expectRefused(file, message);
  });

  const { pepper, signingKey } = keyMaterial;
  const others = `${makePepper("v2")},${makePepper("v3")}`;

  test.each<[string, string, object[], RegExp]>([
    [
      "without its pepper",
      others,
      [signingKey],
      /^ROSTER_KEY_PEPPERS: the backup is sealed with the pepper v1, which is not listed/,
    ],
    [
      "with another pepper of that version",
      makePepper("v1"),
      [signingKey],
      /^ROSTER_KEY_PEPPERS: the pepper v1 is not the one/,
    ],
    [
      "without its signing key",
      pepper,
      [makeSigningKey("other")],
      /^ROSTER_SIGNING_KEYS: active API keys depend on the signing key first/,
    ],
    [
      "with another signing key of that name",
      pepper,
      [makeSigningKey("first")],
      /^ROSTER_SIGNING_KEYS: the signing key first is not the one/,
    ],
  ])("%s", async (_title, peppers, signingKeys, message) => {
    await expectRefused(path, message, backupKeys(peppers, signingKeys));
  });

  test("an older pepper than the one it is sealed under is missing, and active keys depend on it", async () => {
    const newer = makePepper("v2");
    const file = places.path("two-peppers");
    await createBackup(source, await backupKeys(`${pepper},${newer}`), file, new Date());
    await expectRefused(
      file,
      /^ROSTER_KEY_PEPPERS: active API keys or access tokens depend on the pepper v1/,
      backupKeys(newer),
    );
  });

  test("a pepper is missing that the audit's heads depend on, and nothing else", async () => {
    const empty = await migrated("postgresql");
    await serviceOn(empty).start();
    const newer = makePepper("v2");
    const file = places.path("two-peppers");
    await createBackup(empty, await backupKeys(`${pepper},${newer}`), file, new Date());
    await expectRefused(file, /^ROSTER_KEY_PEPPERS: the audit is sealed with the pepper v1/, backupKeys(newer));
  });

  test.each(databaseKinds)("a database on %s that holds something", async (kind) => {
    const target = await migrated(kind);
    await serviceOn(target).start();
    const before = await dumpOf(target);
    await expect(restore(target, path)).rejects.toThrow(
      "The database is not empty: the table audit_chains has rows. Nothing was restored. Restore into a new database.",
    );
    expect(await dumpOf(target)).toEqual(before);
  });

  test("a table that no migration makes, until the database has it too", async () => {
    await sql`create table notes (id integer primary key, note text)`.execute(source);
    await sql`insert into notes values (1, 'kept')`.execute(source);
    const file = await backUp(source);
    await sql`drop table notes`.execute(source);
    await expectRefused(
      file,
      /has notes\.id \(int4\), which no migration creates\. Nothing was restored\. Make the database's tables match/,
    );
    const target = places.open(await places.make("postgresql"));
    await sql`create table notes (id integer primary key, note text)`.execute(target);
    await restore(target, file);
    expect((await dumpOf(target)).notes).toEqual(["(1,kept)"]);
  });

  test("a backup into a file that is there, or of nothing, or of a later version", async () => {
    const before = readFileSync(path);
    await expect(createBackup(source, await backupKeys(), path, new Date())).rejects.toThrow(/already exists/);
    expect(readFileSync(path).equals(before)).toBe(true);
    const nothing = places.open(await places.make("postgresql"));
    await expect(backUp(nothing)).rejects.toThrow("The database has no tables of the service.");
    const later = await migrated("postgresql");
    await sql`insert into kysely_migration values ('9999-later', 'now')`.execute(later);
    await expect(backUp(later)).rejects.toThrow(
      /migrated the database \(9999-later\)\. Make the backup with that version/,
    );
  });
});
