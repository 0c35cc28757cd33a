/** Queues mails in the outbox: a mail is a row in the transaction of the change that causes it. */
import { emailFault, foldEmail } from "roster-schema";
import { issueLink, type LinkRequest } from "../auth/links.ts";
import type { Context } from "../auth/operation.ts";
import { encrypt } from "../keys/encryption.ts";
import { findAdministratorAddresses } from "../managed/administrators.ts";
import { Refusal } from "../problems.ts";
import { newId } from "../rows/identifiers.ts";
import { requireAllowance, secondsUntilAllowed } from "./allowances.ts";
import { mailKey } from "./sender.ts";
import {
  type About,
  accountExistsNotice,
  accountUnusableNotice,
  addressChangeNotice,
  blockNotice,
  type Deactivation,
  deactivationNotice,
  type Leak,
  type LeakPlace,
  type Letter,
  leakNotice,
  linkLetter,
  ownerTokenNotice,
  tokenLeakNotice,
  type UnusableAccount,
} from "./templates.ts";

/** The parts of a call that queueing a mail needs. */
export type MailContext = Pick<Context, "db" | "now" | "principal" | "facilities">;

/** The conditions that must still be met when a mail is sent. */
interface Condition {
  /** The link in the mail, which must still work. */
  readonly link?: string | null;
  /** The organization that the recipient must still administer. */
  readonly administratorsOf?: string | null;
}

/** The time when a link was mailed, and its expiry. */
export interface MailedLink {
  readonly sentAt: Date;
  readonly expiresAt: Date;
}

/** The origin of a mail that the recipient didn't request. */
export interface MailOrigin {
  /** Null if no organization sends it, such as for an account without a home organization. */
  readonly organization: string | null;
  /** Identifies what the mail is about, so that mails about the same thing count together. */
  readonly about: string;
}

/**
 * Creates a link, which replaces the previous one, and mails it with the current change.
 *
 * @param origin undefined if the person requested the mail on a page, which counts it itself.
 * @throws Refusal `rate_limited` if the address has reached its limit; `unprocessable` if the stored address is not valid.
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
      `The link can't be mailed: the address ${fault}. Change the person's address first.`,
    );
  }
  if (origin !== undefined) {
    await requireMail(context, link.purpose, link.email, origin);
  }
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
 * Notifies the current address of a user that a new address is waiting for confirmation.
 *
 * @throws Refusal `rate_limited` if the current address has reached its limit, because the notice is required.
 */
export async function mailAddressChangeNotice(
  context: MailContext,
  { email, newEmail }: { readonly email: string; readonly newEmail: string },
  sender: MailOrigin,
): Promise<void> {
  await requireMail(context, "address_change_notice", email, sender);
  await queue(context, email, addressChangeNotice(newEmail));
}

/** Tells somebody who signs up that the address already has an account. */
export async function mailAccountExists(context: MailContext, email: string): Promise<void> {
  await queue(context, email, accountExistsNotice(context.facilities.mail.publicUrl()));
}

/** Tells somebody who signs up that the address has an account that can't be used. */
export async function mailAccountUnusable(
  context: MailContext,
  email: string,
  account: UnusableAccount,
): Promise<void> {
  await queue(context, email, accountUnusableNotice(account));
}

/** Tells the administrators of an organization about a leaked API key, or a leaked access token of a system user. */
export async function mailLeakNotice(context: MailContext, organizationId: string, leak: Leak): Promise<void> {
  await queueForAdministrators(context, "leak", organizationId, leakNotice(leak));
}

/** Tells a person about a leaked access token of theirs. */
export async function mailTokenLeakNotice(
  context: MailContext,
  email: string,
  leak: LeakPlace & { readonly name: string },
): Promise<void> {
  await queue(context, email, tokenLeakNotice(leak));
}

/** Tells the administrators of an organization that another organization deactivated a member's account. */
export async function mailDeactivationNotice(
  context: MailContext,
  organizationId: string,
  deactivation: Deactivation,
): Promise<void> {
  await queueForAdministrators(context, "deactivation", organizationId, deactivationNotice(deactivation));
}

/** Tells a person that the account is blocked. */
export async function mailBlockNotice(
  context: MailContext,
  email: string,
  reason: "failed_logins" | "misuse",
): Promise<void> {
  await queue(context, email, blockNotice(reason, context.facilities.mail.contactUrl));
}

/** Tells a person that an access token of theirs acts as the service owner. */
export async function mailOwnerTokenNotice(
  context: MailContext,
  email: string,
  token: { readonly name: string; readonly expiresAt: Date },
): Promise<void> {
  await queue(context, email, ownerTokenNotice(token));
}

async function queueForAdministrators(
  context: MailContext,
  kind: "leak" | "deactivation",
  organizationId: string,
  letter: Letter,
): Promise<void> {
  for (const email of await findAdministratorAddresses(context.db, organizationId)) {
    // An administrator gets the first of many notices. Each kind is counted separately, so that an organization that
    // deactivates many users can't suppress the notice of a leaked key.
    const counted = ["notice", kind, organizationId, foldEmail(email)] as const;
    if ((await secondsUntilAllowed(context, [counted])) !== undefined) {
      continue;
    }
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
  facilities.mail.queued(db, { recipient });
}
