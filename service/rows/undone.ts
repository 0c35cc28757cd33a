/** Transactions that are always undone, for trials. */
import { sql } from "kysely";
import { retryingConflicts } from "./database.ts";
import type { Database } from "./tables.ts";

/** Thrown within the transaction, so that it is undone. */
class Undone<T> extends Error {
  readonly result: T;

  constructor(result: T) {
    super("the transaction is undone");
    this.name = "Undone";
    this.result = result;
  }
}

/**
 * Runs work in a transaction that is then undone, and retries it after conflicts. `inTransaction` joins it.
 *
 * It is SERIALIZABLE, as what it tries would be. Because it never commits, others are at most retried because of it.
 *
 * @param withinMs the longest time that a statement takes, including the time that it waits for locks; the embedded database
 * has no lock waits.
 * @throws any error of the work, or of the database.
 */
export async function inUndoneTransaction<T>(
  db: Database,
  withinMs: number,
  work: (transaction: Database) => Promise<T>,
): Promise<T> {
  try {
    return await retryingConflicts(() =>
      db
        .transaction()
        .setIsolationLevel("serializable")
        .execute(async (transaction) => {
          if (!hasOneConnection(db)) {
            // Zero would be no limit.
            const limit = `${Math.max(1, Math.ceil(withinMs))}ms`;
            await sql`select set_config('statement_timeout', ${limit}, true)`.execute(transaction);
          }
          throw new Undone(await work(transaction));
        }),
    );
  } catch (error) {
    if (error instanceof Undone) {
      return error.result as T;
    }
    throw error;
  }
}

/** Whether a database has only one connection, so that a transaction keeps everybody else waiting. */
export function hasOneConnection(db: Database): boolean {
  return !db.getExecutor().adapter.supportsMultipleConnections;
}
