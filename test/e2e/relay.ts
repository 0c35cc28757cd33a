/** Something between the provider and the service, that a test can hold, lose or count requests with. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from "node:http";
import { buffer, text } from "node:stream/consumers";
import type { Access } from "./service.ts";

/** An answer that isn't the service's. */
export interface OwnAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * What becomes of an answer: it is passed on; never comes; comes without its body; its connection is reset; it loses its
 * last character, as if the rest were all of it; it breaks off in the middle; it comes by the byte, without an end; or
 * another one comes.
 */
export type Fate = "pass on" | "swallow" | "stall" | "reset" | "cut" | "break off" | "drip" | OwnAnswer;

const dripMs = 100;

interface Batch {
  readonly dryRun?: string;
  readonly as?: string;
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly idempotencyKey?: string | undefined;
    readonly ifMatch?: string | undefined;
  }[];
}

/** Forwards what it is asked, once it is started. */
export class Relay implements Access {
  /** Every request that has come in, as `POST /v1/users`; those of a batch for themselves, and without those that report a run. */
  readonly requests: string[] = [];
  /** The requests that report a run, or ask what has become of one. */
  readonly reports: string[] = [];
  /** The requests that were tried, and undone. */
  readonly tried: string[] = [];
  /** The requests that the service has carried out, without reports and trials. */
  readonly carriedOut: string[] = [];
  /** How many requests each batch had. */
  readonly batches: number[] = [];
  /** The body of every answer that the service has given, whatever became of it; those in a batch for themselves. */
  readonly answers: string[] = [];
  /** Called with a request, a batch as one with the names of all and the first key, before the service gets it, which it doesn't where another fate is chosen than to pass it on. */
  asked: (request: string, headers: IncomingHttpHeaders) => Fate | undefined | Promise<Fate | undefined> = () =>
    undefined;
  /** Called when the service has answered a request, before the provider gets to know. */
  answered: (request: string, headers: IncomingHttpHeaders) => Fate | Promise<Fate> = () => "pass on";
  /** Headers that the service doesn't get, as if the client didn't send them; in lower case. */
  withheld: readonly string[] = [];
  readonly #service: Access;
  readonly #server = createServer((incoming, outgoing) => {
    this.#forward(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
  });

  constructor(service: Access) {
    this.#service = service;
  }

  /** How many requests have come in, a batch as one. */
  get sent(): number {
    const inBatches = this.batches.reduce((sum, count) => sum + count, 0);
    return this.requests.length - inBatches + this.batches.length;
  }

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get endpoint(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") {
      throw new Error("the relay was not started");
    }
    return `http://127.0.0.1:${address.port}`;
  }

  get token(): string {
    return this.#service.token;
  }

  /** Holds the next request of a method, until it is let go. */
  hold(method: string): { readonly came: Promise<void>; readonly letGo: () => void } {
    let letGo = () => {};
    const free = new Promise<undefined>((resolve) => {
      letGo = () => resolve(undefined);
    });
    const came = new Promise<void>((resolve) => {
      this.asked = (request) => {
        if (!request.startsWith(`${method} `) || isReport(request)) {
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
    const { method = "", url = "" } = incoming;
    // Whole before anything becomes of it: it can then be sent on when whoever asked is gone.
    const sent = await buffer(incoming);
    const batch = url === "/v1/requests:batch" ? (JSON.parse(sent.toString()) as Batch) : undefined;
    const names = batch?.requests.map((each) => `${each.method} ${each.path}`) ?? [`${method} ${url}`];
    const isTrial = batch?.dryRun !== undefined;
    const name = isTrial ? "a trial" : names.join("\n");
    (isTrial ? this.tried : isReport(name) ? this.reports : this.requests).push(...names);
    if (batch !== undefined && !isTrial) {
      this.batches.push(names.length);
    }
    const key = batch?.requests[0]?.idempotencyKey;
    const seen = key === undefined ? incoming.headers : { ...incoming.headers, "idempotency-key": key };
    const fate = (await this.asked(name, seen)) ?? "pass on";
    if (fate !== "pass on") {
      meet(fate, incoming, outgoing);
      return;
    }
    const kept = Object.entries(incoming.headers).filter(([header]) => !this.withheld.includes(header));
    const { "content-length": _length, ...headers } = Object.fromEntries(kept);
    const forwarded = request(new URL(url, this.#service.endpoint), { method, headers });
    forwarded.on("error", (error) => outgoing.destroy(error));
    const isWhole = batch === undefined || this.withheld.length === 0;
    forwarded.end(isWhole ? sent : JSON.stringify(this.#withholding(batch)));
    const [answer] = (await once(forwarded, "response")) as [IncomingMessage];
    const body = await text(answer);
    this.answers.push(...(batch === undefined ? [body] : bodiesIn(body)));
    if (!isTrial && !isReport(name)) {
      const statuses = batch === undefined ? [answer.statusCode ?? 0] : statusesIn(body);
      this.carriedOut.push(...names.filter((_, at) => (statuses[at] ?? 0) >= 200 && (statuses[at] ?? 0) < 300));
    }
    meet(await this.answered(name, seen), incoming, outgoing, { answer, body });
  }

  /** A batch whose requests lack what is withheld. */
  #withholding({ requests, ...batch }: Batch): Batch {
    return {
      ...batch,
      requests: requests.map(({ idempotencyKey, ifMatch, ...request }) => ({
        ...request,
        ...(this.withheld.includes("idempotency-key") ? {} : { idempotencyKey }),
        ...(this.withheld.includes("if-match") ? {} : { ifMatch }),
      })),
    };
  }
}

/** Whether a request reports a run, which happens at any time. */
function isReport(request: string): boolean {
  return / \/v1\/runs\//.test(request);
}

/** The bodies of the answers in that to a batch; itself, where it has none. */
function bodiesIn(text: string): string[] {
  const { answers } = JSON.parse(text) as { readonly answers?: readonly { readonly body: object | null }[] };
  return answers?.map(({ body }) => (body === null ? "" : JSON.stringify(body))) ?? [text];
}

/** The statuses of the answers in that to a batch; none where the batch was refused. */
function statusesIn(text: string): readonly number[] {
  const { answers = [] } = JSON.parse(text) as { readonly answers?: readonly { readonly status: number }[] };
  return answers.map(({ status }) => status);
}

/** @param given what the service has answered, where it was asked */
function meet(
  fate: Fate,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  given?: { readonly answer: IncomingMessage; readonly body: string },
): void {
  const { "content-length": _length, ...headers } = given?.answer.headers ?? {};
  const status = given?.answer.statusCode ?? 502;
  const body = given?.body ?? "";
  if (fate === "swallow") {
    return;
  }
  if (fate === "stall") {
    outgoing.writeHead(status, headers).flushHeaders();
  } else if (fate === "reset") {
    incoming.socket.resetAndDestroy();
  } else if (fate === "pass on") {
    outgoing.writeHead(status, given?.answer.headers).end(body);
  } else if (fate === "cut") {
    outgoing.writeHead(status, headers).end(body.slice(0, -1));
  } else if (fate === "break off") {
    outgoing.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) + 1 });
    outgoing.write(body.slice(0, body.length >> 1), () => incoming.socket.destroy());
  } else if (fate === "drip") {
    outgoing.writeHead(status, headers);
    const timer = setInterval(() => outgoing.write(" "), dripMs);
    outgoing.on("close", () => clearInterval(timer));
  } else {
    outgoing.writeHead(fate.status, fate.headers).end(fate.body);
  }
}
