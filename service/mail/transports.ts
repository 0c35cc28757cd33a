/** Mail transports: an SMTP server, or a folder. */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport, type SendMailOptions } from "nodemailer";
import type { Letter } from "./templates.ts";

const connectTimeoutMs = 10_000;
const socketTimeoutMs = 30_000;
/** The timeout for the whole mail, because a slow server that keeps sending data never reaches the other timeouts. */
const sendTimeoutMs = 120_000;

/** A mail to one recipient. */
export interface Mail extends Letter {
  /** The same for every attempt, so that the recipient's server can detect duplicates. */
  readonly id: string;
  readonly recipient: string;
  readonly date: Date;
}

/** Delivers mails. */
export interface MailTransport {
  /**
   * Resolves once the mail has been handed over.
   *
   * @throws the transport's error if the mail was not handed over.
   */
  send(mail: Mail): Promise<void>;
}

/**
 * Creates a transport to an SMTP server.
 *
 * @param url `smtp://` or `smtps://`, with a user and password if the server requires them.
 * @param from the sender, such as `Roster <roster@example.com>`.
 * @param withinMs the timeout for one mail, after which it counts as not sent.
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

/** Creates a transport that writes .eml files to a folder, for machines without a mail server. */
export function folderTransport(folder: string, from: string): MailTransport {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: "windows" }, { from });
  return {
    async send(mail) {
      const { message } = await transport.sendMail(messageOf(mail, from));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // Rename the complete file, so that readers never see a partial mail. The name is the mail's id, so that a
      // duplicate replaces the first.
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
    // Prevents automatic replies.
    headers: { "auto-submitted": "auto-generated" },
  };
}

/** Whether a server has permanently refused the recipient. */
export function isRefusedForGood(error: unknown): boolean {
  const { command, responseCode } = error as { readonly command?: string; readonly responseCode?: number };
  return command === "RCPT TO" && responseCode !== undefined && responseCode >= 500;
}
