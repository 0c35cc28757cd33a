/** The commands `backup` and `restore`. */
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import { BackupError } from "../backup/backup-error.ts";
import { type BackupSummary, createBackup } from "../backup/create.ts";
import type { BackupKeys } from "../backup/keys.ts";
import { type RestoredAs, restoreBackup } from "../backup/restore.ts";
import { leftOut } from "../backup/tables.ts";
import { type Configuration, readConfiguration } from "../configuration.ts";
import { ConfigurationError } from "../configuration-error.ts";
import { type DataDirectory, openDataDirectory } from "../data-directory.ts";
import { connect } from "../rows/database.ts";
import { preparePeppers, prepareSigningKeys } from "../secrets.ts";
import { withExistingDatabase } from "./existing-database.ts";

const stopTheService =
  "The embedded database is one process's at a time: stop the service, make the backup, and start it again.";

/** The folder of an embedded database that is not whole yet. */
const unfinished = "database.restoring";

/**
 * The command `backup <file>`: writes all that the database holds into a new file. It reads the settings of the
 * service, changes nothing, and may run beside services on PostgreSQL.
 *
 * @returns the exit status: 0 where the file is whole, else 1, and there is none.
 */
export async function backup(args: readonly string[], variables: NodeJS.ProcessEnv): Promise<0 | 1> {
  return await run("The backup can't be made", async () => {
    const [path] = readArguments("backup <file>", args, []);
    const configuration = readConfiguration(variables);
    const summary = await withExistingDatabase(configuration, stopTheService, async (db, directory) =>
      createBackup(db, await keysOf(configuration, directory), path, new Date()),
    );
    tell(summary, (rows) => `${path} holds ${rows}`);
  });
}

/**
 * The command `restore <file> --as original|copy`: puts a backup into an empty PostgreSQL database, or into a new embedded one.
 *
 * @returns the exit status: 0 where all of it is there, else 1, and nothing of it is.
 */
export async function restore(args: readonly string[], variables: NodeJS.ProcessEnv): Promise<0 | 1> {
  return await run("The backup can't be restored", async () => {
    const [path, as] = readArguments("restore <file> --as original|copy", args, ["original", "copy"]);
    if (as === undefined) throw new ConfigurationError(asWhat);
    const configuration = readConfiguration(variables);
    const { databaseUrl } = configuration;
    const summary =
      databaseUrl === undefined
        ? await restoreEmbedded(configuration, path, as)
        : await restoreInto({ url: databaseUrl }, await keysOf(configuration, undefined), path, as);
    tell(summary, (rows) => `${rows}, are restored ${as === "copy" ? "as a copy" : "in the place of the original"}`);
  });
}

async function run(failure: string, work: () => Promise<void>): Promise<0 | 1> {
  try {
    await work();
    return 0;
  } catch (error) {
    const isTold = error instanceof BackupError || error instanceof ConfigurationError;
    process.stderr.write(`${isTold ? error.message : `${failure}: ${reasonOf(error)}`}\n`);
    return 1;
  }
}

/** The question that a restore needs an answer to: stacks tell services apart by the identity in the database. */
const asWhat =
  "Say what the restored database is. With `--as original`, it replaces the one that the backup was made from, and stacks " +
  "continue to work with it; stop the original first. With `--as copy`, it gets an identity of its own, and stacks of the original refuse to work with it.";

/**
 * Reads a command's file, and what `--as` says.
 *
 * @param choices what `--as` takes; none if the command has no such option.
 * @throws ConfigurationError that says how the command is used.
 */
function readArguments<Choice extends RestoredAs>(
  usage: string,
  args: readonly string[],
  choices: readonly Choice[],
): readonly [path: string, as: Choice | undefined] {
  try {
    const options = { as: { type: "string" } } as const;
    const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options });
    const [path, ...others] = positionals;
    const as = choices.find((choice) => choice === values.as);
    if (path !== undefined && path !== "" && others.length === 0 && as === values.as) return [path, as];
  } catch {
    // What it doesn't know is told as how it is used.
  }
  throw new ConfigurationError(`Usage: ${usage}`);
}

/** @throws ConfigurationError where there are none: a command makes none, as the service does at its first start. */
async function keysOf(configuration: Configuration, directory: DataDirectory | undefined): Promise<BackupKeys> {
  const missing = (variable: string, file: string) => (): never => {
    throw new ConfigurationError(
      `${variable}: missing, and there is no file ${directory?.file(file)}. Set it, or put the file there, as for the service that the backup was made from.`,
    );
  };
  return {
    peppers: await preparePeppers(configuration, directory, missing("ROSTER_KEY_PEPPERS", "key-peppers")),
    signingKeys: await prepareSigningKeys(configuration, directory, missing("ROSTER_SIGNING_KEYS", "signing-keys")),
  };
}

/** A folder gets its name when all is in it: whatever ends this before, there is no database. */
async function restoreEmbedded(configuration: Configuration, path: string, as: RestoredAs): Promise<BackupSummary> {
  const directory = await openDataDirectory(configuration.dataDir);
  try {
    if (existsSync(directory.file("database"))) {
      throw new BackupError(
        `ROSTER_DATA_DIR: there is a database in ${directory.path} already. Restore into another folder, or move ${directory.file("database")} away.`,
      );
    }
    const folder = directory.file(unfinished);
    await rm(folder, { recursive: true, force: true });
    try {
      const summary = await restoreInto({ folder }, await keysOf(configuration, directory), path, as);
      await rename(folder, directory.file("database"));
      return summary;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } finally {
    await directory.release();
  }
}

async function restoreInto(
  location: Parameters<typeof connect>[0],
  keys: BackupKeys,
  path: string,
  as: RestoredAs,
): Promise<BackupSummary> {
  const db = connect(location);
  try {
    return await restoreBackup(db, keys, path, as, new Date());
  } finally {
    await db.destroy();
  }
}

function tell({ takenAt, rows }: BackupSummary, sentence: (rows: string) => string): void {
  const counts = Object.entries(rows).sort(([one], [other]) => (one < other ? -1 : 1));
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  const lines = [
    ...counts.map(([table, count]) => `${table}: ${count}`),
    ...Object.entries(leftOut).map(([table, reason]) => `${table}: not kept; ${reason}`),
    sentence(`${all} rows, of ${takenAt}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return message || String(code ?? error);
}
