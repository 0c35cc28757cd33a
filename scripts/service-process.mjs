/** The reference service as a child process: started, awaited, watched and stopped. */
import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import readline from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { paths } from "./environment.mjs";
import { ended } from "./processes.mjs";

const usualPort = 4680;
const readyTimeoutMs = 120_000;
const stopTimeoutMs = 30_000;
const logLimitBytes = 10 * 1024 * 1024;

/** The service could not be started, or ended without being asked to; the message is for the person. */
export class ServiceError extends Error {}

/**
 * What the service says on stdout, in one line of JSON, when it is ready.
 *
 * @typedef {object} Ready
 * @property {true} ready
 * @property {string} endpoint
 * @property {string} database
 * @property {string | null} dataDir null where the database is not the embedded one
 * @property {string | null} ownerTokenFile null where the token was given in ROSTER_OWNER_TOKEN
 */

/**
 * @typedef {object} Service
 * @property {Promise<Ready>} ready fails with {@link ServiceError}
 * @property {Promise<never>} death fails with {@link ServiceError} when the service ends without being asked to
 * @property {() => Promise<void>} stop gracefully; killed where that takes too long
 */

/**
 * Starts the service on this checkout's data. What it logs goes to a file under `.roster`.
 *
 * @returns {Promise<Service>}
 */
export async function startService() {
  const port = process.env.ROSTER_PORT ?? String(await findPort());
  const log = openLog();
  const child = spawn(paths.node, [path.join(paths.checkout, "service", "dist", "main.js")], {
    cwd: paths.checkout,
    env: { ...process.env, ROSTER_DATA_DIR: paths.serviceData, ROSTER_HOST: "127.0.0.1", ROSTER_PORT: port },
    stdio: ["ignore", "pipe", log.descriptor],
    // In a process group of its own, so that a Ctrl-C meant for the engine doesn't take the service away under it.
    detached: true,
  });
  fs.closeSync(log.descriptor);
  const end = ended(child);

  let stopping = false;
  /** @type {Promise<never>} */
  const death = new Promise((_, reject) => {
    end.then(({ status, signal }) => {
      if (!stopping) {
        reject(new ServiceError(describeDeath(signal ?? `status ${status}`, log.tail())));
      }
    }, reject);
  });
  const ready = Promise.race([
    readReady(/** @type {import("node:stream").Readable} */ (child.stdout)),
    death,
    tooLate(log),
  ]);
  // Whoever started it awaits these in turn; a failure in between is not unhandled.
  death.catch(() => {});
  ready.catch(() => {});

  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) {
      return;
    }
    stopping = true;
    child.kill("SIGTERM");
    const timer = setTimeout(() => {
      process.stderr.write(`The service did not stop within ${stopTimeoutMs / 1000} s, and is killed.\n`);
      child.kill("SIGKILL");
    }, stopTimeoutMs);
    await end;
    clearTimeout(timer);
  };
  return { ready, death, stop };
}

/**
 * @param {string} how
 * @param {string} log
 */
function describeDeath(how, log) {
  const hint = "\nAnother `npm start` or `npm run service` runs in this checkout. Use that one, or stop it first.";
  return `The service exited unexpectedly (${how}). The last lines of its log:\n${log}${/in use|is locked/i.test(log) ? hint : ""}`;
}

/**
 * @param {import("node:stream").Readable} stdout
 * @returns {Promise<Ready>}
 */
function readReady(stdout) {
  return new Promise((resolve) => {
    readline.createInterface(stdout).on("line", (line) => {
      const message = parse(line);
      if (message?.ready === true) {
        resolve(message);
      }
    });
  });
}

/** @param {string} line */
function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * @param {{ tail: () => string }} log
 * @returns {Promise<never>}
 */
async function tooLate(log) {
  await sleep(readyTimeoutMs, undefined, { ref: false });
  throw new ServiceError(`The service was not ready within ${readyTimeoutMs / 1000} s. Its log:\n${log.tail()}`);
}

/** The usual port, or any free one where something else listens on it. */
async function findPort() {
  if (await isFree(usualPort)) {
    return usualPort;
  }
  process.stdout.write(`Port ${usualPort} is taken; the service gets another one.\n`);
  return 0;
}

/** @param {number} port */
function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Appends, because the log of a service that died is what one wants to read after starting the next. */
function openLog() {
  fs.mkdirSync(paths.roster, { recursive: true });
  const sizeBytes = fs.statSync(paths.serviceLog, { throwIfNoEntry: false })?.size ?? 0;
  if (sizeBytes > logLimitBytes) {
    fs.renameSync(paths.serviceLog, `${paths.serviceLog}.old`);
  }
  const descriptor = fs.openSync(paths.serviceLog, "a", 0o600);
  const startBytes = fs.fstatSync(descriptor).size;
  const tail = () => {
    const written = fs.readFileSync(paths.serviceLog).subarray(startBytes).toString("utf8").trimEnd();
    return written.split("\n").slice(-20).join("\n") || "(nothing)";
  };
  return { descriptor, tail };
}
