/** Opens the service's database for a command. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Configuration } from "../configuration.ts";
import { ConfigurationError } from "../configuration-error.ts";
import { type DataDirectory, openDataDirectory } from "../data-directory.ts";
import { connect } from "../rows/database.ts";
import type { Database } from "../rows/tables.ts";

/**
 * Opens the database that the settings name for a command, and closes it after it: PostgreSQL beside services, the
 * embedded one alone. It makes none and migrates nothing.
 *
 * @param insteadWhileRunning what to do where a service has the embedded database.
 * @throws ConfigurationError where there is no embedded database, or a service has it.
 */
export async function withExistingDatabase<T>(
  configuration: Configuration,
  insteadWhileRunning: string,
  work: (db: Database, directory: DataDirectory | undefined) => Promise<T>,
): Promise<T> {
  const { databaseUrl } = configuration;
  const directory = databaseUrl === undefined ? await existingDirectory(configuration, insteadWhileRunning) : undefined;
  const db = connect(directory === undefined ? { url: databaseUrl ?? "" } : { folder: directory.file("database") });
  try {
    return await work(db, directory);
  } finally {
    await db.destroy();
    await directory?.release();
  }
}

/** The data directory with a database in it: a command that only looks makes none. */
async function existingDirectory({ dataDir }: Configuration, insteadWhileRunning: string): Promise<DataDirectory> {
  if (!existsSync(join(dataDir, "database"))) {
    throw new ConfigurationError(
      `ROSTER_DATA_DIR: there is no database in ${resolve(dataDir)}. Set it, or DATABASE_URL, as for the service.`,
    );
  }
  try {
    return await openDataDirectory(dataDir);
  } catch (error) {
    throw new ConfigurationError(`${(error as Error).message}\n${insteadWhileRunning}`);
  }
}
