/** Something between the provider and the service, that a test can hold, lose or count requests with. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Access } from "./service.ts";

/** What becomes of the service's answer; one that is cut loses its last character, as if that were all of it. */
export type Fate = "pass on" | "swallow" | "reset" | "cut";

/** Forwards what it is asked, once it is started. */
export class Relay implements Access {
  /** Every request that has come in, as `POST /v1/users`. */
  readonly requests: string[] = [];
  /** The body of every answer that the service has given, whatever became of it. */
  readonly answers: string[] = [];
  /** Called with a request before the service gets it. */
  asked: (request: string) => void | Promise<void> = () => undefined;
  /** Called when the service has answered a request, before the provider gets to know. */
  answered: (request: string) => Fate = () => "pass on";
  readonly #service: Access;
  readonly #server = createServer((incoming, outgoing) => {
    this.#forward(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
  });

  constructor(service: Access) {
    this.#service = service;
  }

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get endpoint(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the relay was not started");
    return `http://127.0.0.1:${address.port}`;
  }

  get token(): string {
    return this.#service.token;
  }

  /** Holds the next request of a method, until it is let go. */
  hold(method: string): { readonly came: Promise<void>; readonly letGo: () => void } {
    let letGo = () => {};
    const free = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const came = new Promise<void>((resolve) => {
      this.asked = (request) => {
        if (!request.startsWith(`${method} `)) {
          return undefined;
        }
        this.asked = () => undefined;
        resolve();
        return free;
      };
    });
    return { came, letGo };
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = incoming;
    const name = `${method} ${url}`;
    this.requests.push(name);
    await this.asked(name);
    const forwarded = request(new URL(url, this.#service.endpoint), { method, headers });
    forwarded.on("error", (error) => outgoing.destroy(error));
    incoming.pipe(forwarded);
    const [answer] = (await once(forwarded, "response")) as [IncomingMessage];
    const body = await text(answer);
    this.answers.push(body);
    const fate = this.answered(name);
    if (fate === "swallow") return;
    if (fate === "reset") {
      incoming.socket.resetAndDestroy();
      return;
    }
    const { "content-length": _length, ...kept } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 502, fate === "cut" ? kept : answer.headers);
    outgoing.end(fate === "cut" ? body.slice(0, -1) : body);
  }
}
