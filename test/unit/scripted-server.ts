/** A real HTTP server on loopback that answers as a test says and records what it was asked. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { performance } from "node:perf_hooks";
import type { Problem, RefusalCode } from "../../provider/errors.ts";

/** One request as it came in. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed; undefined where there was none. */
  readonly body: unknown;
  readonly atMs: number;
}

/** Answers one request, or leaves it hanging. */
export type Answering = (response: ServerResponse, request: Received) => void;

/** Answers the first request with the first answer, and so on; one too many gets status 599, which nobody expects. */
export class ScriptedServer {
  readonly received: Received[] = [];
  /** How many requests each batch had that was answered request by request. */
  readonly batches: number[] = [];
  /** What was reported of runs. */
  readonly reports: unknown[] = [];
  /** Whether such reports are left hanging. */
  leavesReports = false;
  /** Answers to the next batches, each as a whole. */
  readonly wholeBatches: Answering[] = [];
  /** The idempotency keys of the first batch. */
  keysOfFirstBatch: readonly (string | undefined)[] | undefined;
  readonly #answer: Answering;
  readonly #server = createServer((request, response) => this.#receive(request, response));

  private constructor(answer: Answering) {
    this.#answer = answer;
  }

  static start(...answers: readonly Answering[]): Promise<ScriptedServer> {
    let next = 0;
    return ScriptedServer.answering((response, request) => {
      const answer = answers[next++] ?? plain(599, "the test expected no further request");
      answer(response, request);
    });
  }

  /** Answers every request by what it asks for, rather than in turn. */
  static async answering(answer: Answering): Promise<ScriptedServer> {
    const server = new ScriptedServer(answer);
    await new Promise<void>((listening) => server.#server.listen(0, "127.0.0.1", listening));
    return server;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** `GET /v1/widgets/wid_1` and so on, in the order in which they came. */
  get asked(): string[] {
    return this.received.map(({ method, path }) => `${method} ${path}`);
  }

  async stop(): Promise<void> {
    await new Promise<void>((closed) => {
      this.#server.close(() => closed());
      this.#server.closeAllConnections();
    });
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => undefined);
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const { method = "", url: path = "", headers } = request;
      const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
      const parsed = () => (isForm ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text));
      const body: unknown = text === "" ? undefined : parsed();
      const asked: Received = { method, path, headers, body, atMs: performance.now() };
      // What is reported of a run comes at any time, and is recorded apart.
      if (path.startsWith("/v1/runs/")) {
        this.reports.push(body);
        if (!this.leavesReports) {
          json(200, { id: path.slice("/v1/runs/".length), status: "alive" })(response, asked);
        }
        return;
      }
      if (path === "/v1/requests:batch") {
        void this.#answerBatch(response, asked);
        return;
      }
      this.received.push(asked);
      this.#answer(response, asked);
    });
  }

  /** Answers each request of a batch as if it had come by itself, and records it so. */
  async #answerBatch(response: ServerResponse, batch: Received): Promise<void> {
    const { requests } = batch.body as { readonly requests: readonly InBatch[] };
    this.keysOfFirstBatch ??= requests.map(({ idempotencyKey }) => idempotencyKey);
    const whole = this.wholeBatches.shift();
    if (whole !== undefined) {
      whole(response, batch);
      return;
    }
    this.batches.push(requests.length);
    const answers: object[] = [];
    for (const { method, path, body, idempotencyKey, ifMatch } of requests) {
      const own = { "idempotency-key": idempotencyKey, "if-match": ifMatch };
      const asked = { ...batch, method, path, headers: { ...batch.headers, ...own }, body };
      this.received.push(asked);
      // One that is left hanging leaves the whole so.
      answers.push(await new Promise<object>((resolve) => this.#answer(recording(response, resolve), asked)));
    }
    json(200, { answers })(response, batch);
  }
}

interface InBatch {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly ifMatch?: string;
}

/** Stands for the response to one request of a batch, on the batch's connection. */
function recording(response: ServerResponse, resolve: (answer: object) => void): ServerResponse {
  let head = { status: 0, headers: {} };
  const recorded = {
    socket: response.socket,
    writeHead(status: number, given: Readonly<Record<string, string>> = {}) {
      const lower = Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]);
      head = { status, headers: Object.fromEntries(lower) };
      return recorded;
    },
    end: (text?: string) => resolve({ ...head, body: text === undefined ? null : JSON.parse(text) }),
  };
  return recorded as unknown as ServerResponse;
}

/** An answer with a JSON body. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answering {
  return (response) => {
    response.writeHead(status, { "Content-Type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
}

/** An answer of any other text. */
export function plain(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answering {
  return (response) => {
    response.writeHead(status, { "Content-Type": "text/html", ...headers });
    response.end(body);
  };
}

/** A refusal as the contract has it. */
export function refusal(
  status: number,
  code: RefusalCode,
  more: Partial<Problem> = {},
  headers: Readonly<Record<string, string>> = {},
): Answering {
  const problem: Problem = {
    type: `urn:roster:problem:${code}`,
    title: "Refused",
    status,
    code,
    detail: "it was refused",
    requestId: "req_1",
    retryable: false,
    ...more,
  };
  return json(status, problem, {
    "Content-Type": "application/problem+json",
    "Request-Id": problem.requestId,
    ...headers,
  });
}

/** Ends the connection before a byte of the answer. */
export const reset: Answering = (response) => {
  response.socket?.resetAndDestroy();
};

/** Never answers. */
export const hang: Answering = () => undefined;
