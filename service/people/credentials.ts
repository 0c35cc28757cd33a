/** Checks passwords at log-in, blocks accounts after failures, and sets and changes passwords. */

import { countAttempt, forgetAttempts, takeBackAttempt } from "../auth/attempts.ts";
import { endLinks } from "../auth/links.ts";
import type { Context } from "../auth/operation.ts";
import { byRule } from "../auth/principal.ts";
import { endSessions } from "../auth/sessions.ts";
import { audit } from "../managed/audit.ts";
import { load } from "../managed/resource.ts";
import { blockUser } from "../objects/users/blocks.ts";
import { findUserByEmail, normalizeEmail, users } from "../objects/users/resource.ts";
import { isPassword } from "./passwords.ts";

/** The input of a log-in. */
export interface LogIn {
  readonly email: string;
  readonly password: string;
  /** The network that the request comes from. */
  readonly network: string;
}

/** Runs work in one transaction, in a context of its own. */
type Transact = <T>(work: (context: Context) => Promise<T>) => Promise<T>;

/**
 * Checks a log-in.
 *
 * @param letIn runs in the transaction that accepts the password. A concurrent password change, block or deactivation is
 * committed either before, and prevents the log-in, or after, and ends the new session.
 * @returns the result of `letIn`; `too_many` if the network has reached its limit; undefined if the log-in failed, for any
 * reason.
 */
export async function checkLogIn<T>(
  transact: Transact,
  { email, password, network }: LogIn,
  letIn: (context: Context, userId: string) => Promise<T>,
): Promise<T | "too_many" | undefined> {
  const address = normalizeEmail(email);
  const attempt = await transact(async (context) => {
    if ((await countAttempt(context, "log_in_from", network)) < 0) {
      return undefined;
    }
    const left = await countAttempt(context, "log_in", address);
    return { left, ...(await findCredentials(context, address)) };
  });
  if (attempt === undefined) {
    return "too_many";
  }
  const { left, userId, passwordHash } = attempt;
  const matches = await isPassword(password, left < 0 ? undefined : passwordHash);
  return await transact(async (context) => {
    if (!matches) {
      if (left <= 0 && userId !== undefined) {
        await blockForFailures(context, userId);
      }
      return undefined;
    }
    // Check again, because the account may have been blocked or the password changed meanwhile.
    const now = await findCredentials(context, address);
    if (now.userId === undefined || now.passwordHash !== passwordHash) {
      return undefined;
    }
    await forgetAttempts(context, "log_in", address);
    await takeBackAttempt(context, "log_in_from", network);
    return await letIn(context, now.userId);
  });
}

/** Finds the person with an address, if they can log in, and the password hash. */
async function findCredentials(
  context: Context,
  address: string,
): Promise<{ readonly userId?: string; readonly passwordHash?: string }> {
  const row = await findUserByEmail(context, address);
  const user = row && (await load(context, users, row.id));
  if (user?.kind !== "person" || user.status !== "active") {
    return {};
  }
  const credentials = await context.db
    .selectFrom("credentials")
    .select("password_hash")
    .where("user_id", "=", user.id)
    .executeTakeFirst();
  return credentials === undefined ? {} : { userId: user.id, passwordHash: credentials.password_hash };
}

async function blockForFailures(context: Context, userId: string): Promise<void> {
  await blockUser({ ...context, principal: byRule }, userId, "failed_logins", { isByRule: true });
}

/** Sets the first password of a user, who has accepted the rule. */
export async function setFirstPassword({ db, now }: Context, userId: string, passwordHash: string): Promise<void> {
  await db
    .insertInto("credentials")
    .values({ user_id: userId, password_hash: passwordHash, changed_at: now, rule_accepted_at: now })
    .execute();
}

/** Changes a user's password, and ends all sessions and password links. */
export async function changePassword(context: Context, userId: string, passwordHash: string): Promise<void> {
  const { db, now } = context;
  const user = await load(context, users, userId);
  await db
    .updateTable("credentials")
    .set({ password_hash: passwordHash, changed_at: now })
    .where("user_id", "=", userId)
    .execute();
  await endSessions(context, userId);
  await endLinks(context, { purpose: "password_reset", subject: userId });
  if (user !== undefined) {
    await forgetAttempts(context, "log_in", normalizeEmail(user.email));
  }
  await audit(context, users, "change_password", [{ before: user, after: user }], { always: true });
}
