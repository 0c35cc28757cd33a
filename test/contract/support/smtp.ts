import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

/** What a server received of one mail. */
export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly content: string;
}

/** A real SMTP server on a port of its own, which keeps what it accepts. */
export class MailServer {
  readonly received: Received[] = [];
  /** The statuses with which the next recipients are refused, one each. */
  readonly refusals: number[] = [];
  #server: SMTPServer | undefined;
  #port = 0;

  /** Listens, on the same port as before where there was one. */
  async start(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS", "AUTH"],
      onRcptTo: (_address, _session, done) => {
        const responseCode = this.refusals.shift();
        if (responseCode === undefined) done();
        else done(Object.assign(new Error("refused, as the test wants"), { responseCode }));
      },
      onData: (stream, { envelope }, done) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
          const to = envelope.rcptTo.map(({ address }) => address);
          this.received.push({ from, to, content: Buffer.concat(chunks).toString() });
          done();
        });
      },
    });
    // A client that hangs up is the client's affair.
    server.on("error", () => {});
    server.listen(this.#port, "127.0.0.1");
    await once(server.server, "listening");
    this.#port = (server.server.address() as AddressInfo).port;
    this.#server = server;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.#port}`;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(resolve));
  }
}
