/** The background worker that sends the mails in the outbox. */
import type { FastifyBaseLogger } from "fastify";
import type { Expression, ExpressionBuilder, Selectable, SqlBool } from "kysely";
import { emailFault } from "roster-schema";
import { decrypt, deriveKey } from "../keys/encryption.ts";
import type { Pepper, Peppers } from "../keys/peppers.ts";
import type { Database, Tables } from "../rows/tables.ts";
import type { Letter } from "./templates.ts";
import { isRefusedForGood, type Mail, type MailTransport } from "./transports.ts";

const sentAtOnce = 10;
/** Longer than any attempt takes. After this time, another sender can claim the mail of a dead one. */
const leaseMs = 10 * 60_000;
const maxAttempts = 50;
/** Longer than a lease: no mail is ever due later than this. */
const maxBackoffMs = 60 * 60_000;
const markAttempts = 5;

type Row = Selectable<Tables["mails"]>;

/** A mail in the outbox. */
export type QueuedMail = Pick<Row, "id" | "recipient" | "link_id" | "administrators_of">;

/** The options of a sender. */
export interface SenderOptions {
  readonly db: Database;
  readonly peppers: Peppers;
  readonly transport: MailTransport;
  readonly clock: () => Date;
  readonly log: Pick<FastifyBaseLogger, "warn" | "error"> | undefined;
  /** Whether a mail is still valid; called immediately before it is sent. */
  readonly isWanted: (mail: QueuedMail) => Promise<boolean>;
  /** The interval between checks for due mails, in addition to the check after each change that queues one. */
  readonly pollMs?: number | undefined;
  /** The delay after the first failure; it doubles with each further one. */
  readonly firstRetryMs?: number | undefined;
}

/**
 * Sends the mails in the outbox. A sender claims each mail with an update that succeeds for only one of several replicas.
 * Failed mails are retried with increasing delays, up to a maximum number of attempts.
 */
export class MailSender {
  readonly #options: SenderOptions;
  readonly #pollMs: number;
  readonly #firstRetryMs: number;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  /** Whether a mail may have been queued since the current round began. */
  #again = false;
  /** Whether the current failure to look for mails is already logged. */
  #isFailing = false;
  #closed = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#pollMs = options.pollMs ?? 5000;
    this.#firstRetryMs = options.firstRetryMs ?? 5000;
  }

  /** Sends due mails now, and schedules the next check. */
  readonly kick = (): void => {
    if (this.#closed) {
      return;
    }
    this.#again = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      // A kick after the last check, but before this line, found the round still in progress.
      if (this.#again) {
        this.kick();
      } else if (!this.#closed) {
        this.#timer = setTimeout(this.kick, this.#pollMs).unref();
      }
    });
  };

  /** Finishes mails in progress, and starts no others. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  async #work(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#again && !this.#closed) {
      this.#again = false;
      try {
        // After a full batch, there may be more mails.
        if ((await this.#sendDue()) === sentAtOnce) {
          this.#again = true;
        }
        this.#isFailing = false;
      } catch (error) {
        if (!this.#isFailing) {
          this.#options.log?.warn({ err: error }, "could not look for mails to send; trying again");
        }
        this.#isFailing = true;
      }
    }
  }

  async #sendDue(): Promise<number> {
    const { db, clock } = this.#options;
    const due = await db
      .selectFrom("mails")
      .selectAll()
      .where(isDue(clock()))
      .orderBy("due_at")
      .limit(sentAtOnce)
      .execute();
    await Promise.all(due.map((row) => this.#sendOne(row)));
    return due.length;
  }

  async #sendOne(row: Row): Promise<void> {
    const { db, clock, isWanted, log, transport } = this.#options;
    const attempts = row.attempts + 1;
    if (!(await this.#claim(row))) {
      return;
    }
    try {
      if (!(await isWanted(row))) {
        return await this.#end(row.id, "dropped");
      }
      // The address was stored before such addresses were refused; a mail server could deliver to another mailbox.
      if (emailFault(row.recipient) !== undefined) {
        log?.error({ mail: row.id }, "a mail has an invalid address and will not be sent");
        return await this.#end(row.id, "failed");
      }
      await transport.send(this.#open(row));
    } catch (error) {
      const { code, command, responseCode } = error as NodeJS.ErrnoException & Readonly<Record<string, unknown>>;
      // Don't log the server's message, which may contain the address.
      const reason = { mail: row.id, attempts, code, command, responseCode };
      if (isRefusedForGood(error) || attempts >= maxAttempts) {
        log?.error(reason, "a mail could not be sent; giving up");
        return await this.#end(row.id, "failed");
      }
      log?.warn(reason, "a mail could not be sent; trying again later");
      const dueAt = new Date(clock().getTime() + this.#backoffMs(attempts));
      await db.updateTable("mails").set({ due_at: dueAt }).where("id", "=", row.id).execute();
      return;
    }
    await this.#markSent(row.id);
  }

  /** @returns whether this sender has claimed the mail; only one sender succeeds. */
  async #claim({ id, attempts }: Row): Promise<boolean> {
    const { db, clock } = this.#options;
    const claimed = await db
      .updateTable("mails")
      .set({ attempts: attempts + 1, due_at: new Date(clock().getTime() + leaseMs) })
      .where("id", "=", id)
      .where("attempts", "=", attempts)
      .where(isDue(clock()))
      .returning("id")
      .executeTakeFirst();
    return claimed !== undefined;
  }

  #open(row: Row): Mail {
    const pepper = this.#options.peppers.find(row.pepper_version);
    if (row.body === null || pepper === undefined) {
      throw Object.assign(new Error("the mail can't be opened"), { code: "PEPPER_NOT_LISTED" });
    }
    const letter: Letter = JSON.parse(decrypt(row.body, mailKey(pepper, row.id)));
    return { ...letter, id: row.id, recipient: row.recipient, date: row.created_at };
  }

  /** Retries marking a mail as sent, because an unmarked mail is sent again after the lease. */
  async #markSent(id: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#end(id, "sent");
      } catch (error) {
        if (attempt < markAttempts) {
          continue;
        }
        this.#options.log?.error({ err: error, mail: id }, "a mail was sent, but this could not be recorded");
        return;
      }
    }
  }

  async #end(id: string, outcome: "sent" | "dropped" | "failed"): Promise<void> {
    const { db, clock } = this.#options;
    const ended = { outcome, ended_at: clock(), due_at: null, body: null };
    await db.updateTable("mails").set(ended).where("id", "=", id).execute();
  }

  /** Exponential backoff with jitter, so that mails that failed together aren't retried together. */
  #backoffMs(attempts: number): number {
    const longest = Math.min(maxBackoffMs, this.#firstRetryMs * 2 ** (attempts - 1));
    return Math.ceil(longest * (0.5 + Math.random() / 2));
  }
}

/**
 * The SQL condition for a mail that is due. A mail without attempts is always due, and so is one whose due time is too far
 * ahead, because the clock may have been set back.
 */
function isDue(now: Date) {
  return ({ and, eb, or }: ExpressionBuilder<Tables, "mails">): Expression<SqlBool> =>
    and([
      eb("due_at", "is not", null),
      or([eb("due_at", "<=", now), eb("due_at", ">", new Date(now.getTime() + maxBackoffMs)), eb("attempts", "=", 0)]),
    ]);
}

/** The key that encrypts a mail in the outbox. */
export function mailKey(pepper: Pepper, mailId: string): Buffer {
  return deriveKey(pepper, pepper.secret.toString("base64url"), `mail ${mailId}`);
}
