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
/** Rows with bytes in them are large. */
const largeRowsPerFetch = 10;

/** What a backup holds. */
export interface BackupSummary {
  /** The moment that it shows, RFC 3339. */
  readonly takenAt: string;
  readonly rows: RowCounts;
}

/**
 * Writes all that the database holds at one moment into a new file, mode 0600; services may go on meanwhile.
 *
 * @throws BackupError where the file is there already, or the database is none of this service's version or an earlier one.
 */
export async function createBackup(db: Database, keys: BackupKeys, path: string, now: Date): Promise<BackupSummary> {
  refuseExisting(path);
  let rows: RowCounts = {};
  try {
    await createWhole(path, async (temporary) => {
      rows = await db.transaction().execute((transaction) => write(transaction, keys, temporary, now));
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") refuseExisting(path);
    throw error;
  }
  return { takenAt: now.toISOString(), rows };
}

function refuseExisting(path: string): void {
  if (!existsSync(path)) return;
  throw new BackupError(`${path} is there already, and is left as it is. Name another file, or move that one away.`);
}

async function write(transaction: Database, keys: BackupKeys, path: string, now: Date): Promise<RowCounts> {
  // Deferrable: it waits for a moment that no conflict can undo, and then reads to its end.
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
      for await (const rows of rowsOf(transaction, table)) yield lines.rows(table.name, rows);
    }
    yield lines.end();
  }
  await pipeline(content, createGzip(), createWriteStream(path, { flags: "wx", mode: 0o600, flush: true }));
  return lines.counts;
}

/** How values are written as text is a matter of settings, but for these; what is written is then the same everywhere. */
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
    throw new BackupError("There is nothing of the service in the database. Set DATABASE_URL as for the service.");
  }
  const unknown = executed.find((name) => !Object.hasOwn(migrations, name));
  if (unknown === undefined) return latest;
  throw new BackupError(
    `The database is of a later version, with the migration ${unknown}. Make the backup with that version of the service.`,
  );
}

/** The rows of a table, some at a time, in the transaction's snapshot. A cursor needs no key to page by. */
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
    if (rows.length === 0) break;
    yield rows.map((row) => columns.map((_, index) => row[`c${index}`] ?? null));
  }
  await sql`close backup_rows`.execute(transaction);
}
