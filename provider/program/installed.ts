/** Whether the engine finds this package where it runs the program. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { RosterError } from "../errors.ts";

/** The version of this package. It is written down here because a bundled program has no package.json of ours. */
export const version = "0.1.0";

const packageName = "pulumi-roster";

/** The engine would not find the provider. */
class InstallationError extends RosterError {
  override readonly name = "InstallationError";
}

/** Where the program was started, which is where the engine starts the provider. */
const folderOfProgram = process.cwd();
const checked = new Set<string>();

/**
 * Looks for the provider as the engine's host is about to, from the program's folder upwards. That is another place
 * than this file's where the program is bundled, or where another package imports this one. Warns if what is found there
 * is another version.
 *
 * It does nothing where the engine's language host has not started the program: an inline program of the Automation API does
 * not know the provider's folder.
 *
 * @throws InstallationError if there is none
 */
export function requireInstalled(folder = folderOfProgram): void {
  if (process.env.PULUMI_NODEJS_MONITOR === undefined || checked.has(folder)) {
    return;
  }
  let driver: string;
  try {
    driver = createRequire(path.join(folder, "index.js")).resolve(`${packageName}/driver`);
  } catch {
    throw new InstallationError(
      `${packageName} is not installed where the program runs, and the engine looks for its provider there: run ` +
        `\`npm install ${packageName}\` (or what does the same with your package manager) in ${folder}. ` +
        "This is also needed where the program is bundled, or only another package imports it.",
    );
  }
  checked.add(folder);
  const installed = versionOf(driver);
  if (installed !== undefined && installed !== version) {
    void pulumi.log.warn(
      `the program's resources come from ${packageName} ${version}, and the engine runs the provider of ${packageName} ` +
        `${installed}, which is installed for ${folder}: install one version in both places.`,
    );
  }
}

/** @returns the version of the package that a file is in; undefined where that isn't known */
function versionOf(file: string): string | undefined {
  for (let folder = path.dirname(file); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const place = path.join(folder, "package.json");
    if (existsSync(place)) {
      const { name, version } = JSON.parse(readFileSync(place, "utf8")) as Readonly<Record<string, string>>;
      return name === packageName ? version : undefined;
    }
  }
  return undefined;
}
