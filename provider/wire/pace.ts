/** How fast a client may send: what the service publishes, what is configured, and what a 429 says. */
import { performance } from "node:perf_hooks";

/** The longest wait that a timer takes, in milliseconds: a longer one overflows it, and it ends at once. */
export const maxTimerMs = 2 ** 31 - 1;

/**
 * When the next request may be sent.
 *
 * Requests go at even distances rather than in bursts: a service that counts by the second takes each of them, wherever its
 * seconds begin.
 */
export class Pace {
  #perSecond: number;
  #nextAtMs = 0;

  /** @param perSecond how many requests are sent in a second at most; Infinity where only the service limits them */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Takes the service's limit, where it is the lower one. */
  limitTo(perSecond: number): void {
    this.#perSecond = Math.min(this.#perSecond, perSecond);
  }

  /** Lets nothing go for so long from now on; a shorter wait than the one there is changes nothing. */
  hold(forMs: number): void {
    this.#nextAtMs = Math.max(this.#nextAtMs, performance.now() + forMs);
  }

  /** How long the next request has to wait, in milliseconds; 0 or less where it doesn't. */
  get waitMs(): number {
    return this.#nextAtMs - performance.now();
  }

  /** Counts a request that is sent now. */
  take(): void {
    this.#nextAtMs = Math.max(this.#nextAtMs, performance.now()) + 1000 / this.#perSecond;
  }
}
