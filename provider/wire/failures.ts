/**
 * Makes the errors of requests from their outcomes. Only this file makes them, and they never contain a secret. It sends nothing, and
 * uses the results of retries.ts and responses.ts.
 */
import { ApiError, ContractError, mayBeApplied, type Problem, type RosterError, TransportError } from "../errors.ts";
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

/** The method and the path of a request, for errors. */
export interface RequestLine {
  readonly method: string;
  /** The path, including the query. */
  readonly path: string;
  /** Whether it changes nothing although it isn't a GET. */
  readonly changesNothing?: boolean;
}

/** The context of a failed request, for its error. */
export interface FailureContext {
  readonly endpoint: string;
  /** The file of the log-in that the token comes from, if it comes from one. */
  readonly logInFile: string | undefined;
  /** The proxy of the request, if any, as messages name it. */
  readonly proxy: string | undefined;
  /** The secrets that must not be in the error, although the response may contain them. */
  readonly secrets: readonly string[];
}

/** Why the service did not respond, what to do about it, and whether the request may have reached the service. */
interface Cause {
  readonly reason: string;
  readonly remedy?: string;
  readonly isSent: boolean;
}

const proxyUnauthenticated = 407;
const runAgain = "Run it again.";
const whyUnreached: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "nothing listens at this address"],
  ["ENOTFOUND", "the host name could not be resolved"],
  ["EAI_AGAIN", "the host name could not be resolved"],
]);

/**
 * Makes the error of a successful response that doesn't match the contract.
 *
 * @param issues what is wrong, without values of the response, because they may be secret
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

/** Makes the error of a request without a successful response. */
export function failureOf(
  request: RequestLine,
  { outcome, attempts }: RetryResult,
  context: FailureContext,
): RosterError {
  const path = placeOf(request);
  const requestId = requestIdOf(outcome, context);
  if (isResponse(outcome)) {
    const refusal = parseProblem(redact(outcome.body, context.secrets));
    if (refusal !== undefined) {
      return new ApiError(request.method, path, refusal, attempts, remedyOf(refusal, context));
    }
    // Such a response without problem details doesn't come from the service, but from something in front of it.
    if (!retryableStatuses.has(outcome.status) && outcome.status !== proxyUnauthenticated) {
      const issues = [`its status is ${outcome.status}, without problem details`, ...cameThrough(context)];
      const mayHaveChanged = isChange(request) && outcome.status >= 500;
      return new ContractError(operationOf(request), issues, requestId, mayHaveChanged);
    }
  } else if (outcome.reason === "unreadable") {
    const issue = `it has more than ${maxResponseBytes} bytes, or is not valid HTTP`;
    return new ContractError(operationOf(request), [issue], requestId, isChange(request));
  }
  const { reason, remedy, isSent } = causeOf(outcome, context);
  const remedies = isSent && isChange(request) ? `${remedy}\n  ${mayBeApplied}` : remedy;
  return new TransportError(request.method, path, attempts, reason, remedies, requestId);
}

/** What to do about a refusal, if that depends on where the token comes from. */
function remedyOf({ code }: Problem, { endpoint, logInFile }: FailureContext): string | undefined {
  return code === "unauthenticated" && logInFile !== undefined
    ? `The log-in in ${logInFile} was ended, or its user was deactivated. Log in again with \`roster login --endpoint ${endpoint}\`.`
    : undefined;
}

function requestIdOf(outcome: Outcome, { secrets }: FailureContext): string | undefined {
  const id = headerOf(outcome, "request-id");
  return id === undefined ? undefined : redact(id, secrets);
}

function operationOf(request: RequestLine): string {
  return `${request.method} ${placeOf(request)}`;
}

/** The path of a request. That of a change has no query, which would only name the stack. */
function placeOf(request: RequestLine): string {
  return isChange(request) ? (request.path.split("?")[0] ?? "") : request.path;
}

function isChange({ method, changesNothing }: RequestLine): boolean {
  return method !== "GET" && changesNothing !== true;
}

/** The hint that a response came through a proxy: the proxy itself may have sent it. */
function cameThrough({ proxy }: FailureContext): string[] {
  return proxy === undefined ? [] : [`it came through ${proxy}`];
}

/** @returns why a request has no response from the service, as a phrase. */
export function reasonOf(outcome: Outcome, context: Pick<FailureContext, "endpoint" | "proxy">): string {
  return causeOf(outcome, context).reason;
}

function causeOf(outcome: Outcome, { endpoint, proxy }: Pick<FailureContext, "endpoint" | "proxy">): Cause {
  const address = `roster:endpoint (or ROSTER_ENDPOINT) is ${endpoint}`;
  const anywhere = isResponse(outcome) ? undefined : causeAnywhere(outcome, address);
  return anywhere ?? (proxy === undefined ? causeAtService(outcome, address) : causeAtProxy(outcome, proxy, address));
}

/** Why there was no response, if that doesn't depend on a proxy. */
function causeAnywhere({ reason }: TransportFailure, address: string): Cause | undefined {
  switch (reason) {
    case "unsendable":
      return { reason: "the request could not be sent", isSent: false };
    case "unsent":
      return {
        reason: "it was not sent, because the service currently accepts no more requests",
        remedy: "Run it again later, or send fewer requests at once: `--parallel 4`.",
        isSent: false,
      };
    case "withdrawn":
      return { reason: "it was not sent, because the update was cancelled", remedy: runAgain, isSent: false };
    case "interrupted":
      return { reason: "the update was cancelled before the service answered", remedy: runAgain, isSent: true };
    case "ended":
      return {
        reason: "the service took too long",
        remedy: `Is the service overloaded, or does something else listen at its address? ${address}.`,
        isSent: true,
      };
    default:
      return undefined;
  }
}

/** Why neither the proxy nor the service behind it responded. */
function causeAtProxy(outcome: Outcome, proxy: string, address: string): Cause {
  const direct = "To reach the service directly, add its host to NO_PROXY";
  if (isResponse(outcome)) {
    return outcome.status === proxyUnauthenticated
      ? {
          reason: `${proxy} requires valid credentials (status 407)`,
          remedy: `Set the proxy with a valid user name and password (http://user:password@host:port); ${address}.`,
          isSent: false,
        }
      : {
          reason: `status ${outcome.status} from ${proxy}, or from something between it and the service`,
          remedy: `Can the proxy reach the service, and is the service running? ${address}. ${direct}.`,
          isSent: true,
        };
  }
  if (outcome.reason === "unreached") {
    return {
      reason: `${proxy} can't be reached (${outcome.code})`,
      remedy: `Is the proxy's address correct, and is the proxy running? ${direct}; ${address}.`,
      isSent: false,
    };
  }
  return {
    reason: `${proxy}, or the service behind it, closed the connection (${outcome.code})`,
    remedy: `Run it again; ${address}. ${direct}.`,
    isSent: true,
  };
}

/** Why the service did not respond, without a known proxy in front of it. */
function causeAtService(outcome: Outcome, address: string): Cause {
  if (isResponse(outcome)) {
    return {
      reason: `status ${outcome.status} from something in front of the service`,
      remedy: `Is the service itself running? ${address}.`,
      isSent: true,
    };
  }
  const { code } = outcome;
  const known = whyUnreached.get(code);
  if (known !== undefined) {
    return { reason: `${known} (${code})`, remedy: `Is the service running? ${address}.`, isSent: false };
  }
  const reason = outcome.reason === "brokenOff" ? "the response is incomplete" : `the connection failed (${code})`;
  return { reason, remedy: `Run it again; ${address}.`, isSent: true };
}
