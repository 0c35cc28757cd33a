/** What is said of a request that was not answered as the contract has it; nothing here sends one. */
import { IncomingMessage } from "node:http";
import { type AxiosError, type AxiosResponse, isAxiosError } from "axios";
import { refusalCodeValues } from "roster-schema";
import { z } from "zod";
import { ApiError, ContractError, mayBeDone, type Problem, type RosterError, TransportError } from "../errors.ts";
import { proxyText } from "./proxy.ts";

/** A request, as far as an error names it. */
export interface Sent {
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

/** The longest answer that is read, in bytes. */
export const maxAnswerBytes = 8 * 1024 * 1024;

/** What passes by itself, whoever answers it. */
export const retryableStatuses: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);
const proxyUnauthenticated = 407;
const unreachable: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"]);
const waitRemedy = "Run it again a little later, or with fewer requests at once: `--parallel 4`.";

const problem: z.ZodType<Problem> = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(refusalCodeValues),
  detail: z.string(),
  requestId: z.string(),
  retryable: z.boolean(),
  contactUrl: z.string().exactOptional(),
  errors: z
    .array(z.object({ in: z.enum(["body", "query", "path", "header"]), pointer: z.string(), detail: z.string() }))
    .exactOptional(),
});

/** What is thrown of a request that was held back until its deadline. */
export function neverSent(request: Sent, timeoutMs: number): TransportError {
  const attempts = { count: 0, elapsedMs: timeoutMs, deadlineMs: timeoutMs };
  const reason = "its turn did not come, as the service takes no more requests for now";
  return new TransportError(request.method, placeOf(request), attempts, reason, waitRemedy);
}

/**
 * What is thrown of an answer of success that the contract doesn't have.
 *
 * @param issues what is wrong, each without a value of the answer: it may be a secret
 */
export function brokenContract(request: Sent, response: AxiosResponse<string>, ...issues: string[]): ContractError {
  const whole = [...issues, ...cameThrough(response)];
  return new ContractError(operationOf(request), whole, headerOf(response, "request-id"), isChange(request));
}

function operationOf(request: Sent): string {
  return `${request.method} ${placeOf(request)}`;
}

/** What a request was about. The query of a change says on whose behalf, which whoever reads an error knows. */
function placeOf(request: Sent): string {
  return isChange(request) ? (request.path.split("?")[0] ?? "") : request.path;
}

function isChange({ method }: Sent): boolean {
  return method !== "GET";
}

/** What an attempt came to that is followed by another. */
export interface Failure {
  readonly error: AxiosError;
  /** Up to and with this one. */
  readonly attempts: number;
}

/** What the failure of a request is described with. */
export interface Circumstances {
  readonly endpoint: string;
  readonly timeoutMs: number;
  readonly elapsedMs: number;
  /** What must not be in the error, though the answer may have it. */
  readonly secrets: readonly string[];
}

/**
 * What is thrown of a request that failed.
 *
 * @param error the client's own, which holds the request, and with it the token: it is not passed on
 * @param retried the last attempt but one: what there is to say of, where the deadline ended the last
 */
export function failureOf(
  request: Sent,
  error: unknown,
  retried: Failure | undefined,
  circumstances: Circumstances,
): RosterError {
  const { method } = request;
  const path = placeOf(request);
  const { elapsedMs, timeoutMs, secrets } = circumstances;
  if (!isAxiosError(error)) {
    return new TransportError(method, path, { count: 1, elapsedMs }, "the request could not be sent");
  }
  const isOver = error.code === "ERR_CANCELED";
  const last = isOver && retried !== undefined ? retried : { error, attempts: 1 + retriesOf(error) };
  const attempts = { count: last.attempts, elapsedMs, ...(isOver ? { deadlineMs: timeoutMs } : {}) };
  const { response } = last.error;
  const named = response === undefined ? requestIdOf(last.error) : headerOf(response, "request-id");
  const requestId = named && redact(named, secrets);
  if (response !== undefined && !isSuccess(response)) {
    const refusal = parseProblem(redact(String(response.data), secrets));
    if (refusal !== undefined) {
      return new ApiError(method, path, refusal, attempts);
    }
    // Who answers so without problem details is no service, but stands before one that doesn't answer.
    if (!retryableStatuses.has(response.status) && response.status !== proxyUnauthenticated) {
      const issues = [`it has status ${response.status}, without problem details`, ...cameThrough(response)];
      const mayHaveChanged = isChange(request) && response.status >= 500;
      return new ContractError(operationOf(request), issues, requestId, mayHaveChanged);
    }
  }
  if (response === undefined && last.error.code === "ERR_BAD_RESPONSE") {
    const issue = `it has more than ${maxAnswerBytes} bytes, or is broken`;
    return new ContractError(operationOf(request), [issue], requestId, isChange(request));
  }
  const { reason, remedy, isSent } = causeOf(last.error, circumstances);
  const remedies = isSent && isChange(request) ? `${remedy}\n  ${mayBeDone}` : remedy;
  return new TransportError(method, path, attempts, reason, remedies, requestId);
}

