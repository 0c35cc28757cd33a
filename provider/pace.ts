/** Waiting together: a service that takes no more requests for now takes none of the others either. */
import { performance } from "node:perf_hooks";

interface Waiting {
  readonly sinceMs: number;
  readonly go: () => void;
}

// A longer wait overflows the timer, which would then end at once.
const maxTimerMs = 2 ** 31 - 1;

/**
 * Holds back what a client sends, while the service has told it to wait.
 *
 * Who waits longest goes first. Without that, calls that have just begun would take the places of those that were refused,
 * and one that is refused again and again would never get its turn.
 */
export class Pace {
  readonly #queue = new Set<Waiting>();
  #resumesAtMs = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Lets nobody go for so long from now on; a shorter wait than the one there is changes nothing. */
  hold(forMs: number): void {
    this.#resumesAtMs = Math.max(this.#resumesAtMs, performance.now() + forMs);
  }

  /**
   * Waits for a turn; there is no wait where nothing is held.
   *
   * @param sinceMs when the call began, by `performance.now()`
   * @param signal ends the wait early
   */
  async turn(sinceMs: number, signal: AbortSignal): Promise<void> {
    if (this.#leftMs() <= 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const waiting = { sinceMs, go: resolve };
      this.#queue.add(waiting);
      const leave = () => {
        this.#queue.delete(waiting);
        // Nobody waits any more: a timer would only keep the process alive.
        if (this.#queue.size === 0) this.#stop();
        resolve();
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#timer ??= this.#start();
    });
  }

  #leftMs(): number {
    return this.#resumesAtMs - performance.now();
  }

  #start(): NodeJS.Timeout {
    return setTimeout(
      () => {
        this.#timer = this.#leftMs() > 0 ? this.#start() : this.#release();
      },
      Math.min(this.#leftMs(), maxTimerMs),
    );
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #release(): undefined {
    const inTurn = [...this.#queue].sort((one, other) => one.sinceMs - other.sinceMs);
    this.#queue.clear();
    for (const { go } of inTurn) go();
  }
}
