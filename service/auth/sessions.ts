/**
 * Sessions of logged-in people: the cookie has 256 random bits, and the database has their hash.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html
 */
import { createHash, randomBytes } from "node:crypto";
import { writeIfPossible } from "../rows/database.ts";
import { userStatusOf } from "../rows/user-status.ts";
import type { Context } from "./operation.ts";

const minuteMs = 60_000;

/** The maximum duration of a session. */
export const sessionLifetimeMs: number = 12 * 60 * minuteMs;

/** The maximum time between two uses of a session. */
export const sessionIdleMs: number = 60 * minuteMs;

/** How long after the password was entered a session can make access tokens. */
const freshForMs = 10 * minuteMs;

/** The minimum time between two writes of a session's last use. */
const noteEveryMs = minuteMs;

/** An active session. */
export interface Session {
  readonly tokenHash: string;
  readonly userId: string;
  /** Whether the person entered the password in the last ten minutes, so that the session may make an access token. */
  readonly isFresh: boolean;
}

/** Starts a session of somebody who has just entered the password, and returns its token, which can't be read again. */
export async function startSession(
  { db, now }: Pick<Context, "db" | "now">,
  userId: string,
  network: string,
): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await db
    .insertInto("sessions")
    .values({ token_hash: hashOf(token), user_id: userId, created_at: now, used_at: now, password_at: now, network })
    .execute();
  return token;
}

/** Finds a session by its token, if it is active and its user can log in. */
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
      "sessions.password_at",
      "users.state",
      "users.activated_at",
      "users.block_reason",
    ])
    .where("sessions.token_hash", "=", tokenHash)
    .where("sessions.created_at", ">", ago(now, sessionLifetimeMs))
    .where("sessions.used_at", ">", ago(now, sessionIdleMs))
    .executeTakeFirst();
  if (row === undefined || userStatusOf(row) !== "active") {
    return undefined;
  }
  // The clock was set back: without a correction, the session would last longer.
  const isAhead = row.used_at > now || row.created_at > now;
  if (row.used_at <= ago(now, noteEveryMs) || isAhead) {
    const created_at = row.created_at > now ? now : row.created_at;
    const used = db.updateTable("sessions").set({ created_at, used_at: now }).where("token_hash", "=", tokenHash);
    await writeIfPossible(() => used.execute());
  }
  const { password_at } = row;
  const isFresh = password_at !== null && password_at <= now && password_at > ago(now, freshForMs);
  return { tokenHash, userId: row.user_id, isFresh };
}

/** Records that the person of a session has entered the password again. */
export async function freshenSession({ db, now }: Pick<Context, "db" | "now">, { tokenHash }: Session): Promise<void> {
  await db.updateTable("sessions").set({ password_at: now }).where("token_hash", "=", tokenHash).execute();
}

/** A session for the page of its person. */
export interface ListedSession {
  /** Identifies the session on pages; it doesn't show the token or its hash. */
  readonly id: string;
  readonly tokenHash: string;
  /** The network that the person logged in from, if known. */
  readonly network: string | null;
  readonly createdAt: Date;
  readonly usedAt: Date;
}

/** Lists the active sessions of a user, the latest first. */
export async function listSessions({ db, now }: Pick<Context, "db" | "now">, userId: string): Promise<ListedSession[]> {
  const rows = await db
    .selectFrom("sessions")
    .selectAll()
    .where("user_id", "=", userId)
    .where("created_at", ">", ago(now, sessionLifetimeMs))
    .where("used_at", ">", ago(now, sessionIdleMs))
    .orderBy("used_at", "desc")
    .execute();
  return rows.map(({ token_hash, network, created_at, used_at }) => ({
    id: hashOf(token_hash),
    tokenHash: token_hash,
    network,
    createdAt: created_at,
    usedAt: used_at,
  }));
}

/** Ends the session of a user with the identifier on pages, if there is one. */
export async function endSessionWithId(
  context: Pick<Context, "db" | "now">,
  userId: string,
  id: string,
): Promise<void> {
  const session = (await listSessions(context, userId)).find((each) => each.id === id);
  if (session !== undefined) {
    await endSession(context, session);
  }
}

/** Ends one session. */
export async function endSession(
  { db }: Pick<Context, "db">,
  { tokenHash }: Pick<Session, "tokenHash">,
): Promise<void> {
  await db.deleteFrom("sessions").where("token_hash", "=", tokenHash).execute();
}

/** Ends every session of a user, except one if given. */
export async function endSessions({ db }: Pick<Context, "db">, userId: string, except?: Session): Promise<void> {
  let sessions = db.deleteFrom("sessions").where("user_id", "=", userId);
  if (except !== undefined) {
    sessions = sessions.where("token_hash", "!=", except.tokenHash);
  }
  await sessions.execute();
}

/** Deletes sessions that have ended. */
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

/** A token of 256 random bits needs neither a salt nor a slow hash. */
function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
