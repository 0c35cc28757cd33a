/** A real HTTP server on loopback that answers as a test says and records what it was asked. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
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
  readonly received: Received[];
  /** How many requests each batch had. */
  readonly batches: number[];
  readonly endpoint: string;
  readonly #close: () => Promise<void>;

  private constructor(endpoint: string, close: () => Promise<void>, received: Received[], batches: number[]) {
    this.endpoint = endpoint;
    this.#close = close;
    this.received = received;
    this.batches = batches;
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
    const received: Received[] = [];
    const batches: number[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("error", () => undefined);
      request.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        const { method = "", url: path = "", headers } = request;
        const body: unknown = text === "" ? undefined : JSON.parse(text);
        const asked: Received = { method, path, headers, body, atMs: performance.now() };
        if (path === "/v1/requests:batch") {
          batches.push((body as { requests: InBatch[] }).requests.length);
          void answerBatch(response, asked, received, answer);
          return;
        }
        received.push(asked);
        answer(response, asked);
      });
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const close = () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      });
    return new ScriptedServer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, close, received, batches);
  }

  /** `GET /v1/widgets/wid_1` and so on, in the order in which they came. */
  get asked(): string[] {
    return this.received.map(({ method, path }) => `${method} ${path}`);
  }

  stop(): Promise<void> {
    return this.#close();
  }
}

interface InBatch {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly ifMatch?: string;
}

/** Answers each request of a batch as if it had come by itself, and records it so. */
async function answerBatch(
  response: ServerResponse,
  { headers, body, atMs }: Received,
  received: Received[],
  answer: Answering,
) {
  const answers: object[] = [];
  for (const { method, path, body: its, idempotencyKey, ifMatch } of (body as { requests: InBatch[] }).requests) {
    const own = { "idempotency-key": idempotencyKey, "if-match": ifMatch };
    const asked = { method, path, headers: { ...headers, ...own }, body: its, atMs };
    received.push(asked);
    // One that is left hanging leaves the whole so.
    answers.push(await new Promise<object>((resolve) => answer(recording(response, resolve), asked)));
  }
  json(200, { answers })(response, { method: "POST", path: "", headers, body, atMs });
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
