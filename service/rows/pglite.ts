/** Opens PGlite so that a crash of PostgreSQL is an error and doesn't block this process. */
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { ConfigurationError } from "../configuration-error.ts";
import { type FreeBytes, inMebibytes, newDatabaseBytes, reasonOfSystemError, reserveBytes } from "./disk.ts";

/** Parses times like the PostgreSQL driver, because PGlite's parser misreads years below 100. */
const timeParsers = { [pg.types.builtins.TIMESTAMPTZ]: pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ) };

/** The exit status with which PGlite continues after an error. */
const goesOnStatus = 100;

/** The size of a segment of the write-ahead log, the largest file of a new database. */
const segmentBytes = 16 * 1024 * 1024;

/** The functions of PostgreSQL that PGlite calls for a statement. */
const entries = [
  "_PostgresMainLoopOnce",
  "_PostgresMainLongJmp",
  "_PostgresSendReadyForQueryIfNecessary",
  "_pgl_pq_flush",
  "_pq_buffer_remaining_data",
  "stackSave",
  "stackRestore",
] as const;

/** The embedded database can't be opened. The message names the folder, the reason, and what to do. */
export class OpeningError extends ConfigurationError {
  constructor(folder: string, reason: string, options?: ErrorOptions) {
    super(`ROSTER_DATA_DIR: the database in ${folder} can't be opened: ${reason}, and start again.`, options);
  }
}

/** PostgreSQL stopped during a statement; a commit in progress may or may not have been made. */
export class StoppedError extends Error {
  /** PostgreSQL's own code for a server that crashed. */
  readonly code = "57P02";

  /** The last message of PostgreSQL; empty if there is none. */
  readonly said: string;

  constructor(said: string) {
    super(`PostgreSQL stopped${said === "" ? "" : `: ${said}`}`);
    this.name = "StoppedError";
    this.said = said;
  }
}

/** An open database. */
export interface OpenDatabase {
  readonly pglite: PGlite;
  /** The error with which it has stopped; all later calls fail with the same error. */
  stopped(): StoppedError | undefined;
  /** Closes its files. A stopped database is left as after a killed process, and recovers when it is opened again. */
  close(): Promise<void>;
}

/**
 * Opens the database in a folder. If there is none, it is created atomically.
 *
 * @throws OpeningError
 */
export async function openFolder(folder: string, freeBytes: FreeBytes): Promise<OpenDatabase> {
  if (!existsSync(join(folder, "PG_VERSION"))) {
    await makeFolder(folder, freeBytes);
  }
  return await start(folder, freeBytes);
}

async function makeFolder(folder: string, freeBytes: FreeBytes): Promise<void> {
  const free = freeBytes(join(folder, ".."));
  const needed = newDatabaseBytes + reserveBytes;
  if (free !== undefined && free < needed) {
    throw new OpeningError(folder, fullDisk(free, needed));
  }
  const partial = `${folder}.new`;
  try {
    await rm(partial, { recursive: true, force: true });
    await (await start(partial, freeBytes)).close();
    await rename(partial, folder);
  } catch (error) {
    // PGlite doesn't check whether the new files were written completely.
    const refusal = await refusalToWrite(partial);
    if (refusal !== undefined) {
      throw new OpeningError(folder, reasonOfSystemError(refusal), { cause: error });
    }
    if (error instanceof OpeningError) {
      throw error;
    }
    const { code } = error as NodeJS.ErrnoException;
    const isOccupied = code === "ENOTEMPTY" || code === "EEXIST";
    const reason = isOccupied ? "the folder contains other files. Move them" : reasonOfSystemError(error);
    throw new OpeningError(folder, reason, { cause: error });
  } finally {
    await rm(partial, { recursive: true, force: true }).catch(() => {});
  }
}

/** The system's error for writing a file of the size of a log segment; undefined if it succeeds. */
async function refusalToWrite(folder: string): Promise<unknown> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "probe"), Buffer.alloc(segmentBytes));
    return undefined;
  } catch (error) {
    return error;
  }
}

