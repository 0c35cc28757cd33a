/** The outbox's back: sends what committed changes have queued. */
import type { FastifyBaseLogger } from "fastify";
import type { Expression, ExpressionBuilder, Selectable, SqlBool } from "kysely";
import { emailFault } from "roster-schema";
import { decrypt, deriveKey } from "../keys/encryption.ts";
import type { Pepper, Peppers } from "../keys/peppers.ts";
import type { Database, Tables } from "../rows/tables.ts";
import type { Letter } from "./templates.ts";
import { isRefusedForGood, type Mail, type MailTransport } from "./transports.ts";

const sentAtOnce = 10;
/** Longer than any attempt takes. After it, a mail whose sender has died is another's to send. */
const leaseMs = 10 * 60_000;
const maxAttempts = 50;
/** Longer than a lease: nothing that is to be sent is ever due later than this. */
const maxBackoffMs = 60 * 60_000;
const markAttempts = 5;

type Row = Selectable<Tables["mails"]>;

/** A mail that waits to be sent. */
export type QueuedMail = Pick<Row, "id" | "recipient" | "link_id" | "administrators_of">;

/** What a sender works with. */
export interface SenderOptions {
  readonly db: Database;
  readonly peppers: Peppers;
  readonly transport: MailTransport;
  readonly clock: () => Date;
  readonly log: Pick<FastifyBaseLogger, "warn" | "error"> | undefined;
  /** Whether what a mail says holds still: asked just before it is sent. */
  readonly isWanted: (mail: QueuedMail) => Promise<boolean>;
  /** How often it looks for mails that are due, beside after each change that queues one. */
  readonly pollMs?: number | undefined;
  /** How long it waits after a first failure; doubled with each further one. */
  readonly firstRetryMs?: number | undefined;
}

/**
 * Sends mails from the outbox, each by one sender: it claims a mail, by an update that only one of several replicas
 * succeeds with, before it sends it. A failed one is tried again, later and later, a bounded number of times.
 */
export class MailSender {
  readonly #options: SenderOptions;
  readonly #pollMs: number;
  readonly #firstRetryMs: number;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  /** Whether something may have been queued since the present round began. */
  #again = false;
  /** Whether the log says already that looking for mails fails. */
  #isFailing = false;
  #closed = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#pollMs = options.pollMs ?? 5000;
    this.#firstRetryMs = options.firstRetryMs ?? 5000;
  }

  /** Sends what is due, now and from time to time. */
  readonly kick = (): void => {
    if (this.#closed) return;
    this.#again = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      // Whoever kicked after the last look, and before this line, found a round at work.
      if (this.#again) this.kick();
      else if (!this.#closed) this.#timer = setTimeout(this.kick, this.#pollMs).unref();
    });
  };

  /** Finishes what is in flight, and begins nothing more. */
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
        // A whole batch may have more behind it.
        if ((await this.#sendDue()) === sentAtOnce) this.#again = true;
        this.#isFailing = false;
      } catch (error) {
        if (!this.#isFailing)
          this.#options.log?.warn({ err: error }, "looking for mails to send failed, and is tried again");
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
    if (!(await this.#claim(row))) return;
    try {
      if (!(await isWanted(row))) return await this.#end(row.id, "dropped");
      // From before such addresses were refused: a mail server may take it for another one.
      if (emailFault(row.recipient) !== undefined) {
        log?.error({ mail: row.id }, "a mail has an address that can't be mailed to, and is given up");
        return await this.#end(row.id, "failed");
      }
      await transport.send(this.#open(row));
    } catch (error) {
      const { code, command, responseCode } = error as NodeJS.ErrnoException & Readonly<Record<string, unknown>>;
      // Not the server's words: they may repeat the address.
      const reason = { mail: row.id, attempts, code, command, responseCode };
      if (isRefusedForGood(error) || attempts >= maxAttempts) {
        log?.error(reason, "a mail could not be sent, and is given up");
        return await this.#end(row.id, "failed");
      }
      log?.warn(reason, "a mail could not be sent, and is tried again");
      const dueAt = new Date(clock().getTime() + this.#backoffMs(attempts));
      await db.updateTable("mails").set({ due_at: dueAt }).where("id", "=", row.id).execute();
      return;
    }
    await this.#markSent(row.id);
  }

  /** @returns whether the mail is this sender's: of two that try, one succeeds. */
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

  /** What is not marked is sent again after the lease: so it is tried more than once. */
  async #markSent(id: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#end(id, "sent");
      } catch (error) {
        if (attempt < markAttempts) continue;
        this.#options.log?.error({ err: error, mail: id }, "a mail was sent, and that could not be written down");
        return;
      }
    }
  }

  async #end(id: string, outcome: "sent" | "dropped" | "failed"): Promise<void> {
    const { db, clock } = this.#options;
    const ended = { outcome, ended_at: clock(), due_at: null, body: null };
    await db.updateTable("mails").set(ended).where("id", "=", id).execute();
  }

  /** Doubled each time, and between half and all of that, so that mails that failed together don't return together. */
  #backoffMs(attempts: number): number {
    const longest = Math.min(maxBackoffMs, this.#firstRetryMs * 2 ** (attempts - 1));
    return Math.ceil(longest * (0.5 + Math.random() / 2));
  }
}

/**
 * Whether a mail is to be sent now, as a condition of a query. One that was never tried is, whatever the clock was when it
 * was queued; so is one that is due later than any is, since the clock was set back.
 */
function isDue(now: Date) {
  return ({ and, eb, or }: ExpressionBuilder<Tables, "mails">): Expression<SqlBool> =>
    and([
      eb("due_at", "is not", null),
      or([eb("due_at", "<=", now), eb("due_at", ">", new Date(now.getTime() + maxBackoffMs)), eb("attempts", "=", 0)]),
    ]);
}

/** The key that seals a mail in the outbox. */
export function mailKey(pepper: Pepper, mailId: string): Buffer {
  return deriveKey(pepper, pepper.secret.toString("base64url"), `mail ${mailId}`);
}
