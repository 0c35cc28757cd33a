/** Blocks of users, and lifting them; only the service owner can do this. */
import type { Schemas } from "roster-schema";
import { endAccessTokens } from "../../auth/access-tokens.ts";
import { forgetAttempts } from "../../auth/attempts.ts";
import { endLinks } from "../../auth/links.ts";
import type { Context } from "../../auth/operation.ts";
import { endSessions } from "../../auth/sessions.ts";
import { mailBlockNotice } from "../../mail/queue.ts";
import { audit } from "../../managed/audit.ts";
import { find, load, requireServiceOwner } from "../../managed/resource.ts";
import { Refusal } from "../../problems.ts";
import { askAgainToConfirm } from "./addresses.ts";
import { normalizeEmail, users } from "./resource.ts";

type User = Schemas["User"];

/**
 * Finds a user, if the caller is allowed to block and unblock users.
 *
 * @throws Refusal `not_found`, `permission_denied`.
 */
export async function findBlockable(context: Context, id: string): Promise<User> {
  const user = await find(context, users, id);
  requireServiceOwner(context, "Blocking or unblocking a user");
  return user;
}

/**
 * Blocks a user for misuse.
 *
 * @throws Refusal `unprocessable` if the user is neither active nor blocked.
 */
export async function blockForMisuse(context: Context, user: User): Promise<void> {
  const { id, status } = user;
  if (status !== "active" && status !== "blocked") {
    throw new Refusal(
      "unprocessable",
      `The user is ${status}. Only users who can log in can be blocked: deactivate the user instead.`,
      { dependsOn: [{ kind: "user", id }] },
    );
  }
  // A block for failed log-ins becomes a block for misuse, which also stops keys; the status stays the same.
  const isUnseen = (await blockReasonOf(context, user)) === "failed_logins";
  await blockUser(context, id, "misuse");
  if (isUnseen) {
    await audit(context, users, "block", [{ before: user, after: user }], { always: true });
  }
}

/** Lifts a block, if there is one, and mails the link for a pending address again. */
export async function liftBlock(context: Context, user: User): Promise<void> {
  if ((await blockReasonOf(context, user)) === null) {
    return;
  }
  await unblockUser(context, user);
  if (user.state === "active") {
    await askAgainToConfirm(context, user);
  }
  // An inactive user's status doesn't show a block.
  if (user.status !== "blocked") {
    await audit(context, users, "unblock", [{ before: user, after: user }], { always: true });
  }
}

async function blockReasonOf({ db }: Context, { id }: User) {
  const row = await db.selectFrom("users").select("block_reason").where("id", "=", id).executeTakeFirstOrThrow();
  return row.block_reason;
}

/** Blocks a user: sessions end and the password stops working; after misuse, keys stop and access tokens end too. */
export async function blockUser(
  context: Context,
  userId: string,
  reason: "failed_logins" | "misuse",
  { isByRule = false }: { readonly isByRule?: boolean } = {},
): Promise<void> {
  const before = await load(context, users, userId);
  // The user may have been blocked meanwhile; a rule must not weaken that block.
  if (isByRule && before?.status !== "active") {
    return;
  }
  await context.db
    .updateTable("users")
    .set({ block_reason: reason, updated_at: context.now })
    .where("id", "=", userId)
    .execute();
  await endSessions(context, userId);
  if (reason === "misuse") {
    await endAccessTokens(context, userId);
  }
  if (before?.kind === "person") {
    await mailBlockNotice(context, before.email, reason);
  }
  await endLinks(context, { purpose: "password_reset", subject: userId });
  if (isByRule) {
    await audit(context, users, "block", [{ before, after: await load(context, users, userId) }]);
  }
}

/** Also resets the count of failed log-ins. */
async function unblockUser(context: Context, { id, email }: { id: string; email: string }): Promise<void> {
  await context.db
    .updateTable("users")
    .set({ block_reason: null, updated_at: context.now })
    .where("id", "=", id)
    .execute();
  await forgetAttempts(context, "log_in", normalizeEmail(email));
}
