/** Restores a backup file into an empty database. */
import { sql } from "kysely";
import { refuseMissingPeppers } from "../audit/heads.ts";
import { checkKeyMaterial } from "../keys/key-material.ts";
import { executedMigrations, migrateWithin } from "../rows/database.ts";
import { becomeAnother, noteRestore } from "../rows/identity.ts";
import { migrations } from "../rows/migrations/index.ts";
import type { Database } from "../rows/tables.ts";
import { BackupError } from "./backup-error.ts";
import type { BackupSummary } from "./create.ts";
import { type BackupHeader, type BackupRow, readHeader, readRows } from "./format.ts";
import { type BackupKeys, refuseOtherKeys } from "./keys.ts";
import { allTables, keptTables, type StoredTable } from "./tables.ts";

const rowsPerStatement = 500;
const maxStatementLength = 1_000_000;

/** What a restored database becomes: the original service, or a copy with its own identity. */
export type RestoredAs = "original" | "copy";

/** Every migrated database has a row in this table, which the backup's row replaces. */
const identityTable = "service_identity";

/**
 * Restores a backup into an empty database in one transaction, and migrates its tables.
 *
 * The file is read twice: it is verified completely before the database is used.
 *
 * @param as whether the database replaces the original and keeps its identity, or is a copy with its own identity.
 * @param now the current time: keys that have already ended need neither their pepper nor their signing key.
 * @throws BackupError if the file is incomplete, from a later version or for other secrets, or the database is not empty.
 * @throws Error if keys or the audit need a secret that is not listed, as when the service starts.
 */
export async function restoreBackup(
  db: Database,
  keys: BackupKeys,
  path: string,
  as: RestoredAs,
  now: Date,
): Promise<BackupSummary> {
  const header = await readHeader(path);
  if (!Object.hasOwn(migrations, header.migration)) {
    throw new BackupError(
      `${path} was made by a later version of the service (${header.migration}). Restore it with that version.`,
    );
  }
  await refuseOtherKeys(header, keys);
  const rows: Record<string, number> = Object.fromEntries(header.tables.map(({ name }) => [name, 0]));
  for await (const { table } of readRows(path, header, keys.peppers)) {
    rows[table] = (rows[table] ?? 0) + 1;
  }
  await db.transaction().execute(async (transaction) => {
    await refuseHeld(transaction, header);
    await migrateWithin(transaction, header.migration);
    refuseOtherTables(header.tables, await keptTables(transaction));
    if (header.tables.some(({ name }) => name === identityTable)) {
      await transaction.deleteFrom(identityTable).execute();
    }
    await fill(transaction, header, readRows(path, header, keys.peppers));
    await migrateWithin(transaction);
    if (as === "copy") {
      await becomeAnother(transaction);
    } else {
      await noteRestore(transaction, { takenAt: new Date(header.takenAt), restoredAt: now });
    }
    await checkKeyMaterial(transaction, keys.peppers, keys.signingKeys, now);
    await refuseMissingPeppers(transaction, keys.peppers);
  });
  return { takenAt: header.takenAt, rows };
}

async function refuseHeld(transaction: Database, { migration }: BackupHeader): Promise<void> {
  for (const { name } of await allTables(transaction)) {
    if (name === identityTable) {
      continue;
    }
    const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(transaction);
    if (rows.length === 0) {
      continue;
    }
    throw new BackupError(
      `The database is not empty: the table ${name} has rows. Nothing was restored. Restore into a new database.`,
    );
  }
  const later = (await executedMigrations(transaction)).find((name) => name > migration);
  if (later === undefined) {
    return;
  }
  throw new BackupError(
    `The database's tables are from a later version than the backup (${later}). Nothing was restored. ` +
      "Restore into a new database, without tables.",
  );
}

/** Refuses differing tables, because a table or column that only one side has would be lost. */
function refuseOtherTables(backup: readonly StoredTable[], database: readonly StoredTable[]): void {
  const [theirs, ours] = [columnsOf(backup), columnsOf(database)];
  const surplus = theirs.find((column) => !ours.includes(column));
  const missing = ours.find((column) => !theirs.includes(column));
  if (surplus === undefined && missing === undefined) {
    return;
  }
  const difference = surplus === undefined ? `lacks ${missing}` : `has ${surplus}, which no migration creates`;
  throw new BackupError(
    `The backup's tables don't match its version: it ${difference}. Nothing was restored. Make the database's tables match first.`,
  );
}

function columnsOf(tables: readonly StoredTable[]): string[] {
  return tables.flatMap(({ name: table, columns }) => columns.map(({ name, type }) => `${table}.${name} (${type})`));
}

async function fill(transaction: Database, header: BackupHeader, rows: AsyncIterable<BackupRow>): Promise<void> {
  const tables = new Map(header.tables.map((table) => [table.name, table]));
  let batch: string[] = [];
  let length = 0;
  let current: string | undefined;
  const flush = async () => {
    const table = tables.get(current ?? "");
    if (table !== undefined && batch.length > 0) {
      await insert(transaction, table, batch);
    }
    batch = [];
    length = 0;
  };
  for await (const { table, line } of rows) {
    if (table !== current || batch.length === rowsPerStatement || length > maxStatementLength) {
      await flush();
    }
    current = table;
    batch.push(line);
    length += line.length;
  }
  await flush();
}

/** Sends all rows in one JSON parameter, which both drivers send alike; PostgreSQL parses each value from its text form. */
async function insert(transaction: Database, { name, columns }: StoredTable, lines: readonly string[]): Promise<void> {
  const names = columns.map((column) => sql.ref(column.name));
  // The first element is the name of the table.
  const values = columns.map(({ type }, index) => sql`cast(line ->> ${sql.lit(index + 1)} as ${sql.id(type)})`);
  await sql`
    insert into ${sql.table(name)} (${sql.join(names)})
    select ${sql.join(values)} from json_array_elements(cast(${`[${lines.join(",")}]`} as json)) as lines (line)
  `.execute(transaction);
}
