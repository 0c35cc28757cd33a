/** Runs the Pulumi CLI that is on the PATH. */
import { type ExecException, execFile } from "node:child_process";
import type { Terminal } from "./terminal.ts";

/** What the CLI has printed, and the error with which it failed. */
interface Ran {
  readonly error: ExecException | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A preview or a state of ten thousand people has some tens of megabytes. */
const maxOutputBytes = 1024 * 1024 * 1024;

/** Runs the CLI in the folder of a command. It never throws. */
export function runPulumi({ folder, environment }: Terminal, args: readonly string[], timeoutMs = 0): Promise<Ran> {
  const options = { cwd: folder, env: environment, timeout: timeoutMs, maxBuffer: maxOutputBytes };
  return new Promise((resolve) => {
    execFile("pulumi", [...args, "--non-interactive"], options, (error, stdout, stderr) => {
      resolve({ error: error ?? undefined, stdout, stderr });
    });
  });
}

/** The error that the CLI prints, in one line; undefined if it prints none. Anything else that it prints may contain secrets. */
export function errorIn(stderr: string): string | undefined {
  return /^error: (.+)$/m.exec(stderr)?.[1];
}
