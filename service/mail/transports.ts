/** Where mails go: to an SMTP server, or into a folder. */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport, type SendMailOptions } from "nodemailer";
import type { Letter } from "./templates.ts";

const connectTimeoutMs = 10_000;
const socketTimeoutMs = 30_000;
/** For all of a mail: a server that says something now and then, and nothing that matters, never runs into the others. */
const sendTimeoutMs = 120_000;

/** A mail to one recipient. */
export interface Mail extends Letter {
  /** Stays the same however often it is tried, so that a recipient's server can tell a repetition. */
  readonly id: string;
  readonly recipient: string;
  readonly date: Date;
}

/** Takes mails away. */
export interface MailTransport {
  /**
   * Resolves once somebody else is responsible for the mail.
   *
   * @throws the transport's error, where nobody is.
   */
  send(mail: Mail): Promise<void>;
}

/**
 * Hands mails to an SMTP server.
 *
 * @param url `smtp://` or `smtps://`, with user and password where the server wants them.
 * @param from whom they are from, such as `Roster <roster@example.com>`.
 * @param withinMs how long one mail may take; then its connection is closed, and the mail counts as not sent.
 */
export function smtpTransport(url: string, from: string, withinMs: number = sendTimeoutMs): MailTransport {
  const transport = createTransport(
    {
      url,
      connectionTimeout: connectTimeoutMs,
      greetingTimeout: connectTimeoutMs,
      socketTimeout: socketTimeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  );
  return {
    async send(mail) {
      await transport.sendMail({ ...messageOf(mail, from), signal: AbortSignal.timeout(withinMs) });
    },
  };
}

/** Writes mails as .eml files into a folder, which is made where it is missing: for machines without a mail server. */
export function folderTransport(folder: string, from: string): MailTransport {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: "windows" }, { from });
  return {
    async send(mail) {
      const { message } = await transport.sendMail(messageOf(mail, from));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // Appears whole: whoever watches the folder never reads half a mail. Its name is the mail's own, so that a
      // repetition takes the place of the first.
      const file = join(folder, `${mail.id}.eml`);
      await writeFile(`${file}.part`, message as Buffer, { mode: 0o600 });
      await rename(`${file}.part`, file);
    },
  };
}

function messageOf({ id, recipient, date, subject, text, html }: Mail, from: string): SendMailOptions {
  const domain = /@([^\s@<>]+)>?\s*$/.exec(from)?.[1] ?? "localhost";
  return {
    to: { name: "", address: recipient },
    subject,
    text,
    html,
    date,
    messageId: `<${id}@${domain}>`,
    // Nobody's out-of-office note answers it.
    headers: { "auto-submitted": "auto-generated" },
  };
}

/** Whether a server has refused the recipient for good: nothing is gained by trying again. */
export function isRefusedForGood(error: unknown): boolean {
  const { command, responseCode } = error as { readonly command?: string; readonly responseCode?: number };
  return command === "RCPT TO" && responseCode !== undefined && responseCode >= 500;
}
