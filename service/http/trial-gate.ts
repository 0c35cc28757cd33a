/** Limits how many trials use the database at once, so that they hold up nobody else. */
import { Refusal } from "../problems.ts";

const maxWaiting = 32;
const maxWaitMs = 10_000;

/** A gate that lets a number of trials through at once; the others wait in their order, up to a limit. */
export class TrialGate {
  readonly #max: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param max the number of trials that run at once. */
  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Runs a trial, or a part of one, in its turn.
   *
   * @throws Refusal `rate_limited` if too many wait, or the wait takes too long.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.#max) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= maxWaiting) {
      throw tooMany();
    }
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        clearTimeout(late);
        resolve();
      };
      const late = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(tooMany());
      }, maxWaitMs).unref();
      this.#waiting.push(enter);
    });
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#running -= 1;
    } else {
      // The next one takes this place.
      next();
    }
  }
}

function tooMany(): Refusal {
  return new Refusal("rate_limited", "Too many changes are being tried at once. Wait for the time in Retry-After.", {
    retryAfterSeconds: 1,
  });
}
