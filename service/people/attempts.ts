/** What is counted against abuse, in the database and so over all replicas. Subjects are hashed: nobody needs to read them. */
import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import { newId } from "../identifiers.ts";
import type { Context } from "../operation.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How many times in which window, by what is done. */
const limits = {
  /** Failed log-ins with one address, whether or not anybody has it; the account is blocked after the last. */
  log_in: { max: 10, windowMs: hourMs },
  /** Failed log-ins from one place on the network, whatever the accounts. */
  log_in_from: { max: 50, windowMs: hourMs },
  /** Mails that anybody can have sent to one address. */
  mail_to: { max: 3, windowMs: hourMs },
  /** Mails that one place on the network can have sent. */
  mail_from: { max: 20, windowMs: hourMs },
} as const;

/** What is counted. */
export type AttemptKind = keyof typeof limits;

/** How many failed log-ins with one address block the account. */
export const maxFailedLogIns: number = limits.log_in.max;

/**
 * Counts an attempt before it is made, so that many at once are not more than as many in turn.
 *
 * @param subject an address, of mail or of the network.
 * @returns how many more there may be in the window; below zero, this is one too many.
 */
export async function countAttempt(
  { db, now }: Pick<Context, "db" | "now">,
  kind: AttemptKind,
  subject: string,
): Promise<number> {
  const { max, windowMs } = limits[kind];
  const hashed = subjectOf(kind, subject);
  const since = new Date(now.getTime() - windowMs);
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

/** Forgets what was counted. */
export async function forgetAttempts({ db }: Pick<Context, "db">, kind: AttemptKind, subject: string): Promise<void> {
  await db.deleteFrom("attempts").where("subject", "=", subjectOf(kind, subject)).execute();
}

/** Takes one attempt back, the latest: it turned out to be none. */
export async function takeBackAttempt({ db }: Pick<Context, "db">, kind: AttemptKind, subject: string): Promise<void> {
  const latest = await db
    .selectFrom("attempts")
    .select("id")
    .where("subject", "=", subjectOf(kind, subject))
    .orderBy("id", "desc")
    .executeTakeFirst();
  if (latest !== undefined) await db.deleteFrom("attempts").where("id", "=", latest.id).execute();
}

/** Deletes what no window reaches any more. */
export async function sweepAttempts({ db, now }: Pick<Context, "db" | "now">): Promise<void> {
  await db
    .deleteFrom("attempts")
    .where("at", "<=", new Date(now.getTime() - hourMs))
    .execute();
}

/** Where on the network a request comes from: in IPv6 a subscriber has a network of 64 bits. */
export function networkOf(ip: string): string {
  if (!isIPv6(ip) || ip.includes(".")) return ip;
  const [head = "", tail = ""] = ip.split("::");
  const before = head.split(":").filter((group) => group !== "");
  const after = tail.split(":").filter((group) => group !== "");
  const zeros = ip.includes("::") ? Array.from({ length: 8 - before.length - after.length }, () => "0") : [];
  return [...before, ...zeros, ...after].slice(0, 4).join(":");
}

function subjectOf(kind: AttemptKind, subject: string): string {
  return createHash("sha256").update(`${kind} ${subject}`).digest("base64url");
}
