/** Checks that the engine finds this package where it runs the program. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { RosterError } from "../errors.ts";

/** The version of this package. It is a constant because a bundled program doesn't contain the package's package.json. */
export const version = "0.1.0";

const packageName = "pulumi-roster";

/** The engine would not find the provider. */
class InstallationError extends RosterError {
  override readonly name = "InstallationError";
}

/** The folder where the program was started, and where the engine starts the provider. */
const folderOfProgram = process.cwd();
const checked = new Set<string>();

/**
 * Looks for the provider in the same way as the engine's host: from the program's folder upwards. If the program is bundled, or
 * if another package imports this one, the result differs from the package of this file. Warns if the versions differ.
 *
 * Does nothing if the engine's language host has not started the program: an inline program of the Automation API does not know
 * the provider's folder.
 *
 * @throws InstallationError if the provider is not found
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
      `${packageName} is not installed where the program runs, but the engine looks for the provider there: run ` +
        `\`npm install ${packageName}\` (or the equivalent of your package manager) in ${folder}. ` +
        "This is also required if the program is bundled, or if only another package imports it.",
    );
  }
  checked.add(folder);
  const installed = versionOf(driver);
  if (installed !== undefined && installed !== version) {
    void pulumi.log.warn(
      `the program uses ${packageName} ${version}, but the engine runs the provider of ${packageName} ${installed}, which is ` +
        `installed for ${folder}: install the same version in both places.`,
    );
  }
}

/** @returns the version of the package that contains a file; undefined if it isn't known */
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
