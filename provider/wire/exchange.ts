/**
 * What passes between the layers that send requests: plain values, and nothing of the library that sends them.
 *
 * From below: transport.ts sends a request, batch.ts several as one, dispatch.ts when their turn comes, retries.ts until
 * they are answered or their deadline comes, and calls.ts checks what came of it; client.ts is what others use.
 */

/** The methods that the provider uses. */
export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** A request, as it is sent. */
export interface HttpRequest {
  readonly method: Method;
  /** With its query. */
  readonly path: string;
  readonly body?: object | undefined;
  /** The same at every attempt, so that the service carries a change out once. */
  readonly idempotencyKey?: string | undefined;
  readonly ifMatch?: string | undefined;
  /** Ends it, once nobody waits for an answer. */
  readonly signal: AbortSignal;
}

/** Headers by name, in lower case. */
export type Headers = Readonly<Record<string, unknown>>;

/** An answer with any status, whether it came alone or in a batch. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** What became of a request that has no answer. */
export interface TransportFailure {
  /**
   * - `unsent`: its turn did not come before `signal` ended it
   * - `ended`: `signal` ended it, and it may have been sent
   * - `unsendable`: it can't be sent, by anybody
   * - `unreached`: nobody was reached, so that it wasn't sent
   * - `failed`: the connection failed
   * - `brokenOff`: an answer of success had begun, and broke off
   * - `unreadable`: the answer is longer than {@link maxResponseBytes}, or is not HTTP
   */
  readonly reason: "unsent" | "ended" | "unsendable" | "unreached" | "failed" | "brokenOff" | "unreadable";
  /** The cause, as Node.js names it, such as `ECONNRESET`. */
  readonly code: string;
  /** What is known of those of an answer that had begun. */
  readonly headers: Headers;
}

/** What came of a request that was sent once. */
export type Outcome = HttpResponse | TransportFailure;

/** The longest answer that is read, in bytes. */
export const maxResponseBytes = 8 * 1024 * 1024;

/** @returns whether there is an answer, of whatever status. */
export function isResponse(outcome: Outcome): outcome is HttpResponse {
  return "status" in outcome;
}

/** @returns whether the status is one of success. */
export function isSuccess({ status }: { readonly status: number }): boolean {
  return status >= 200 && status < 300;
}

/** @returns the one value of a header, if it has one. */
export function headerOf({ headers }: { readonly headers: Headers }, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}

/** @returns undefined where a text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
