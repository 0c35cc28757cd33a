/** The data directory, its lock, and the secrets that are kept in it. */
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ConfigurationError } from "./configuration-error.ts";
import { reasonOfSystemError } from "./rows/disk.ts";
import { createWhole } from "./whole-file.ts";

const lockName = "lock";

/** The folder of the embedded database and its secrets, which only one process can use at a time. */
export interface DataDirectory {
  readonly path: string;
  /** The path of a file in the folder. */
  file(name: string): string;
  /** Reads a secret from the folder, or generates and stores it if it doesn't exist. */
  keep(name: string, generate: () => string | Promise<string>): Promise<string>;
  /** Releases the lock. */
  release(): Promise<void>;
}

/**
 * Opens and locks the folder. If it doesn't exist, it is created, and only its owner can read it.
 *
 * @throws ConfigurationError if another process is using the folder, or it can't be written to.
 */
export async function openDataDirectory(folder: string): Promise<DataDirectory> {
  const path = resolve(folder);
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await chmod(path, 0o700);
    await takeLock(path);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      throw error;
    }
    throw unusable(path, error);
  }
  const file = (name: string) => join(path, name);
  return {
    path,
    file,
    async keep(name, generate) {
      try {
        const kept = await readIfThere(file(name));
        // A failed write by a tool can leave an empty file; with an empty token, nobody could authenticate.
        if (kept?.trim() === "") {
          throw new ConfigurationError(emptied(file(name)));
        }
        if (kept !== undefined) {
          return kept.trim();
        }
        await createPrivate(file(name), `${await generate()}\n`);
        return (await readFile(file(name), "utf8")).trim();
      } catch (error) {
        if (error instanceof ConfigurationError) {
          throw error;
        }
        throw unusable(file(name), error);
      }
    },
    release: () => rm(join(path, lockName), { force: true }),
  };
}

function emptied(path: string): string {
  return (
    `ROSTER_DATA_DIR: ${path} is empty. Restore its content, for example from a backup. ` +
    "If the folder has no data yet, remove the file; the service then creates it again."
  );
}

function unusable(path: string, error: unknown): ConfigurationError {
  return new ConfigurationError(`ROSTER_DATA_DIR: ${path} can't be used: ${reasonOfSystemError(error)}.`);
}

async function takeLock(path: string): Promise<void> {
  const lock = join(path, lockName);
  // Try again after removing the lock of a dead process; another process may win that race.
  for (const isLastTry of [false, true]) {
    try {
      await createPrivate(lock, `${process.pid}\n`);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw error;
      }
    }
    const pid = Number((await readIfThere(lock)) ?? 0);
    if (isLastTry || isRunning(pid)) {
      throw new ConfigurationError(
        `ROSTER_DATA_DIR: ${path} is in use by process ${pid}. Stop that process, or use another folder ` +
          `(if process ${pid} is not a Roster service, remove ${lock}).`,
      );
    }
    await rm(lock, { force: true });
  }
}

/** Whether the process that holds a lock is running; in a new container, a dead process may have had our own id. */
function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function createPrivate(path: string, content: string): Promise<void> {
  await createWhole(path, (temporary) => writeFile(temporary, content, { mode: 0o600, flag: "wx", flush: true }));
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
