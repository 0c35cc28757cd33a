/**
 * Sends a request again until it is answered for good, was sent often enough, or its deadline comes; it stands on the turns of
 * dispatch.ts. Only here is decided what is worth another attempt.
 *
 * It is written here and not a library's: those for axios hook into axios's errors, which stay beneath the batches.
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

/** What passes by itself, whoever answers it. */
export const retryableStatuses: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);
const tooManyRequests = 429;
// So many that a stack of hundreds is made while three of ten answers fail; they end well within the usual deadline.
const maxRetries = 11;
// If nothing was ever reached, the endpoint is more likely wrong than the service restarting.
const maxRetriesUnreached = 4;
const firstDelayMs = 200;
// From this one on, the wait before a retry no longer grows: it is about 2 s.
const slowestRetry = 4;
const maxDelayJitter = 0.2;
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
export type ConflictRetry = (problem: Problem, retries: number) => Promise<boolean>;

/** A request that is sent as often as it takes. A change has an idempotency key, the same at every attempt. */
export interface RetryableRequest extends Omit<QueuedRequest, "beganAtMs" | "signal"> {
  /** How long it may take, all attempts and waits included. */
  readonly timeoutMs: number;
  /** Whether it goes before everything that waits. */
  readonly isUrgent?: boolean | undefined;
  /** Decides about conflicts that don't pass otherwise. */
  readonly retryConflict?: ConflictRetry | undefined;
}

/** What came of a request in the end: an answer of success, or what it failed with. */
export interface RetryResult {
  /** The last attempt's, or that of the attempt before where the deadline ended the last, as it says more. */
  readonly outcome: Outcome;
  readonly attempts: Attempts;
}

/** Sends requests for as long as it takes. */
export interface Retrier {
  /** Sends a request until it is answered for good. It never throws. */
  send(request: RetryableRequest): Promise<RetryResult>;
}

/** Sends the requests of one client, each as often as it takes. */
export class Retries implements Retrier {
  readonly #queue: RequestQueue;
  /** Whether anything has ever listened at the endpoint. */
  #wasReached = false;

  constructor(queue: RequestQueue) {
    this.#queue = queue;
  }

  async send({ timeoutMs, isUrgent = false, retryConflict, ...request }: RetryableRequest): Promise<RetryResult> {
    const startedAtMs = performance.now();
    const signal = AbortSignal.timeout(timeoutMs);
    const attempt = { ...request, beganAtMs: isUrgent ? 0 : startedAtMs, signal };
    let previous: Outcome | undefined;
    for (let retries = 0; ; retries += 1) {
      const outcome = await this.#queue.send(attempt);
      const elapsedMs = () => Math.round(performance.now() - startedAtMs);
      if (isAborted(outcome)) {
        // The last attempt came to nothing; it counts only where there was no other.
        const count = retries === 0 && outcome.reason === "ended" ? 1 : retries;
        return { outcome: previous ?? outcome, attempts: { count, elapsedMs: elapsedMs(), deadlineMs: timeoutMs } };
      }
      const isDone = isResponse(outcome) && isSuccess(outcome);
      const isRetried =
        !isDone &&
        (this.#isRetried(outcome, retries, startedAtMs) || (await isRetriedConflict(outcome, retries, retryConflict)));
      this.#wasReached ||= isDone || (isRetried && !isUnreached(outcome));
      if (!isRetried) return { outcome, attempts: { count: retries + 1, elapsedMs: elapsedMs() } };
      previous = outcome;
      tally.retries += 1;
      await this.#waitAfter(outcome, retries, signal);
    }
  }

  #isRetried(outcome: Outcome, retries: number, startedAtMs: number): boolean {
    if (!isTransient(outcome, startedAtMs)) return false;
    const most = this.#wasReached || !isUnreached(outcome) ? maxRetries : maxRetriesUnreached;
    return retries < most || isRetriedUntilDeadline(outcome);
  }

