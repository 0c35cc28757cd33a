/** Opens and migrates the database, runs transactions, and classifies the database's errors. */
import { setTimeout as sleep } from "node:timers/promises";
import { CompiledQuery, type Dialect, Kysely, PostgresAdapter, PostgresDialect, sql } from "kysely";
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from "kysely/migration";
import pg from "pg";
import { Refusal } from "../problems.ts";
import type { FreeBytes } from "./disk.ts";
import { type DatabaseLog, DiskError, EmbeddedDialect } from "./embedded-database.ts";
import { migrations } from "./migrations/index.ts";
import { clientWithin } from "./postgres-client.ts";
import type { Database, Tables } from "./tables.ts";

// Send times in UTC: the driver's local times are off by seconds for dates before time zones had whole minutes.
pg.defaults.parseInputDatesAsUTC = true;

const maxConnections = 10;
const connectTimeoutMs = 10_000;
const statementTimeoutMs = 60_000;
/** PostgreSQL ends each statement before this time, so a server that is silent for longer is unreachable. */
const answerWithinMs = statementTimeoutMs + 10_000;
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

/** The location of the data: an embedded database in a folder, or a PostgreSQL server. */
export type DatabaseLocation = { folder: string; freeBytes?: FreeBytes } | { url: string; answerWithinMs?: number };

/** Receives the text of each statement, without its parameters. Must not throw. */
export type OnStatement = (text: string) => void;

/**
 * Opens the database, and migrates its tables.
 *
 * @param log receives reports about a full disk of the embedded database.
 * @throws OpeningError if the embedded database can't be opened; the driver's error if the database can't be reached or
 * migrated.
 */
export async function openDatabase(
  location: DatabaseLocation,
  onStatement?: OnStatement,
  log?: DatabaseLog,
): Promise<Database> {
  const db = connect(location, onStatement, log);
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}

/** Opens the database without migrating it; no statement is sent yet. */
export function connect(location: DatabaseLocation, onStatement?: OnStatement, log?: DatabaseLog): Database {
  const dialect = dialectOf(location, onStatement, log);
  return new Kysely<Tables>({ dialect, log: onStatement === undefined ? [] : ({ query }) => onStatement(query.sql) });
}

function dialectOf(location: DatabaseLocation, onStatement?: OnStatement, log?: DatabaseLog): Dialect {
  if (!("url" in location)) {
    return new EmbeddedDialect({ ...location, log });
  }
  const pool = new pg.Pool({
    Client: clientWithin(location.answerWithinMs ?? answerWithinMs),
    connectionString: location.url,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: "roster-service",
  });
  // A broken idle connection must not end the process; the next query opens a new one.
  pool.on("error", () => {});
  return new RowLockedPostgresDialect({
    pool,
    async onCreateConnection(connection) {
      // A sequential scan under SERIALIZABLE locks the whole table, so that in small tables any two changes would
      // conflict; see "Serializable Isolation Level" in PostgreSQL's manual.
      // With this cost, every plan would be compiled, which takes longer than running it.
      const settings = [
        "random_page_cost = 1",
        "cpu_tuple_cost = 1",
        "jit = off",
        `statement_timeout = ${statementTimeoutMs}`,
      ];
      for (const setting of settings) {
        const statement = CompiledQuery.raw(`set ${setting}`);
        // Kysely logs only later statements.
        onStatement?.(statement.sql);
        await connection.executeQuery(statement);
      }
    },
  });
}

/**
 * Marks a statement, with `modifyFront`, that PostgreSQL should plan only once per connection, because it is frequent and
 * planning takes longer than running it. It must name its columns: a prepared `*` fails if a migration adds a column.
 */
export const plannedOnce = sql`/* planned once */`;

/** Kysely locks migrations with an advisory lock, which not every engine has; this uses a row lock instead. */
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
  // If two replicas start on an empty database, both create the migrator's tables. The second one fails, possibly with
  // an aborted transaction, and is retried.
  const { uniqueViolation, duplicateTable, abortedTransaction, serializationFailure } = sqlState;
  const retried: readonly string[] = [uniqueViolation, duplicateTable, abortedTransaction, serializationFailure];
  await withRetries(retried, () => db.transaction().execute((transaction) => migrateWithin(transaction)));
}

