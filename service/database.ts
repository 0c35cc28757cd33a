import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { PGlite } from "@electric-sql/pglite";
import { CompiledQuery, Kysely, PGliteDialect, PostgresAdapter, PostgresDialect, sql } from "kysely";
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from "kysely/migration";
import pg from "pg";
import { migrations } from "./migrations/index.ts";
import { Refusal } from "./problems.ts";
import type { Database, Tables } from "./tables.ts";

// A time goes to the server in UTC: before time zones were of whole minutes, the driver's local time is off by seconds.
pg.defaults.parseInputDatesAsUTC = true;
/** How both drivers read a time: the embedded database's own takes years below 100 for years of this century or the last. */
const timeParsers = { [pg.types.builtins.TIMESTAMPTZ]: pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ) };

const maxConnections = 10;
const connectTimeoutMs = 10_000;
const statementTimeoutMs = 60_000;
const maxAttempts = 20;
const maxBackoffMs = 250;

const sqlState = {
  serializationFailure: "40001",
  deadlock: "40P01",
  uniqueViolation: "23505",
  duplicateTable: "42P07",
  abortedTransaction: "25P02",
  queryCanceled: "57014",
} as const;

/** Where the data are: an embedded database in a folder, or a PostgreSQL. */
export type DatabaseLocation = { folder: string } | { url: string };

/** Is given the text of each statement that the database is asked, without its parameters. It must not throw. */
export type OnStatement = (text: string) => void;

/**
 * Opens the database and brings its tables up to date.
 *
 * @throws the driver's error where it can't be reached or migrated.
 */
export async function openDatabase(location: DatabaseLocation, onStatement?: OnStatement): Promise<Database> {
  const db = connect(location, onStatement);
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}

/** Opens the database as it is; nothing is asked of it yet. */
export function connect(location: DatabaseLocation, onStatement?: OnStatement): Database {
  const dialect = dialectOf(location, onStatement);
  return new Kysely<Tables>({ dialect, log: onStatement === undefined ? [] : ({ query }) => onStatement(query.sql) });
}

function dialectOf(location: DatabaseLocation, onStatement?: OnStatement): PGliteDialect | PostgresDialect {
  if (!("url" in location)) {
    return new PGliteDialect({ pglite: () => new PGlite(location.folder, { parsers: timeParsers }) });
  }
  const pool = new pg.Pool({
    Client: PreparingClient,
    connectionString: location.url,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: "roster-service",
  });
  // An idle connection that breaks must not take the process down; the next query opens another.
  pool.on("error", () => {});
  return new RowLockedPostgresDialect({
    pool,
    async onCreateConnection(connection) {
      // A sequential scan under SERIALIZABLE locks the whole table, so that in small tables any two changes would
      // conflict; see "Serializable Isolation Level" in PostgreSQL's manual.
      // With that cost every plan would seem worth compiling, which takes longer than to run it.
      const settings = [
        "random_page_cost = 1",
        "cpu_tuple_cost = 1",
        "jit = off",
        `statement_timeout = ${statementTimeoutMs}`,
      ];
      for (const setting of settings) {
        const statement = CompiledQuery.raw(`set ${setting}`);
        // Kysely's log begins with what comes after.
        onStatement?.(statement.sql);
        await connection.executeQuery(statement);
      }
    },
  });
}

/**
 * Marks a statement that PostgreSQL plans once for each connection, by `modifyFront`: one that is asked all the time, and
 * whose plan takes longer than it does. It has to name its columns: a prepared `*` fails when a migration adds one.
 */
export const plannedOnce = sql`/* planned once */`;
const isPlannedOnce = /^select \/\* planned once \*\//;

class PreparingClient extends pg.Client {
  // Kysely gives the text and its parameters; the other forms that the driver knows are passed on.
  override query(...given: [never]) {
    const [text, values] = given as unknown[];
    if (typeof text !== "string" || !isPlannedOnce.test(text)) return super.query(...given);
    // What has a name is prepared.
    const name = createHash("sha256").update(text).digest("base64url");
    return super.query({ name, text, values } as never);
  }
}

/** Kysely's own migration lock is an advisory one, which not every engine has; a row of the lock table does it too. */
class RowLockedPostgresDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new RowLockedPostgresAdapter();
  }
}

class RowLockedPostgresAdapter extends PostgresAdapter {
  override async acquireMigrationLock(
    db: Parameters<PostgresAdapter["acquireMigrationLock"]>[0],
    options: Parameters<PostgresAdapter["acquireMigrationLock"]>[1],
  ): Promise<void> {
    await sql`select id from ${sql.table(options.lockTable)} where id = ${options.lockRowId} for update`.execute(db);
  }

  override async releaseMigrationLock(): Promise<void> {}
}

async function migrate(db: Database): Promise<void> {
  // Two replicas that start on an empty database both create the migrator's own tables: the second one fails there,
  // which the migrator itself may hide behind an aborted transaction, and starts again.
  const { uniqueViolation, duplicateTable, abortedTransaction, serializationFailure } = sqlState;
  const retried: readonly string[] = [uniqueViolation, duplicateTable, abortedTransaction, serializationFailure];
  await withRetries(retried, () => db.transaction().execute((transaction) => migrateWithin(transaction)));
}