/** What is to be known of an answer that came through a proxy: it may be the proxy's own. */
function cameThrough({ config }: AxiosResponse): string[] {
  const proxy = proxyIn(config);
  return proxy === undefined ? [] : [`it came through ${proxy}`];
}

/** The proxy that a request was sent through, as a message names it. */
function proxyIn(config: AxiosError["config"]): string | undefined {
  return config?.proxy ? proxyText(config.proxy, config.baseURL ?? "") : undefined;
}

/** Why there was no answer from the proxy, or from the service behind it. */
function causeAtProxy({ code = "unknown", response }: AxiosError, proxy: string, address: string) {
  const direct = "If the service is to be reached directly, add its host to NO_PROXY";
  if (response?.status === proxyUnauthenticated) {
    const remedy = `Set the proxy with a user name and a password that it knows (http://user:password@host:port); ${address}.`;
    return { reason: `${proxy} wants other credentials (status 407)`, remedy, isSent: false };
  }
  if (response !== undefined && !isSuccess(response)) {
    const reason = `status ${response.status}, from ${proxy} or something behind it that stands before the service`;
    return {
      reason,
      remedy: `Does the proxy reach the service, and is the service running? ${address}. ${direct}.`,
      isSent: true,
    };
  }
  if (unreachable.has(code)) {
    return {
      reason: `${proxy} can't be reached (${code})`,
      remedy: `Is the proxy right, and running? ${direct}; ${address}.`,
      isSent: false,
    };
  }
  const reason = code === "ERR_CANCELED" ? "took too long" : `broke off the connection (${code})`;
  return {
    reason: `${proxy}, or the service behind it, ${reason}`,
    remedy: `Run it again; ${address}. ${direct}.`,
    isSent: true,
  };
}

/** Why there was no answer, what to do about it, and whether the request may have reached the service. */
function causeOf(error: AxiosError, { endpoint }: Circumstances) {
  const { code = "unknown", response } = error;
  const address = `roster:endpoint (or ROSTER_ENDPOINT) is ${endpoint}`;
  const proxy = proxyIn(error.config);
  if (proxy !== undefined) return causeAtProxy(error, proxy, address);
  if (response !== undefined) {
    return isSuccess(response)
      ? { reason: "the answer broke off", remedy: `Run it again; ${address}.`, isSent: true }
      : {
          reason: `status ${response.status}, from something that stands before the service`,
          remedy: `Is the service running behind it? ${address}.`,
          isSent: true,
        };
  }
  switch (code) {
    case "ECONNREFUSED":
    case "ENOTFOUND":
    case "EAI_AGAIN": {
      const reason = code === "ECONNREFUSED" ? "nobody listens there" : "the host name is not known";
      return { reason: `${reason} (${code})`, remedy: `Is the service running? ${address}.`, isSent: false };
    }
    case "ERR_CANCELED":
      return {
        reason: "the service took too long",
        remedy: `Is it overloaded, or is something else there? ${address}.`,
        isSent: true,
      };
    default:
      return { reason: `the connection failed (${code})`, remedy: `Run it again; ${address}.`, isSent: true };
  }
}

/** @returns whether the status is one of success. */
export function isSuccess({ status }: AxiosResponse): boolean {
  return status >= 200 && status < 300;
}

/** @returns what a request holds that must not come back in an error, should the service or something before it repeat it. */
export function secretsIn(body: object | undefined): string[] {
  const secret: unknown = body !== undefined && "secret" in body ? body.secret : undefined;
  return typeof secret === "string" ? [secret, JSON.stringify(secret).slice(1, -1)] : [];
}

/** @returns a text without the secrets in it. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((redacted, secret) => redacted.replaceAll(secret, "[secret]"), text);
}

/** @returns undefined where a body is no problem details of the contract. */
export function parseProblem(text: unknown): Problem | undefined {
  const parsed = problem.safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

/** @returns undefined where a text is no JSON. */
export function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

/** @returns the one value of a header, if it has one. */
export function headerOf({ headers }: Pick<AxiosResponse, "headers">, name: string): string | undefined {
  const value: unknown = headers[name];
  return typeof value === "string" ? value : undefined;
}

/** @returns how often a request was sent again before it failed. */
export function retriesOf({ config }: AxiosError): number {
  return config?.["axios-retry"]?.retryCount ?? 0;
}

/** The id of a request whose answer was given up on; the client keeps it only in Node's own request. */
function requestIdOf({ request }: AxiosError): string | undefined {
  const response: unknown = request?.res;
  return response instanceof IncomingMessage ? headerOf(response, "request-id") : undefined;
}
