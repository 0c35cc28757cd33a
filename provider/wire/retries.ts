/** Which failures pass by themselves, and how often and how long after each a request is sent again. */
import { performance } from "node:perf_hooks";
import type { AxiosError, AxiosInstance } from "axios";
import axiosRetry, { retryAfter } from "axios-retry";
import type { Problem } from "../errors.ts";
import { isSuccess, parseProblem, retriesOf, retryableStatuses } from "./request-failure.ts";

// So many that a stack of hundreds is made while three of ten answers fail; they end well within the usual deadline.
const maxRetries = 11;
// If nothing was ever reached, the endpoint is more likely wrong than the service restarting.
const maxRetriesUnreached = 4;
const unreached: ReadonlySet<string | undefined> = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"]);
// From this one on, the wait before a retry no longer grows: it is about 2 s.
const slowestRetry = 4;
const tooManyRequests = 429;
const maxHoldJitter = 0.05;
/** For how long a create waits at most for a run that may have fallen silent, which takes six seconds. */
const maxSilenceMs = 8000;
// The two 409 refusals that pass by themselves: another request of the same `up` is about to lift them.
const retryableConflicts: ReadonlySet<string> = new Set(["last_administrator", "idempotency_in_progress"]);
// How long another change of the same `up` takes to make somebody else an administrator, only the deadline can say.
const retriedUntilDeadline = "last_administrator";

/**
 * Whether a conflict passes by itself, so that the same request is worth repeating until the deadline.
 *
 * @param retries how often the request was repeated so far
 */
export type MayPass = (problem: Problem, retries: number) => Promise<boolean>;

/** When the requests of one client are sent again. */
export class Retries {
  /** Whether anything has ever listened at the endpoint. */
  #wasReached = false;

  /** Makes a client repeat requests that fail in a way that passes. */
  applyTo(http: AxiosInstance): void {
    axiosRetry(http, {
      retries: Number.POSITIVE_INFINITY,
      retryCondition: (error) => this.#isRetried(error),
      // Exponential, with jitter, and never sooner than Retry-After says; it is waited for before, where all wait for it.
      retryDelay: (count, error) =>
        heldMs(error) > 0 ? 0 : axiosRetry.exponentialDelay(Math.min(count, slowestRetry), error),
    });
  }

  /** The condition of a request that has conflicts of its own that pass. */
  conditionWith(mayPass: MayPass): (error: AxiosError) => boolean | Promise<boolean> {
    return (error) => {
      if (this.#isRetried(error)) return true;
      const refusal = error.response?.status === 409 ? parseProblem(error.response.data) : undefined;
      return refusal !== undefined && !retryableConflicts.has(refusal.code) && mayPass(refusal, retriesOf(error));
    };
  }

  /** Notes a failure that is followed by another attempt. */
  note(error: AxiosError): void {
    this.#wasReached ||= !unreached.has(error.code);
  }

  /** Notes that the service has answered. */
  noteAnswer(): void {
    this.#wasReached = true;
  }

  #isRetried(error: AxiosError): boolean {
    return passesByItself(error) && (retriesOf(error) < this.#maxRetries(error) || isRetriedUntilDeadline(error));
  }

  #maxRetries({ code }: AxiosError): number {
    return this.#wasReached || !unreached.has(code) ? maxRetries : maxRetriesUnreached;
  }
}

function passesByItself(error: AxiosError): boolean {
  const { response } = error;
  if (response === undefined) {
    return error.code !== "ERR_CANCELED" && error.code !== "ERR_BAD_RESPONSE";
  }
  // A limit that is not about requests, such as that of mails to one address, lasts for longer than any run.
  if (response.status === tooManyRequests && parseProblem(response.data)?.retryable === false) {
    return false;
  }
  // An answer of success that breaks off is none: the change is made, and asked again it is answered again.
  if (retryableStatuses.has(response.status) || isSuccess(response)) {
    return true;
  }
  if (response.status !== 409) return false;
  const refusal = parseProblem(response.data);
  if (retryableConflicts.has(refusal?.code ?? "")) return true;
  return refusal?.code === "external_id_taken" && refusal.retryable && fallsSilentInTime(error);
}

/** Whether a run that is alive can fall silent before the create has waited for too long; it can't if it reports meanwhile. */
function fallsSilentInTime(error: AxiosError): boolean {
  const waitedMs = performance.now() - (error.config?.beganAtMs ?? 0);
  return waitedMs + retryAfter(error) <= maxSilenceMs;
}

/** Whether only the deadline can say how long it takes to pass. */
function isRetriedUntilDeadline({ response }: AxiosError): boolean {
  if (response?.status === tooManyRequests) return true;
  return response?.status === 409 && parseProblem(response.data)?.code === retriedUntilDeadline;
}

/** How long no request may be sent, as the service has answered to one too many; 0 where it didn't say. */
export function heldMs(error: AxiosError): number {
  if (error.response?.status !== tooManyRequests) return 0;
  // A little longer, so that several stacks don't come at the same moment.
  return retryAfter(error) * (1 + maxHoldJitter * Math.random());
}
