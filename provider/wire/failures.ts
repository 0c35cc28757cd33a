/**
 * Makes the errors of requests, from what came of them: only here, and never with a secret in them. It sends nothing, and stands
 * on what retries.ts gives and responses.ts reads.
 */
import { ApiError, ContractError, mayBeApplied, type RosterError, TransportError } from "../errors.ts";
import {
  type HttpResponse,
  headerOf,
  isResponse,
  maxResponseBytes,
  type Outcome,
  type TransportFailure,
} from "./exchange.ts";
import { redact } from "./redaction.ts";
import { parseProblem } from "./responses.ts";
import { type RetryResult, retryableStatuses } from "./retries.ts";

/** A request, as far as an error names it. */
export interface RequestLine {
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

/** What the failure of a request is described with. */
export interface FailureContext {
  readonly endpoint: string;
  /** The proxy that it was sent through, if any, as a message names it. */
  readonly proxy: string | undefined;
  /** What must not be in the error, though the answer may have it. */
  readonly secrets: readonly string[];
}

/** Why there was no answer of the service, what to do about it, and whether the request may have reached the service. */
interface Cause {
  readonly reason: string;
  readonly remedy?: string;
  readonly isSent: boolean;
}

const proxyUnauthenticated = 407;
const whyUnreached: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "nobody listens there"],
  ["ENOTFOUND", "the host name is not known"],
  ["EAI_AGAIN", "the host name is not known"],
]);

/**
 * What is thrown of an answer of success that the contract doesn't have.
 *
 * @param issues what is wrong, each without a value of the answer: it may be a secret
 */
export function brokenContract(
  request: RequestLine,
  response: HttpResponse,
  issues: readonly string[],
  context: FailureContext,
): ContractError {
  const whole = [...issues, ...cameThrough(context)];
  return new ContractError(operationOf(request), whole, requestIdOf(response, context), isChange(request));
}

/** What is thrown of a request that came to something else than an answer of success. */
export function failureOf(
  request: RequestLine,
  { outcome, attempts }: RetryResult,
  context: FailureContext,
): RosterError {
  const path = placeOf(request);
  const requestId = requestIdOf(outcome, context);
  if (isResponse(outcome)) {
    const refusal = parseProblem(redact(outcome.body, context.secrets));
    if (refusal !== undefined) return new ApiError(request.method, path, refusal, attempts);
    // Who answers so without problem details is no service, but stands before one that doesn't answer.
    if (!retryableStatuses.has(outcome.status) && outcome.status !== proxyUnauthenticated) {
      const issues = [`it has status ${outcome.status}, without problem details`, ...cameThrough(context)];
      const mayHaveChanged = isChange(request) && outcome.status >= 500;
      return new ContractError(operationOf(request), issues, requestId, mayHaveChanged);
    }
  } else if (outcome.reason === "unreadable") {
    const issue = `it has more than ${maxResponseBytes} bytes, or is broken`;
    return new ContractError(operationOf(request), [issue], requestId, isChange(request));
  }
  const { reason, remedy, isSent } = causeOf(outcome, context);
  const remedies = isSent && isChange(request) ? `${remedy}\n  ${mayBeApplied}` : remedy;
  return new TransportError(request.method, path, attempts, reason, remedies, requestId);
}

function requestIdOf(outcome: Outcome, { secrets }: FailureContext): string | undefined {
  const id = headerOf(outcome, "request-id");
  return id === undefined ? undefined : redact(id, secrets);
}

function operationOf(request: RequestLine): string {
  return `${request.method} ${placeOf(request)}`;
}

/** What a request was about. The query of a change says on whose behalf, which whoever reads an error knows. */
function placeOf(request: RequestLine): string {
  return isChange(request) ? (request.path.split("?")[0] ?? "") : request.path;
}

function isChange({ method }: RequestLine): boolean {
  return method !== "GET";
}

/** What is to be known of an answer that came through a proxy: it may be the proxy's own. */
function cameThrough({ proxy }: FailureContext): string[] {
  return proxy === undefined ? [] : [`it came through ${proxy}`];
}

function causeOf(outcome: Outcome, { endpoint, proxy }: FailureContext): Cause {
  const address = `roster:endpoint (or ROSTER_ENDPOINT) is ${endpoint}`;
  const anywhere = isResponse(outcome) ? undefined : causeAnywhere(outcome, address);
  return anywhere ?? (proxy === undefined ? causeAtService(outcome, address) : causeAtProxy(outcome, proxy, address));
}

/** Why there was no answer, where that is the same with a proxy and without one. */
function causeAnywhere({ reason }: TransportFailure, address: string): Cause | undefined {
  switch (reason) {
    case "unsendable":
      return { reason: "the request could not be sent", isSent: false };
    case "unsent":
      return {
        reason: "its turn did not come, as the service takes no more requests for now",
        remedy: "Run it again a little later, or with fewer requests at once: `--parallel 4`.",
        isSent: false,
      };
    case "ended":
      return {
        reason: "the service took too long",
        remedy: `Is it overloaded, or is something else there? ${address}.`,
        isSent: true,
      };
    default:
      return undefined;
  }
}

/** Why there was no answer from the proxy, or from the service behind it. */
function causeAtProxy(outcome: Outcome, proxy: string, address: string): Cause {
  const direct = "If the service is to be reached directly, add its host to NO_PROXY";
  if (isResponse(outcome)) {
    return outcome.status === proxyUnauthenticated
      ? {
          reason: `${proxy} wants other credentials (status 407)`,
          remedy: `Set the proxy with a user name and a password that it knows (http://user:password@host:port); ${address}.`,
          isSent: false,
        }
      : {
          reason: `status ${outcome.status}, from ${proxy} or something behind it that stands before the service`,
          remedy: `Does the proxy reach the service, and is the service running? ${address}. ${direct}.`,
          isSent: true,
        };
  }
  if (outcome.reason === "unreached") {
    return {
      reason: `${proxy} can't be reached (${outcome.code})`,
      remedy: `Is the proxy right, and running? ${direct}; ${address}.`,
      isSent: false,
    };
  }
  return {
    reason: `${proxy}, or the service behind it, broke off the connection (${outcome.code})`,
    remedy: `Run it again; ${address}. ${direct}.`,
    isSent: true,
  };
}

/** Why there was no answer from the service, where nothing stands before it that is known. */
function causeAtService(outcome: Outcome, address: string): Cause {
  if (isResponse(outcome)) {
    return {
      reason: `status ${outcome.status}, from something that stands before the service`,
      remedy: `Is the service running behind it? ${address}.`,
      isSent: true,
    };
  }
  const { code } = outcome;
  const known = whyUnreached.get(code);
  if (known !== undefined) {
    return { reason: `${known} (${code})`, remedy: `Is the service running? ${address}.`, isSent: false };
  }
  const reason = outcome.reason === "brokenOff" ? "the answer broke off" : `the connection failed (${code})`;
  return { reason, remedy: `Run it again; ${address}.`, isSent: true };
}
