/** The connections that clients hold open, and how each of them ends whatever the client does. */
import { type IncomingMessage, type Server, type ServerOptions, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** How often Node looks for requests that take too long. */
const checkEveryMs = 5000;
/** How long a connection stays open after its last answer, so that the client can read it. */
const lingerMs = 1000;

const headerLimitBytes = 16 * 1024;

/** How long clients may take, in milliseconds. */
export interface Timeouts {
  /** For a request to arrive, header and body together; 30,000 by default. */
  readonly requestMs?: number;
  /**
   * From a request's header until its answer has been taken; 300,000 by default. It has to be longer than any operation
   * takes.
   */
  readonly exchangeMs?: number;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The connections of a service, from their first byte to their end. */
export class Connections {
  readonly #exchanges = new Map<Socket, Set<Exchange>>();
  readonly #requestMs: number;
  readonly #exchangeMs: number;

  constructor({ requestMs = 30_000, exchangeMs = 300_000 }: Timeouts = {}) {
    this.#requestMs = requestMs;
    this.#exchangeMs = exchangeMs;
  }

  /** What the HTTP server is made with. */
  get serverOptions(): ServerOptions {
    const began = (exchange: Exchange) => this.#began(exchange);
    return {
      maxHeaderSize: headerLimitBytes,
      headersTimeout: this.#requestMs,
      requestTimeout: this.#requestMs,
      connectionsCheckingInterval: Math.min(checkEveryMs, this.#requestMs),
      // A client that offers another protocol is answered in this one; see RFC 9110, 7.8.
      shouldUpgradeCallback: () => false,
      // Made for every request, also of the further servers that Fastify starts for a name with several addresses.
      ServerResponse: class<Request extends IncomingMessage> extends ServerResponse<Request> {
        // Node gives options as well, which its types don't have.
        constructor(...given: [request: Request]) {
          super(...given);
          began({ request: given[0], response: this });
        }
      },
    };
  }

  /** Follows the connections of a server, those included that never send a request. */
  follow(server: Server): void {
    server.on("connection", (socket: Socket) => this.#exchangesOf(socket));
  }

  /** Whether an answer is on its way to this client, into which nothing else may be written. */
  isAnswering(socket: Socket): boolean {
    return [...this.#exchangesOf(socket)].some(({ response }) => response.headersSent);
  }

  /** Sends a last text and closes the connection, within a second even if the client doesn't close its side. */
  hangUp(socket: Socket, text: string): void {
    socket.end(text);
    setTimeout(() => socket.destroy(), lingerMs).unref();
  }

  /**
   * Lets go of clients, for a service that stops: at once of those without a request, and within two seconds of those that
   * keep the service waiting, for the rest of a request or by not taking an answer. Requests being carried out go on.
   *
   * @returns what to call once the server has closed.
   */
  drain(): () => void {
    let waiting = this.#closeAbandoned(new Set());
    const timer = setInterval(() => {
      waiting = this.#closeAbandoned(waiting);
    }, lingerMs);
    return () => clearInterval(timer);
  }

  /** @returns the exchanges that wait for their clients, and are given up where they still do the next time. */
  #closeAbandoned(waitedBefore: ReadonlySet<Exchange>): Set<Exchange> {
    const waiting = new Set<Exchange>();
    for (const [socket, exchanges] of this.#exchanges) {
      const idle = [...exchanges].filter(waitsForClient);
      const isAbandoned = idle.length === exchanges.size && idle.every((exchange) => waitedBefore.has(exchange));
      if (isAbandoned) socket.destroy();
      else for (const exchange of idle) waiting.add(exchange);
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
    if (known !== undefined) return known;
    const exchanges = new Set<Exchange>();
    this.#exchanges.set(socket, exchanges);
    socket.once("close", () => this.#exchanges.delete(socket));
    return exchanges;
  }
}

/** Whether it is the client's turn: to send the rest of the request, or to take the answer. */
function waitsForClient({ request, response }: Exchange): boolean {
  return !request.complete || response.writableEnded || response.writableNeedDrain;
}
