/**
 * The embedded database as a Kysely dialect. A full or failing disk stops only changes, and only for as long as it lasts.
 *
 * @see docs/decisions/0031-a-full-disk.md
 */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PGliteAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import { type FreeBytes, freeBytes, hasRoom, inMebibytes, lastReserveBytes, reserveBytes } from "./disk.ts";
import { type OpenDatabase, openFolder, StoppedError } from "./pglite.ts";

/** The size of the write-ahead log after which a checkpoint is made. */
const checkpointBytes = 32 * 1024 * 1024;
/** The number of connections acquired between two checks of that size. */
const turnsPerLook = 16;
/** How long changes are refused after the disk has failed although it has space. */
const leftAloneMs = 5000;

const readOnlyTransaction = "25006";
/** PostgreSQL's messages for failed writes. */
const refusedByDisk =
  /^could not (write|extend|create|open|truncate|rename|fsync|flush|resize|close)\b.*?: (?<reason>[^:]+)$/;

/** Receives reports for operators. */
export interface DatabaseLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The options of the embedded database. */
export interface EmbeddedOptions {
  readonly folder: string;
  /** Gets one entry when changes are no longer accepted, with the reason, and one when they are accepted again. */
  readonly log?: DatabaseLog | undefined;
  readonly freeBytes?: FreeBytes | undefined;
}

/** The disk of the data folder accepts no changes. The message is for callers, and doesn't contain a path. */
export class DiskError extends Error {
  /** PostgreSQL's own code for a full disk. */
  readonly code = "53100";

  constructor(reason: string, options?: ErrorOptions) {
    super(
      `The service can't accept changes at the moment: ${reason}. Nothing was changed. ` +
        "It accepts changes again as soon as it can write to the disk.",
      options,
    );
    this.name = "DiskError";
  }
}

/** Kysely's dialect for the database in a folder. */
export class EmbeddedDialect implements Dialect {
  readonly #options: EmbeddedOptions;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
  }

  createDriver(): Driver {
    return new EmbeddedDriver(this.#options);
  }

  createAdapter(): PGliteAdapter {
    return new PGliteAdapter();
  }

  createQueryCompiler(): PostgresQueryCompiler {
    return new PostgresQueryCompiler();
  }

  createIntrospector(db: ConstructorParameters<typeof PostgresIntrospector>[0]): PostgresIntrospector {
    return new PostgresIntrospector(db);
  }
}

/** The driver, with one connection that is used by one caller at a time. */
class EmbeddedDriver implements Driver {
  readonly #options: EmbeddedOptions;
  readonly #disk: Disk;
  #connection: EmbeddedConnection | undefined;
  /** The last failure to reopen the database, and when to try again; each attempt blocks all requests for a second. */
  #failure: { readonly error: DiskError; readonly untilMs: number } | undefined;
  #turns = 0;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    this.#disk = new Disk(options);
  }

  async init(): Promise<void> {
    this.#connection = await this.#open();
  }

  /** Never fails, because Kysely would then wait forever for the connection. */
  async acquireConnection(): Promise<Connection> {
    try {
      await this.#leaveStopped();
      const refusal = this.#disk.refusal();
      this.#connection ??= await this.#openAgain();
      await this.#connection.allowChanges(refusal === undefined);
      if (refusal === undefined && this.#turns++ % turnsPerLook === 0) {
        await this.#connection.keepLogShort();
      }
      return this.#connection;
    } catch (error) {
      return new NoConnection(error);
    }
  }

  async releaseConnection(): Promise<void> {
    await this.#leaveStopped();
  }

  async #leaveStopped(): Promise<void> {
    const stopped = this.#connection?.stopped();
    if (stopped === undefined) {
      return;
    }
    this.#options.log?.error({ err: stopped }, "the embedded database has stopped; the next request opens it again");
    await this.#connection?.close();
    this.#connection = undefined;
  }

  /** Ignores the isolation level, because there is one connection and no concurrent transactions. */
  async beginTransaction(connection: Connection): Promise<void> {
    await connection.begin();
  }

  async commitTransaction(connection: Connection): Promise<void> {
    await connection.end("commit");
  }

  async rollbackTransaction(connection: Connection): Promise<void> {
    // A stopped database has rolled back everything.
    await connection.end("rollback").catch(() => {});
  }

  async destroy(): Promise<void> {
    await this.#connection?.close();
    this.#connection = undefined;
  }

  async #open(): Promise<EmbeddedConnection> {
    const { folder, freeBytes: free = freeBytes } = this.#options;
    return new EmbeddedConnection(await openFolder(folder, free), this.#disk);
  }

  async #openAgain(): Promise<EmbeddedConnection> {
    if (this.#failure !== undefined && performance.now() < this.#failure.untilMs) {
      throw this.#failure.error;
    }
    try {
      const connection = await this.#open();
      this.#options.log?.warn({ folder: this.#options.folder }, "the embedded database is open again");
      this.#failure = undefined;
      return connection;
    } catch (cause) {
      const error = this.#disk.note("its database can't be opened", cause);
      this.#failure = { error, untilMs: performance.now() + leftAloneMs };
      throw error;
    }
  }
}

