/** Records when each secret was last used. */
import { secretEnd, selectSecretEnd } from "../keys/secret-end.ts";
import { writeIfPossible } from "../rows/database.ts";
import type { Database } from "../rows/tables.ts";
import type { FoundSecret } from "./found-secret.ts";

const writeEveryMs = 60_000;
const maxRemembered = 10_000;

interface Use {
  found: FoundSecret;
  writtenMs: number;
  /** The latest use, if it is not written yet. */
  pending: Date | undefined;
}

/**
 * Stores when each secret was last used. The first use is written at once, later uses at most once a minute, so the
 * stored time is at most 60 seconds late. It never moves backwards.
 *
 * Uses are written outside of transactions, so that two changes with the same key don't conflict.
 */
export class LastUse {
  readonly #db: Database;
  readonly #uses = new Map<string, Use>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** Records a use. A secret that is hashed with an older pepper is rehashed with the newest one. */
  async note(found: FoundSecret, now: Date): Promise<void> {
    const id = `${found.keyId} ${found.generation} ${found.hash}`;
    const writtenMs = Math.max(found.usedAt?.getTime() ?? 0, this.#uses.get(id)?.writtenMs ?? 0);
    if (found.rehash === undefined && now.getTime() - writtenMs < writeEveryMs) {
      this.#uses.set(id, { found, writtenMs, pending: now });
      return;
    }
    // If the database accepts no changes at the moment, keys still work, and the use is written later.
    const isWritten = await writeIfPossible(async () => {
      if (this.#uses.size >= maxRemembered) {
        await this.flush(now);
      }
      this.#uses.set(id, { found, writtenMs: now.getTime(), pending: undefined });
      await this.#write(found, now);
    });
    if (!isWritten) {
      this.#uses.set(id, { found, writtenMs, pending: now });
    }
  }

  /**
   * Writes all pending uses.
   *
   * @throws the driver's error if the database accepts no changes; the remaining uses are lost.
   */
  async flush(now: Date): Promise<void> {
    const uses = [...this.#uses.values()];
    this.#uses.clear();
    for (const { found, pending } of uses) {
      if (pending !== undefined && !(await this.#hasEnded(found, now))) {
        await this.#write(found, pending);
      }
    }
  }

  /** Whether a secret has ended. A use that is written late could extend its end, so that it would work again. */
  async #hasEnded({ keyId, generation }: FoundSecret, now: Date): Promise<boolean> {
    const ending = await selectSecretEnd(this.#db, keyId, generation);
    const end = ending === undefined ? null : secretEnd(ending);
    return end !== null && end <= now;
  }

  async #write(found: FoundSecret, at: Date): Promise<void> {
    // Also compare the hash: the secret may have been replaced meanwhile, and the new one was not used.
    const secret = this.#db
      .updateTable("api_key_secrets")
      .where("key_id", "=", found.keyId)
      .where("generation", "=", found.generation)
      .where("hash", "=", found.hash);
    if (found.rehash !== undefined) {
      const { hash, pepperVersion } = found.rehash;
      await secret.set({ used_at: at, hash, pepper_version: pepperVersion }).execute();
      return;
    }
    await secret
      .set({ used_at: at })
      .where((where) => where.or([where("used_at", "is", null), where("used_at", "<", at)]))
      .execute();
  }
}
