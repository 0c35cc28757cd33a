/** Changes of a user's address, which a person with a complete account must confirm. */
import type { Schemas } from "roster-schema";
import { endLinks, findRequester } from "../../auth/links.ts";
import type { Context } from "../../auth/operation.ts";
import { type MailContext, mailAddressChangeNotice, mailLink } from "../../mail/queue.ts";
import { type AuditedContext, changeAudited } from "../../managed/audit.ts";
import { conflict } from "../../managed/resource.ts";
import { findUserByEmail, normalizeEmail, users } from "./resource.ts";

type User = Schemas["User"];

/** The addresses of a user: the current one, and the one that is waiting for confirmation. */
export type Addresses = Pick<User, "email" | "pendingEmail">;

/** The addresses of a user. */
export const addressesOf = ({ email, pendingEmail }: User): Addresses => ({ email, pendingEmail });

/**
 * Changes the address of a user. A person with a complete account must confirm it first, and the old address is notified.
 *
 * @returns the new addresses.
 * @throws Refusal `email_taken`; `rate_limited` if one of the addresses has reached its limit of mails.
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
  if (!(await isCompletedPerson(call, before))) {
    return { email, pendingEmail: null };
  }
  const origin = { organization: before.homeOrganization, about: before.id };
  await mailLink(call, { ...changing, email }, origin);
  await mailAddressChangeNotice(call, { email: before.email, newEmail: email }, origin);
  return { email: before.email, pendingEmail: email };
}

/** Whether a user is a person with a complete account. */
async function isCompletedPerson({ db }: Context, user: User): Promise<boolean> {
  if (user.kind === "system") {
    return false;
  }
  const row = await db.selectFrom("users").select("activated_at").where("id", "=", user.id).executeTakeFirstOrThrow();
  return row.activated_at !== null;
}

/**
 * Mails the link for a pending address again once the account can be used again, because it couldn't be confirmed meanwhile.
 * The requester stays the same.
 */
export async function askAgainToConfirm(context: MailContext, { id, homeOrganization, pendingEmail }: User) {
  if (pendingEmail === null || (await findUserByEmail(context, pendingEmail)) !== undefined) {
    return;
  }
  const link = { purpose: "email_change", subject: id, email: pendingEmail } as const;
  const principal = await findRequester(context, link);
  if (principal === undefined) {
    return;
  }
  await mailLink({ ...context, principal }, link, { organization: homeOrganization, about: id });
}

/** Withdraws a pending change of address. */
export async function withdrawEmailChange(context: AuditedContext, userId: string): Promise<void> {
  await changeAudited(context, users, userId, "withdraw_email", async () => {
    const columns = { pending_email: null, updated_at: context.now };
    await context.db.updateTable("users").set(columns).where("id", "=", userId).execute();
  });
}
