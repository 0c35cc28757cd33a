import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { SMTPServer } from "smtp-server";

/** What a server received of one mail. */
export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly content: string;
}

/** How a server died: with a mail that it had taken, before it said so or just after. */
export interface Death {
  readonly moment: "before" | "after";
  /** Of the mail. */
  readonly recipients: readonly string[];
  /** How many mails it had received. */
  readonly received: number;
  /** How many connections it had, each with a mail at most. */
  readonly connections: number;
}

/** A real SMTP server on a port of its own, which keeps what it accepts. */
export class MailServer {
  readonly received: Received[] = [];
  /** The statuses with which the next recipients are refused, one each. */
  readonly refusals: number[] = [];
  /** Every time that it died. */
  readonly deaths: Death[] = [];
  readonly #connections = new Set<Socket>();
  #server: SMTPServer | undefined;
  #port = 0;
  #dies: Death["moment"] | undefined;

  /** Listens, on the same port as before where there was one. */
  async start(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS", "AUTH"],
      onRcptTo: (_address, _session, done) => {
        const responseCode = this.refusals.shift();
        if (responseCode === undefined) {
          done();
        } else {
          done(Object.assign(new Error("refused, as the test wants"), { responseCode }));
        }
      },
      onData: (stream, { envelope }, done) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
          const to = envelope.rcptTo.map(({ address }) => address);
          this.received.push({ from, to, content: Buffer.concat(chunks).toString() });
          const dies = this.#dies;
          this.#dies = undefined;
          if (dies !== "before") {
            done();
          }
          if (dies !== undefined) {
            this.#die(dies, to);
          }
        });
      },
    });
    // A client that hangs up is the client's affair.
    server.on("error", () => {});
    server.server.on("connection", (socket) => {
      this.#connections.add(socket);
      socket.once("close", () => this.#connections.delete(socket));
    });
    server.listen(this.#port, "127.0.0.1");
    await once(server.server, "listening");
    this.#port = (server.server.address() as AddressInfo).port;
    this.#server = server;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.#port}`;
  }

  /** Dies with the next mail that it has taken: before it says so, or just after. It listens no more then, until it is started. */
  dieAt(moment: Death["moment"] | undefined): void {
    this.#dies = moment;
  }

  #die(moment: Death["moment"], recipients: readonly string[]): void {
    this.deaths.push({ moment, recipients, received: this.received.length, connections: this.#connections.size });
    this.#server?.server.close();
    for (const connection of this.#connections) {
      if (moment === "before") {
        connection.resetAndDestroy();
      }
      // What was said before it died arrives.
      else {
        connection.destroySoon();
      }
    }
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) {
      await new Promise<void>((resolve) => server.close(resolve));
    }
  }
}
