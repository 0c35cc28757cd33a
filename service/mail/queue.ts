/** The outbox's front: a mail is a row of the change that causes it, and is there exactly when the change is. */
import { afterCommit } from "../database.ts";
import { newId } from "../identifiers.ts";
import { issueLink, type LinkRequest } from "../links.ts";
import type { Context } from "../operation.ts";
import { seal } from "../sealing.ts";
import { mailKey } from "./sender.ts";
import {
  type About,
  accountExistsNotice,
  accountUnusableNotice,
  addressChangeNotice,
  type Leak,
  type Letter,
  leakNotice,
  linkLetter,
  type UnusableAccount,
} from "./templates.ts";

/** What queueing a mail needs of a change. */
export type MailContext = Pick<Context, "db" | "now" | "facilities">;

/** When a link was mailed, and until when it works. */
export interface MailedLink {
  readonly sentAt: Date;
  readonly expiresAt: Date;
}

/** Makes a link, which ends the one before it, and mails it with the change that this is part of. */
export async function mailLink(context: MailContext, link: LinkRequest, about: About = {}): Promise<MailedLink> {
  const { id, token, expiresAt } = await issueLink(context, link);
  const url = `${context.facilities.mail.publicUrl()}/links/${token}`;
  await queue(context, link.email, linkLetter(link.purpose, about, url, expiresAt), id);
  return { sentAt: context.now, expiresAt };
}

/** Tells the present address of a user that another one waits for its confirmation. */
export async function mailAddressChangeNotice(
  context: MailContext,
  { email, newEmail }: { readonly email: string; readonly newEmail: string },
): Promise<void> {
  await queue(context, email, addressChangeNotice(newEmail), null);
}

/** Tells somebody who asked for an account that there is one. */
export async function mailAccountExists(context: MailContext, email: string): Promise<void> {
  await queue(context, email, accountExistsNotice(context.facilities.mail.publicUrl()), null);
}

/** Tells somebody who asked for an account that there is one which can't be used. */
export async function mailAccountUnusable(
  context: MailContext,
  email: string,
  account: UnusableAccount,
): Promise<void> {
  await queue(context, email, accountUnusableNotice(account), null);
}

/** Tells an administrator of a leaked API key. */
export async function mailLeakNotice(context: MailContext, email: string, leak: Leak): Promise<void> {
  await queue(context, email, leakNotice(leak), null);
}

async function queue(
  { db, now, facilities }: MailContext,
  recipient: string,
  letter: Letter,
  linkId: string | null,
): Promise<void> {
  const id = newId("mail");
  const pepper = facilities.peppers.newest;
  await db
    .insertInto("mails")
    .values({
      id,
      recipient,
      body: seal(JSON.stringify(letter), mailKey(pepper, id)),
      pepper_version: pepper.version,
      link_id: linkId,
      created_at: now,
      attempts: 0,
      due_at: now,
      outcome: null,
      ended_at: null,
    })
    .execute();
  afterCommit(db, facilities.mail.kick);
}
