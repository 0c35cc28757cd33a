/** The connections of clients, and the limits that end each of them. */
import { type IncomingMessage, type Server, type ServerOptions, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** How often Node.js checks for requests that take too long. */
const checkEveryMs = 5000;
/** How long a connection stays open after its last answer, so that the client can read it. */
const lingerMs = 1000;

const headerLimitBytes = 16 * 1024;

/** The time limits for clients, in milliseconds. */
export interface Timeouts {
  /** The time for a request to arrive, including its body; 30,000 by default. */
  readonly requestMs?: number;
  /**
   * The time from a request's header until the client has received the answer; 300,000 by default. It must be longer than
   * any operation takes.
   */
  readonly exchangeMs?: number;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Tracks the connections of a server. */
export class Connections {
  readonly #exchanges = new Map<Socket, Set<Exchange>>();
  readonly #requestMs: number;
  readonly #exchangeMs: number;

  constructor({ requestMs = 30_000, exchangeMs = 300_000 }: Timeouts = {}) {
    this.#requestMs = requestMs;
    this.#exchangeMs = exchangeMs;
  }

  /** The options of the HTTP server. */
  get serverOptions(): ServerOptions {
    const began = (exchange: Exchange) => this.#began(exchange);
    return {
      maxHeaderSize: headerLimitBytes,
      headersTimeout: this.#requestMs,
      requestTimeout: this.#requestMs,
      connectionsCheckingInterval: Math.min(checkEveryMs, this.#requestMs),
      // Ignore requests to upgrade the protocol; see RFC 9110, 7.8.
      shouldUpgradeCallback: () => false,
      // This class also covers the additional servers that Fastify starts for a host name with several addresses.
      ServerResponse: class<Request extends IncomingMessage> extends ServerResponse<Request> {
        // Node.js also passes options, which its types don't include.
        constructor(...given: [request: Request]) {
          super(...given);
          began({ request: given[0], response: this });
        }
      },
    };
  }

  /** Tracks the connections of a server, including those that never send a request. */
  follow(server: Server): void {
    server.on("connection", (socket: Socket) => this.#exchangesOf(socket));
  }

  /** Whether an answer is being sent on this connection, so that nothing else may be written to it. */
  isAnswering(socket: Socket): boolean {
    return [...this.#exchangesOf(socket)].some(({ response }) => response.headersSent);
  }

  /** Sends a last text, and closes the connection within a second, even if the client doesn't close its side. */
  hangUp(socket: Socket, text: string): void {
    socket.end(text);
    setTimeout(() => socket.destroy(), lingerMs).unref();
  }

  /**
   * Closes connections when the service stops: idle connections at once, and connections that wait for the client within
   * two seconds. Requests in progress continue.
   *
   * @returns a function to call once the server has closed.
   */
  drain(): () => void {
    let waiting = this.#closeAbandoned(new Set());
    const timer = setInterval(() => {
      waiting = this.#closeAbandoned(waiting);
    }, lingerMs);
    return () => clearInterval(timer);
  }

  /** @returns the exchanges that wait for the client; they are closed if they still wait at the next call. */
  #closeAbandoned(waitedBefore: ReadonlySet<Exchange>): Set<Exchange> {
    const waiting = new Set<Exchange>();
    for (const [socket, exchanges] of this.#exchanges) {
      const idle = [...exchanges].filter(waitsForClient);
      const isAbandoned = idle.length === exchanges.size && idle.every((exchange) => waitedBefore.has(exchange));
      if (isAbandoned) {
        socket.destroy();
      } else {
        for (const exchange of idle) {
          waiting.add(exchange);
        }
      }
    }
    return waiting;
  }

  #began(exchange: Exchange): void {
    const { request, response } = exchange;
    const exchanges = this.#exchangesOf(request.socket);
    exchanges.add(exchange);
    const late = setTimeout(() => request.socket.destroy(), this.#exchangeMs).unref();
    response.once("close", () => {
      clearTimeout(late);
      exchanges.delete(exchange);
    });
  }

  #exchangesOf(socket: Socket): Set<Exchange> {
    const known = this.#exchanges.get(socket);
    if (known !== undefined) {
      return known;
    }
    const exchanges = new Set<Exchange>();
    this.#exchanges.set(socket, exchanges);
    socket.once("close", () => this.#exchanges.delete(socket));
    return exchanges;
  }
}

/** Whether the exchange waits for the client to send the request or to receive the answer. */
function waitsForClient({ request, response }: Exchange): boolean {
  return !request.complete || response.writableEnded || response.writableNeedDrain;
}
