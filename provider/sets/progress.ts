/** Prints the progress of long updates. */
import { say } from "../messages.ts";

const everyMs = 5000;

/** The progress of a number of changes. */
export class Progress {
  readonly #what: string;
  #total = 0;
  #done = 0;
  #printedAtMs = performance.now();

  /** @param what the resource that changes */
  constructor(what: string) {
    this.#what = what;
  }

  /** Expects a number of further changes. */
  expect(count: number): void {
    this.#total += count;
  }

  /** Counts one change, and prints a line if five seconds have passed since the start or the last line. */
  count(): void {
    this.#done += 1;
    const nowMs = performance.now();
    if (nowMs - this.#printedAtMs < everyMs || this.#done === this.#total) {
      return;
    }
    this.#printedAtMs = nowMs;
    void say(`${this.#what}: ${this.#done} of ${this.#total} changes made`);
  }
}
