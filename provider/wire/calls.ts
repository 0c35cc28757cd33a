/**
 * Calls one operation of the contract: sends the request until there is a response, and returns its checked body or throws an
 * error. Uses retries.ts, responses.ts and failures.ts.
 */
import { randomBytes } from "node:crypto";
import type { z } from "zod";
import type { Connection } from "./configuration.ts";
import { headerOf, isResponse, isSuccess, type Method } from "./exchange.ts";
import { brokenContract, type FailureContext, failureOf } from "./failures.ts";
import type { KnownService } from "./known-service.ts";
import { type HttpProxy, proxyText } from "./proxy.ts";
import { secretsIn } from "./redaction.ts";
import { noContent, readBody, readEmptyBody } from "./responses.ts";
import type { ConflictRetry, Retrier } from "./retries.ts";

/** A response with the version of the object, for If-Match. */
export interface ApiResponse<Body> {
  readonly body: Body;
  /** Empty if the operation returns none. */
  readonly etag: string;
  /** The identity of the service that sent it; undefined if something in between has removed the header. */
  readonly service?: string | undefined;
}

/** A call of one operation. */
export interface Call<Body> {
  readonly method: Method;
  /** The path, including the query. */
  readonly path: string;
  /** The schema of the response's body, which accepts undefined if there may be none; omitted if there never is one. */
  readonly schema?: z.ZodType<Body>;
  readonly body?: object;
  readonly ifMatch?: string | undefined;
  /** Whether it is never part of a batch. Only requests about a single object can be. */
  readonly isAlone?: boolean;
  /** Whether it is sent before all waiting requests, and also once the run is cancelled. */
  readonly isUrgent?: boolean;
  /** Whether it changes nothing although it isn't a GET. */
  readonly changesNothing?: boolean;
  /** The deadline, if it is shorter than the connection's `timeoutMs`. */
  readonly timeoutMs?: number | undefined;
  readonly retryConflict?: ConflictRetry | undefined;
}

/** Calls operations. */
export interface Calls {
  /**
   * Calls an operation.
   *
   * @throws ApiError if the service refuses it
   * @throws TransportError if the service does not respond within `timeoutMs`
   * @throws ContractError if the response does not match the contract
   * @throws OtherServiceError if the response comes from another service than the previous ones
   */
  make<Body>(call: Call<Body>): Promise<ApiResponse<Body>>;
}

/**
 * Makes the calls of one client.
 *
 * @param service notes which service has responded
 * @param proxy the proxy that requests are sent to, if any
 */
export function callsOf(
  { endpoint, token, logInFile, timeoutMs, batching = true }: Connection,
  retrier: Retrier,
  service: KnownService,
  proxy: HttpProxy | undefined,
): Calls {
  const proxyName = proxy && proxyText(proxy, endpoint);
  const contextOf = ({ body }: { readonly body?: object }): FailureContext => {
    return { endpoint, logInFile, proxy: proxyName, secrets: [token, ...secretsIn(body)] };
  };
  return {
    async make<Body>({ isAlone = false, schema, ...call }: Call<Body>) {
      const result = await retrier.send({
        ...call,
        timeoutMs: Math.min(call.timeoutMs ?? timeoutMs, timeoutMs),
        // The same key for every attempt, so that the operation is carried out only once.
        idempotencyKey: call.method === "GET" ? undefined : randomBytes(32).toString("base64url"),
        mayBatch: batching && !isAlone,
      });
      const { outcome } = result;
      if (result.attempts.deadlineMs === undefined) {
        service.noteResponse(outcome);
      }
      if (!isResponse(outcome) || !isSuccess(outcome)) {
        throw failureOf(call, result, contextOf(call));
      }
      const isEmpty = outcome.status === noContent && schema?.safeParse(undefined).success === true;
      const reading = schema === undefined || isEmpty ? readEmptyBody<Body>(outcome) : readBody(schema, outcome);
      if ("issues" in reading) {
        throw brokenContract(call, outcome, reading.issues, contextOf(call));
      }
      return { body: reading.body, etag: headerOf(outcome, "etag") ?? "", service: service.id };
    },
  };
}
