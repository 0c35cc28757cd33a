/**
 * The provider ends with the engine that started it. A killed engine leaves its provider running, through the shell
 * script between them, and requests that were queued would still change the service, with nobody to write it down.
 */
import { connect } from "node:net";

const reconnectMs = 250;

/**
 * Keeps a connection to the engine's port, which the host passes to the provider's process, and ends the process when
 * nobody listens there any more.
 *
 * @param address `host:port`; with anything else, nothing is watched
 */
export function endWithEngine(address: string): void {
  const [, host, port] = /^\[?([^[\]]+)\]?:(\d+)$/.exec(address) ?? [];
  if (host === undefined) {
    return;
  }
  const socket = connect(Number(port), host);
  socket.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ECONNREFUSED") {
      process.exit(1);
    }
  });
  // The engine drops a connection that says nothing, after a while: that it is gone shows at the next one.
  socket.on("close", () => setTimeout(() => endWithEngine(address), reconnectMs).unref());
  socket.resume();
  // Watching keeps nothing alive by itself.
  socket.unref();
}
