/** Selects the mail that a page sends to a requested address, by the account with that address. */
import { emailFault } from "roster-schema";
import { type MailContext, mailAccountExists, mailAccountUnusable, mailLink } from "../mail/queue.ts";
import { findUserByEmail, normalizeEmail, toUser } from "../objects/users/resource.ts";
import { isUnclaimed } from "./account-claims.ts";

/** The purpose of a mail that a page sends. */
export type MailPurpose = "sign_up" | "password_reset";

/** Who has an address: nobody, a system user, or a person with an account in this status. */
type Holder = "nobody" | "system" | "invited" | "active" | "blocked" | "inactive";

interface Recipient {
  /** The address of the account; if there is no account, the requested address, normalized. */
  readonly email: string;
  /** Empty if there is no account. */
  readonly userId: string;
  /** The contact for people who can't log in; undefined if none is configured. */
  readonly contactUrl: string | undefined;
}

type Send = (context: MailContext, recipient: Recipient) => Promise<unknown>;

const nothing: Send = async () => {};
const signUpLink: Send = (context, { email }) =>
  mailLink(context, { purpose: "sign_up", subject: normalizeEmail(email), email }, undefined);
const passwordLink: Send = (context, { email, userId }) =>
  mailLink(context, { purpose: "password_reset", subject: userId, email }, undefined);
const accountExists: Send = (context, { email }) => mailAccountExists(context, email);
const accountUnusable =
  (status: "blocked" | "inactive"): Send =>
  (context, { email, contactUrl }) =>
    mailAccountUnusable(context, email, { status, contactUrl });

/**
 * The mail by purpose and holder. A system user gets no mail, because it has no password. For a blocked or inactive account,
 * the sign-up mail says so, because the person can't log in. A mail for a forgotten password is sent only if the password
 * can be changed, as the page says.
 */
const mails: Readonly<Record<MailPurpose, Readonly<Record<Holder, Send>>>> = {
  sign_up: {
    nobody: signUpLink,
    system: nothing,
    invited: signUpLink,
    active: accountExists,
    blocked: accountUnusable("blocked"),
    inactive: accountUnusable("inactive"),
  },
  password_reset: {
    nobody: nothing,
    system: nothing,
    invited: nothing,
    active: passwordLink,
    blocked: nothing,
    inactive: nothing,
  },
};

function holderOf(row: Parameters<typeof toUser>[0] | undefined): Holder {
  if (row === undefined) {
    return "nobody";
  }
  const { kind, status } = toUser(row);
  if (kind === "system") {
    return "system";
  }
  // An account that its organization has deactivated can still be claimed.
  return isUnclaimed(row) ? "invited" : status;
}

/** Sends the mail for an address that was entered on a page. @param email the normalized address. */
export async function sendRequestedMail(
  context: MailContext,
  askedFor: MailPurpose,
  email: string,
  contactUrl: string | undefined,
): Promise<void> {
  const row = await findUserByEmail(context, email);
  // The address was stored before such addresses were refused; a mail could reach somebody else.
  if (row !== undefined && emailFault(row.email) !== undefined) {
    return;
  }
  const user = row && toUser(row);
  await mails[askedFor][holderOf(row)](context, { email: user?.email ?? email, userId: user?.id ?? "", contactUrl });
}
