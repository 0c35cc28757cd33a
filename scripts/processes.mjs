/** Starting other programs: with their output kept, or passed through to the person. */
import { spawn } from "node:child_process";
import os from "node:os";
import readline from "node:readline";

/** A program that could not be started, or did not end with 0. */
export class ProgramError extends Error {
  /**
   * @param {string} command
   * @param {string} outcome what happened, for example "ended with 1"
   * @param {string} output what it wrote, stdout and stderr as they came
   */
  constructor(command, outcome, output) {
    super(`${command} ${outcome}`);
    this.name = "ProgramError";
    this.outcome = outcome;
    this.output = output;
  }

  /** The last lines the program wrote. @param {number} [lines] */
  tail(lines = 20) {
    return this.output.trimEnd().split("\n").slice(-lines).join("\n");
  }
}

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/**
 * Runs a program to its end, without input, and gives what it wrote to stdout.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, onLine?: (line: string) => void }} [options]
 * @returns {Promise<string>}
 * @throws {ProgramError}
 */
export async function run(command, args, options = {}) {
  const { cwd, env, timeoutMs, onLine } = options;
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let stdout = "";
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  if (onLine) {
    readline.createInterface(child.stdout).on("line", onLine);
    readline.createInterface(child.stderr).on("line", onLine);
  }
  let timedOut = false;
  const timer = setTimeout(
    () => {
      timedOut = true;
      child.kill("SIGKILL");
    },
    timeoutMs ?? 2 ** 31 - 1,
  );
  try {
    const { status, signal } = await ended(child);
    if (timedOut) {
      throw new ProgramError(command, `gave no result within ${(timeoutMs ?? 0) / 1000} s`, output);
    }
    if (signal) {
      throw new ProgramError(command, `was stopped by ${signal}`, output);
    }
    if (status !== 0) {
      throw new ProgramError(command, `ended with ${status}`, output);
    }
    return stdout;
  } catch (error) {
    if (error instanceof ProgramError) {
      throw error;
    }
    throw new ProgramError(command, `could not be started: ${/** @type {Error} */ (error).message}`, output);
  } finally {
    clearTimeout(timer);
    running.delete(child);
  }
}

/**
 * Runs a program that talks to the person: stdin, stdout and stderr are ours.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, stopWhen?: Promise<unknown> }} [options]
 *     `stopWhen`: the program is asked to stop when this settles; its end is awaited all the same
 * @returns {Promise<number>} its exit status; 128 and the signal's number when a signal ended it, as in a shell
 */
export async function runVisibly(command, args, options = {}) {
  const { cwd, env, stopWhen } = options;
  const child = spawn(command, args, { cwd, env, stdio: "inherit" });
  const stopForwarding = forwardSignals(child);
  const stop = () => child.kill("SIGINT");
  stopWhen?.then(stop, stop);
  try {
    const { status, signal } = await ended(child);
    return signal ? 128 + os.constants.signals[signal] : (status ?? 1);
  } finally {
    stopForwarding();
  }
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<{ status: number | null, signal: NodeJS.Signals | null }>}
 */
export function ended(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve({ status, signal }));
  });
}

/** @type {NodeJS.Signals[]} */
const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Passes the signals that ask us to stop on to a child, instead of ending.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @returns {() => void} ends the forwarding
 */
function forwardSignals(child) {
  // A terminal sends Ctrl-C to every process in front. Passing it on would make two of one, and
  // the engine takes the second as the wish to stop at once, in the middle of its writes.
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  return onSignals((signal) => {
    if (!(signal === "SIGINT" && onTerminal)) {
      child.kill(signal);
    }
  });
}

/**
 * @param {(signal: NodeJS.Signals) => void} handle
 * @returns {() => void} removes the handlers
 */
export function onSignals(handle) {
  for (const signal of stopSignals) {
    process.on(signal, handle);
  }
  return () => {
    for (const signal of stopSignals) {
      process.off(signal, handle);
    }
  };
}

/**
 * When we are asked to stop, stops the programs started with {@link run} first, then ends.
 *
 * @param {(signal: NodeJS.Signals) => void} sayGoodbye
 * @returns {() => void} removes the handlers
 */
export function endWithChildren(sayGoodbye) {
  return onSignals(async (signal) => {
    const children = [...running];
    const allEnded = Promise.allSettled(children.map(ended));
    for (const child of children) {
      child.kill(signal);
    }
    await Promise.race([allEnded, new Promise((resolve) => setTimeout(resolve, 5000))]);
    for (const child of children) {
      child.kill("SIGKILL");
    }
    sayGoodbye(signal);
    process.exit(128 + os.constants.signals[signal]);
  });
}
