/** Which service answers: a state belongs to one service, and no other may take its place unnoticed. */
import { performance } from "node:perf_hooks";
import type { Schemas } from "roster-schema";
import { OtherServiceError } from "../errors.ts";
import type { Connection } from "./configuration.ts";
import { type Headers, headerOf } from "./exchange.ts";

/** For how long the service's answer about itself and the caller is used. */
const selfForMs = 60_000;
/** What the service says of itself and of the caller. */
export type Self = Schemas["Self"];

/** What one client knows of its service. */
export class KnownService {
  /** The identity that the configuration requires, whatever a state says. */
  readonly pinned: string | undefined;
  readonly #endpoint: string;
  readonly #ask: () => Promise<Self>;
  #id: string | undefined;
  /** The identity of the service that the stack was applied to, once one of its states has named it. */
  #ofStack: unknown;
  #self: { readonly answer: Promise<Self>; readonly askedAtMs: number } | undefined;

  /** @param ask asks the service about itself and the caller */
  constructor({ endpoint, service }: Connection, ask: () => Promise<Self>) {
    this.#endpoint = endpoint;
    this.pinned = service;
    this.#ask = ask;
  }

  /** Its identity, once it has answered. */
  get id(): string | undefined {
    return this.#id;
  }

  /** What the service says of itself and of the caller, not older than a minute. */
  async self(): Promise<Self> {
    if (this.#self === undefined || performance.now() - this.#self.askedAtMs > selfForMs) {
      const answer = this.#ask();
      this.#self = { answer, askedAtMs: performance.now() };
      answer.catch(() => {
        this.#self = undefined;
      });
    }
    return await this.#self.answer;
  }

  /**
   * Requires that the service is the one that a state belongs to; asks it, if it hasn't answered yet.
   *
   * @param expected the identity that the state has; nothing is required without one
   * @throws OtherServiceError
   */
  async require(expected: unknown): Promise<void> {
    const wanted = this.pinned ?? expected;
    if (typeof wanted !== "string") return;
    this.#compare(this.#id ?? (await this.self()).service.id, wanted);
  }

  /** Notes which service a state of the stack belongs to. */
  noteStack(expected: unknown): void {
    this.#ofStack ??= expected;
  }

  /** The same as {@link require}, for what has no state yet. */
  async requireStack(): Promise<void> {
    await this.require(this.#ofStack);
  }

  /**
   * Notes which service has answered: the same one for as long as the process lives.
   *
   * @throws OtherServiceError
   */
  noteResponse(outcome: { readonly headers: Headers }): void {
    const id = headerOf(outcome, "roster-service");
    if (id === undefined) return;
    this.#id ??= this.pinned ?? id;
    this.#compare(id, this.#id);
  }

  #compare(actual: string, expected: string): void {
    if (actual !== expected) throw new OtherServiceError(this.#endpoint, actual, expected);
  }
}
