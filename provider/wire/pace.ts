/** The rate at which a client sends requests: by the service's limit, the configuration, and responses with status 429. */
import { performance } from "node:perf_hooks";

/** The maximum delay of a timer, in milliseconds. A longer one overflows, and the timer fires immediately. */
export const maxTimerMs = 2 ** 31 - 1;

/** A request may take less time to the service than the one a second before it. */
const slack = 1.02;

/**
 * Decides when the next request can be sent.
 *
 * Requests are sent at even intervals rather than in bursts, so that a service that counts requests per second accepts them, whenever
 * its seconds begin.
 */
export class Pace {
  #perSecond: number;
  #nextAtMs = 0;
  /** The beginning of the current second of requests, and how many there have been in it. */
  #secondAtMs = Number.NEGATIVE_INFINITY;
  #inSecond = 0;

  /** @param perSecond the maximum number of requests per second; Infinity if only the service limits them */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Applies the service's limit if it is lower. Requests that were sent before it was known count as well. */
  limitTo(perSecond: number): void {
    if (perSecond < this.#perSecond) {
      this.#perSecond = perSecond;
      this.#nextAtMs = Math.max(this.#nextAtMs, this.#secondAtMs + this.#inSecond * this.#intervalMs);
    }
  }

  /** Sends nothing for a time from now on. A shorter wait than the current one has no effect. */
  hold(forMs: number): void {
    this.#nextAtMs = Math.max(this.#nextAtMs, performance.now() + forMs);
  }

  /** How long the next request has to wait, in milliseconds; 0 or less if it doesn't have to. */
  get waitMs(): number {
    return this.#nextAtMs - performance.now();
  }

  /** Counts a request that is sent now. */
  take(): void {
    const nowMs = performance.now();
    this.#nextAtMs = Math.max(this.#nextAtMs, nowMs) + this.#intervalMs;
    const isSameSecond = nowMs < this.#secondAtMs + 1000;
    this.#secondAtMs = isSameSecond ? this.#secondAtMs : nowMs;
    this.#inSecond = isSameSecond ? this.#inSecond + 1 : 1;
  }

  get #intervalMs(): number {
    return (1000 / this.#perSecond) * slack;
  }
}
