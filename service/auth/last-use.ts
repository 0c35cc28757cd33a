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
  /** The latest use, where it is not written yet. */
  pending: Date | undefined;
}

/**
 * Keeps when a secret was last used: the first use is written at once, later ones at most once a minute, so that what
 * is stored is at most 60 seconds late, and never moves backwards.
 *
 * Written outside of any change's transaction: two changes made with one key must not conflict over it.
 */
export class LastUse {
  readonly #db: Database;
  readonly #uses = new Map<string, Use>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** Records a use; a secret that is stored under an older pepper moves to the newest by the way. */
  async note(found: FoundSecret, now: Date): Promise<void> {
    const id = `${found.keyId} ${found.generation} ${found.hash}`;
    const writtenMs = Math.max(found.usedAt?.getTime() ?? 0, this.#uses.get(id)?.writtenMs ?? 0);
    if (found.rehash === undefined && now.getTime() - writtenMs < writeEveryMs) {
      this.#uses.set(id, { found, writtenMs, pending: now });
      return;
    }
    // A database that accepts no changes now stops nobody's key: the use is written later, with the next one.
    const isWritten = await writeIfPossible(async () => {
      if (this.#uses.size >= maxRemembered) await this.flush(now);
      this.#uses.set(id, { found, writtenMs: now.getTime(), pending: undefined });
      await this.#write(found, now);
    });
    if (!isWritten) this.#uses.set(id, { found, writtenMs, pending: now });
  }

  /**
   * Writes what is not written yet.
   *
   * @throws the driver's error where the database accepts no changes; what is left is forgotten.
   */
  async flush(now: Date): Promise<void> {
    const uses = [...this.#uses.values()];
    this.#uses.clear();
    for (const { found, pending } of uses) {
      if (pending !== undefined && !(await this.#hasEnded(found, now))) await this.#write(found, pending);
    }
  }

  /** Whether a secret has stopped: a use of it that is written late could put its end off, and it would work again. */
  async #hasEnded({ keyId, generation }: FoundSecret, now: Date): Promise<boolean> {
    const ending = await selectSecretEnd(this.#db, keyId, generation);
    const end = ending === undefined ? null : secretEnd(ending);
    return end !== null && end <= now;
  }

  async #write(found: FoundSecret, at: Date): Promise<void> {
    // By hash as well: the secret may have been minted anew meanwhile, and the new one was not used.
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
