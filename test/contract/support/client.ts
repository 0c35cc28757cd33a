import { randomBytes } from "node:crypto";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import type { Schemas } from "roster-schema";
import { expect } from "vitest";
import type { AnswerOf, BodyOf, PathOf, QueryOf } from "../../../service/auth/operation.ts";
import { contract, expectInContract, type OperationId } from "./contract.ts";

/** What a request carries; checked against the contract by its types. */
export interface RequestOptions<O extends OperationId> {
  path?: PathOf<O>;
  query?: QueryOf<O>;
  body?: BodyOf<O>;
  /** A body as text, in place of one that fits; `headers` says of which media type. */
  payload?: string;
  headers?: Record<string, string>;
}

/** Makes requests to the service in process, and checks each answer against the contract. */
export class Client {
  readonly #app: () => FastifyInstance;
  readonly #token: string | undefined;
  readonly #address: string | undefined;

  /** @param address whose the connection is; this machine's by default. */
  constructor(app: () => FastifyInstance, token: string | undefined, address?: string) {
    this.#app = app;
    this.#token = token;
    this.#address = address;
  }

  /** Makes a request, whatever it answers. */
  async send<O extends OperationId>(operation: O, options: RequestOptions<O> = {}): Promise<LightMyRequestResponse> {
    const { method, path: template } = contract.get(operation) ?? { method: "", path: "" };
    const path = template.replace(/\{(\w+)\}/g, (_, name) => {
      return encodeURIComponent(String((options.path as Record<string, string> | undefined)?.[name]));
    });
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(options.query ?? {})) {
      query.set(name, String(value));
    }
    const app = this.#app();
    const payload = options.payload ?? options.body;
    const response = await app.inject({
      method: method as "GET",
      url: query.size === 0 ? path : `${path}?${query}`,
      ...(this.#address === undefined ? {} : { remoteAddress: this.#address }),
      headers: { ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }), ...options.headers },
      ...(payload === undefined ? {} : { payload: payload as object | string }),
    });
    expectInContract(operation, response, app.hasDecorator("rateLimit"));
    return response;
  }

  /** Makes a request that must succeed, and gives its body. */
  async do<O extends OperationId>(operation: O, options: RequestOptions<O> = {}): Promise<AnswerOf<O>> {
    const response = await this.send(operation, options);
    expect(response.statusCode, `${operation}: ${response.body}`).toBeLessThan(300);
    return response.body === "" ? (undefined as never) : response.json();
  }

  /** Makes a request that must be refused with a code, and gives the problem. */
  async refused<O extends OperationId>(
    code: Schemas["RefusalCode"],
    operation: O,
    options: RequestOptions<O> = {},
  ): Promise<Schemas["Problem"]> {
    const response = await this.send(operation, options);
    expect(response.statusCode, `${operation}: ${response.body}`).toBeGreaterThanOrEqual(400);
    const problem: Schemas["Problem"] = response.json();
    expect(problem.code, `${operation}: ${problem.detail}`).toBe(code);
    return problem;
  }
}

/** A text that no other test uses. */
export function unique(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString("hex")}`;
}

/** An address in a network of its own, so that tests don't share what is counted by it. */
export function elsewhere(): string {
  return `2001:db8:${randomBytes(2).toString("hex")}:${randomBytes(2).toString("hex")}::1`;
}

/** A fresh value for the header Idempotency-Key. */
export function idempotencyKey(): string {
  return randomBytes(32).toString("base64url");
}

/** The header of a run of a program that starts at a time, as a provider sends it. */
export function runAt(startedMs: number): { readonly "roster-run": string } {
  const [time, random] = [startedMs.toString(16).padStart(12, "0"), randomBytes(10).toString("hex")];
  const run = `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`;
  return { "roster-run": run };
}
