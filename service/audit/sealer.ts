/** Seals what committed changes have left in the audit. */
import type { FastifyBaseLogger } from "fastify";
import { sql } from "kysely";
import type { Peppers } from "../keys/peppers.ts";
import { inTransaction, unavailabilityOf } from "../rows/database.ts";
import type { Database } from "../rows/tables.ts";
import { chainOf, entryHash, faultOfHead, readHead, sealHead } from "./chain.ts";
import { moveHeads } from "./heads.ts";
import { ofOrganization, organizationsOfEntries } from "./scopes.ts";

const entriesPerSeal = 200;

/** What a sealer works with. */
export interface SealerOptions {
  readonly db: Database;
  readonly peppers: Peppers;
  readonly clock: () => Date;
  readonly log: Pick<FastifyBaseLogger, "warn" | "error"> | undefined;
  /** How often it looks for entries; 1000 by default. */
  readonly pollMs?: number | undefined;
  /**
   * How old an entry is when it is sealed, 2000 by default: so long may a change take to commit, that its entries
   * come in the order in which they were made. A later one is sealed all the same, after those that came before it; and
   * so is one that is further ahead of the clock than that, as after the clock was set back.
   */
  readonly settleMs?: number | undefined;
}

/** Between which times an entry may still be followed by an earlier one. */
interface Unsettled {
  readonly after: Date;
  readonly until: Date;
}

/**
 * Seals entries from time to time, apart from the changes that make them. Several replicas may each have one: a seal is
 * one serializable transaction that reads and moves the chain's head, and of two at once on one chain one starts again.
 */
export class AuditSealer {
  readonly #options: SealerOptions;
  /** Chains of which the log says already that they can't go on. */
  readonly #reported = new Set<string>();
  /** Whether the log says already that sealing fails. */
  #isFailing = false;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(options: SealerOptions) {
    this.#options = options;
  }

  /** Looks for entries, and again each time when it has sealed them. */
  start(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#working = this.#poll().finally(() => this.start());
    }, this.#options.pollMs ?? 1000).unref();
  }

  /** Finishes the seal that is in flight, and begins no more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  /**
   * Seals all that is old enough, a batch of each chain in turn; a chain that can't go on holds up no other.
   *
   * @throws the driver's error where the database can't be reached.
   */
  async seal(): Promise<void> {
    const { db, clock, settleMs = 2000 } = this.#options;
    const now = clock().getTime();
    const unsettled = { after: new Date(now - settleMs), until: new Date(now + settleMs) };
    for (let isMore = true; isMore && !this.#closed; ) {
      isMore = false;
      for await (const organizationId of organizationsOfEntries(db, (entries) => entries.where("chain", "is", null))) {
        if (this.#closed) return;
        if ((await this.#tryBatch(organizationId, unsettled)) === entriesPerSeal) isMore = true;
      }
    }
  }

  async #poll(): Promise<void> {
    try {
      await moveHeads(this.#options.db, this.#options.peppers);
      await this.seal();
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.#options.log?.warn({ err: error }, "sealing the audit failed, and is tried again");
      this.#isFailing = true;
    }
  }

  async #tryBatch(organizationId: string | null, unsettled: Unsettled): Promise<number> {
    const chain = chainOf(organizationId);
    try {
      const count = await this.#sealBatch(organizationId, chain, unsettled);
      if (count > 0) this.#reported.delete(chain);
      return count;
    } catch (error) {
      if (unavailabilityOf(error) !== undefined) throw error;
      // Once and not at each look; verify-audit says it as long as it is so.
      if (!this.#reported.has(chain)) this.#options.log?.error({ err: error, chain }, "the audit's chain can't go on");
      this.#reported.add(chain);
      return 0;
    }
  }

  /** @returns how many entries it found. */
  async #sealBatch(organizationId: string | null, chain: string, { after, until }: Unsettled): Promise<number> {
    // Outside the transaction: there, a look at all that is not sealed would make changes that add to it start again.
    const found = await ofOrganization(this.#options.db.selectFrom("audit_entries").select("id"), organizationId)
      .where("chain", "is", null)
      .where(({ eb, or }) => or([eb("at", "<=", after), eb("at", ">", until)]))
      .orderBy("id")
      .limit(entriesPerSeal)
      .execute();
    const ids = found.map(({ id }) => id);
    if (ids.length > 0) await inTransaction(this.#options.db, (transaction) => this.#extend(transaction, chain, ids));
    return ids.length;
  }

  /** @throws Error where the chain is not as it was sealed: whatever follows would look as if it were. */
  async #extend(db: Database, chain: string, ids: readonly string[]): Promise<void> {
    const { newest } = this.#options.peppers;
    const head = await readHead(db, chain);
    const fault = faultOfHead(this.#options.peppers, head);
    if (head === undefined || fault !== undefined) throw new Error(`its head is not as it was sealed: ${fault}`);
    const beyond = db.selectFrom("audit_entries").select("id").where("chain", "=", chain);
    if ((await beyond.where("sequence", ">", head.sequence).limit(1).executeTakeFirst()) !== undefined) {
      throw new Error("its next place is taken by an entry that nothing sealed");
    }
    const rows = await db
      .selectFrom("audit_entries")
      .selectAll()
      .where("id", "in", ids)
      .where("chain", "is", null)
      .orderBy("id")
      .execute();
    // Another replica was here first.
    if (rows.length === 0) return;
    let { sequence, hash } = head;
    const sealed = rows.map((row) => {
      sequence += 1;
      hash = entryHash(hash, row, sequence);
      return sql`(${row.id}, cast(${sequence} as integer), ${hash})`;
    });
    await sql`
      update audit_entries set chain = ${chain}, sequence = sealed.sequence, hash = sealed.hash
      from (values ${sql.join(sealed)}) as sealed (id, sequence, hash) where audit_entries.id = sealed.id`.execute(db);
    const seal = sealHead(newest, { ...head, sequence, hash });
    await db
      .updateTable("audit_chains")
      .set({ sequence, hash, ...seal })
      .where("chain", "=", chain)
      .execute();
  }
}
