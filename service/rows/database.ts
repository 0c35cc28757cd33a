/** Opens and migrates the database, runs transactions, and classifies the database's errors. */
import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CompiledQuery, type Dialect, Kysely, PostgresAdapter, PostgresDialect, sql } from "kysely";
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from "kysely/migration";
import pg from "pg";
import { Refusal } from "../problems.ts";
import type { FreeBytes } from "./disk.ts";
import { type DatabaseLog, DiskError, EmbeddedDialect } from "./embedded-database.ts";
import { migrations } from "./migrations/index.ts";
import type { Database, Tables } from "./tables.ts";

// A time goes to the server in UTC: before time zones were of whole minutes, the driver's local time is off by seconds.
pg.defaults.parseInputDatesAsUTC = true;

const maxConnections = 10;
const connectTimeoutMs = 10_000;
const statementTimeoutMs = 60_000;
/** PostgreSQL ends each statement itself by then: one that says nothing for longer is gone, or can't be reached. */
const answerWithinMs = statementTimeoutMs + 10_000;
/** How long a connection has to end its side, once it was told to end. */
const endWithinMs = 1000;
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
export type DatabaseLocation = { folder: string; freeBytes?: FreeBytes } | { url: string; answerWithinMs?: number };

/** Is given the text of each statement that the database is asked, without its parameters. It must not throw. */
export type OnStatement = (text: string) => void;

/**
 * Opens the database and brings its tables up to date.
 *
 * @param log where the embedded database says that its disk is full, and that it isn't any more.
 * @throws OpeningError where the embedded one can't be opened, and the driver's error where it can't be reached or
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

/** Opens the database as it is; nothing is asked of it yet. */
export function connect(location: DatabaseLocation, onStatement?: OnStatement, log?: DatabaseLog): Database {
  const dialect = dialectOf(location, onStatement, log);
  return new Kysely<Tables>({ dialect, log: onStatement === undefined ? [] : ({ query }) => onStatement(query.sql) });
}

function dialectOf(location: DatabaseLocation, onStatement?: OnStatement, log?: DatabaseLog): Dialect {
  if (!("url" in location)) return new EmbeddedDialect({ ...location, log });
  const pool = new pg.Pool({
    Client: clientWithin(location.answerWithinMs ?? answerWithinMs),
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

/**
 * A client that gives its connection up where PostgreSQL falls silent: a machine that is gone, or a proxy that has lost it,
 * ends nothing, and each such connection would be waited for until the system gives up, which may be never.
 */
function clientWithin(withinMs: number): typeof PreparingClient {
  return class extends PreparingClient {
    constructor(...given: [never]) {
      super(...given);
      // What is asked of a connection that breaks fails by itself; between two statements of a transaction nobody listens.
      this.on("error", () => {});
    }

    override query(...given: [never]) {
      const answer = super.query(...given);
      const late = setTimeout(() => this.#hangUp(), withinMs).unref();
      const settled = () => clearTimeout(late);
      (answer as unknown as Promise<unknown>).then(settled, settled);
      return answer;
    }

    override async end(...given: []) {
      setTimeout(() => this.#hangUp(), endWithinMs).unref();
      return await super.end(...given);
    }

    /** What waits for it fails then, and the pool opens another. */
    #hangUp(): void {
      (this as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy();
    }
  };
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

/** What a database that can't do something now says of that to callers, by the code of its error. */
const unavailabilities: readonly (readonly [RegExp, string])[] = [
  [/^53100$/, "The database's disk is full. The service continues as soon as there is space again."],
  [/^58030$/, "The database's disk can't be written to."],
  [/^25006$/, "The database is read-only at the moment: reads are answered, and changes are not accepted."],
  [/^53[0-9A-Z]{3}$/, "The database has no memory or connection left."],
  [/^(28000|28P01|3D000)$/, "The database refuses to let the service connect."],
  [/^57P02$/, "The database has stopped and is started again. Whether a change under way was made is not known."],
  [
    /^(08[0-9A-Z]{3}|57014|57P0[1-5]|ECONN.*|EPIPE|ETIMEDOUT|ENOENT|ENOTFOUND|EAI_AGAIN)$/,
    "The database doesn't answer.",
  ],
];

/**
 * Why the database can't do something now that it may do later, in words for callers that hold nothing internal;
 * undefined for another error.
 */
export function unavailabilityOf(error: unknown): string | undefined {
  const disk = diskErrorOf(error);
  if (disk !== undefined) return disk.message;
  const state = sqlStateOf(error) ?? "";
  const known = unavailabilities.find(([codes]) => codes.test(state));
  if (known !== undefined) return known[1];
  // The driver has no code for these.
  const isConnection = /^(Connection terminated|timeout exceeded when trying to connect)/;
  return error instanceof Error && isConnection.test(error.message) ? "The database doesn't answer." : undefined;
}

/** The refusal of a request that the database can't serve now; undefined for another error. */
export function refusalOfUnavailability(error: unknown): Refusal | undefined {
  const reason = unavailabilityOf(error);
  if (reason === undefined) return undefined;
  // What a disk has refused may be refused for minutes, and not only to one caller.
  const retryAfterSeconds = diskErrorOf(error) === undefined ? 1 : 5;
  const detail = `${reason} Try again later, a change with the same Idempotency-Key.`;
  return new Refusal("unavailable", detail, { cause: error, retryAfterSeconds });
}

/** Whether the embedded database refused something for its disk, of which the log has been told by then. */
export function isDiskError(error: unknown): boolean {
  return diskErrorOf(error) !== undefined;
}

function diskErrorOf(error: unknown): DiskError | undefined {
  if (error instanceof DiskError) return error;
  return error instanceof Error ? diskErrorOf(error.cause) : undefined;
}

/** Whether the database accepts no changes now, though it may answer reads. */
export function acceptsNoChanges(error: unknown): boolean {
  return isDiskError(error) || /^(53100|58030|25006)$/.test(sqlStateOf(error) ?? "");
}

/**
 * Writes what a request can do without. Where the database accepts no changes now, nothing is written, and the request
 * goes on.
 *
 * @returns whether it was written. Not for use in a transaction, which a failed statement ends.
 */
export async function writeIfPossible(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (!acceptsNoChanges(error)) throw error;
    return false;
  }
}
