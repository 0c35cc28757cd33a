/**
 * Limits how many mails an address gets without asking for them, counted in the database and so over all replicas.
 * Subjects are hashed: nobody needs to read them.
 *
 * An allowance is one row, which holds when it will be whole again: each mail moves that on by a share of the hour. So
 * counting is one statement that looks at no other row, and makes no two changes conflict that mail different addresses.
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

/** How many mails one address gets in an hour at most, by what is counted. */
export const mailAllowances = {
  /** About the same thing: an account, a membership in an organization, the use of an API key, a new address. */
  thing: 3,
  /** From one organization, whatever they are about. */
  organization: 10,
  /** That anybody can have sent by a form on the pages. */
  page: 3,
  /** That tell an administrator of one kind of event in one organization, which is in its audit as well. */
  notice: 10,
} as const;

type Allowance = keyof typeof mailAllowances;

/** One of the allowances that a mail counts against: which, and whose. */
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
 * Counts a mail against allowances, in the change's transaction: only changes that are made count.
 *
 * @returns undefined where it may be sent; otherwise how many seconds to wait, and what was counted has to be undone.
 */
export async function secondsUntilAllowed(
  { db, now }: Pick<Context, "db" | "now">,
  counted: readonly Counted[],
): Promise<number | undefined> {
  return await executeShared(secondsToWait, { db, now }, counted.map(sharesOf));
}

/**
 * Counts a mail that a change is to send.
 *
 * @throws Refusal `rate_limited`, where the address has had as many as it gets.
 */
export async function requireAllowance(
  context: Pick<Context, "db" | "now">,
  counted: readonly Counted[],
): Promise<void> {
  const retryAfterSeconds = await secondsUntilAllowed(context, counted);
  if (retryAfterSeconds === undefined) return;
  const { thing, organization } = mailAllowances;
  throw new Refusal(
    "rate_limited",
    `The address has had too many mails: it gets at most ${thing} an hour about the same thing, and ${organization} from one organization. ` +
      `Nothing was changed. Try again in ${Math.ceil(retryAfterSeconds / 60)} minutes, as Retry-After says.`,
    { retryAfterSeconds, retryable: false },
  );
}

/** Deletes allowances that are whole again, so many at once. */
export async function sweepAllowances({ db, now }: Pick<Context, "db" | "now">): Promise<void> {
  const isWhole = ({ eb, or }: ExpressionBuilder<Tables, "mail_allowances">): Expression<SqlBool> =>
    or([eb("whole_at", "<=", now), eb("whole_at", ">", latestFrom(now))]);
  const due = db.selectFrom("mail_allowances").select("subject").where(isWhole).limit(sweptAtOnce);
  await db.deleteFrom("mail_allowances").where("subject", "in", due).where(isWhole).execute();
}

/** The latest time that is written: one further ahead is from before the clock was set back, and is ignored. */
function latestFrom(now: Date): Date {
  return new Date(now.getTime() + windowMs);
}

/** What is asked of one allowance. */
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

/** @returns how many seconds to wait, for each allowance that is used up. */
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
  // In one order everywhere, so that no two changes wait for each other.
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
  if (refused.length === 0) return new Map();
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
