/** The tables of a backup: all tables of the database except those that are excluded here. */
import { sql } from "kysely";
import type { Database, Tables } from "../rows/tables.ts";

/** The tables that a backup excludes, with the reasons; a restore leaves these tables empty. */
export const leftOut: Readonly<Partial<Record<keyof Tables, string>>> = {
  sessions: "an ended session would be active again; people log in again",
  access_tokens: "an ended token would work again; people log in again, or make other tokens",
  device_log_ins: "a log-in from a command takes at most ten minutes",
  attempts: "attempts count for at most an hour",
  runs: "a run in progress has ended, and its lost objects are created again",
  mail_allowances: "mails count for at most an hour",
  idempotency_keys: "answers are kept for a day, and answers with a secret for 15 minutes",
};

/** A table and its columns, as the database describes them. */
export interface StoredTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** Lists the service's tables, including the excluded ones. */
export async function allTables(db: Database): Promise<StoredTable[]> {
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(db);
  const tables = await db.introspection.getTables();
  return tables
    .filter(({ schema, isView, isForeign }) => schema === rows[0]?.schema && !isView && !isForeign)
    .map(({ name, columns }) => ({
      name,
      columns: columns.map(({ name, dataType }) => ({ name, type: dataType })),
    }));
}

/**
 * Lists the tables of a backup, each after the tables that it references, so that they can be filled in this order.
 *
 * @throws Error if tables reference each other in a circle.
 */
export async function keptTables(db: Database): Promise<StoredTable[]> {
  const left = (await allTables(db)).filter(({ name }) => !Object.hasOwn(leftOut, name));
  const references = await foreignKeys(db);
  const ordered: StoredTable[] = [];
  while (left.length > 0) {
    const next = left.findIndex(({ name }) => !left.some((other) => references.has(`${name} ${other.name}`)));
    if (next < 0) {
      throw new Error(`the tables ${left.map(({ name }) => name).join(", ")} refer to each other in a circle`);
    }
    ordered.push(...left.splice(next, 1));
  }
  return ordered;
}

/** The foreign keys between tables, as `from to`. */
async function foreignKeys(db: Database): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ from_table: string; to_table: string }>`
    select referring.relname as from_table, referred.relname as to_table
    from pg_catalog.pg_constraint
    join pg_catalog.pg_class referring on referring.oid = conrelid
    join pg_catalog.pg_class referred on referred.oid = confrelid
    where contype = 'f' and referring.relnamespace = cast(current_schema() as regnamespace)`.execute(db);
  return new Set(rows.map(({ from_table, to_table }) => `${from_table} ${to_table}`));
}
