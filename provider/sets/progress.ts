/** Tells a person that something long goes on. The engine shows what the provider's process prints. */

const everyMs = 5000;

/** How far a number of changes is. */
export class Progress {
  readonly #what: string;
  readonly #total: number;
  #done = 0;
  #printedAtMs = performance.now();

  /** @param what whose changes they are */
  constructor(what: string, total: number) {
    this.#what = what;
    this.#total = total;
  }

  /** Counts one, and prints a line if five seconds have passed since the beginning or the last line. */
  count(): void {
    this.#done += 1;
    const nowMs = performance.now();
    if (nowMs - this.#printedAtMs < everyMs || this.#done === this.#total) return;
    this.#printedAtMs = nowMs;
    process.stdout.write(`${this.#what}: ${this.#done} of ${this.#total} changes are made\n`);
  }
}
