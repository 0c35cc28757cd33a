/** Opens the service's database for a command. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Configuration } from "../configuration.ts";
import { ConfigurationError } from "../configuration-error.ts";
import { type DataDirectory, openDataDirectory } from "../data-directory.ts";
import { connect } from "../rows/database.ts";
import type { Database } from "../rows/tables.ts";

/**
 * Opens the configured database for a command, and closes it afterwards. PostgreSQL can be used by services at the same
 * time; the embedded database can't. The command neither creates nor migrates the database.
 *
 * @param insteadWhileRunning the advice for when a service is using the embedded database.
 * @throws ConfigurationError if the embedded database doesn't exist, or a service is using it.
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

/** Opens the data directory, but doesn't create it. */
async function existingDirectory({ dataDir }: Configuration, insteadWhileRunning: string): Promise<DataDirectory> {
  if (!existsSync(join(dataDir, "database"))) {
    throw new ConfigurationError(
      `ROSTER_DATA_DIR: ${resolve(dataDir)} contains no database. Set ROSTER_DATA_DIR or DATABASE_URL as for the service.`,
    );
  }
  try {
    return await openDataDirectory(dataDir);
  } catch (error) {
    throw new ConfigurationError(`${(error as Error).message}\n${insteadWhileRunning}`);
  }
}
