/** The commands backup and restore: as processes where one may end another, is killed, or first succeeds; in this one otherwise. */
import { randomBytes } from "node:crypto";
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDataDirectory } from "../../service/data-directory.ts";
import type { DatabaseLocation } from "../../service/rows/database.ts";
import type { Database } from "../../service/rows/tables.ts";
import { connect } from "../portability/database.ts";
import { copyTemplate } from "../template-database.ts";
import { addEntries } from "./support/audit.ts";
import { besideRestores, dumpOf, type Filled, fill, kept, Places } from "./support/backup.ts";
import { callCommand, type RunningCommand, runCommand, startCommand } from "./support/command.ts";
import { type DatabaseKind, databaseKinds, keyMaterial, ownerToken, TestService } from "./support/service.ts";

/** More than one statement restores, and a cursor reads at once: 500. */
const someEntries = 600;
/** So many more that they take a while, and more than the first 16 MB of the database's log: for commands that are killed. */
const manyEntries = 3_000;
/** What is in each of those: text that the database can't make shorter. */
const longText = () => ({ after: JSON.stringify({ text: randomBytes(4_500).toString("base64") }) });

const keys = {
  ROSTER_KEY_PEPPERS: keyMaterial.pepper,
  ROSTER_SIGNING_KEYS: JSON.stringify([keyMaterial.signingKey]),
};

const places = new Places();
/** A data directory with a database in it that has something in every table, and some in one. */
const source = places.path("data");
let filled: Filled;
let dump: Record<string, string[]>;
/** Where the first test puts a backup of it. */
const path = places.path("backup");
/** The same with much in that table. */
const large = places.path("data");
let largeDump: Record<string, string[]>;
/** Where the test of killed backups puts a backup of it, which killed restores read. */
const largePath = places.path("backup");

beforeAll(async () => {
  const directory = await openDataDirectory(source);
  copyTemplate(directory.file("database"));
  const database = connect({ folder: directory.file("database") });
  const service = new TestService(database);
  await service.start();
  filled = await fill(service);
  await addEntries(database, null, service.now(), Array(someEntries).fill({}));
  await directory.keep("key-peppers", () => keys.ROSTER_KEY_PEPPERS);
  await directory.keep("signing-keys", () => keys.ROSTER_SIGNING_KEYS);
  await service.stop();
  dump = await dumpOf(database);
  await database.destroy();
  await directory.release();
  cpSync(source, large, { recursive: true });
  const more = connect({ folder: join(large, "database") });
  await addEntries(more, null, service.now(), Array.from({ length: manyEntries }, longText));
  largeDump = await dumpOf(more);
  await more.destroy();
});

afterAll(() => places.close());

function environmentOf(location: DatabaseLocation): Record<string, string> {
  if ("folder" in location) {
    return { ROSTER_DATA_DIR: dirname(location.folder) };
  }
  return { DATABASE_URL: location.url, ROSTER_OWNER_TOKEN: ownerToken, ...keys };
}

/** A new place for a database, with the secrets at hand. */
async function target(kind: DatabaseKind): Promise<DatabaseLocation> {
  if (kind === "postgresql") {
    return await places.make(kind);
  }
  const folder = places.path("data");
  mkdirSync(folder);
  for (const file of ["key-peppers", "signing-keys"]) {
    copyFileSync(join(source, file), join(folder, file));
  }
  return { folder: join(folder, "database") };
}

async function dumpAt(location: DatabaseLocation): Promise<Record<string, string[]>> {
  const db = connect(location);
  try {
    return await dumpOf(db);
  } finally {
    await db.destroy();
  }
}

test("from the embedded database to PostgreSQL, beside a service there, and back", async () => {
  const directory = await openDataDirectory(source);
  const busy = await runCommand({ ROSTER_DATA_DIR: source }, "backup", path);
  expect(busy).toMatchObject({ status: 1, lines: [] });
  expect(busy.errors).toMatch(
    / is in use by process \d+\. .*\nOnly one process can use the embedded database at a time\. Stop the service, make/s,
  );
  await directory.release();

  const all = Object.values(kept(dump)).flat().length;
  const made = await runCommand({ ROSTER_DATA_DIR: source }, "backup", path);
  expect(made).toMatchObject({ status: 0, errors: "" });
  expect(made.lines).toContain(`audit_entries: ${dump.audit_entries?.length}`);
  expect(made.lines).toContain(
    "sessions: not in the backup; an ended session would be active again; people log in again",
  );
  expect(made.lines.at(-1)).toMatch(new RegExp(`^${path} contains ${all} rows, as of 2\\d{3}-[-0-9T:.]+Z$`));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const again = await callCommand({ ROSTER_DATA_DIR: source }, "backup", path);
  expect(again).toEqual({
    status: 1,
    lines: [],
    errors: `${path} already exists, and was not changed. Choose another file, or move this one.\n`,
  });

  const postgres = await target("postgresql");
  const restored = await runCommand(environmentOf(postgres), "restore", path, "--as", "original");
  expect(restored).toMatchObject({ status: 0, errors: "" });
  expect(restored.lines.at(-1)).toMatch(
    new RegExp(`^${all} rows, as of 2\\d{3}-[-0-9T:.]+Z, were restored in place of the original$`),
  );
  const database = places.open(postgres);
  expect(besideRestores(await dumpOf(database))).toEqual(besideRestores(kept(dump)));
  const service = new TestService(database);
  await service.start();
  const other = places.path("backup");
  expect(await callCommand(environmentOf(postgres), "backup", other)).toMatchObject({ status: 0, errors: "" });
  await service.stop();

  const embedded = await target("pglite");
  expect(await callCommand(environmentOf(embedded), "restore", other, "--as", "original")).toMatchObject({
    status: 0,
    errors: "",
  });
  // The service has sent a mail meanwhile.
  const { mails: _, ...rest } = await dumpAt(embedded);
  const { mails: _mails, ...before } = kept(dump);
  expect(besideRestores(rest)).toEqual(besideRestores(before));
  expect(
    await callCommand(environmentOf(embedded), "verify-audit", "--organization", filled.organization.id),
  ).toMatchObject({
    status: 0,
    lines: [expect.stringContaining(`: intact; ${filled.sealed} entries sealed`)],
  });
});

