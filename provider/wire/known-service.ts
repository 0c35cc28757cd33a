/** Checks which service responds: a state belongs to one service, and no other may replace it unnoticed. */
import { performance } from "node:perf_hooks";
import type { Schemas } from "roster-schema";
import { OtherServiceError, RosterError } from "../errors.ts";
import type { Connection } from "./configuration.ts";
import { type Headers, headerOf } from "./exchange.ts";

/** How long the service's response about itself and the caller is used. */
const selfForMs = 60_000;
/** The deadline where the response isn't required. */
const quickMs = 5000;

/** The service's response about itself and the caller. */
export type Self = Schemas["Self"];

/** The service of one client. */
export class KnownService {
  /** The identity that the configuration requires, regardless of the state. */
  readonly pinned: string | undefined;
  readonly #endpoint: string;
  readonly #ask: (timeoutMs?: number) => Promise<Self>;
  #id: string | undefined;
  /** The identity of the service that the stack was applied to, once one of its states is known. */
  #ofStack: unknown;
  #self: { readonly answer: Promise<Self>; readonly askedAtMs: number } | undefined;
  #selfIfKnown: Promise<Self | undefined> | undefined;

  /** @param ask asks the service about itself and the caller */
  constructor({ endpoint, service }: Connection, ask: (timeoutMs?: number) => Promise<Self>) {
    this.#endpoint = endpoint;
    this.pinned = service;
    this.#ask = ask;
  }

  /** Its identity, after its first response. */
  get id(): string | undefined {
    return this.#id;
  }

  /** The service's response about itself and the caller, at most a minute old. */
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
   * The same, for what nothing depends on: it never fails, and is asked for once in a process.
   *
   * @returns undefined if there is no such response within a few seconds; other requests report why
   */
  async selfIfKnown(): Promise<Self | undefined> {
    this.#selfIfKnown ??= (this.#self?.answer ?? this.#ask(quickMs)).catch((error: unknown) => {
      if (error instanceof RosterError) {
        return undefined;
      }
      throw error;
    });
    return await this.#selfIfKnown;
  }

  /**
   * Requires that the service is the one that a state belongs to. Sends a request if there was no response yet.
   *
   * @param expected the identity in the state; if there is none, nothing is required
   * @throws OtherServiceError
   */
  async require(expected: unknown): Promise<void> {
    const wanted = this.pinned ?? expected;
    if (typeof wanted !== "string") {
      return;
    }
    this.#compare(this.#id ?? (await this.self()).service.id, wanted);
  }

  /** Notes the service that a state of the stack belongs to. */
  noteStack(expected: unknown): void {
    this.#ofStack ??= expected;
  }

  /** The same as {@link require}, for resources without a state. */
  async requireStack(): Promise<void> {
    await this.require(this.#ofStack);
  }

  /**
   * Notes which service has responded. It must stay the same as long as the process runs.
   *
   * @throws OtherServiceError
   */
  noteResponse(outcome: { readonly headers: Headers }): void {
    const id = headerOf(outcome, "roster-service");
    if (id === undefined) {
      return;
    }
    this.#id ??= this.pinned ?? id;
    this.#compare(id, this.#id);
  }

  #compare(actual: string, expected: string): void {
    if (actual !== expected) {
      throw new OtherServiceError(this.#endpoint, actual, expected);
    }
  }
}
