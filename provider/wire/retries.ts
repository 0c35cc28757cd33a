/**
 * Retries a request until the outcome is final, the maximum number of retries is reached, or the deadline passes. Uses the queue of
 * dispatch.ts. Only this file decides whether to retry.
 *
 * No library is used, because those for axios depend on its errors, which don't exist above the batches.
 *
 * @see docs/decisions/0020-retries.md
 */
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import type { Attempts, Problem } from "../errors.ts";
import type { QueuedRequest, RequestQueue } from "./dispatch.ts";
import { type HttpResponse, headerOf, isResponse, isSuccess, type Outcome } from "./exchange.ts";
import { maxTimerMs } from "./pace.ts";
import { parseProblem } from "./responses.ts";
import { tally } from "./tally.ts";

/** The statuses of transient failures, from the service or from a proxy. */
export const retryableStatuses: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);
const tooManyRequests = 429;
// Enough to create a stack of hundreds of resources while three of ten responses fail; they end well within the usual deadline.
const maxRetries = 11;
// If the service was never reached, the endpoint is probably wrong.
const maxRetriesUnreached = 4;
const firstDelayMs = 200;
// From this retry on, the delay no longer grows: it is about 2 s.
const slowestRetry = 4;
const maxDelayJitter = 0.2;
const maxHoldJitter = 0.05;
/** How long a create waits at most for another run to become silent, which takes six seconds. */
const maxSilenceMs = 8000;
// The two transient conflicts: another request of the same `up` is about to resolve them.
const retryableConflicts: ReadonlySet<string> = new Set(["last_administrator", "idempotency_in_progress"]);
// This conflict lasts until another change of the same `up` makes someone else an administrator, so only the deadline limits it.
const retriedUntilDeadline = "last_administrator";

/**
 * Decides whether a request that met a conflict is retried, because the conflict is transient.
 *
 * @param retries how often the request was repeated so far
 */
export type ConflictRetry = (problem: Problem, retries: number) => Promise<boolean>;

/** A request that can be retried. A change has an idempotency key, which is the same for every attempt. */
export interface RetryableRequest extends Omit<QueuedRequest, "beganAtMs" | "signal"> {
  /** The deadline, including all attempts and delays. */
  readonly timeoutMs: number;
  /** Whether it is sent before all waiting requests. */
  readonly isUrgent?: boolean | undefined;
  /** Decides about conflicts that are not retried otherwise. */
  readonly retryConflict?: ConflictRetry | undefined;
}

/** The final result of a request. */
export interface RetryResult {
  /** The outcome of the last attempt or, if the deadline ended it, of the previous one, which is more informative. */
  readonly outcome: Outcome;
  readonly attempts: Attempts;
}

/** Sends requests with retries. */
export interface Retrier {
  /** Sends a request until its outcome is final. It never throws. */
  send(request: RetryableRequest): Promise<RetryResult>;
}

/** Sends the requests of one client, with retries. */
export class Retries implements Retrier {
  readonly #queue: RequestQueue;
  /** Whether the endpoint was ever reached. */
  #wasReached = false;

  constructor(queue: RequestQueue) {
    this.#queue = queue;
  }

  async send({ timeoutMs, isUrgent = false, retryConflict, ...request }: RetryableRequest): Promise<RetryResult> {
    const startedAtMs = performance.now();
    const signal = AbortSignal.timeout(timeoutMs);
    const attempt = { ...request, beganAtMs: isUrgent ? 0 : startedAtMs, isUrgent, signal };
    let previous: Outcome | undefined;
    for (let retries = 0; ; retries += 1) {
      const outcome = await this.#queue.send(attempt);
      const elapsedMs = () => Math.round(performance.now() - startedAtMs);
      if (isAborted(outcome)) {
        // The last attempt has no outcome; it counts only if it was the first one.
        const isSent = outcome.reason === "ended" || outcome.reason === "interrupted";
        const count = retries === 0 && isSent ? 1 : retries;
        const attempts = { count, elapsedMs: elapsedMs() };
        return isCancelled(outcome)
          ? { outcome, attempts }
          : { outcome: previous ?? outcome, attempts: { ...attempts, deadlineMs: timeoutMs } };
      }
      const isDone = isResponse(outcome) && isSuccess(outcome);
      const isRetried =
        !isDone &&
        (this.#isRetried(outcome, retries, startedAtMs) || (await isRetriedConflict(outcome, retries, retryConflict)));
      this.#wasReached ||= isDone || (isRetried && !isUnreached(outcome));
      if (!isRetried) {
        return { outcome, attempts: { count: retries + 1, elapsedMs: elapsedMs() } };
      }
      previous = outcome;
      tally.retries += 1;
      await this.#waitAfter(outcome, retries, signal);
    }
  }

  #isRetried(outcome: Outcome, retries: number, startedAtMs: number): boolean {
    if (!isTransient(outcome, startedAtMs)) {
      return false;
    }
    const most = this.#wasReached || !isUnreached(outcome) ? maxRetries : maxRetriesUnreached;
    return retries < most || isRetriedUntilDeadline(outcome);
  }