/** Migrates the tables up to a migration, or to the latest, in the caller's transaction. */
export async function migrateWithin(transaction: Database, migration?: string): Promise<void> {
  const provider = { getMigrations: async () => ({ ...(await newerMigrations(transaction)), ...migrations }) };
  const migrator = new Migrator({ db: transaction, provider });
  const { error } = await (migration === undefined ? migrator.migrateToLatest() : migrator.migrateTo(migration));
  if (error !== undefined) {
    throw error;
  }
}

/** The names of the executed migrations, in order; empty if the service has never been started on the database. */
export async function executedMigrations(db: Database): Promise<string[]> {
  const table = sql<{ table: string | null }>`select cast(to_regclass(${DEFAULT_MIGRATION_TABLE}) as text) as table`;
  if ((await table.execute(db)).rows[0]?.table == null) {
    return [];
  }
  const names = sql<{ name: string }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`;
  return (await names.execute(db)).rows.map(({ name }) => name).sort();
}

/**
 * Executed migrations of a later version, as migrations without an effect. Migrations only add, so this version works with
 * their tables, but the migrator would otherwise refuse to start.
 */
async function newerMigrations(transaction: Database): Promise<Record<string, Migration>> {
  const newest = Object.keys(migrations).sort().at(-1) ?? "";
  const newer = (await executedMigrations(transaction)).filter((name) => name > newest);
  return Object.fromEntries(newer.map((name) => [name, { up: async () => {} }]));
}

const afterCommits = new WeakMap<Database, Set<() => void>>();

/** Runs a callback after a transaction of `inTransaction` is committed; never runs it if the transaction is rolled back. */
export function afterCommit(transaction: Database, run: () => void): void {
  const runs = afterCommits.get(transaction) ?? new Set();
  afterCommits.set(transaction, runs.add(run));
}

/**
 * Runs work in a SERIALIZABLE transaction, and retries it after serialization failures and deadlocks.
 *
 * Unique violations are retried too: of two concurrent transactions, the second one finds the conflicting row at its next
 * attempt, and refuses with a message about it.
 *
 * @param db a transaction is joined.
 * @throws Refusal `unavailable` after 20 attempts; any error of the work.
 */
export async function inTransaction<T>(db: Database, work: (transaction: Database) => Promise<T>): Promise<T> {
  // A trial's transaction, which its caller retries.
  if (db.isTransaction) {
    return await work(db);
  }
  let committed: Database | undefined;
  const result = await retryingConflicts(() =>
    db
      .transaction()
      .setIsolationLevel("serializable")
      .execute((transaction) => {
        committed = transaction;
        return work(transaction);
      }),
  );
  for (const run of (committed && afterCommits.get(committed)) ?? []) {
    run();
  }
  return result;
}

/**
 * Repeats a transaction after conflicts with others.
 *
 * @throws Refusal `unavailable` after 20 attempts; any other error of the transaction.
 */
export async function retryingConflicts<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await withRetries([sqlState.serializationFailure, sqlState.deadlock, sqlState.uniqueViolation], run);
  } catch (error) {
    const state = sqlStateOf(error);
    if (state === sqlState.serializationFailure || state === sqlState.deadlock) {
      throw new Refusal("unavailable", "Too many changes are being made at once. Try again in a moment.", {
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
      if (attempt === maxAttempts || !states.includes(sqlStateOf(error) ?? "")) {
        throw error;
      }
    }
    await sleep(Math.random() * Math.min(maxBackoffMs, 5 * 2 ** attempt));
  }
}

function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) {
    return undefined;
  }
  if ("code" in error && typeof error.code === "string") {
    return error.code;
  }
  // Kysely wraps errors of a commit.
  return sqlStateOf(error.cause);
}

/**
 * Runs statements with a timeout for each, including the time that they wait for locks. The embedded database has only one
 * connection and no lock waits, so there is no timeout.
 *
 * This doesn't use lock_timeout, which YugabyteDB ignores for row locks.
 *
 * @throws an error for which `isStatementTimeout` is true; the transaction must then be rolled back.
 */
export async function withStatementTimeout<T>(
  transaction: Database,
  timeoutMs: number,
  work: () => Promise<T>,
): Promise<T> {
  if (!(transaction.getExecutor().adapter instanceof RowLockedPostgresAdapter)) {
    return await work();
  }
  const setTo = (ms: number) => sql`select set_config('statement_timeout', ${`${ms}ms`}, true)`.execute(transaction);
  await setTo(timeoutMs);
  const result = await work();
  await setTo(statementTimeoutMs);
  return result;
}

/** Whether an error is a statement timeout. */
export function isStatementTimeout(error: unknown): boolean {
  return sqlStateOf(error) === sqlState.queryCanceled;
}

/** Whether an error is a unique violation. */
export function isUniqueViolation(error: unknown): boolean {
  return sqlStateOf(error) === sqlState.uniqueViolation;
}

/** The messages for callers if the database is unavailable, by error code. */
const unavailabilities: readonly (readonly [RegExp, string])[] = [
  [/^53100$/, "The database's disk is full. The service continues as soon as space is available again."],
  [/^58030$/, "The database's disk can't be written to."],
  [/^25006$/, "The database is read-only at the moment: you can read, but you can't make changes."],
  [/^53[0-9A-Z]{3}$/, "The database is out of memory or connections."],
  [/^(28000|28P01|3D000)$/, "The database refuses connections from the service."],
  [/^57P02$/, "The database stopped and is being restarted. A change in progress may have been made."],
  [
    /^(08[0-9A-Z]{3}|57014|57P0[1-5]|ECONN.*|EPIPE|ETIMEDOUT|ENOENT|ENOTFOUND|EAI_AGAIN)$/,
    "The database doesn't answer.",
  ],
];

/**
 * The reason why the database is temporarily unavailable, as a message without internal information; undefined for other
 * errors.
 */
export function unavailabilityOf(error: unknown): string | undefined {
  const disk = diskErrorOf(error);
  if (disk !== undefined) {
    return disk.message;
  }
  const state = sqlStateOf(error) ?? "";
  const known = unavailabilities.find(([codes]) => codes.test(state));
  if (known !== undefined) {
    return known[1];
  }
  // The driver has no code for these.
  const isConnection = /^(Connection terminated|timeout exceeded when trying to connect)/;
  return error instanceof Error && isConnection.test(error.message) ? "The database doesn't answer." : undefined;
}

/** The refusal if the database is temporarily unavailable; undefined for other errors. */
export function refusalOfUnavailability(error: unknown): Refusal | undefined {
  const reason = unavailabilityOf(error);
  if (reason === undefined) {
    return undefined;
  }
  // A disk failure can last for minutes.
  const retryAfterSeconds = diskErrorOf(error) === undefined ? 1 : 5;
  const detail = `${reason} Try again later; repeat a change with the same Idempotency-Key.`;
  return new Refusal("unavailable", detail, { cause: error, retryAfterSeconds });
}

/** Whether the disk of the embedded database has failed, which is already logged. */
export function isDiskError(error: unknown): boolean {
  return diskErrorOf(error) !== undefined;
}

function diskErrorOf(error: unknown): DiskError | undefined {
  if (error instanceof DiskError) {
    return error;
  }
  return error instanceof Error ? diskErrorOf(error.cause) : undefined;
}

/** Whether an error means that the database accepts no changes at the moment, although it may answer reads. */
export function acceptsNoChanges(error: unknown): boolean {
  return isDiskError(error) || /^(53100|58030|25006)$/.test(sqlStateOf(error) ?? "");
}

/**
 * Makes an optional write. If the database accepts no changes at the moment, nothing is written, and the request continues.
 * Don't use this in a transaction, which a failed statement aborts.
 *
 * @returns whether the write was made.
 */
export async function writeIfPossible(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (!acceptsNoChanges(error)) {
      throw error;
    }
    return false;
  }
}
