/**
 * The values that the layers that send requests exchange. They don't depend on the HTTP library.
 *
 * From the bottom: transport.ts sends a request, batch.ts sends several as one, dispatch.ts queues them, retries.ts repeats them until
 * there is a response or their deadline passes, and calls.ts checks the outcome. Other rooms use client.ts.
 */

/** The methods that the provider uses. */
export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** A request, as it is sent. */
export interface HttpRequest {
  readonly method: Method;
  /** The path, including the query. */
  readonly path: string;
  /** Sent as a form if it is a URLSearchParams, otherwise as JSON. */
  readonly body?: object | undefined;
  /** The same for every attempt, so that the service carries out a change only once. */
  readonly idempotencyKey?: string | undefined;
  readonly ifMatch?: string | undefined;
  /** Aborts the request when its deadline passes. */
  readonly signal: AbortSignal;
}

/** Headers by name, in lower case. */
export type Headers = Readonly<Record<string, unknown>>;

/** A response with any status, whether it came alone or in a batch. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Why a request has no response. */
export interface TransportFailure {
  /**
   * - `unsent`: its turn did not come before `signal` was aborted
   * - `ended`: `signal` was aborted, and it may have been sent
   * - `withdrawn`: the run was cancelled before its turn came
   * - `interrupted`: the run was cancelled while it was under way
   * - `unsendable`: it can't be sent at all
   * - `unreached`: the host could not be reached, so it wasn't sent
   * - `failed`: the connection failed
   * - `brokenOff`: a successful response began, but the connection broke
   * - `unreadable`: the response is longer than {@link maxResponseBytes}, or is not HTTP
   */
  readonly reason:
    | "unsent"
    | "ended"
    | "withdrawn"
    | "interrupted"
    | "unsendable"
    | "unreached"
    | "failed"
    | "brokenOff"
    | "unreadable";
  /** The code of the cause in Node.js, such as `ECONNRESET`. */
  readonly code: string;
  /** The headers that are known of a response that had begun. */
  readonly headers: Headers;
}

/** The outcome of sending a request once. */
export type Outcome = HttpResponse | TransportFailure;

/** The maximum length of a response, in bytes. */
export const maxResponseBytes = 8 * 1024 * 1024;

/** @returns whether there is a response, with any status. */
export function isResponse(outcome: Outcome): outcome is HttpResponse {
  return "status" in outcome;
}

/** @returns whether the status means success. */
export function isSuccess({ status }: { readonly status: number }): boolean {
  return status >= 200 && status < 300;
}

/** @returns the value of a header, if it has exactly one. */
export function headerOf({ headers }: { readonly headers: Headers }, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}

/** @returns undefined if a text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
