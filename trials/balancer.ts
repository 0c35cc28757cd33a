/** What stands before several replicas of a service: each request goes to the next one of them. */
import { once } from "node:events";
import { type Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Access } from "../test/e2e/service.ts";

/** Forwards each request to the next replica that takes the connection; what breaks after that is passed on as it is. */
export class Balancer implements Access {
  readonly #replicas: readonly Access[];
  #turn = 0;
  readonly #server = createServer((incoming, outgoing) => {
    // Whoever asked sees a connection that is reset, as the one behind it was.
    this.#forward(incoming, outgoing).catch(() => incoming.socket.resetAndDestroy());
  });
  /** How many connections were reset. */
  resets = 0;
  /** How many requests went to another replica, because one was down. */
  detours = 0;

  /** @param replicas at least one; each may be elsewhere with every request */
  constructor(replicas: readonly Access[]) {
    this.#replicas = replicas;
  }

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get endpoint(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") {
      throw new Error("the balancer was not started");
    }
    return `http://127.0.0.1:${address.port}`;
  }

  get token(): string {
    return this.#next().token;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #next(): Access {
    this.#turn += 1;
    const replica = this.#replicas[this.#turn % this.#replicas.length];
    if (replica === undefined) {
      throw new Error("there are no replicas");
    }
    return replica;
  }

  async #forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const sent = await buffer(incoming);
    const answer = await this.#ask(incoming, sent);
    if (answer === undefined) {
      outgoing.writeHead(503).end();
      return;
    }
    const body = await buffer(answer).catch((error: unknown) => this.#countReset(error));
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(body);
  }

  /** @returns undefined where no replica takes the connection. */
  async #ask({ method, url = "", headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage | undefined> {
    for (const _replica of this.#replicas) {
      // A connection of its own: one that is kept may have ended with the process behind it.
      const forwarded = request(new URL(url, this.#next().endpoint), { method, headers, agent: noAgent });
      forwarded.end(body);
      try {
        const [answer] = (await once(forwarded, "response")) as [IncomingMessage];
        return answer;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ECONNREFUSED") {
          this.#countReset(error);
        }
        this.detours += 1;
      }
    }
    return undefined;
  }

  #countReset(error: unknown): never {
    this.resets += 1;
    throw error;
  }
}

const noAgent: Agent | false = false;