/** Brings the tables up to a migration, or up to date, in a transaction of its caller's. */
export async function migrateWithin(transaction: Database, migration?: string): Promise<void> {
  const provider = { getMigrations: async () => ({ ...(await newerMigrations(transaction)), ...migrations }) };
  const migrator = new Migrator({ db: transaction, provider });
  const { error } = await (migration === undefined ? migrator.migrateToLatest() : migrator.migrateTo(migration));
  if (error !== undefined) throw error;
}

/** The names of the migrations that the database has had, in their order; none where the service was never started on it. */
export async function executedMigrations(db: Database): Promise<string[]> {
  const table = sql<{ table: string | null }>`select cast(to_regclass(${DEFAULT_MIGRATION_TABLE}) as text) as table`;
  if ((await table.execute(db)).rows[0]?.table == null) return [];
  const names = sql<{ name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`;
  return (await names.execute(db)).rows.map(({ name }) => name).sort();
}

/**
 * Migrations of a later version that the database has had, as ones that do nothing: a migration only adds, so this version
 * runs on what they made. The migrator itself would refuse to start.
 */
async function newerMigrations(transaction: Database): Promise<Record<string, Migration>> {
  const newest = Object.keys(migrations).sort().at(-1) ?? "";
  const newer = (await executedMigrations(transaction)).filter((name) => name > newest);
  return Object.fromEntries(newer.map((name) => [name, { up: async () => {} }]));
}

const afterCommits = new WeakMap<Database, Set<() => void>>();

/** Has something done once a transaction of `inTransaction` is committed, and not at all where it is undone. */
export function afterCommit(transaction: Database, run: () => void): void {
  const runs = afterCommits.get(transaction) ?? new Set();
  afterCommits.set(transaction, runs.add(run));
}

/**
 * Runs work in one SERIALIZABLE transaction, again from its beginning while the database asks for that.
 *
 * A unique violation is tried again as well: of two transactions that both looked first, the second one finds on its
 * second look what it collides with, and refuses by name.
 *
 * @throws Refusal `unavailable` when 20 attempts were not enough, and whatever the work throws.
 */
export async function inTransaction<T>(db: Database, work: (transaction: Database) => Promise<T>): Promise<T> {
  const retried: readonly string[] = [sqlState.serializationFailure, sqlState.deadlock, sqlState.uniqueViolation];
  try {
    let committed: Database | undefined;
    const result = await withRetries(retried, () =>
      db
        .transaction()
        .setIsolationLevel("serializable")
        .execute((transaction) => {
          committed = transaction;
          return work(transaction);
        }),
    );
    for (const run of (committed && afterCommits.get(committed)) ?? []) run();
    return result;
  } catch (error) {
    const state = sqlStateOf(error);
    if (state === sqlState.serializationFailure || state === sqlState.deadlock) {
      throw new Refusal("unavailable", "Too many changes at once; try again in a moment.", {
        cause: error,
        retryAfterSeconds: 1,
      });
    }
    throw error;
  }
}

async function withRetries<T>(states: readonly string[], run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt === maxAttempts || !states.includes(sqlStateOf(error) ?? "")) throw error;
    }
    await sleep(Math.random() * Math.min(maxBackoffMs, 5 * 2 ** attempt));
  }
}

function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  // Kysely wraps what made a transaction fail at its commit.
  return sqlStateOf(error.cause);
}

/**
 * Runs statements of a transaction, each of which may take so long at most, waiting for others included. On the embedded
 * database, whose one connection leaves no others to wait for, without a bound.
 *
 * Not with lock_timeout: YugabyteDB doesn't heed it for rows.
 *
 * @throws an error that `isStatementTimeout` tells, and the transaction has to be undone.
 */
export async function withStatementTimeout<T>(
  transaction: Database,
  timeoutMs: number,
  work: () => Promise<T>,
): Promise<T> {
  if (!(transaction.getExecutor().adapter instanceof RowLockedPostgresAdapter)) return await work();
  const setTo = (ms: number) => sql`select set_config('statement_timeout', ${`${ms}ms`}, true)`.execute(transaction);
  await setTo(timeoutMs);
  const result = await work();
  await setTo(statementTimeoutMs);
  return result;
}

/** Whether a statement was given up because it took too long. */
export function isStatementTimeout(error: unknown): boolean {
  return sqlStateOf(error) === sqlState.queryCanceled;
}

/** Whether a row has a name that another one has. */
export function isUniqueViolation(error: unknown): boolean {
  return sqlStateOf(error) === sqlState.uniqueViolation;
}

/** Whether the database could not be reached, took too long, or ended the connection. */
export function isConnectionFailure(error: unknown): boolean {
  const state = sqlStateOf(error) ?? "";
  if (/^(08...|57014|57P0[1-5]|53300|ECONN.*|EPIPE|ETIMEDOUT|ENOENT|ENOTFOUND|EAI_AGAIN)$/.test(state)) return true;
  // The driver has no code for these.
  return (
    error instanceof Error && /^(Connection terminated|timeout exceeded when trying to connect)/.test(error.message)
  );
}
