/** What is made once per user and version, and shared by all checkouts. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withProgress } from "../progress.mjs";

const heartbeatMs = 5000;
/** A maker that gave no sign of life for so long is dead, wherever it ran. */
const silenceMs = 60_000;

/** `$XDG_CACHE_HOME/roster`, where unset `~/.cache/roster`. */
export const cacheFolder = path.join(xdgCacheHome(), "roster");

/** The XDG specification has a relative path ignored. */
function xdgCacheHome() {
  const folder = process.env.XDG_CACHE_HOME ?? "";
  return path.isAbsolute(folder) ? folder : path.join(os.homedir(), ".cache");
}

/**
 * A folder in the cache, created if it doesn't exist. It is created under a temporary name and
 * renamed when it is complete, so an existing folder is always complete. If the creation is
 * interrupted, the next one continues with its files.
 *
 * @param {string} name with version and platform
 * @param {(folder: string) => Promise<void>} make
 * @returns {Promise<string>}
 */
export async function makeOnce(name, make) {
  const complete = path.join(cacheFolder, name);
  if (fs.existsSync(complete)) {
    return complete;
  }

  fs.mkdirSync(cacheFolder, { recursive: true });
  await waitForOthers(name, complete);
  if (fs.existsSync(complete)) {
    return complete;
  }

  const partial = `${complete}.partial-${maker()}`;
  takeOver(name, partial);
  fs.mkdirSync(partial, { recursive: true });
  const heartbeat = setInterval(() => fs.utimes(partial, new Date(), new Date(), () => {}), heartbeatMs);
  try {
    await make(partial);
  } finally {
    clearInterval(heartbeat);
  }
  try {
    fs.renameSync(partial, complete);
  } catch (error) {
    // Two started in the same moment, and the other was done first: its result is as good.
    if (!fs.existsSync(complete)) {
      throw error;
    }
    fs.rmSync(partial, { recursive: true, force: true });
  }
  return complete;
}

/**
 * Building twice at once would take both runs twice as long.
 *
 * @param {string} name
 * @param {string} complete
 */
async function waitForOthers(name, complete) {
  const somebodyIsAtIt = () => !fs.existsSync(complete) && partials(name).some(isAlive);
  if (!somebodyIsAtIt()) {
    return;
  }
  await withProgress(`another set-up is making ${name}; waiting for it`, async () => {
    while (somebodyIsAtIt()) {
      await sleep(500);
    }
  });
}

/**
 * Continues from what a dead maker left, and clears away the rest.
 *
 * @param {string} name
 * @param {string} partial
 */
function takeOver(name, partial) {
  for (const left of partials(name).filter((folder) => !isAlive(folder))) {
    if (fs.existsSync(partial)) {
      fs.rmSync(left, { recursive: true, force: true });
      continue;
    }
    try {
      fs.renameSync(left, partial);
    } catch {
      // Another run took it in this moment.
    }
  }
}

function maker() {
  return `${os.hostname().replaceAll(/[^\w.-]/g, "_")}-${process.pid}`;
}

/** @param {string} name */
function partials(name) {
  return fs
    .readdirSync(cacheFolder)
    .filter((entry) => entry.startsWith(`${name}.partial-`))
    .map((entry) => path.join(cacheFolder, entry));
}

/** @param {string} partial */
function isAlive(partial) {
  if (partial.endsWith(`.partial-${maker()}`)) {
    return false;
  }
  const ageMs = Date.now() - (fs.statSync(partial, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (ageMs > silenceMs) {
    return false;
  }
  const [, host, pid] = /\.partial-(.*)-(\d+)$/.exec(partial) ?? [];
  if (`${host}-${process.pid}` !== maker()) {
    return true;
  }
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
