/** The outbox's front: a mail is a row of the change that causes it, and is there exactly when the change is. */
import { emailFault, foldEmail } from "roster-schema";
import { issueLink, type LinkRequest } from "../auth/links.ts";
import type { Context } from "../auth/operation.ts";
import { encrypt } from "../keys/encryption.ts";
import { findAdministratorAddresses } from "../managed/administrators.ts";
import { Refusal } from "../problems.ts";
import { afterCommit } from "../rows/database.ts";
import { newId } from "../rows/identifiers.ts";
import { requireAllowance, secondsUntilAllowed } from "./allowances.ts";
import { mailKey } from "./sender.ts";
import {
  type About,
  accountExistsNotice,
  accountUnusableNotice,
  addressChangeNotice,
  type Deactivation,
  deactivationNotice,
  type Leak,
  type Letter,
  leakNotice,
  linkLetter,
  type UnusableAccount,
} from "./templates.ts";

/** What queueing a mail needs of a change. */
export type MailContext = Pick<Context, "db" | "now" | "principal" | "facilities">;

/** What must still hold when a mail is sent. */
interface Condition {
  /** The link in it, which has to work. */
  readonly link?: string | null;
  /** The organization that the recipient has to administer. */
  readonly administratorsOf?: string | null;
}

/** When a link was mailed, and until when it works. */
export interface MailedLink {
  readonly sentAt: Date;
  readonly expiresAt: Date;
}

/** Who causes a mail to an address that didn't ask for it. */
export interface MailOrigin {
  /** Null where no organization does, as for an account without a home organization. */
  readonly organization: string | null;
  /** What mails about the same thing have in common, as long as there can be such mails. */
  readonly about: string;
}

/**
 * Makes a link, which ends the one before it, and mails it with the change that this is part of.
 *
 * @param origin undefined where the person asked for it on a page, which counts that by itself.
 * @throws Refusal `rate_limited` where the address has had as many mails as it gets; `unprocessable` for an address from before
 * such addresses were refused, which can't be mailed to.
 */
export async function mailLink(
  context: MailContext,
  link: LinkRequest,
  origin: MailOrigin | undefined,
  about: About = {},
): Promise<MailedLink> {
  const fault = emailFault(link.email);
  if (fault !== undefined) {
    throw new Refusal(
      "unprocessable",
      `No link can be mailed: the address ${fault}. Use the person's address without it.`,
    );
  }
  if (origin !== undefined) await requireMail(context, link.purpose, link.email, origin);
  const { id, token, expiresAt } = await issueLink(context, link);
  const url = `${context.facilities.mail.publicUrl()}/links/${token}`;
  await queue(context, link.email, linkLetter(link.purpose, about, url, expiresAt), { link: id });
  return { sentAt: context.now, expiresAt };
}

async function requireMail(
  context: MailContext,
  kind: string,
  email: string,
  { organization, about }: MailOrigin,
): Promise<void> {
  const address = foldEmail(email);
  await requireAllowance(context, [
    ["thing", kind, about, address],
    ["organization", organization, address],
  ]);
}

/**
 * Tells the present address of a user that another one waits for its confirmation.
 *
 * @throws Refusal `rate_limited` where that address has had as many mails as it gets: without the notice there is no change.
 */
export async function mailAddressChangeNotice(
  context: MailContext,
  { email, newEmail }: { readonly email: string; readonly newEmail: string },
  sender: MailOrigin,
): Promise<void> {
  await requireMail(context, "address_change_notice", email, sender);
  await queue(context, email, addressChangeNotice(newEmail));
}

/** Tells somebody who asked for an account that there is one. */
export async function mailAccountExists(context: MailContext, email: string): Promise<void> {
  await queue(context, email, accountExistsNotice(context.facilities.mail.publicUrl()));
}

/** Tells somebody who asked for an account that there is one which can't be used. */
export async function mailAccountUnusable(
  context: MailContext,
  email: string,
  account: UnusableAccount,
): Promise<void> {
  await queue(context, email, accountUnusableNotice(account));
}

/** Tells the administrators of an organization of a leaked API key. */
export async function mailLeakNotice(context: MailContext, organizationId: string, leak: Leak): Promise<void> {
  await queueForAdministrators(context, "leak", organizationId, leakNotice(leak));
}

/** Tells the administrators of an organization that a member's account was deactivated elsewhere. */
export async function mailDeactivationNotice(
  context: MailContext,
  organizationId: string,
  deactivation: Deactivation,
): Promise<void> {
  await queueForAdministrators(context, "deactivation", organizationId, deactivationNotice(deactivation));
}

async function queueForAdministrators(
  context: MailContext,
  kind: "leak" | "deactivation",
  organizationId: string,
  letter: Letter,
): Promise<void> {
  for (const email of await findAdministratorAddresses(context.db, organizationId)) {
    // Of many notices in a short time, an administrator gets the first ones. Each kind is counted by itself: otherwise an
    // organization that deactivates many of its users could keep the notice of a leaked key from this one.
    const counted = ["notice", kind, organizationId, foldEmail(email)] as const;
    if ((await secondsUntilAllowed(context, [counted])) !== undefined) continue;
    await queue(context, email, letter, { administratorsOf: organizationId });
  }
}

async function queue(
  { db, now, facilities }: MailContext,
  recipient: string,
  letter: Letter,
  { link = null, administratorsOf = null }: Condition = {},
): Promise<void> {
  const id = newId("mail");
  const pepper = facilities.peppers.newest;
  await db
    .insertInto("mails")
    .values({
      id,
      recipient,
      body: encrypt(JSON.stringify(letter), mailKey(pepper, id)),
      pepper_version: pepper.version,
      link_id: link,
      administrators_of: administratorsOf,
      created_at: now,
      attempts: 0,
      due_at: now,
      outcome: null,
      ended_at: null,
    })
    .execute();
  afterCommit(db, facilities.mail.kick);
}
