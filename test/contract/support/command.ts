/** The service's commands: as processes, and in this one. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { vi } from "vitest";
import { backup, restore } from "../../../service/commands/backup.ts";
import { verifyAudit } from "../../../service/commands/verify-audit.ts";
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

const commands = { backup, restore, "verify-audit": verifyAudit };

/**
 * Does what a process would do for a command, without one: a process takes a second to load the service and its database, and ends
 * with the status that the command returns.
 */
export async function callCommand(
  environment: Record<string, string>,
  name: keyof typeof commands,
  ...args: string[]
): Promise<Outcome> {
  const text = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((stream) =>
    vi.spyOn(process[stream], "write").mockImplementation((part) => {
      text[stream] += String(part);
      return true;
    }),
  );
  try {
    const status = await commands[name](args, environment);
    return { status, lines: text.stdout.split("\n").slice(0, -1), errors: text.stderr };
  } finally {
    for (const spy of spies) {
      spy.mockRestore();
    }
  }
}
