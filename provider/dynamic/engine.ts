/**
 * The provider ends with the engine that started it. A killed engine leaves its provider running, through the shell
 * script between them, and requests that were queued would still change the service, with nobody to write it down.
 */
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/**
 * Whether a process runs the SDK's host of dynamic providers.
 *
 * @param script what Node.js was started with, on Windows with that system's separators
 */
export function isProviderHost(script: string): boolean {
  return /[\\/]dynamic-provider(?:[\\/]index\.js)?$/.test(script);
}

const reconnectMs = 250;
/** For how long the provider goes on once it is to end. The engine kills it after five seconds: measured with 3.259. */
const maxFinishMs = 3000;

/** For how long a provider without an engine goes on. */
const maxLastMs = 1000;

/**
 * Keeps a connection to the engine's port, which the host passes to the provider's process, and ends the process when
 * nobody listens there any more.
 *
 * @param address `host:port`; with anything else, nothing is watched
 * @param last is done before the process ends, for a second at most
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
  // The engine drops a connection that says nothing, after a while: that it is gone shows at the next one.
  socket.on("close", () => setTimeout(() => endWithEngine(address, last), reconnectMs).unref());
  socket.resume();
  // Watching keeps nothing alive by itself.
  socket.unref();
}

/**
 * Has the process finish what it put off before it ends. The engine ends it by SIGINT, and shows what it prints until then:
 * measured with 3.259. Ctrl-C doesn't reach it.
 *
 * @param finish does what is left, for as long as the engine waits
 * @param last is done after that
 */
export function finishAtEnd(finish: () => Promise<void>, last: () => void): void {
  process.once("SIGINT", async () => {
    await Promise.race([finish(), wait(maxFinishMs)]);
    last();
    // As if nobody had listened.
    process.kill(process.pid, "SIGINT");
  });
}
