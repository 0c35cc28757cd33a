/** Writes a backup file. */
import { createWriteStream, existsSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { sql } from "kysely";
import { executedMigrations } from "../rows/database.ts";
import { migrations } from "../rows/migrations/index.ts";
import type { Database } from "../rows/tables.ts";
import { createWhole } from "../whole-file.ts";
import { BackupError } from "./backup-error.ts";
import { BackupLines, makeHeader, type RowCounts } from "./format.ts";
import { type BackupKeys, marksOf } from "./keys.ts";
import { keptTables, type StoredTable } from "./tables.ts";

const rowsPerFetch = 500;
/** For tables with binary columns, whose rows are large. */
const largeRowsPerFetch = 10;

/** The content of a backup. */
export interface BackupSummary {
  /** The time of the snapshot, RFC 3339. */
  readonly takenAt: string;
  readonly rows: RowCounts;
}

/**
 * Writes a snapshot of the database to a new file, with mode 0600. Services can continue to run meanwhile.
 *
 * @throws BackupError if the file already exists, or if the database is empty or from a later version of the service.
 */
export async function createBackup(db: Database, keys: BackupKeys, path: string, now: Date): Promise<BackupSummary> {
  refuseExisting(path);
  let rows: RowCounts = {};
  try {
    await createWhole(path, async (temporary) => {
      rows = await db.transaction().execute((transaction) => write(transaction, keys, temporary, now));
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      refuseExisting(path);
    }
    throw error;
  }
  return { takenAt: now.toISOString(), rows };
}

function refuseExisting(path: string): void {
  if (!existsSync(path)) {
    return;
  }
  throw new BackupError(`${path} already exists, and was not changed. Choose another file, or move this one.`);
}

async function write(transaction: Database, keys: BackupKeys, path: string, now: Date): Promise<RowCounts> {
  // A deferrable transaction waits for a safe snapshot, and then can't fail because of a conflict.
  await sql`set transaction isolation level serializable, read only, deferrable`.execute(transaction);
  await fixTextForms(transaction);
  const header = makeHeader({
    takenAt: now.toISOString(),
    migration: await latestMigration(transaction),
    pepperVersion: keys.peppers.newest.version,
    ...(await marksOf(keys)),
    tables: await keptTables(transaction),
  });
  const lines = new BackupLines(header, keys.peppers);
  async function* content(): AsyncGenerator<string> {
    yield lines.header();
    for (const table of header.tables) {
      for await (const rows of rowsOf(transaction, table)) {
        yield lines.rows(table.name, rows);
      }
    }
    yield lines.end();
  }
  await pipeline(content, createGzip(), createWriteStream(path, { flags: "wx", mode: 0o600, flush: true }));
  return lines.counts;
}

/** Fixes the settings that affect how values are written as text, so that backups are the same everywhere. */
async function fixTextForms(transaction: Database): Promise<void> {
  const settings = { TimeZone: "UTC", DateStyle: "ISO", IntervalStyle: "postgres", bytea_output: "hex" };
  for (const [name, value] of Object.entries({ ...settings, extra_float_digits: "1" })) {
    await sql`select set_config(${name}, ${value}, true)`.execute(transaction);
  }
}

async function latestMigration(db: Database): Promise<string> {
  const executed = await executedMigrations(db);
  const latest = executed.at(-1);
  if (latest === undefined) {
    throw new BackupError("The database has no tables of the service. Set DATABASE_URL as for the service.");
  }
  const unknown = executed.find((name) => !Object.hasOwn(migrations, name));
  if (unknown === undefined) {
    return latest;
  }
  throw new BackupError(
    `A later version of the service migrated the database (${unknown}). Make the backup with that version.`,
  );
}

/** Reads the rows of a table in parts, with a cursor, which needs no key for paging. */
async function* rowsOf(transaction: Database, { name, columns }: StoredTable): AsyncGenerator<(string | null)[][]> {
  const texts = columns.map((column, index) => sql`cast(${sql.ref(column.name)} as text) as ${sql.id(`c${index}`)}`);
  await sql`declare backup_rows no scroll cursor for select ${sql.join(texts)} from ${sql.table(name)}`.execute(
    transaction,
  );
  const count = columns.some(({ type }) => type === "bytea") ? largeRowsPerFetch : rowsPerFetch;
  for (;;) {
    const { rows } = await sql<Record<string, string | null>>`fetch ${sql.lit(count)} from backup_rows`.execute(
      transaction,
    );
    if (rows.length === 0) {
      break;
    }
    yield rows.map((row) => columns.map((_, index) => row[`c${index}`] ?? null));
  }
  await sql`close backup_rows`.execute(transaction);
}
