/**
 * Ends the provider together with the engine that started it. When the engine is killed, nothing else ends the provider, and queued
 * requests would still change the service without being recorded in the state.
 */
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { allSaid } from "../messages.ts";
import { printTally } from "../wire/tally.ts";

const reconnectMs = 250;
/** How long the provider can take to finish. The engine kills it after five seconds: measured with 3.259. */
const maxFinishMs = 3000;

/** How long what comes after that can take, and a provider without an engine can take to finish. */
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
 * Finishes pending work, and prints what is left to be said, before the process ends. The engine ends it with SIGINT, and displays until
 * then what it prints or logs: measured with 3.259 and 3.276. Ctrl-C doesn't reach it.
 *
 * @param finish does the pending work; it can take as long as the engine waits
 */
export function finishAtEnd(finish: () => Promise<void>): void {
  process.once("SIGINT", async () => {
    await Promise.race([finish(), wait(maxFinishMs)]);
    printTally();
    await Promise.race([allSaid(), wait(maxLastMs)]);
    // Then the process ends as if the signal had not been handled.
    process.kill(process.pid, "SIGINT");
  });
}