  /** Waits before the next attempt, until the deadline at most. */
  async #waitAfter(outcome: Outcome, retries: number, signal: AbortSignal): Promise<void> {
    const heldMs = heldMsAfter(outcome);
    this.#queue.hold(heldMs);
    // What every request waits for isn't waited for a second time.
    const delayMs = heldMs > 0 ? 0 : delayMsAfter(outcome, retries);
    await wait(Math.min(delayMs, maxTimerMs), undefined, { signal }).catch(() => undefined);
  }
}

/** Whether nobody waits for an answer any more. */
function isAborted(outcome: Outcome): outcome is Exclude<Outcome, HttpResponse> {
  return !isResponse(outcome) && (outcome.reason === "ended" || outcome.reason === "unsent");
}

function isUnreached(outcome: Outcome): boolean {
  return !isResponse(outcome) && outcome.reason === "unreached";
}

function isTransient(outcome: Outcome, startedAtMs: number): boolean {
  // An answer of success that breaks off is none: the change is made, and asked again it is answered again.
  if (!isResponse(outcome)) return outcome.reason !== "unreadable" && outcome.reason !== "unsendable";
  // A limit that is not about requests, such as that of mails to one address, lasts for longer than any run.
  if (outcome.status === tooManyRequests && parseProblem(outcome.body)?.retryable === false) return false;
  if (retryableStatuses.has(outcome.status)) return true;
  const refusal = conflictIn(outcome);
  if (refusal === undefined) return false;
  if (retryableConflicts.has(refusal.code)) return true;
  return refusal.code === "external_id_taken" && refusal.retryable && fallsSilentInTime(outcome, startedAtMs);
}

/** Whether a run that is alive can fall silent before the create has waited for too long; it can't if it reports meanwhile. */
function fallsSilentInTime(response: HttpResponse, startedAtMs: number): boolean {
  return performance.now() - startedAtMs + retryAfterMs(response) <= maxSilenceMs;
}

/** Whether only the deadline can say how long it takes to pass. */
function isRetriedUntilDeadline(outcome: Outcome): boolean {
  if (!isResponse(outcome)) return false;
  return outcome.status === tooManyRequests || conflictIn(outcome)?.code === retriedUntilDeadline;
}

/** Whether a conflict that doesn't pass by itself passes in the eyes of who asked. */
async function isRetriedConflict(
  outcome: Outcome,
  retries: number,
  retryConflict: ConflictRetry | undefined,
): Promise<boolean> {
  const refusal = isResponse(outcome) ? conflictIn(outcome) : undefined;
  if (retryConflict === undefined || refusal === undefined || retryableConflicts.has(refusal.code)) return false;
  // The refusal says more than that nobody could find out whether it passes.
  return await retryConflict(refusal, retries).catch(() => false);
}

function conflictIn({ status, body }: HttpResponse): Problem | undefined {
  return status === 409 ? parseProblem(body) : undefined;
}

/** How long no request may be sent, as the service has answered to one too many; 0 where it didn't say. */
function heldMsAfter(outcome: Outcome): number {
  if (!isResponse(outcome) || outcome.status !== tooManyRequests) return 0;
  // A little longer, so that several stacks don't come at the same moment.
  return retryAfterMs(outcome) * (1 + maxHoldJitter * Math.random());
}

/** Exponential, with jitter, and never sooner than Retry-After says. */
function delayMsAfter(outcome: Outcome, retries: number): number {
  const doubledMs = firstDelayMs * 2 ** Math.min(retries, slowestRetry - 1);
  return Math.max(doubledMs, retryAfterMs(outcome)) * (1 + maxDelayJitter * Math.random());
}

/** What Retry-After says, in seconds or as a date; 0 where it is absent or neither. */
function retryAfterMs(outcome: Outcome): number {
  const value = headerOf(outcome, "retry-after") ?? "";
  const ms = Number.isNaN(Number(value)) ? Date.parse(value) - Date.now() : Number(value) * 1000;
  return Math.max(0, ms || 0);
}
