/**
 * Carries out one operation of the contract: sends it until it is answered, and gives what the answer holds, checked, or throws
 * what it failed with. It stands on retries.ts, responses.ts and failures.ts.
 */
import { randomBytes } from "node:crypto";
import type { z } from "zod";
import type { Connection } from "./configuration.ts";
import { headerOf, isResponse, isSuccess, type Method } from "./exchange.ts";
import { brokenContract, type FailureContext, failureOf } from "./failures.ts";
import type { KnownService } from "./known-service.ts";
import { type HttpProxy, proxyText } from "./proxy.ts";
import { secretsIn } from "./redaction.ts";
import { readBody, readEmptyBody } from "./responses.ts";
import type { ConflictRetry, Retrier } from "./retries.ts";

/** An answer with the version of what can be set on the object, for If-Match. */
export interface ApiResponse<Body> {
  readonly body: Body;
  /** Empty where the operation has none. */
  readonly etag: string;
  /** The identity of the service that gave it; undefined if something in between has removed it. */
  readonly service?: string | undefined;
}

/** What is asked of the service. */
export interface Call<Body> {
  readonly method: Method;
  /** With its query. */
  readonly path: string;
  /** What the answer must look like; left out where it has no body. */
  readonly schema?: z.ZodType<Body>;
  readonly body?: object;
  readonly ifMatch?: string | undefined;
  /** Whether it always goes alone, as only what is about a single object may go to the service together with others. */
  readonly isAlone?: boolean;
  /** Whether it goes before everything that waits. */
  readonly isUrgent?: boolean;
  /** How long it may take; the connection's `timeoutMs` by default. */
  readonly timeoutMs?: number | undefined;
  readonly retryConflict?: ConflictRetry | undefined;
}

/** Carries out calls. */
export interface Calls {
  /**
   * Carries out a call.
   *
   * @throws ApiError if the service refuses it
   * @throws TransportError if no answer comes within `timeoutMs`
   * @throws ContractError if the answer is not what the contract says
   * @throws OtherServiceError if another service answers than before
   */
  make<Body>(call: Call<Body>): Promise<ApiResponse<Body>>;
}

/**
 * Makes the calls of one client.
 *
 * @param service is told which service has answered
 * @param proxy where requests go in place of the service
 */
export function callsOf(
  { endpoint, token, timeoutMs, batching = true }: Connection,
  retrier: Retrier,
  service: KnownService,
  proxy: HttpProxy | undefined,
): Calls {
  const proxyName = proxy && proxyText(proxy, endpoint);
  const contextOf = ({ body }: { readonly body?: object }): FailureContext => {
    return { endpoint, proxy: proxyName, secrets: [token, ...secretsIn(body)] };
  };
  return {
    async make<Body>({ isAlone = false, schema, ...call }: Call<Body>) {
      const result = await retrier.send({
        ...call,
        timeoutMs: call.timeoutMs ?? timeoutMs,
        // One key for the call, the same at every attempt: it is carried out once however often it is sent.
        idempotencyKey: call.method === "GET" ? undefined : randomBytes(32).toString("base64url"),
        mayBatch: batching && !isAlone,
      });
      const { outcome } = result;
      if (result.attempts.deadlineMs === undefined) service.noteResponse(outcome);
      if (!isResponse(outcome) || !isSuccess(outcome)) {
        throw failureOf(call, result, contextOf(call));
      }
      const reading = schema === undefined ? readEmptyBody<Body>(outcome) : readBody(schema, outcome);
      if ("issues" in reading) throw brokenContract(call, outcome, reading.issues, contextOf(call));
      return { body: reading.body, etag: headerOf(outcome, "etag") ?? "", service: service.id };
    },
  };
}
