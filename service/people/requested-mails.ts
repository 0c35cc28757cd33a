/** Which mail a page sends to an address that somebody typed, depending on the account that has the address. */
import { emailFault } from "roster-schema";
import { type MailContext, mailAccountExists, mailAccountUnusable, mailLink } from "../mail/queue.ts";
import { findUserByEmail, normalizeEmail, toUser } from "../objects/users/resource.ts";
import { isUnclaimed } from "./account-claims.ts";

/** What a page that sends mails is asked for. */
export type MailPurpose = "sign_up" | "password_reset";

/** Whose address it is: nobody's, a system user's, or that of a person with an account in this status. */
type Holder = "nobody" | "system" | "invited" | "active" | "blocked" | "inactive";

interface Recipient {
  /** The address as the account has it; as it was typed, normalized, where there is no account. */
  readonly email: string;
  /** Empty where there is no account. */
  readonly userId: string;
  /** Whom somebody who can't log in may contact; undefined where nobody is named. */
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
 * A system user gets no mail: it has no password, and nobody reads its mail. Somebody whose account is blocked or inactive is
 * told that, instead of how to log in or choose a password, since neither works. For a forgotten password, there is a mail only
 * if the password can be changed, as the page says.
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
  if (row === undefined) return "nobody";
  const { kind, status } = toUser(row);
  if (kind === "system") return "system";
  // An organization that created an account and deactivated it is no obstacle.
  return isUnclaimed(row) ? "invited" : status;
}

/** Sends the mail for an address that somebody typed on a page. @param email normalized. */
export async function sendRequestedMail(
  context: MailContext,
  askedFor: MailPurpose,
  email: string,
  contactUrl: string | undefined,
): Promise<void> {
  const row = await findUserByEmail(context, email);
  // Stored before such addresses were refused: a mail to it may reach somebody else.
  if (row !== undefined && emailFault(row.email) !== undefined) return;
  const user = row && toUser(row);
  await mails[askedFor][holderOf(row)](context, { email: user?.email ?? email, userId: user?.id ?? "", contactUrl });
}
