/** Counts attempts to limit abuse. Counts are in the database, so they apply to all replicas; subjects are hashed. */
import { createHash } from "node:crypto";
import { ipRangeText, readIpAddress } from "roster-schema";
import { newId } from "../rows/identifiers.ts";
import type { Database } from "../rows/tables.ts";

/** The database and the time of an attempt. */
interface Moment {
  readonly db: Database;
  readonly now: Date;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const sweptAtOnce = 10_000;

/** The limit and the window of each kind of attempt. */
export const attemptLimits = {
  /** Failed log-ins with one address, whether or not it has an account; the last one blocks the account. */
  log_in: { max: 10, windowMs: hourMs },
  /** Failed log-ins from one network, with any account. */
  log_in_from: { max: 50, windowMs: hourMs },
  /** Mails that are requested from one network. */
  mail_from: { max: 20, windowMs: hourMs },
  /** Invalid tokens from one network. */
  token_from: { max: 100, windowMs: 10 * minuteMs },
  /** Log-ins that commands ask for, from one network. */
  device_from: { max: 60, windowMs: hourMs },
  /** Wrong codes of such log-ins that one person enters. */
  code_of: { max: 10, windowMs: hourMs },
  /** Wrong codes that are entered from one network. */
  code_from: { max: 30, windowMs: hourMs },
  /** Unknown secrets that one caller verifies, from one network. */
  verification_from: { max: 100, windowMs: 10 * minuteMs },
} as const;

/** A kind of attempt. */
export type AttemptKind = keyof typeof attemptLimits;

/** The number of failed log-ins with one address that blocks the account. */
export const maxFailedLogIns: number = attemptLimits.log_in.max;

/**
 * Counts an attempt before it is made. In a serializable transaction, the limit is exact; outside of one, each concurrent
 * attempt may exceed the limit by one.
 *
 * @param subject an email address or a network.
 * @returns the number of attempts left in the window; negative if this one exceeds the limit.
 */
export async function countAttempt({ db, now }: Moment, kind: AttemptKind, subject: string): Promise<number> {
  const { max, windowMs } = attemptLimits[kind];
  const hashed = subjectOf(kind, subject);
  const since = new Date(now.getTime() - windowMs);
  // The clock was set back, or the clock of a replica is ahead: count these attempts from now.
  await db.updateTable("attempts").set({ at: now }).where("subject", "=", hashed).where("at", ">", now).execute();
  await db.deleteFrom("attempts").where("subject", "=", hashed).where("at", "<=", since).execute();
  const { count } = await db
    .selectFrom("attempts")
    .select(({ fn }) => fn.countAll().as("count"))
    .where("subject", "=", hashed)
    .executeTakeFirstOrThrow();
  const left = max - 1 - Number(count);
  // Don't store refused attempts, or a flood would fill the table.
  if (left >= 0) {
    await db
      .insertInto("attempts")
      .values({ id: newId("attempt"), subject: hashed, at: now })
      .execute();
  }
  return left;
}

/** The time of the next possible attempt: when the oldest counted attempt leaves the window. */
export async function nextAttemptAt({ db, now }: Moment, kind: AttemptKind, subject: string): Promise<Date> {
  const { windowMs } = attemptLimits[kind];
  const oldest = await db
    .selectFrom("attempts")
    .select("at")
    .where("subject", "=", subjectOf(kind, subject))
    .where("at", ">", new Date(now.getTime() - windowMs))
    .orderBy("at")
    .executeTakeFirst();
  return new Date((oldest?.at ?? now).getTime() + windowMs);
}

/** Resets the count of a subject. */
export async function forgetAttempts({ db }: Pick<Moment, "db">, kind: AttemptKind, subject: string): Promise<void> {
  await db.deleteFrom("attempts").where("subject", "=", subjectOf(kind, subject)).execute();
}

/** Removes the latest attempt from the count, because it succeeded. */
export async function takeBackAttempt({ db }: Pick<Moment, "db">, kind: AttemptKind, subject: string): Promise<void> {
  const latest = await db
    .selectFrom("attempts")
    .select("id")
    .where("subject", "=", subjectOf(kind, subject))
    .orderBy("id", "desc")
    .executeTakeFirst();
  if (latest !== undefined) {
    await db.deleteFrom("attempts").where("id", "=", latest.id).execute();
  }
}

/** Deletes attempts that no longer count, up to a maximum per call. */
export async function sweepAttempts({ db, now }: Moment): Promise<void> {
  const since = new Date(now.getTime() - hourMs);
  const due = db.selectFrom("attempts").select("id").where("at", "<=", since).limit(sweptAtOnce);
  await db.deleteFrom("attempts").where("id", "in", due).execute();
}

/**
 * The network that a request comes from: an IPv4 address, or the 64-bit prefix of an IPv6 address. A text that isn't an
 * address, which a proxy may send, counts as a network of its own.
 */
export function networkOf(ip: string): string {
  const address = readIpAddress(ip);
  if (address === undefined) {
    return ip;
  }
  const { version, bits } = address;
  return version === 4
    ? ipRangeText({ version, bits, prefixLength: 32 })
    : ipRangeText({ version, bits: (bits >> 64n) << 64n, prefixLength: 64 });
}

function subjectOf(kind: AttemptKind, subject: string): string {
  return createHash("sha256").update(`${kind} ${subject}`).digest("base64url");
}