  /** Waits before the next attempt, but not beyond the deadline. */
  async #waitAfter(outcome: Outcome, retries: number, signal: AbortSignal): Promise<void> {
    const heldMs = heldMsAfter(outcome);
    this.#queue.hold(heldMs);
    // If the queue is on hold, no further delay is necessary.
    const delayMs = heldMs > 0 ? 0 : delayMsAfter(outcome, retries);
    await wait(Math.min(delayMs, maxTimerMs), undefined, { signal }).catch(() => undefined);
  }
}

/** Whether the deadline has passed, or the run was cancelled. */
function isAborted(outcome: Outcome): outcome is Exclude<Outcome, HttpResponse> {
  return !isResponse(outcome) && (["ended", "unsent"].includes(outcome.reason) || isCancelled(outcome));
}

function isCancelled(outcome: Outcome): boolean {
  return !isResponse(outcome) && ["withdrawn", "interrupted"].includes(outcome.reason);
}

function isUnreached(outcome: Outcome): boolean {
  return !isResponse(outcome) && outcome.reason === "unreached";
}

function isTransient(outcome: Outcome, startedAtMs: number): boolean {
  // An incomplete successful response is not one: the change was applied, and a retry returns the response again.
  if (!isResponse(outcome)) {
    return outcome.reason !== "unreadable" && outcome.reason !== "unsendable";
  }
  // A limit on anything but requests, such as mails to one address, lasts longer than any run.
  if (outcome.status === tooManyRequests && parseProblem(outcome.body)?.retryable === false) {
    return false;
  }
  if (retryableStatuses.has(outcome.status)) {
    return true;
  }
  const refusal = conflictIn(outcome);
  if (refusal === undefined) {
    return false;
  }
  if (retryableConflicts.has(refusal.code)) {
    return true;
  }
  return refusal.code === "external_id_taken" && refusal.retryable && fallsSilentInTime(outcome, startedAtMs);
}

/** Whether another run may still become silent before the create has waited too long. Each report of that run extends the wait. */
function fallsSilentInTime(response: HttpResponse, startedAtMs: number): boolean {
  return performance.now() - startedAtMs + retryAfterMs(response) <= maxSilenceMs;
}

/** Whether only the deadline limits the retries. */
function isRetriedUntilDeadline(outcome: Outcome): boolean {
  if (!isResponse(outcome)) {
    return false;
  }
  return outcome.status === tooManyRequests || conflictIn(outcome)?.code === retriedUntilDeadline;
}

/** Whether the caller decides to retry after a conflict. */
async function isRetriedConflict(
  outcome: Outcome,
  retries: number,
  retryConflict: ConflictRetry | undefined,
): Promise<boolean> {
  const refusal = isResponse(outcome) ? conflictIn(outcome) : undefined;
  if (retryConflict === undefined || refusal === undefined || retryableConflicts.has(refusal.code)) {
    return false;
  }
  // If the decision fails, the refusal is more informative than that failure.
  return await retryConflict(refusal, retries).catch(() => false);
}

function conflictIn({ status, body }: HttpResponse): Problem | undefined {
  return status === 409 ? parseProblem(body) : undefined;
}

/** How long no request may be sent, according to a response with status 429; 0 if it contains no time. */
function heldMsAfter(outcome: Outcome): number {
  if (!isResponse(outcome) || outcome.status !== tooManyRequests) {
    return 0;
  }
  // A little longer, so that several stacks don't continue at the same moment.
  return retryAfterMs(outcome) * (1 + maxHoldJitter * Math.random());
}

/** The delay before a retry: exponential, with jitter, and never shorter than Retry-After. */
function delayMsAfter(outcome: Outcome, retries: number): number {
  const doubledMs = firstDelayMs * 2 ** Math.min(retries, slowestRetry - 1);
  return Math.max(doubledMs, retryAfterMs(outcome)) * (1 + maxDelayJitter * Math.random());
}

/** The time in Retry-After, in seconds or as a date; 0 if it is missing or invalid. */
function retryAfterMs(outcome: Outcome): number {
  const value = headerOf(outcome, "retry-after") ?? "";
  const ms = Number.isNaN(Number(value)) ? Date.parse(value) - Date.now() : Number(value) * 1000;
  return Math.max(0, ms || 0);
}
