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

/** What a restored database is: the same service as the one that the backup is of, or another one. */
export type RestoredAs = "original" | "copy";

/** Every database has a row here from its first migration on; the backup's takes its place. */
const identityTable = "service_identity";

/**
 * Puts a backup into an empty database, in one transaction, and brings its tables up to date.
 *
 * The file is read twice: nothing is asked of the database before the whole of it has proved genuine.
 *
 * @param as whether the database takes the place of the original, whose identity it keeps, or is a copy with one of its own.
 * @param now when it is: keys that have ended by then need neither their pepper nor their signing key.
 * @throws BackupError where the file is not whole, of a later version or other secrets, or the database not empty.
 * @throws Error where keys or the audit need a secret that is not listed, as a service's start does.
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
      `${path} is of a later version, with the migration ${header.migration}. Restore it with that version of the service.`,
    );
  }
  await refuseOtherKeys(header, keys);
  const rows: Record<string, number> = Object.fromEntries(header.tables.map(({ name }) => [name, 0]));
  for await (const { table } of readRows(path, header, keys.peppers)) rows[table] = (rows[table] ?? 0) + 1;
  await db.transaction().execute(async (transaction) => {
    await refuseHeld(transaction, header);
    await migrateWithin(transaction, header.migration);
    refuseOtherTables(header.tables, await keptTables(transaction));
    if (header.tables.some(({ name }) => name === identityTable)) {
      await transaction.deleteFrom(identityTable).execute();
    }
    await fill(transaction, header, readRows(path, header, keys.peppers));
    await migrateWithin(transaction);
    if (as === "copy") await becomeAnother(transaction);
    else await noteRestore(transaction, { takenAt: new Date(header.takenAt), restoredAt: now });
    await checkKeyMaterial(transaction, keys.peppers, keys.signingKeys, now);
    await refuseMissingPeppers(transaction, keys.peppers);
  });
  return { takenAt: header.takenAt, rows };
}

async function refuseHeld(transaction: Database, { migration }: BackupHeader): Promise<void> {
  for (const { name } of await allTables(transaction)) {
    if (name === identityTable) continue;
    const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(transaction);
    if (rows.length === 0) continue;
    throw new BackupError(
      `The database is not empty: there are rows in ${name}. Restore into a new database; nothing was written.`,
    );
  }
  const later = (await executedMigrations(transaction)).find((name) => name > migration);
  if (later === undefined) return;
  throw new BackupError(
    `The database's tables are of a later version than the backup, with the migration ${later}. ` +
      "Restore into a new database, without tables; nothing was written.",
  );
}

/** A table or a column that only one of them has would be forgotten. */
function refuseOtherTables(backup: readonly StoredTable[], database: readonly StoredTable[]): void {
  const [theirs, ours] = [columnsOf(backup), columnsOf(database)];
  const surplus = theirs.find((column) => !ours.includes(column));
  const missing = ours.find((column) => !theirs.includes(column));
  if (surplus === undefined && missing === undefined) return;
  const difference = surplus === undefined ? `lacks ${missing}` : `has ${surplus}, which no migration makes`;
  throw new BackupError(
    `The backup's tables are not those of its version: it ${difference}. Make the database's tables the same first; nothing was written.`,
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
    if (table !== undefined && batch.length > 0) await insert(transaction, table, batch);
    batch = [];
    length = 0;
  };
  for await (const { table, line } of rows) {
    if (table !== current || batch.length === rowsPerStatement || length > maxStatementLength) await flush();
    current = table;
    batch.push(line);
    length += line.length;
  }
  await flush();
}

/** One parameter whatever the columns, which both drivers send alike; the database reads each value as it has written it. */
async function insert(transaction: Database, { name, columns }: StoredTable, lines: readonly string[]): Promise<void> {
  const names = columns.map((column) => sql.ref(column.name));
  // The first is the table's name.
  const values = columns.map(({ type }, index) => sql`cast(line ->> ${sql.lit(index + 1)} as ${sql.id(type)})`);
  await sql`
    insert into ${sql.table(name)} (${sql.join(names)})
    select ${sql.join(values)} from json_array_elements(cast(${`[${lines.join(",")}]`} as json)) as lines (line)
  `.execute(transaction);
}
