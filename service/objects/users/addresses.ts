/** Another address for a user, which a person who has completed the account confirms before it counts. */
import type { Schemas } from "roster-schema";
import { endLinks, findRequester } from "../../auth/links.ts";
import type { Context } from "../../auth/operation.ts";
import { type MailContext, mailAddressChangeNotice, mailLink } from "../../mail/queue.ts";
import { type AuditedContext, changeAudited } from "../../managed/audit.ts";
import { conflict } from "../../managed/resource.ts";
import { findUserByEmail, normalizeEmail, users } from "./resource.ts";

type User = Schemas["User"];

/** The addresses of a user: the one that counts, and the one that waits for its confirmation. */
export type Addresses = Pick<User, "email" | "pendingEmail">;

/** The addresses that a user has. */
export const addressesOf = ({ email, pendingEmail }: User): Addresses => ({ email, pendingEmail });

/**
 * Asks for another address of a user. Whoever has completed the account confirms it before it counts, and the old one is told.
 *
 * @returns the addresses that the user has from then on.
 * @throws Refusal `email_taken`; `rate_limited` where one of the addresses has had as many mails as it gets.
 */
export async function changeAddress(call: Context, before: User, email: string): Promise<Addresses> {
  const changing = { purpose: "email_change", subject: before.id } as const;
  if (normalizeEmail(before.email) === normalizeEmail(email)) {
    await endLinks(call, changing);
    return { email, pendingEmail: null };
  }
  const existing = await findUserByEmail(call, email);
  if (existing !== undefined) {
    throw await conflict(call, users, existing, "email_taken", "Another user has this address");
  }
  if (!(await isCompletedPerson(call, before))) return { email, pendingEmail: null };
  const origin = { organization: before.homeOrganization, about: before.id };
  await mailLink(call, { ...changing, email }, origin);
  await mailAddressChangeNotice(call, { email: before.email, newEmail: email }, origin);
  return { email: before.email, pendingEmail: email };
}

/** Whether a person has completed the account, and so confirms a new address before it counts. */
async function isCompletedPerson({ db }: Context, user: User): Promise<boolean> {
  if (user.kind === "system") return false;
  const row = await db.selectFrom("users").select("activated_at").where("id", "=", user.id).executeTakeFirstOrThrow();
  return row.activated_at !== null;
}

/**
 * Mails about the address that waits for its confirmation, once the account can be used again: meanwhile nobody was, or could
 * confirm it. It stays for whoever asked for it to stand for.
 */
export async function askAgainToConfirm(context: MailContext, { id, homeOrganization, pendingEmail }: User) {
  if (pendingEmail === null || (await findUserByEmail(context, pendingEmail)) !== undefined) return;
  const link = { purpose: "email_change", subject: id, email: pendingEmail } as const;
  const principal = await findRequester(context, link);
  if (principal === undefined) return;
  await mailLink({ ...context, principal }, link, { organization: homeOrganization, about: id });
}

/** Ends a change of address that waits to be confirmed. */
export async function withdrawEmailChange(context: AuditedContext, userId: string): Promise<void> {
  await changeAudited(context, users, userId, "withdraw_email", async () => {
    const columns = { pending_email: null, updated_at: context.now };
    await context.db.updateTable("users").set(columns).where("id", "=", userId).execute();
  });
}
