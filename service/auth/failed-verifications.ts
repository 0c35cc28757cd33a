/** The rate limit on secrets that don't authenticate. */
import { isBroken } from "../keys/secret-format.ts";
import { Refusal } from "../problems.ts";
import { writeIfPossible } from "../rows/database.ts";
import type { Database } from "../rows/tables.ts";
import { type AttemptKind, attemptLimits, countAttempt, nextAttemptAt, sweepAttempts } from "./attempts.ts";

const maxRemembered = 10_000;
const sweepEveryMs = 60_000;

/** A presented secret that is not valid. */
export interface FailedVerification {
  readonly kind: Extract<AttemptKind, "token_from" | "verification_from">;
  /** The network (see `networkOf`); for a verification, also the caller. */
  readonly subject: string;
  readonly presented: string;
}

interface Failures {
  /** The number of malformed secrets since `sinceMs`. All times are by `monotonicMs`. */
  broken: number;
  sinceMs: number;
  /** Until this time, every failure exceeds the limit. */
  closedUntilMs: number;
  /** The count in progress in the database. */
  counting: Promise<unknown>;
}

/**
 * Limits failed verifications by network: 100 in 10 minutes, see `attemptLimits`.
 *
 * Only failures are counted, so a valid secret is never refused and costs nothing extra. Malformed secrets are counted in
 * this process; other secrets are counted in the database for all replicas, where concurrent failures may each exceed the
 * limit by one. Once the limit is reached, this process remembers it, so a flood doesn't use the database.
 */
export class FailedVerifications {
  readonly #db: Database;
  /** The networks with recent failures, the latest last; bounded, so that a distributed flood can't fill the memory. */
  readonly #places = new Map<string, Failures>();
  readonly #monotonicMs: () => number;
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  /**
   * @param db must not be a transaction, because a failure counts even though its request is refused.
   * @param monotonicMs a clock that never jumps; see `ServiceOptions`.
   */
  constructor(db: Database, monotonicMs: () => number) {
    this.#db = db;
    this.#monotonicMs = monotonicMs;
  }

  /**
   * Counts a failure before it is answered.
   *
   * @throws Refusal `rate_limited` if the failure exceeds the limit.
   */
  async count(failure: FailedVerification, now: Date): Promise<void> {
    const failures = this.#recall(failure);
    if (isBroken(failure.presented)) {
      countBroken(failures, failure.kind, this.#monotonicMs());
    } else {
      // Count one after another, so that concurrent failures can't exceed the limit.
      const before = failures.counting.catch(() => {});
      const count = () => this.#countStored(failures, failure, now);
      const counting = before.then(() => writeIfPossible(count));
      failures.counting = counting;
      // If the database accepts no changes at the moment, count in this process.
      if (!(await counting)) {
        countBroken(failures, failure.kind, this.#monotonicMs());
      }
    }
    const waitMs = failures.closedUntilMs - this.#monotonicMs();
    if (waitMs <= 0) {
      return;
    }
    throw new Refusal(
      "rate_limited",
      "Too many invalid secrets were sent from this network. Wait for the time in Retry-After. Valid secrets are still accepted.",
      { retryAfterSeconds: Math.ceil(waitMs / 1000) },
    );
  }

  async #countStored(failures: Failures, { kind, subject }: FailedVerification, now: Date): Promise<void> {
    const nowMs = this.#monotonicMs();
    if (failures.closedUntilMs > nowMs) {
      return;
    }
    const context = { db: this.#db, now };
    if (nowMs - this.#sweptAtMs >= sweepEveryMs) {
      this.#sweptAtMs = nowMs;
      await sweepAttempts(context);
    }
    if ((await countAttempt(context, kind, subject)) >= 0) {
      return;
    }
    failures.closedUntilMs = nowMs + (await nextAttemptAt(context, kind, subject)).getTime() - now.getTime();
  }

  #recall({ kind, subject }: FailedVerification): Failures {
    const place = `${kind} ${subject}`;
    const never = Number.NEGATIVE_INFINITY;
    const none = { broken: 0, sinceMs: never, closedUntilMs: never, counting: Promise.resolve() };
    const failures = this.#places.get(place) ?? none;
    this.#places.delete(place);
    this.#places.set(place, failures);
    const [oldest] = this.#places.keys();
    if (this.#places.size > maxRemembered && oldest !== undefined) {
      this.#places.delete(oldest);
    }
    return failures;
  }
}

function countBroken(failures: Failures, kind: FailedVerification["kind"], nowMs: number): void {
  const { max, windowMs } = attemptLimits[kind];
  if (nowMs - failures.sinceMs >= windowMs) {
    Object.assign(failures, { broken: 0, sinceMs: nowMs });
  }
  failures.broken++;
  if (failures.broken > max) {
    failures.closedUntilMs = Math.max(failures.closedUntilMs, failures.sinceMs + windowMs);
  }
}