/** A connection of the driver. */
interface Connection extends DatabaseConnection {
  begin(): Promise<void>;
  end(how: "commit" | "rollback"): Promise<void>;
}

/** A connection that fails with the same error for every call. */
class NoConnection implements Connection {
  readonly #error: unknown;

  constructor(error: unknown) {
    this.#error = error;
  }

  begin(): Promise<never> {
    return Promise.reject(this.#error);
  }

  end(): Promise<never> {
    return Promise.reject(this.#error);
  }

  executeQuery(): Promise<never> {
    return Promise.reject(this.#error);
  }

  // biome-ignore lint/correctness/useYield: it fails at once.
  async *streamQuery(): AsyncGenerator<never> {
    throw this.#error;
  }
}

/** Tracks whether the disk of the data folder accepts changes. */
class Disk {
  readonly #folder: string;
  readonly #log: DatabaseLog | undefined;
  readonly #freeBytes: FreeBytes;
  /** The latest refusal, which is already logged. */
  #refusal: DiskError | undefined;
  #isFull = false;
  #leftAloneUntilMs = Number.NEGATIVE_INFINITY;

  constructor({ folder, log, freeBytes: free = freeBytes }: EmbeddedOptions) {
    this.#folder = folder;
    this.#log = log;
    this.#freeBytes = free;
  }

  /** The reason why changes are refused; undefined if they are accepted. */
  refusal(): DiskError | undefined {
    const free = this.#freeBytes(this.#folder);
    if (!hasRoom(free, this.#isFull)) {
      if (!this.#isFull) {
        this.#isFull = true;
        this.#refusal = new DiskError("the disk of its data folder is full");
        const fields = { folder: this.#folder, freeBytes: free, neededBytes: reserveBytes };
        this.#log?.error(
          fields,
          `the disk is full: no changes are accepted with less than ${inMebibytes(reserveBytes)} free`,
        );
      }
      return this.#refusal;
    }
    if (this.#isFull) {
      this.#isFull = false;
      this.noteWritten();
    }
    return performance.now() < this.#leftAloneUntilMs ? this.#refusal : undefined;
  }

  /** Whether there is enough space to continue a change in progress. */
  hasLastReserve(): boolean {
    return (this.#freeBytes(this.#folder) ?? lastReserveBytes) >= lastReserveBytes;
  }

  /** Records that a write failed although there is space. */
  note(reason: string, error: unknown): DiskError {
    const isNew = this.#refusal === undefined;
    this.#refusal = new DiskError(reason, { cause: error });
    this.#leftAloneUntilMs = performance.now() + leftAloneMs;
    const fields = { err: error, folder: this.#folder };
    if (isNew) {
      this.#log?.error(fields, "the disk can't be written to: no changes are accepted until it can");
    }
    return this.#refusal;
  }

  /** Records that a write succeeded. */
  noteWritten(): void {
    if (this.#refusal === undefined) {
      return;
    }
    this.#refusal = undefined;
    this.#leftAloneUntilMs = Number.NEGATIVE_INFINITY;
    this.#log?.warn({ folder: this.#folder }, "the disk can be written to again: changes are accepted");
  }
}

class EmbeddedConnection implements Connection {
  readonly #database: OpenDatabase;
  readonly #disk: Disk;
  #allowsChanges = true;
  #isInTransaction = false;

  constructor(database: OpenDatabase, disk: Disk) {
    this.#database = database;
    this.#disk = disk;
  }

  stopped(): StoppedError | undefined {
    return this.#database.stopped();
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  /** Makes PostgreSQL refuse or accept writes. */
  async allowChanges(allowed: boolean): Promise<void> {
    if (this.#allowsChanges === allowed) {
      return;
    }
    await this.#database.pglite.exec(`set default_transaction_read_only = ${allowed ? "off" : "on"}`);
    this.#allowsChanges = allowed;
  }

  async begin(): Promise<void> {
    await this.#ask(() => this.#database.pglite.exec("begin"));
    this.#isInTransaction = true;
  }

  async end(how: "commit" | "rollback"): Promise<void> {
    this.#isInTransaction = false;
    const [result] = await this.#ask(() => this.#database.pglite.exec(how));
    // PostgreSQL answers a commit with a rollback if a statement has failed.
    if (how === "commit" && result?.command === "ROLLBACK") {
      throw Object.assign(new Error("the transaction was undone and not committed"), { code: "25P02" });
    }
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.#isInTransaction && this.#allowsChanges && !this.#disk.hasLastReserve()) {
      throw new DiskError("the disk of its data folder is full");
    }
    const { rows, affectedRows } = await this.#ask(() => this.#database.pglite.query<Row>(sql, [...parameters]));
    if (affectedRows !== undefined && affectedRows > 0 && /^(insert|update|delete)\b/i.test(sql)) {
      this.#disk.noteWritten();
    }
    return { rows, ...(affectedRows === undefined ? {} : { numAffectedRows: BigInt(affectedRows) }) };
  }

  // biome-ignore lint/correctness/useYield: there is nothing that it could give.
  async *streamQuery<Row>(): AsyncGenerator<QueryResult<Row>> {
    throw new Error("the embedded database gives no rows in parts");
  }

  /** Makes a checkpoint, because single-user PostgreSQL doesn't until it ends, and its log would grow. */
  async keepLogShort(): Promise<void> {
    const { pglite } = this.#database;
    const { rows } = await pglite.query<{ bytes: number }>(
      "select cast(pg_current_wal_insert_lsn() - redo_lsn as float8) as bytes from pg_control_checkpoint()",
    );
    if ((rows[0]?.bytes ?? 0) >= checkpointBytes) {
      await this.#ask(() => pglite.exec("checkpoint"));
    }
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      throw this.#meaningOf(error);
    }
  }

  #meaningOf(error: unknown): unknown {
    const said = error instanceof StoppedError ? error.said : error instanceof Error ? error.message : "";
    const refused = refusedByDisk.exec(said.replace(/^PANIC: +/, ""))?.groups;
    if (refused !== undefined) {
      const refusal = this.#disk.note(`its data folder can't be written to (${refused.reason})`, error);
      // A database that stopped during a commit may have made the change.
      return error instanceof StoppedError ? error : refusal;
    }
    const { code } = error as { readonly code?: unknown };
    if (code === readOnlyTransaction && !this.#allowsChanges) {
      return this.#disk.refusal() ?? error;
    }
    return error;
  }
}
