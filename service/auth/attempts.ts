/** What is counted against abuse, in the database and so over all replicas. Subjects are hashed: nobody needs to read them. */
import { createHash } from "node:crypto";
import { ipRangeText, readIpAddress } from "roster-schema";
import { newId } from "../rows/identifiers.ts";
import type { Database } from "../rows/tables.ts";

/** Where attempts are counted, and when. */
interface Moment {
  readonly db: Database;
  readonly now: Date;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const sweptAtOnce = 10_000;

/** How many times in which window, by what is done. */
export const attemptLimits = {
  /** Failed log-ins with one address, whether or not anybody has it; the account is blocked after the last. */
  log_in: { max: 10, windowMs: hourMs },
  /** Failed log-ins from one place on the network, whatever the accounts. */
  log_in_from: { max: 50, windowMs: hourMs },
  /** Mails that one place on the network can have sent. */
  mail_from: { max: 20, windowMs: hourMs },
  /** Tokens that authenticate nobody, from one place on the network. */
  token_from: { max: 100, windowMs: 10 * minuteMs },
  /** Unknown secrets of which one caller asks, from one place on the network. */
  verification_from: { max: 100, windowMs: 10 * minuteMs },
} as const;

/** What is counted. */
export type AttemptKind = keyof typeof attemptLimits;

/** How many failed log-ins with one address block the account. */
export const maxFailedLogIns: number = attemptLimits.log_in.max;

/**
 * Counts an attempt before it is made, so that many at once are not more than as many in turn: in a serializable
 * transaction. Outside of one, each that counts at the same moment may be one more.
 *
 * @param subject an address, of mail or of the network.
 * @returns how many more there may be in the window; below zero, this is one too many.
 */
export async function countAttempt({ db, now }: Moment, kind: AttemptKind, subject: string): Promise<number> {
  const { max, windowMs } = attemptLimits[kind];
  const hashed = subjectOf(kind, subject);
  const since = new Date(now.getTime() - windowMs);
  // From before the clock was set back, or of a replica whose clock is ahead: it counts from now on, and not for longer.
  await db.updateTable("attempts").set({ at: now }).where("subject", "=", hashed).where("at", ">", now).execute();
  await db.deleteFrom("attempts").where("subject", "=", hashed).where("at", "<=", since).execute();
  const { count } = await db
    .selectFrom("attempts")
    .select(({ fn }) => fn.countAll().as("count"))
    .where("subject", "=", hashed)
    .executeTakeFirstOrThrow();
  const left = max - 1 - Number(count);
  // What is refused anyway need not be kept, or a flood would fill the table.
  if (left >= 0)
    await db
      .insertInto("attempts")
      .values({ id: newId("attempt"), subject: hashed, at: now })
      .execute();
  return left;
}

/** When there may be another attempt, where this one was too many: the oldest that counts has left the window. */
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

/** Forgets what was counted. */
export async function forgetAttempts({ db }: Pick<Moment, "db">, kind: AttemptKind, subject: string): Promise<void> {
  await db.deleteFrom("attempts").where("subject", "=", subjectOf(kind, subject)).execute();
}

/** Takes one attempt back, the latest: it turned out to be none. */
export async function takeBackAttempt({ db }: Pick<Moment, "db">, kind: AttemptKind, subject: string): Promise<void> {
  const latest = await db
    .selectFrom("attempts")
    .select("id")
    .where("subject", "=", subjectOf(kind, subject))
    .orderBy("id", "desc")
    .executeTakeFirst();
  if (latest !== undefined) await db.deleteFrom("attempts").where("id", "=", latest.id).execute();
}

/** Deletes what no window reaches any more, so much at once. */
export async function sweepAttempts({ db, now }: Moment): Promise<void> {
  const since = new Date(now.getTime() - hourMs);
  const due = db.selectFrom("attempts").select("id").where("at", "<=", since).limit(sweptAtOnce);
  await db.deleteFrom("attempts").where("id", "in", due).execute();
}

/**
 * Where on the network a request comes from: in IPv6 a subscriber has a network of 64 bits. What is no address, as a
 * proxy may say it, is a place of its own.
 */
export function networkOf(ip: string): string {
  const address = readIpAddress(ip);
  if (address === undefined) return ip;
  const { version, bits } = address;
  return version === 4
    ? ipRangeText({ version, bits, prefixLength: 32 })
    : ipRangeText({ version, bits: (bits >> 64n) << 64n, prefixLength: 64 });
}

function subjectOf(kind: AttemptKind, subject: string): string {
  return createHash("sha256").update(`${kind} ${subject}`).digest("base64url");
}
