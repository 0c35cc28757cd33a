/** A proxy of our own in front of the real service, which can keep an answer back. */
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";

/** Decides, when the service has answered a request, whether the provider gets to know. */
export type Passing = (method: string, pathname: string) => "pass on" | "swallow";

/** A proxy on loopback. */
export class ServiceProxy {
  readonly endpoint: string;
  answered: Passing = () => "pass on";
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    const address = server.address();
    this.endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : undefined}`;
  }

  /** @param target the service's base address */
  static async start(target: string): Promise<ServiceProxy> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const proxy = new ServiceProxy(server);
    server.on("request", (incoming, outgoing) => {
      const { method = "", url = "", headers } = incoming;
      const forwarded = request(new URL(url, target), { method, headers }, (answer) => {
        if (proxy.answered(method, url) === "swallow") {
          answer.resume();
        } else {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        }
      });
      incoming.pipe(forwarded);
    });
    return proxy;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
