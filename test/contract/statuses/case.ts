/** How the table of statuses is written: per operation, what it is asked and what it must answer. */
import type { LightMyRequestResponse } from "fastify";
import type { Schemas } from "roster-schema";
import type { Client, RequestOptions } from "../support/client.ts";
import type { OperationId } from "../support/contract.ts";
import type { Scenario } from "../support/scenario.ts";
import type { DatabaseKind } from "../support/service.ts";

/** The codes of refusals. */
export type RefusalCode = Schemas["RefusalCode"];

/** A request of an operation; the service owner's, unless it says whose. */
export interface Asked<O extends OperationId> extends RequestOptions<O> {
  client?: Client;
  /** Gives headers that go with the content that is sent. */
  sign?: (content: string) => Record<string, string>;
}

/** Makes ready what a request needs, in an organization of its own, and gives the request. */
export type Ask<O extends OperationId> = (scenario: Scenario) => Asked<O> | Promise<Asked<O>>;

type SuccessStatus = 200 | 201 | 204 | 304;

type RefusalStatus = 400 | 401 | 403 | 404 | 409 | 422 | 503;

/** What is particular to an operation: how it succeeds, and the refusals that its own rules make, by status and code. */
export type OperationCases<O extends OperationId> = {
  readonly [S in SuccessStatus]?: Ask<O>;
} & {
  readonly [S in RefusalStatus]?: { readonly [C in RefusalCode]?: Ask<O> };
} & {
  /** Other ways to succeed, which the cases by shape don't vary. */
  readonly also?: { readonly [S in SuccessStatus]?: Ask<O> };
};

/** The cases of some operations. */
export type Cases<O extends OperationId> = { readonly [P in O]: OperationCases<P> };

/** A request of any operation, for cases that are made from an operation's shape. */
export interface AnyAsked {
  client?: Client;
  sign?: (content: string) => Record<string, string>;
  path?: object;
  query?: object;
  body?: unknown;
  payload?: string;
  headers?: Record<string, string>;
}

/** As `Ask`, of any operation. */
export type AnyAsk = (scenario: Scenario) => AnyAsked | Promise<AnyAsked>;

/** One request and what it must be answered with. */
export interface Case {
  readonly status: number;
  readonly code: RefusalCode | undefined;
  /** What is special about the request. */
  readonly title: string;
  /** The one database on which this can happen; both, unless said. */
  readonly on?: DatabaseKind;
  /** Whether it is refused for what the request or its token is, before any object is looked for; the database has no part in it. */
  readonly isBeforeRows?: boolean;
  run(scenario: Scenario): Promise<LightMyRequestResponse>;
}

/** Makes a request, as whoever it says. */
export async function send(scenario: Scenario, operation: OperationId, asked: AnyAsked) {
  const { client = scenario.owner, sign, ...options } = asked;
  if (sign === undefined) {
    return await client.send(operation, options as RequestOptions<OperationId>);
  }
  const payload = options.payload ?? (options.body === undefined ? "" : JSON.stringify(options.body));
  const headers = { "content-type": "application/json", ...options.headers, ...sign(payload) };
  return await client.send(operation, { ...options, payload, headers } as RequestOptions<OperationId>);
}
