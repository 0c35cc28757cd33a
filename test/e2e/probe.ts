/** Calls with keys over and over, as whatever uses them does. */
import { setTimeout as wait } from "node:timers/promises";
import type { Service } from "./service.ts";

/** The time from one call with each key to the next one. */
const pauseMs = 1000;

/** Calls with keys from {@link start} on, and notes each call that doesn't end as the first one with the key did. */
export class Probe {
  /** What became of the first call with each key. */
  readonly #first = new Map<string, string>();
  readonly #secrets = new Map<string, string>();
  readonly #service: Service;
  #isStopped = false;
  #calls = 0;
  readonly #different: string[] = [];
  #done: Promise<void> = Promise.resolve();

  constructor(service: Service) {
    this.#service = service;
  }

  /** @param secrets the plaintexts, by the names of their keys */
  start(secrets: Readonly<Record<string, string>>): void {
    for (const [name, secret] of Object.entries(secrets)) {
      this.uses(name, secret);
    }
    this.#done = this.#callAll();
  }

  /** Has whatever uses a key use another secret of it. */
  uses(name: string, secret: string): void {
    this.#secrets.set(name, secret);
  }

  /** Ends the calls with a key. */
  leave(name: string): void {
    this.#secrets.delete(name);
  }

  /** Ends all calls. @returns how many there were, and those that ended in another way than the first one with the same key */
  async stop(): Promise<{ readonly calls: number; readonly different: readonly string[] }> {
    this.#isStopped = true;
    await this.#done;
    return { calls: this.#calls, different: this.#different };
  }

  async #callAll(): Promise<void> {
    while (!this.#isStopped) {
      for (const [name, secret] of [...this.#secrets]) {
        const outcome = await this.#call(secret);
        // The key may have been left while the call was under way.
        if (this.#secrets.get(name) === secret) {
          this.#note(name, outcome);
        }
      }
      await wait(pauseMs);
    }
  }

  async #call(secret: string): Promise<string> {
    const { outcome, reason, permissions } = await this.#service.verify(secret);
    return JSON.stringify({ outcome, reason, permissions });
  }

  #note(name: string, outcome: string): void {
    this.#calls++;
    const first = this.#first.get(name) ?? outcome;
    this.#first.set(name, first);
    if (outcome !== first || !outcome.includes('"accepted"')) {
      this.#different.push(`${name}: ${outcome}`);
    }
  }
}
