/** The service's commands, as processes. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { shortLived } from "../../short-lived.ts";

const main = join(__dirname, "../../../service/main.ts");

/** How a command ended. */
export interface Outcome {
  /** Null where a signal ended it. */
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** A command that runs. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

/** Starts a command with nothing of the service's in its environment but this. */
export function startCommand(environment: Record<string, string>, ...args: string[]): RunningCommand {
  const child = spawn(process.execPath, [...shortLived, main, ...args], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text.out += part;
  });
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    text.err += part;
  });
  const outcome = new Promise<Outcome>((done) => {
    child.once("close", (status) => done({ status, lines: text.out.split("\n").slice(0, -1), errors: text.err }));
  });
  return { child, outcome };
}

/** Runs a command to its end. */
export async function runCommand(environment: Record<string, string>, ...args: string[]): Promise<Outcome> {
  return await startCommand(environment, ...args).outcome;
}
