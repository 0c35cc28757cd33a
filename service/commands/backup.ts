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
  "Only one process can use the embedded database at a time. Stop the service, make the backup, and start the service again.";

/** The folder of an embedded database while it is being restored. */
const unfinished = "database.restoring";

/**
 * The command `backup <file>`: writes a backup of the database to a new file. It reads the settings of the service,
 * changes nothing, and can run while services use the same PostgreSQL database.
 *
 * @returns the exit status: 0 if the backup is complete; otherwise 1, and the file doesn't exist.
 */
export async function backup(args: readonly string[], variables: NodeJS.ProcessEnv): Promise<0 | 1> {
  return await run("The backup can't be made", async () => {
    const [path] = readArguments("backup <file>", args, []);
    const configuration = readConfiguration(variables);
    const summary = await withExistingDatabase(configuration, stopTheService, async (db, directory) =>
      createBackup(db, await keysOf(configuration, directory), path, new Date()),
    );
    tell(summary, (rows) => `${path} contains ${rows}`);
  });
}

/**
 * The command `restore <file> --as original|copy`: restores a backup into an empty PostgreSQL database, or into a new
 * embedded one.
 *
 * @returns the exit status: 0 if everything was restored; otherwise 1, and nothing was restored.
 */
export async function restore(args: readonly string[], variables: NodeJS.ProcessEnv): Promise<0 | 1> {
  return await run("The backup can't be restored", async () => {
    const [path, as] = readArguments("restore <file> --as original|copy", args, ["original", "copy"]);
    if (as === undefined) {
      throw new ConfigurationError(asWhat);
    }
    const configuration = readConfiguration(variables);
    const { databaseUrl } = configuration;
    const summary =
      databaseUrl === undefined
        ? await restoreEmbedded(configuration, path, as)
        : await restoreInto({ url: databaseUrl }, await keysOf(configuration, undefined), path, as);
    tell(summary, (rows) => `${rows}, were restored ${as === "copy" ? "as a copy" : "in place of the original"}`);
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

/** The message for a restore without `--as`; stacks tell services apart by the identity in the database. */
const asWhat =
  "Specify what the restored database is. With `--as original`, it replaces the one that the backup was made from, and stacks " +
  "continue to work with it; stop the original first. With `--as copy`, it gets an identity of its own, and stacks of the original refuse to work with it.";

/**
 * Reads the file and the option `--as` of a command.
 *
 * @param choices the values of `--as`; empty if the command doesn't have the option.
 * @throws ConfigurationError with the usage of the command.
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
    if (path !== undefined && path !== "" && others.length === 0 && as === values.as) {
      return [path, as];
    }
  } catch {
    // For unknown options, show the usage.
  }
  throw new ConfigurationError(`Usage: ${usage}`);
}

/** @throws ConfigurationError if there are none: unlike the service, a command doesn't generate them. */
async function keysOf(configuration: Configuration, directory: DataDirectory | undefined): Promise<BackupKeys> {
  const missing = (variable: string, file: string) => (): never => {
    throw new ConfigurationError(
      `${variable}: is not set, and the file ${directory?.file(file)} does not exist. Set it, or create the file, as for the service that the backup was made from.`,
    );
  };
  return {
    peppers: await preparePeppers(configuration, directory, missing("ROSTER_KEY_PEPPERS", "key-peppers")),
    signingKeys: await prepareSigningKeys(configuration, directory, missing("ROSTER_SIGNING_KEYS", "signing-keys")),
  };
}

/** Renames the folder once it is complete, so that an interrupted restore leaves no database. */
async function restoreEmbedded(configuration: Configuration, path: string, as: RestoredAs): Promise<BackupSummary> {
  const directory = await openDataDirectory(configuration.dataDir);
  try {
    if (existsSync(directory.file("database"))) {
      throw new BackupError(
        `ROSTER_DATA_DIR: ${directory.path} already contains a database. Restore into another folder, or move ${directory.file("database")}.`,
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
    ...Object.entries(leftOut).map(([table, reason]) => `${table}: not in the backup; ${reason}`),
    sentence(`${all} rows, as of ${takenAt}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return message || String(code ?? error);
}
