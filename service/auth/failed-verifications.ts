/** The rate limit on secrets that don't authenticate. */
import { isBroken } from "../keys/secret-format.ts";
import { Refusal } from "../problems.ts";
import { writeIfPossible } from "../rows/database.ts";
import type { Database } from "../rows/tables.ts";
import { type AttemptKind, attemptLimits, countAttempt, nextAttemptAt, sweepAttempts } from "./attempts.ts";

const maxRemembered = 10_000;
const sweepEveryMs = 60_000;

/** A secret that was presented and authenticates nobody. */
export interface FailedVerification {
  readonly kind: Extract<AttemptKind, "token_from" | "verification_from">;
  /** Where it came from: see `networkOf`; of a verification also whose it was. */
  readonly subject: string;
  readonly presented: string;
}

interface Failures {
  /** How many broken secrets came since `sinceMs`, which is by `monotonicMs` as all of them. */
  broken: number;
  sinceMs: number;
  /** Until when every failure is one too many. */
  closedUntilMs: number;
  /** The counting in the database that goes on. */
  counting: Promise<unknown>;
}

/**
 * Limits failed verifications by where on the network they come from: 100 in 10 minutes, see `attemptLimits`.
 *
 * Only failures ask here, so that a secret that authenticates is never refused and costs nothing more. Broken secrets
 * are counted in this process, like what else needs no look-up; the others in the database, and so over all replicas,
 * which at the same moment may let one more pass each. Once there were too many, this process remembers it: a flood
 * neither writes nor asks the database anything.
 */
export class FailedVerifications {
  readonly #db: Database;
  /** The places that failed last, the latest at the end: a flood from everywhere must not fill the memory. */
  readonly #places = new Map<string, Failures>();
  readonly #monotonicMs: () => number;
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  /**
   * @param db not a transaction: a failure counts although its request is refused.
   * @param monotonicMs a clock that never steps; see `ServiceOptions`.
   */
  constructor(db: Database, monotonicMs: () => number) {
    this.#db = db;
    this.#monotonicMs = monotonicMs;
  }

  /**
   * Counts a failure, before it is answered.
   *
   * @throws Refusal `rate_limited` where it is one too many.
   */
  async count(failure: FailedVerification, now: Date): Promise<void> {
    const failures = this.#recall(failure);
    if (isBroken(failure.presented)) {
      countBroken(failures, failure.kind, this.#monotonicMs());
    } else {
      // In turn, so that many at once are not more than as many one after the other.
      const before = failures.counting.catch(() => {});
      const count = () => this.#countStored(failures, failure, now);
      const counting = before.then(() => writeIfPossible(count));
      failures.counting = counting;
      // Where the database accepts no changes now, this process counts by itself.
      if (!(await counting)) countBroken(failures, failure.kind, this.#monotonicMs());
    }
    const waitMs = failures.closedUntilMs - this.#monotonicMs();
    if (waitMs <= 0) return;
    throw new Refusal(
      "rate_limited",
      "Too many secrets from this network authenticated nobody. Wait as Retry-After says; one that authenticates is answered meanwhile.",
      { retryAfterSeconds: Math.ceil(waitMs / 1000) },
    );
  }

  async #countStored(failures: Failures, { kind, subject }: FailedVerification, now: Date): Promise<void> {
    const nowMs = this.#monotonicMs();
    if (failures.closedUntilMs > nowMs) return;
    const context = { db: this.#db, now };
    if (nowMs - this.#sweptAtMs >= sweepEveryMs) {
      this.#sweptAtMs = nowMs;
      await sweepAttempts(context);
    }
    if ((await countAttempt(context, kind, subject)) >= 0) return;
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
    if (this.#places.size > maxRemembered && oldest !== undefined) this.#places.delete(oldest);
    return failures;
  }
}

function countBroken(failures: Failures, kind: FailedVerification["kind"], nowMs: number): void {
  const { max, windowMs } = attemptLimits[kind];
  if (nowMs - failures.sinceMs >= windowMs) Object.assign(failures, { broken: 0, sinceMs: nowMs });
  failures.broken++;
  if (failures.broken > max) failures.closedUntilMs = Math.max(failures.closedUntilMs, failures.sinceMs + windowMs);
}