test("into a data directory without secrets, or with a database, nothing is restored", async () => {
  const folder = places.path("data");
  const missing = await callCommand({ ROSTER_DATA_DIR: folder }, "restore", path, "--as", "original");
  expect(missing).toMatchObject({ status: 1, lines: [] });
  expect(missing.errors).toMatch(
    /^ROSTER_KEY_PEPPERS: is not set, and the file .*key-peppers does not exist\. Set it, or create the file/,
  );
  expect(readdirSync(folder)).toEqual([]);
  const there = await callCommand({ ROSTER_DATA_DIR: source }, "restore", path, "--as", "original");
  expect(there).toMatchObject({ status: 1, lines: [] });
  expect(there.errors).toMatch(
    /^ROSTER_DATA_DIR: .* already contains a database\. Restore into another folder, or move/,
  );
  expect(await dumpAt({ folder: join(source, "database") })).toEqual(dump);
});

/** Kills a command once something is seen that it has done, and before it has ended. */
async function killOnce({ child, outcome }: RunningCommand, isSeen: () => boolean | Promise<boolean>): Promise<void> {
  while (child.exitCode === null && !(await isSeen())) {
    await sleep(2);
  }
  child.kill("SIGKILL");
  expect((await outcome).status).toBeNull();
}

/** Whether a restore has begun to write rows, and is at it. */
async function isFilling(location: DatabaseLocation, observer: Database): Promise<boolean> {
  if ("folder" in location) {
    const log = join(dirname(location.folder), "database.restoring", "pg_wal");
    return existsSync(log) && readdirSync(log).filter((name) => /^[0-9A-F]{24}$/.test(name)).length > 1;
  }
  const { rows } = await sql`
    select from pg_stat_activity where datname = ${new URL(location.url).pathname.slice(1)}
      and query like '%insert into "audit_entries"%'`.execute(observer);
  return rows.length > 0;
}

test("a backup that is killed leaves no file of its name, and is made again", async () => {
  const partial = () =>
    readdirSync(places.folder).filter((name) => join(places.folder, name).startsWith(`${largePath}.`));
  const isWriting = () => partial().some((name) => statSync(join(places.folder, name)).size > 0);
  await killOnce(startCommand({ ROSTER_DATA_DIR: large }, "backup", largePath), isWriting);
  expect(existsSync(largePath)).toBe(false);
  expect(partial()).toHaveLength(1);
  expect(await callCommand({ ROSTER_DATA_DIR: large }, "backup", largePath)).toMatchObject({ status: 0, errors: "" });
  expect(readFileSync(largePath).length).toBeGreaterThan(0);
});

test.each(databaseKinds)("a restore into %s that is killed leaves nothing, and is done again", async (kind) => {
  // Secrets from the environment do as well as those in the data directory, which the first test has.
  const location = kind === "postgresql" ? await target(kind) : { folder: join(places.path("data"), "database") };
  const environment = { ...environmentOf(location), ...keys };
  const observer = places.open(await places.make("postgresql"));
  await killOnce(startCommand(environment, "restore", largePath, "--as", "original"), () =>
    isFilling(location, observer),
  );
  if ("folder" in location) {
    expect(existsSync(location.folder)).toBe(false);
  } else {
    expect(await dumpAt(location)).toEqual({});
  }
  expect(await callCommand(environment, "restore", largePath, "--as", "original")).toMatchObject({
    status: 0,
    errors: "",
  });
  expect(besideRestores(await dumpAt(location))).toEqual(besideRestores(kept(largeDump)));
  if ("folder" in location) {
    expect(readdirSync(dirname(location.folder))).not.toContain("database.restoring");
  }
});

const ofRestore = "Usage: restore <file> --as original|copy\n";

test.each([
  ["backup without a file", "backup", [], "Usage: backup <file>\n"],
  ["backup with two", "backup", ["one", "two"], "Usage: backup <file>\n"],
  ["restore with an option that there isn't", "restore", ["--force", "one"], ofRestore],
  ["restore as something else", "restore", ["one", "--as", "other"], ofRestore],
  [
    "restore without saying as what",
    "restore",
    ["one"],
    expect.stringMatching(/^Specify what the restored database is\. .*--as copy/),
  ],
] as const)("%s ends with 1 and says how it is used", async (_title, command, args, errors) => {
  const environment = { ROSTER_DATA_DIR: places.path("data") };
  expect(await callCommand(environment, command, ...args)).toEqual({ status: 1, lines: [], errors });
});

test.each([
  ["a file that there isn't", "missing", /^The backup can't be restored: ENOENT: .*missing'\n$/],
  ["a folder", ".", /^The backup can't be restored: EISDIR: /],
])("%s can't be restored", async (_title, file, errors) => {
  const {
    status,
    lines,
    errors: said,
  } = await callCommand(
    environmentOf(await target("pglite")),
    "restore",
    join(places.folder, file),
    "--as",
    "original",
  );
  expect({ status, lines }).toEqual({ status: 1, lines: [] });
  expect(said).toMatch(errors);
});
