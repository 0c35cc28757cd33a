/** Where log-ins are stored: in the user's configuration folder, one file for each endpoint. */
import { createHash } from "node:crypto";
import os from "node:os";
import path from "node:path";

/** A system, as far as the places of its files depend on it. */
export interface Place {
  /** With XDG_CONFIG_HOME, HOME or APPDATA. */
  readonly environment: NodeJS.ProcessEnv;
  /** The system that the process runs on by default. */
  readonly platform?: NodeJS.Platform;
}

/** File names are shorter than 255 bytes on every system; the hash makes them unique. */
const maxHostLength = 100;

/**
 * The folder of the user's log-ins.
 *
 * @returns a folder below XDG_CONFIG_HOME if that is an absolute path, otherwise below the system's usual place: `~/.config`,
 * `~/Library/Application Support` on macOS, and `%APPDATA%` on Windows
 */
export function logInFolder({ environment, platform = process.platform }: Place): string {
  const { isAbsolute, join } = platform === "win32" ? path.win32 : path.posix;
  const { XDG_CONFIG_HOME: configured = "" } = environment;
  // The XDG specification says that a relative path is invalid and has to be ignored.
  const base = isAbsolute(configured) ? configured : usualFolder(environment, platform, join);
  return join(base, "roster", "log-ins");
}

function usualFolder(
  { HOME: home, APPDATA: applicationData }: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  join: (...parts: string[]) => string,
): string {
  switch (platform) {
    case "win32":
      return applicationData || join(os.homedir(), "AppData", "Roaming");
    case "darwin":
      return join(home || os.homedir(), "Library", "Application Support");
    default:
      return join(home || os.homedir(), ".config");
  }
}

/**
 * The file of the log-in to an endpoint. Its name begins with the host, for people who look into the folder.
 *
 * @param endpoint the normalized address
 */
export function logInFile(endpoint: string, place: Place): string {
  const host = new URL(endpoint).hostname.replace(/[^a-z0-9.-]/g, "").slice(0, maxHostLength);
  const hash = createHash("sha256").update(endpoint).digest("hex").slice(0, 32);
  const { join } = (place.platform ?? process.platform) === "win32" ? path.win32 : path.posix;
  return join(logInFolder(place), `${host}-${hash}.json`);
}