async function start(folder: string, freeBytes: FreeBytes): Promise<OpenDatabase> {
  const lines: string[] = [];
  const pglite = new PGlite(folder, {
    parsers: timeParsers,
    startParams: [...PGlite.defaultStartParams, "-c", "min_wal_size=32MB", "-c", "max_wal_size=64MB"],
    onStderr(line) {
      if (/ (PANIC|FATAL|DETAIL): |^postgres: /.test(line)) {
        lines.push(line.replace(/^.*? (?=(PANIC|FATAL|DETAIL): )/, ""));
      }
      lines.splice(0, lines.length - 2);
      return false;
    },
  });
  try {
    await pglite.waitReady;
  } catch (error) {
    closeFiles(pglite);
    throw new OpeningError(folder, reasonOfFailedStart(lines.join("; "), error, freeBytes(folder)), { cause: error });
  }
  let stopped: StoppedError | undefined;
  endWithError(pglite, () => {
    stopped ??= new StoppedError(lines.findLast((line) => line.startsWith("PANIC")) ?? "");
    return stopped;
  });
  return {
    pglite,
    stopped: () => stopped,
    async close() {
      if (stopped === undefined) {
        await pglite.close();
      } else {
        closeFiles(pglite);
      }
    },
  };
}

/**
 * Makes PGlite fail if PostgreSQL has ended. Otherwise PGlite would call PostgreSQL forever, waiting for it to read the
 * statement, and would block the process.
 */
function endWithError({ Module: module }: PGlite, ended: () => StoppedError): void {
  const functions = module as unknown as Record<string, (...args: number[]) => unknown>;
  for (const name of entries) {
    const call = functions[name];
    if (call === undefined) {
      throw new Error(`this version of PGlite has no ${name}`);
    }
    functions[name] = (...args) => {
      try {
        return call(...args);
      } catch (error) {
        if ((error as { readonly status?: unknown }).status === goesOnStatus) {
          throw error;
        }
        const failure = ended();
        const fail = () => {
          throw failure;
        };
        for (const each of entries) {
          functions[each] = fail;
        }
        throw failure;
      }
    };
  }
}

/** Closes the files of a database that has stopped. */
function closeFiles({ Module: module }: PGlite): void {
  try {
    (module as unknown as { readonly FS: { quit(): void } }).FS.quit();
  } catch {
    // It hasn't opened any files.
  }
}

/** The error codes by WASI number, which is all that PGlite's file system reports. */
const systemCodes: Readonly<Record<number, string>> = {
  2: "EACCES",
  19: "EDQUOT",
  22: "EFBIG",
  29: "EIO",
  33: "EMFILE",
  51: "ENOSPC",
  63: "EPERM",
  69: "EROFS",
};

function reasonOfFailedStart(said: string, error: unknown, free: number | undefined): string {
  const versions = /initialized by PostgreSQL version (\S+), .*this version (\S+?)\.?$/.exec(said);
  if (versions !== null) {
    return (
      `it was created with PostgreSQL ${versions[1]}, but this version of the service uses ${versions[2]}. Run ` +
      "`backup` with the version of the service that created it, and `restore` with this one"
    );
  }
  if (/No space left on device/.test(said) || (free !== undefined && free < reserveBytes)) {
    return fullDisk(free ?? 0, reserveBytes);
  }
  const code = systemCodes[(error as { readonly errno?: number }).errno ?? 0];
  if (code !== undefined) {
    return reasonOfSystemError({ code });
  }
  const reason = said === "" ? reasonOfSystemError(error) : said;
  return `PostgreSQL doesn't start (${reason}). Fix this, or restore a backup into another folder`;
}

function fullDisk(free: number, needed: number): string {
  return `its disk is full: ${inMebibytes(free)} are free, and it needs ${inMebibytes(needed)}. Free some disk space`;
}
