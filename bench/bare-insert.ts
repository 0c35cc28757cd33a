/** The rows that the service writes for a set of members, inserted without the service: what the database takes for them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { sql } from "kysely";
import { openDatabase } from "../service/rows/database.ts";
import type { Database } from "../service/rows/tables.ts";

/** The rows of a table; a table comes after those that its rows refer to. */
export interface TableRows {
  readonly table: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

const rowsPerStatement = 100;
/** Rows of every other table refer to these, or to nothing. */
const first = ["organizations", "users", "memberships"];

/** Reads every row of a service that has ended. */
export async function rowsIn(databaseFolder: string): Promise<TableRows[]> {
  const database = await openDatabase({ folder: databaseFolder });
  try {
    const tables = (await database.introspection.getTables()).filter(({ isView }) => !isView).map(({ name }) => name);
    const inOrder = [...first, ...tables.filter((name) => !first.includes(name) && !name.startsWith("kysely_"))];
    const found: TableRows[] = [];
    for (const table of inOrder) {
      const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(database);
      found.push({ table, rows: rows.map(storable) });
    }
    return found;
  } finally {
    await database.destroy();
  }
}

/**
 * Inserts rows into an empty database, as many at a time as a batch of the provider has requests, each time in one transaction.
 *
 * @param members how many members the rows are of
 * @returns the seconds it took
 */
export async function insertBare(rows: readonly TableRows[], members: number): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), "roster-bench-"));
  const database = await openDatabase({ folder });
  try {
    // What the service itself writes when it starts is not of the members.
    const [few, many] = [
      rows.filter((table) => !isOfMembers(table, members)),
      rows.filter((table) => isOfMembers(table, members)),
    ];
    for (const table of few) {
      await insert(database, table.table, table.rows);
    }
    const startedAt = performance.now();
    for (let at = 0; at < members; at += rowsPerStatement) {
      await database.transaction().execute(async (transaction) => {
        for (const { table, rows: all } of many) {
          const each = all.length / members;
          await insert(
            transaction,
            table,
            all.slice(Math.round(at * each), Math.round((at + rowsPerStatement) * each)),
          );
        }
      });
    }
    return (performance.now() - startedAt) / 1000;
  } finally {
    await database.destroy();
    rmSync(folder, { recursive: true });
  }
}

function isOfMembers({ rows }: TableRows, members: number): boolean {
  return rows.length >= members;
}

async function insert(database: Database, table: string, rows: TableRows["rows"]): Promise<void> {
  if (rows.length > 0) {
    await database
      .insertInto(table as never)
      .values(rows as never)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** A row as it is inserted: JSON is text. */
function storable(row: Record<string, unknown>): Record<string, unknown> {
  const isJson = (value: unknown) =>
    typeof value === "object" && value !== null && !(value instanceof Date) && !(value instanceof Uint8Array);
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, isJson(value) ? JSON.stringify(value) : value]),
  );
}
