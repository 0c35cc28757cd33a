/** The background worker that seals audit entries. */
import type { FastifyBaseLogger } from "fastify";
import { sql } from "kysely";
import type { Peppers } from "../keys/peppers.ts";
import { inTransaction, unavailabilityOf } from "../rows/database.ts";
import type { Database } from "../rows/tables.ts";
import { chainOf, entryHash, faultOfHead, readHead, sealHead } from "./chain.ts";
import { moveHeads } from "./heads.ts";
import { ofOrganization, organizationsOfEntries } from "./scopes.ts";

const entriesPerSeal = 200;

/** The options of a sealer. */
export interface SealerOptions {
  readonly db: Database;
  readonly peppers: Peppers;
  readonly clock: () => Date;
  readonly log: Pick<FastifyBaseLogger, "warn" | "error"> | undefined;
  /** The interval between checks for new entries; 1000 by default. */
  readonly pollMs?: number | undefined;
  /**
   * The minimum age of an entry that is sealed; 2000 by default. Entries of changes that commit within this time are
   * sealed in the order in which they were made; entries that commit later are sealed after those. An entry that is
   * further ahead of the clock than this is sealed as well, because the clock may have been set back.
   */
  readonly settleMs?: number | undefined;
}

/** The interval in which an earlier entry may still be committed. */
interface Unsettled {
  readonly after: Date;
  readonly until: Date;
}

/**
 * Seals entries periodically. Several replicas can each run a sealer: each seal is a serializable transaction that reads
 * and updates the chain's head, so of two concurrent seals on one chain, one is retried.
 */
export class AuditSealer {
  readonly #options: SealerOptions;
  /** Chains whose failure is already logged. */
  readonly #reported = new Set<string>();
  /** Whether the current failure is already logged. */
  #isFailing = false;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(options: SealerOptions) {
    this.#options = options;
  }

  /** Starts the periodic sealing. */
  start(): void {
    if (this.#closed) {
      return;
    }
    this.#timer = setTimeout(() => {
      this.#working = this.#poll().finally(() => this.start());
    }, this.#options.pollMs ?? 1000).unref();
  }

  /** Finishes the seal in progress, and starts no other. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  /**
   * Seals every entry that is old enough, one batch of each chain in turn. A chain that fails doesn't block the others.
   *
   * @throws the driver's error if the database can't be reached.
   */
  async seal(): Promise<void> {
    const { db, clock, settleMs = 2000 } = this.#options;
    const now = clock().getTime();
    const unsettled = { after: new Date(now - settleMs), until: new Date(now + settleMs) };
    for (let isMore = true; isMore && !this.#closed; ) {
      isMore = false;
      for await (const organizationId of organizationsOfEntries(db, (entries) => entries.where("chain", "is", null))) {
        if (this.#closed) {
          return;
        }
        if ((await this.#tryBatch(organizationId, unsettled)) === entriesPerSeal) {
          isMore = true;
        }
      }
    }
  }

  async #poll(): Promise<void> {
    try {
      await moveHeads(this.#options.db, this.#options.peppers);
      await this.seal();
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) {
        this.#options.log?.warn({ err: error }, "could not seal the audit; trying again");
      }
      this.#isFailing = true;
    }
  }

  async #tryBatch(organizationId: string | null, unsettled: Unsettled): Promise<number> {
    const chain = chainOf(organizationId);
    try {
      const count = await this.#sealBatch(organizationId, chain, unsettled);
      if (count > 0) {
        this.#reported.delete(chain);
      }
      return count;
    } catch (error) {
      if (unavailabilityOf(error) !== undefined) {
        throw error;
      }
      // Log this once, not at every check; verify-audit reports it for as long as it lasts.
      if (!this.#reported.has(chain)) {
        this.#options.log?.error({ err: error, chain }, "the audit chain can't be extended");
      }
      this.#reported.add(chain);
      return 0;
    }
  }

  /** @returns the number of entries. */
  async #sealBatch(organizationId: string | null, chain: string, { after, until }: Unsettled): Promise<number> {
    // This query runs outside the transaction: inside, it would conflict with changes that add entries.
    const found = await ofOrganization(this.#options.db.selectFrom("audit_entries").select("id"), organizationId)
      .where("chain", "is", null)
      .where(({ eb, or }) => or([eb("at", "<=", after), eb("at", ">", until)]))
      .orderBy("id")
      .limit(entriesPerSeal)
      .execute();
    const ids = found.map(({ id }) => id);
    if (ids.length > 0) {
      await inTransaction(this.#options.db, (transaction) => this.#extend(transaction, chain, ids));
    }
    return ids.length;
  }

  /** @throws Error if the chain has been altered, because further seals would hide that. */
  async #extend(db: Database, chain: string, ids: readonly string[]): Promise<void> {
    const { newest } = this.#options.peppers;
    const head = await readHead(db, chain);
    const fault = faultOfHead(this.#options.peppers, head);
    if (head === undefined || fault !== undefined) {
      throw new Error(`the head is not as it was sealed: ${fault}`);
    }
    const beyond = db.selectFrom("audit_entries").select("id").where("chain", "=", chain);
    if ((await beyond.where("sequence", ">", head.sequence).limit(1).executeTakeFirst()) !== undefined) {
      throw new Error("an entry that was not sealed has the next sequence number");
    }
    const rows = await db
      .selectFrom("audit_entries")
      .selectAll()
      .where("id", "in", ids)
      .where("chain", "is", null)
      .orderBy("id")
      .execute();
    // Another replica has sealed them.
    if (rows.length === 0) {
      return;
    }
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
