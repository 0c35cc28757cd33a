/**
 * Ends the provider together with the engine that started it. When the engine is killed, the shell script between them keeps the
 * provider running, and queued requests would still change the service without being recorded in the state.
 */
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/**
 * Whether a process runs the SDK's host of dynamic providers.
 *
 * @param script the script that Node.js was started with; on Windows, with the separators of that system
 */
export function isProviderHost(script: string): boolean {
  return /[\\/]dynamic-provider(?:[\\/]index\.js)?$/.test(script);
}

/**
 * What an error of ours says of itself to the host. The engine prints its message at the resource; for some calls, the host prints
 * `${error}: ${error.stack}` as well, which the engine would show at the stack.
 */
export const printedAtResource = "the engine prints this error at its resource";

/** Drops what the host prints of such errors, and nothing else. */
export function dropRepeatedErrors(): void {
  const write = process.stderr.write.bind(process.stderr) as (chunk: unknown, ...rest: unknown[]) => boolean;
  const repeated = `${printedAtResource}: ${printedAtResource}\n`;
  process.stderr.write = (chunk: unknown, ...rest: unknown[]) => write(chunk === repeated ? "" : chunk, ...rest);
}

const reconnectMs = 250;
/** How long the provider can take to finish. The engine kills it after five seconds: measured with 3.259. */
const maxFinishMs = 3000;

/** How long a provider without an engine can take to finish. */
const maxLastMs = 1000;

/**
 * Keeps a connection to the engine's port, which the host passes to the provider's process, and ends the process when
 * the engine no longer listens there.
 *
 * @param address `host:port`; any other value disables the function
 * @param last called before the process ends; it can take at most a second
 */
export function endWithEngine(address: string, last: () => Promise<void>): void {
  const [, host, port] = /^\[?([^[\]]+)\]?:(\d+)$/.exec(address) ?? [];
  if (host === undefined) {
    return;
  }
  const socket = connect(Number(port), host);
  socket.on("error", async (error: NodeJS.ErrnoException) => {
    if (error.code === "ECONNREFUSED") {
      await Promise.race([last(), wait(maxLastMs)]);
      process.exit(1);
    }
  });
  // The engine closes idle connections after a while. Whether it has ended is known at the next connection.
  socket.on("close", () => setTimeout(() => endWithEngine(address, last), reconnectMs).unref());
  socket.resume();
  // The connection must not keep the process alive.
  socket.unref();
}

/**
 * Finishes pending work before the process ends. The engine ends it with SIGINT, and displays what it prints until then:
 * measured with 3.259. Ctrl-C doesn't reach it.
 *
 * @param finish does the pending work; it can take as long as the engine waits
 * @param last called after that
 */
export function finishAtEnd(finish: () => Promise<void>, last: () => void): void {
  process.once("SIGINT", async () => {
    await Promise.race([finish(), wait(maxFinishMs)]);
    last();
    // Then the process ends as if the signal had not been handled.
    process.kill(process.pid, "SIGINT");
  });
}
