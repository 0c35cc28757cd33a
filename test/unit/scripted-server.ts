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
  readonly received: Received[] = [];
  readonly endpoint: string;
  readonly #close: () => Promise<void>;

  private constructor(endpoint: string, close: () => Promise<void>, received: Received[]) {
    this.endpoint = endpoint;
    this.#close = close;
    this.received = received;
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
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("error", () => undefined);
      request.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        const { method = "", url: path = "", headers } = request;
        const body: unknown = text === "" ? undefined : JSON.parse(text);
        const asked: Received = { method, path, headers, body, atMs: performance.now() };
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
    return new ScriptedServer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, close, received);
  }

  /** `GET /v1/widgets/wid_1` and so on, in the order in which they came. */
  get asked(): string[] {
    return this.received.map(({ method, path }) => `${method} ${path}`);
  }

  stop(): Promise<void> {
    return this.#close();
  }
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
