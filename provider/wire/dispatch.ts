/**
 * Sends requests when their turn comes: not faster than the service takes them, the oldest first, and those about single objects
 * that wait at the same moment as one batch. It stands on batch.ts and transport.ts, and on pace.ts for the time.
 *
 * @see docs/decisions/0023-batches.md
 */
import { performance } from "node:perf_hooks";
import { bodyLength, maxBatchItems, maxBatchLength, sendTogether } from "./batch.ts";
import { type HttpRequest, headerOf, type Outcome } from "./exchange.ts";
import { maxTimerMs, Pace } from "./pace.ts";
import { tally } from "./tally.ts";
import type { Transport } from "./transport.ts";

/** How many batches are under way at most. */
export const parallelBatches = 2;
/** How many requests that had no company are under way before the next ones wait for it. */
export const parallelAlone = 8;

/** A request that waits for its turn. */
export interface QueuedRequest extends HttpRequest {
  /** When the call began, by `performance.now()`: a repeat of an older one goes before a newer one. */
  readonly beganAtMs: number;
  /** Whether it is about a single object, and may go as part of a batch. */
  readonly mayBatch: boolean;
}

/** Sends requests in their turn. */
export interface RequestQueue {
  /** Sends a request once, in its turn. It never throws. */
  send(request: QueuedRequest): Promise<Outcome>;
  /** Lets nothing go for so long. */
  hold(forMs: number): void;
}

interface PendingRequest {
  readonly request: QueuedRequest;
  /** How long its body is, in characters. */
  readonly length: number;
  readonly resolve: (outcome: Outcome) => void;
}

/** Sends the requests of one client. */
export class Dispatch implements RequestQueue {
  readonly #transport: Transport;
  readonly #pace: Pace;
  #queue: PendingRequest[] = [];
  #batches = 0;
  #alone = 0;
  #isDue = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  /** Since when something has waited for its turn; undefined where nothing does. */
  #throttledSinceMs: number | undefined;

  /** @param perSecond how many requests are sent in a second at most; the service may publish a lower limit */
  constructor(transport: Transport, perSecond: number) {
    this.#pace = new Pace(perSecond);
    this.#transport = {
      send: async (request) => {
        const outcome = await transport.send(request);
        const limit = Number(headerOf(outcome, "ratelimit-limit"));
        if (limit > 0) this.#pace.limitTo(limit);
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

  send(request: QueuedRequest): Promise<Outcome> {
    const { signal, mayBatch } = request;
    if (signal.aborted) return Promise.resolve(ending("ended"));
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

  /** Takes a request whose deadline has come from the queue. @returns whether it was there */
  #drop(pending: PendingRequest): boolean {
    const isQueued = this.#queue.includes(pending);
    if (isQueued) this.#queue = this.#queue.filter((other) => other !== pending);
    // Nobody waits any more: a timer would only keep the process alive.
    if (this.#queue.length === 0) {
      clearTimeout(this.#timer);
      this.#countThrottled();
    }
    return isQueued;
  }

  /** What is asked in the same turn of the event loop goes together. */
  #sendSoon(): void {
    if (this.#isDue || this.#isStopped) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#sendAll();
    });
  }

  #sendAll(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
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
      if (taken.length === 0) return;
      this.#pace.take();
      void this.#send(taken);
    }
  }

  #countThrottled(): void {
    if (this.#throttledSinceMs !== undefined) tally.throttledMs += performance.now() - this.#throttledSinceMs;
    this.#throttledSinceMs = undefined;
  }

  /** @returns what goes next, as one request; nothing where it has to wait for others to be answered */
  #take(): PendingRequest[] {
    const single = this.#queue.findIndex(({ request }) => !request.mayBatch);
    if (single !== -1) return this.#queue.splice(single, 1);
    let together = 0;
    const end = this.#queue.findIndex(({ length }, at) => {
      together += length;
      return at === maxBatchItems || (at > 0 && together > maxBatchLength);
    });
    const count = end === -1 ? this.#queue.length : end;
    // What waits here goes when it gets company, or when one of those under way ends: #send looks again.
    const mayGo = count === 1 ? this.#alone < parallelAlone : this.#batches < parallelBatches;
    return mayGo ? this.#queue.splice(0, count) : [];
  }

  async #send(taken: readonly PendingRequest[]): Promise<void> {
    tally.requests += 1;
    this.#count(taken, 1);
    const outcomes = await sendTogether(
      this.#transport,
      taken.map(({ request }) => request),
    );
    for (const [at, outcome] of outcomes.entries()) taken[at]?.resolve(outcome);
    this.#count(taken, -1);
    this.#sendSoon();
  }

  /** Counts what is under way; what never goes with others, such as a list, keeps none from going alone. */
  #count(taken: readonly PendingRequest[], by: 1 | -1): void {
    if (taken.length > 1) this.#batches += by;
    else if (taken.some(({ request }) => request.mayBatch)) this.#alone += by;
  }
}

/** What comes of a request that nobody waits for any more. */
function ending(reason: "unsent" | "ended"): Outcome {
  return { reason, code: "ERR_CANCELED", headers: {} };
}
