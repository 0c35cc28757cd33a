/** A kill at a request that the seed chooses, and what becomes of that request. */
import type { IncomingHttpHeaders } from "node:http";
import type { Relay } from "../test/e2e/relay.ts";
import type { Random } from "./random.ts";

/** What is killed: the provider, with whatever started it; or the engine alone, whose provider goes on until it notices. */
export type Victim = "provider" | "engine";

const boundaries = ["before it is sent", "after the commit", "after the answer"] as const;
/** When a request that was on its way is carried out. */
const fates = ["never", "at once", "before the next run", "during the next run"] as const;
/** The longest that an answer is on its way from the relay into the engine's state. */
const noticedWithinMs = 20;
/** How far the next run is, at most, when a request of this one is carried out. */
const laterByRequests = 10;

/** A kill that waits for its request, and then for what it has left on its way. */
export class Kill {
  readonly victim: Victim;
  /** Where the request is when the kill comes. */
  readonly boundary: (typeof boundaries)[number];
  /** When the request is carried out, where the kill comes before that. */
  readonly fate: (typeof fates)[number];
  /** Kills, and waits for the end of what is left to itself. */
  readonly end: (victim: Victim) => Promise<void>;
  readonly #relay: Relay;
  readonly #random: Random;
  #chosen: IncomingHttpHeaders | undefined;
  #ended: Promise<void> | undefined;
  #letGo = () => {};
  #carriedOut: Promise<void> | undefined;

  /**
   * @param at which request, counted from now on; the first is 1
   */
  constructor(relay: Relay, random: Random, at: number, end: Kill["end"]) {
    this.#relay = relay;
    this.#random = random;
    this.end = end;
    this.victim = random.pick(["provider", "engine"]);
    this.boundary = random.pick(boundaries);
    this.fate = random.pick(fates);
    this.#arm(at);
  }

  /** Whether its request has come. */
  get hasCome(): boolean {
    return this.#ended !== undefined;
  }

  /** Whether its request is carried out only when the next run is under way. */
  get isLate(): boolean {
    return this.#carriedOut !== undefined && this.fate === "during the next run";
  }

  /** Waits until nothing of the killed run is left; but a late request is carried out when the next run is under way. */
  async over(): Promise<void> {
    await this.#ended;
    if (!this.isLate) {
      await this.settled();
      return;
    }
    let left = 1 + this.#random.below(laterByRequests);
    this.#relay.asked = async () => {
      left -= 1;
      if (left === 0) {
        await this.settled();
      }
      return undefined;
    };
  }

  /** Lets the request be carried out, if it still is on its way. */
  async settled(): Promise<void> {
    this.#relay.asked = () => undefined;
    this.#letGo();
    await this.#carriedOut;
  }

  #arm(at: number): void {
    let seen = 0;
    let arrive = () => {};
    this.#relay.asked = async (_request, headers) => {
      seen += 1;
      if (seen !== at) {
        return undefined;
      }
      this.#chosen = headers;
      if (this.boundary !== "before it is sent") {
        return undefined;
      }
      this.#strike();
      if (this.fate === "never") {
        return "swallow";
      }
      this.#carriedOut = new Promise((resolve) => {
        arrive = resolve;
      });
      if (this.fate === "at once") {
        return undefined;
      }
      await new Promise<void>((resolve) => {
        this.#letGo = resolve;
      });
      return undefined;
    };
    this.#relay.answered = (_request, headers) => {
      if (headers !== this.#chosen) {
        return "pass on";
      }
      arrive();
      if (this.boundary === "after the answer") {
        setTimeout(() => this.#strike(), this.#random.below(noticedWithinMs));
      }
      if (this.boundary !== "after the commit") {
        return "pass on";
      }
      this.#strike();
      // Whoever is left asks again after a reset, and waits after silence.
      return this.#random.pick(["swallow", "reset"]);
    };
  }

  #strike(): void {
    this.#ended = this.end(this.victim);
  }
}
