/** Which tables a backup holds: all that the database has, but for those that are named here. */
import { sql } from "kysely";
import type { Database, Tables } from "../rows/tables.ts";

/** What a backup doesn't keep, and why; a restore leaves these tables empty. */
export const leftOut: Readonly<Partial<Record<keyof Tables, string>>> = {
  sessions: "an ended session would be on again; people log in anew",
  attempts: "what is counted against abuse is over within an hour",
  runs: "a run that was under way is over, and what it lost is made anew",
  mail_allowances: "what is counted of mails is over within an hour",
  idempotency_keys: "an answer is kept for a day, and one with a secret for 15 minutes",
};

/** A table, by what the database itself says of it. */
export interface StoredTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** The service's tables, those that are left out included, by name. */
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
 * The tables that a backup holds, each after those that it refers to, so that they can be filled in this order.
 *
 * @throws Error where tables refer to each other in a circle.
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

/** Which table refers to which, as `from to`. */
async function foreignKeys(db: Database): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ from_table: string; to_table: string }>`
    select referring.relname as from_table, referred.relname as to_table
    from pg_catalog.pg_constraint
    join pg_catalog.pg_class referring on referring.oid = conrelid
    join pg_catalog.pg_class referred on referred.oid = confrelid
    where contype = 'f' and referring.relnamespace = cast(current_schema() as regnamespace)`.execute(db);
  return new Set(rows.map(({ from_table, to_table }) => `${from_table} ${to_table}`));
}
