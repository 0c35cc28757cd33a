/**
 * Limits the number of unrequested mails to an address. Counts are in the database, so they apply to all replicas;
 * subjects are hashed.
 *
 * An allowance is one row with the time at which it will be whole again; each mail moves that time forward by a share of
 * the hour. So counting needs one statement on one row, and changes that mail different addresses don't conflict.
 *
 * @see https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
 */
import { createHash } from "node:crypto";
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from "kysely";
import type { Context } from "../auth/operation.ts";
import { Refusal } from "../problems.ts";
import { executeShared, sharedQuery } from "../rows/shared-statements.ts";
import type { Tables } from "../rows/tables.ts";

const windowMs = 60 * 60_000;
const sweptAtOnce = 10_000;

/** The maximum number of mails to one address in an hour, by allowance. */
export const mailAllowances = {
  /** Mails about the same thing: an account, a membership, the use of an API key, or a new address. */
  thing: 3,
  /** Mails from one organization, about anything. */
  organization: 10,
  /** Mails that a form on a page sends. */
  page: 3,
  /** Notices to an administrator about one kind of event in one organization, which the audit also records. */
  notice: 10,
} as const;

type Allowance = keyof typeof mailAllowances;

/** An allowance that a mail counts against, and its subject. */
export type Counted = readonly [allowance: Allowance, ...whose: readonly (string | null)[]];

const secondsToWait = sharedQuery(
  "mail allowances",
  async (context: Pick<Context, "db" | "now">, all: readonly (readonly Share[])[]) => {
    const shares = new Map<string, Share>();
    for (const each of all.flat()) {
      shares.set(each.subject, { ...each, shareMs: each.shareMs + (shares.get(each.subject)?.shareMs ?? 0) });
    }
    const waits = await take(context, [...shares.values()]);
    return all.map((own) => {
      const longest = Math.max(...own.map(({ subject }) => waits.get(subject) ?? 0));
      return longest === 0 ? undefined : longest;
    });
  },
);

/**
 * Counts a mail against allowances, in the transaction of the change, so that only committed changes count.
 *
 * @returns undefined if the mail may be sent; otherwise the seconds to wait, and the transaction must be rolled back.
 */
export async function secondsUntilAllowed(
  { db, now }: Pick<Context, "db" | "now">,
  counted: readonly Counted[],
): Promise<number | undefined> {
  return await executeShared(secondsToWait, { db, now }, counted.map(sharesOf));
}

/**
 * Counts a mail that a change sends.
 *
 * @throws Refusal `rate_limited` if the address has reached its limit.
 */
export async function requireAllowance(
  context: Pick<Context, "db" | "now">,
  counted: readonly Counted[],
): Promise<void> {
  const retryAfterSeconds = await secondsUntilAllowed(context, counted);
  if (retryAfterSeconds === undefined) {
    return;
  }
  const { thing, organization } = mailAllowances;
  throw new Refusal(
    "rate_limited",
    `Too many mails were sent to the address: the limit is ${thing} an hour about the same thing, and ${organization} from one organization. ` +
      `Nothing was changed. Try again in ${Math.ceil(retryAfterSeconds / 60)} minutes (see Retry-After).`,
    { retryAfterSeconds, retryable: false },
  );
}

/** Deletes allowances that are whole again, up to a maximum per call. */
export async function sweepAllowances({ db, now }: Pick<Context, "db" | "now">): Promise<void> {
  const isWhole = ({ eb, or }: ExpressionBuilder<Tables, "mail_allowances">): Expression<SqlBool> =>
    or([eb("whole_at", "<=", now), eb("whole_at", ">", latestFrom(now))]);
  const due = db.selectFrom("mail_allowances").select("subject").where(isWhole).limit(sweptAtOnce);
  await db.deleteFrom("mail_allowances").where("subject", "in", due).where(isWhole).execute();
}

/** The latest time that is written; a later one is from before the clock was set back, and is ignored. */
function latestFrom(now: Date): Date {
  return new Date(now.getTime() + windowMs);
}

/** The share that mails take of one allowance. */
interface Share {
  readonly subject: string;
  /** The part of the hour that the mails take. */
  readonly shareMs: number;
}

function sharesOf([allowance, ...whose]: Counted): Share {
  const subject = createHash("sha256")
    .update(JSON.stringify([allowance, ...whose]))
    .digest("base64url");
  return { subject, shareMs: windowMs / mailAllowances[allowance] };
}

/** @returns the seconds to wait for each exhausted allowance. */
async function take(
  { db, now }: Pick<Context, "db" | "now">,
  shares: readonly Share[],
): Promise<ReadonlyMap<string, number>> {
  const latest = latestFrom(now);
  const used = sql<Date>`case
    when mail_allowances.whole_at > ${latest} then cast(${now} as timestamptz)
    else greatest(mail_allowances.whole_at, ${now}) end`;
  const moved = sql<Date>`${used} + (excluded.whole_at - cast(${now} as timestamptz))`;
  const possible = shares.filter(({ shareMs }) => shareMs <= windowMs);
  // Use the same order everywhere, so that changes can't deadlock.
  const values = possible
    .map(({ subject, shareMs }) => ({ subject, whole_at: new Date(now.getTime() + shareMs) }))
    .sort((one, other) => (one.subject < other.subject ? -1 : 1));
  const taken =
    values.length === 0
      ? []
      : await db
          .insertInto("mail_allowances")
          .values(values)
          .onConflict((conflict) =>
            conflict.column("subject").doUpdateSet({ whole_at: moved }).where(moved, "<=", latest),
          )
          .returning("subject")
          .execute();
  const given = new Set(taken.map(({ subject }) => subject));
  const refused = shares.filter(({ subject }) => !given.has(subject));
  if (refused.length === 0) {
    return new Map();
  }
  const rows = await db
    .selectFrom("mail_allowances")
    .selectAll()
    .where(
      "subject",
      "in",
      refused.map(({ subject }) => subject),
    )
    .execute();
  const wholeAt = new Map(rows.map(({ subject, whole_at }) => [subject, whole_at.getTime()]));
  return new Map(
    refused.map(({ subject, shareMs }) => {
      const waitMs = (wholeAt.get(subject) ?? now.getTime()) + shareMs - latest.getTime();
      return [subject, Math.max(1, Math.ceil(waitMs / 1000))];
    }),
  );
}
