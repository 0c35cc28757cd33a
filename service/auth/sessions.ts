/**
 * Sessions of people who logged in: 256 random bits in a cookie, their hash in the database.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html
 */
import { createHash, randomBytes } from "node:crypto";
import { writeIfPossible } from "../rows/database.ts";
import { userStatusOf } from "../rows/user-status.ts";
import type { Context } from "./operation.ts";

const minuteMs = 60_000;

/** A session ends this long after log-in, whatever happens in it. */
export const sessionLifetimeMs: number = 12 * 60 * minuteMs;

/** A session ends when it was not used for this long. */
export const sessionIdleMs: number = 60 * minuteMs;

/** A use is written at most this often. */
const noteEveryMs = minuteMs;

/** A session that is on. */
export interface Session {
  readonly tokenHash: string;
  readonly userId: string;
}

/** Starts a session and gives its token, which nobody can read again. */
export async function startSession({ db, now }: Pick<Context, "db" | "now">, userId: string): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await db
    .insertInto("sessions")
    .values({ token_hash: hashOf(token), user_id: userId, created_at: now, used_at: now })
    .execute();
  return token;
}

/** The session of a token, while it is on and its user may log in. */
export async function findSession(
  { db, now }: Pick<Context, "db" | "now">,
  token: string,
): Promise<Session | undefined> {
  const tokenHash = hashOf(token);
  const row = await db
    .selectFrom("sessions")
    .innerJoin("users", "users.id", "sessions.user_id")
    .select([
      "sessions.user_id",
      "sessions.created_at",
      "sessions.used_at",
      "users.state",
      "users.activated_at",
      "users.block_reason",
    ])
    .where("sessions.token_hash", "=", tokenHash)
    .where("sessions.created_at", ">", ago(now, sessionLifetimeMs))
    .where("sessions.used_at", ">", ago(now, sessionIdleMs))
    .executeTakeFirst();
  if (row === undefined || userStatusOf(row) !== "active") return undefined;
  // From before the clock was set back: the session would last for as much longer.
  const isAhead = row.used_at > now || row.created_at > now;
  if (row.used_at <= ago(now, noteEveryMs) || isAhead) {
    const created_at = row.created_at > now ? now : row.created_at;
    const used = db.updateTable("sessions").set({ created_at, used_at: now }).where("token_hash", "=", tokenHash);
    await writeIfPossible(() => used.execute());
  }
  return { tokenHash, userId: row.user_id };
}

/** Ends one session. */
export async function endSession({ db }: Pick<Context, "db">, { tokenHash }: Session): Promise<void> {
  await db.deleteFrom("sessions").where("token_hash", "=", tokenHash).execute();
}

/** Ends every session of a user, or every one but this. */
export async function endSessions({ db }: Pick<Context, "db">, userId: string, except?: Session): Promise<void> {
  let sessions = db.deleteFrom("sessions").where("user_id", "=", userId);
  if (except !== undefined) sessions = sessions.where("token_hash", "!=", except.tokenHash);
  await sessions.execute();
}

/** Deletes sessions that are over. */
export async function sweepSessions({ db, now }: Pick<Context, "db" | "now">): Promise<void> {
  await db
    .deleteFrom("sessions")
    .where(({ or, eb }) =>
      or([eb("created_at", "<=", ago(now, sessionLifetimeMs)), eb("used_at", "<=", ago(now, sessionIdleMs))]),
    )
    .execute();
}

function ago(now: Date, ms: number): Date {
  return new Date(now.getTime() - ms);
}

/** 256 random bits need no salt and no slow hash. */
function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
