/**
 * Queues requests, and sends them no faster than the service accepts them, the oldest first. Requests about single objects that wait
 * at the same moment are sent as one batch. Uses batch.ts and transport.ts, and pace.ts for the time.
 *
 * @see docs/decisions/0023-batches.md
 */
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { bodyLength, maxBatchItems, maxBatchLength, sendTogether } from "./batch.ts";
import { type HttpRequest, headerOf, type Outcome } from "./exchange.ts";
import { maxTimerMs, Pace } from "./pace.ts";
import { tally } from "./tally.ts";
import type { Transport } from "./transport.ts";

/** The maximum number of concurrent batches. */
export const parallelBatches = 2;
/** The maximum number of concurrent requests outside of batches; further ones wait for a batch. */
export const parallelAlone = 8;

const interruptPollMs = 20;

/** A request in the queue. */
export interface QueuedRequest extends HttpRequest {
  /** When the call began, by `performance.now()`. A retry of an older call is sent before a newer one. */
  readonly beganAtMs: number;
  /** Whether it is sent although the run is cancelled. */
  readonly isUrgent?: boolean;
  /** Whether it concerns a single object, and can be part of a batch. */
  readonly mayBatch: boolean;
}

/** A queue of requests. */
export interface RequestQueue {
  /** Sends a request once, when its turn comes. It never throws. */
  send(request: QueuedRequest): Promise<Outcome>;
  /** Sends nothing for a time. */
  hold(forMs: number): void;
}

interface PendingRequest {
  readonly request: QueuedRequest;
  /** The length of its body, in characters. */
  readonly length: number;
  readonly resolve: (outcome: Outcome) => void;
}

/** The queue of one client's requests. */
export class Dispatch implements RequestQueue {
  readonly #transport: Transport;
  readonly #pace: Pace;
  #queue: PendingRequest[] = [];
  #batches = 0;
  #alone = 0;
  #isDue = false;
  #isStopped = false;
  #isInterrupted = false;
  /** The requests that were sent and have no response yet. */
  readonly #underWay = new Set<PendingRequest>();
  #timer: NodeJS.Timeout | undefined;
  /** Since when requests have been throttled; undefined if none is. */
  #throttledSinceMs: number | undefined;

  /** @param perSecond the maximum number of requests per second; the service may publish a lower limit */
  constructor(transport: Transport, perSecond: number) {
    this.#pace = new Pace(perSecond);
    this.#transport = {
      send: async (request) => {
        const outcome = await transport.send(request);
        const limit = Number(headerOf(outcome, "ratelimit-limit"));
        if (limit > 0) {
          this.#pace.limitTo(limit);
        }
        return outcome;
      },
    };
  }

  hold(forMs: number): void {
    this.#pace.hold(forMs);
  }

  /** Sends nothing more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /**
   * Sends nothing more, except for urgent requests that come after this.
   *
   * @param graceMs how long what is under way can still take
   */
  async interrupt(graceMs: number): Promise<void> {
    this.#isInterrupted = true;
    for (const { resolve } of this.#queue.splice(0)) {
      resolve(ending("withdrawn"));
    }
    const endAtMs = performance.now() + graceMs;
    const before = [...this.#underWay];
    while (before.some((pending) => this.#underWay.has(pending)) && performance.now() < endAtMs) {
      await wait(interruptPollMs);
    }
    for (const pending of before) {
      pending.resolve(ending("interrupted"));
    }
  }

  send(request: QueuedRequest): Promise<Outcome> {
    const { signal, mayBatch, isUrgent = false } = request;
    if (this.#isInterrupted && !isUrgent) {
      return Promise.resolve(ending("withdrawn"));
    }
    if (signal.aborted) {
      return Promise.resolve(ending("ended"));
    }
    return new Promise((resolve) => {
      const pending: PendingRequest = {
        request,
        length: mayBatch ? bodyLength(request) : 0,
        resolve: (outcome) => {
          signal.removeEventListener("abort", end);
          resolve(outcome);
        },
      };
      const end = () => pending.resolve(ending(this.#drop(pending) ? "unsent" : "ended"));
      signal.addEventListener("abort", end);
      this.#queue.push(pending);
      this.#sendSoon();
    });
  }

  /** Removes a request whose deadline has passed from the queue. @returns whether it was in the queue */
  #drop(pending: PendingRequest): boolean {
    const isQueued = this.#queue.includes(pending);
    if (isQueued) {
      this.#queue = this.#queue.filter((other) => other !== pending);
    }
    // Nothing waits any more, so a timer would only keep the process alive.
    if (this.#queue.length === 0) {
      clearTimeout(this.#timer);
      this.#countThrottled();
    }
    return isQueued;
  }

  /** Requests from the same turn of the event loop are sent together. */
  #sendSoon(): void {
    if (this.#isDue || this.#isStopped) {
      return;
    }
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#sendAll();
    });
  }

  #sendAll(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) {
      return;
    }
    this.#queue.sort((one, other) => one.request.beganAtMs - other.request.beganAtMs);
    while (this.#queue.length > 0) {
      const { waitMs } = this.#pace;
      if (waitMs > 0) {
        this.#throttledSinceMs ??= performance.now();
        this.#timer = setTimeout(() => this.#sendAll(), Math.min(Math.ceil(waitMs), maxTimerMs));
        return;
      }
      this.#countThrottled();
      const taken = this.#take();
      if (taken.length === 0) {
        return;
      }
      this.#pace.take();
      void this.#send(taken);
    }
  }

  #countThrottled(): void {
    if (this.#throttledSinceMs !== undefined) {
      tally.throttledMs += performance.now() - this.#throttledSinceMs;
    }
    this.#throttledSinceMs = undefined;
  }

  /** @returns the requests that are sent next, as one; none if they have to wait for other responses */
  #take(): PendingRequest[] {
    const single = this.#queue.findIndex(({ request }) => !request.mayBatch);
    if (single !== -1) {
      return this.#queue.splice(single, 1);
    }
    let together = 0;
    const end = this.#queue.findIndex(({ length }, at) => {
      together += length;
      return at === maxBatchItems || (at > 0 && together > maxBatchLength);
    });
    const count = end === -1 ? this.#queue.length : end;
    // Requests that wait here are sent when further ones join them, or when a concurrent one completes: #send checks again.
    const mayGo = count === 1 ? this.#alone < parallelAlone : this.#batches < parallelBatches;
    return mayGo ? this.#queue.splice(0, count) : [];
  }

  async #send(taken: readonly PendingRequest[]): Promise<void> {
    tally.requests += 1;
    this.#count(taken, 1);
    for (const pending of taken) {
      this.#underWay.add(pending);
    }
    const outcomes = await sendTogether(
      this.#transport,
      taken.map(({ request }) => request),
    );
    for (const [at, outcome] of outcomes.entries()) {
      taken[at]?.resolve(outcome);
    }
    for (const pending of taken) {
      this.#underWay.delete(pending);
    }
    this.#count(taken, -1);
    this.#sendSoon();
  }

  /** Counts concurrent requests. Those that can't be in a batch, such as lists, don't count. */
  #count(taken: readonly PendingRequest[], by: 1 | -1): void {
    if (taken.length > 1) {
      this.#batches += by;
    } else if (taken.some(({ request }) => request.mayBatch)) {
      this.#alone += by;
    }
  }
}

/** The outcome of a request whose deadline has passed, or whose run was cancelled. */
function ending(reason: "unsent" | "ended" | "withdrawn" | "interrupted"): Outcome {
  return { reason, code: "ERR_CANCELED", headers: {} };
}
