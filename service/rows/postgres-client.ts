/** The driver's client for PostgreSQL: it prepares frequent statements, and gives up on a server that is silent. */
import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import pg from "pg";

/** The time for a connection to close. */
const endWithinMs = 1000;

/** A statement that is marked with `plannedOnce` of database.ts. */
const isPlannedOnce = /^select \/\* planned once \*\//;

class PreparingClient extends pg.Client {
  // Kysely passes the text and its parameters; other forms are passed on.
  override query(...given: [never]) {
    const [text, values] = given as unknown[];
    if (typeof text !== "string" || !isPlannedOnce.test(text)) {
      return super.query(...given);
    }
    // A query with a name is prepared.
    const name = createHash("sha256").update(text).digest("base64url");
    return super.query({ name, text, values } as never);
  }
}

/**
 * A client that closes its connection if PostgreSQL is silent for too long. A lost machine or proxy doesn't end connections,
 * so the client would otherwise wait until the system gives up, which may be never.
 */
export function clientWithin(withinMs: number): typeof PreparingClient {
  return class extends PreparingClient {
    constructor(...given: [never]) {
      super(...given);
      // Queries on a broken connection fail anyway; between the statements of a transaction, nobody handles the event.
      this.on("error", () => {});
    }

    override query(...given: [never]) {
      const answer = super.query(...given);
      const late = setTimeout(() => this.#hangUp(), withinMs).unref();
      const settled = () => clearTimeout(late);
      (answer as unknown as Promise<unknown>).then(settled, settled);
      return answer;
    }

    override async end(...given: []) {
      setTimeout(() => this.#hangUp(), endWithinMs).unref();
      return await super.end(...given);
    }

    /** Pending queries fail then, and the pool opens a new connection. */
    #hangUp(): void {
      (this as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy();
    }
  };
}
