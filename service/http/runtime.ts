/** The types that every route shares. */
import type { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Facilities, OperationId } from "../auth/operation.ts";
import type { Authenticator, Principal } from "../auth/principal.ts";
import type { Database } from "../rows/tables.ts";

/** What the service runs on. */
export interface Runtime {
  readonly db: Database;
  readonly facilities: Facilities;
  readonly authenticator: Authenticator;
  readonly clock: () => Date;
  /** See `ServiceOptions`. */
  readonly monotonicMs: () => number;
  /** When what is kept for a time was last swept, by `monotonicMs`; undefined where it never was. */
  sweptAtMs: number | undefined;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; null on public paths. */
    principal: Principal | null;
  }
}

/** How one operation of the contract is answered. */
export interface Route<O extends OperationId> {
  /** Only for inference: the operation's identifier. */
  readonly operation?: O;
  /**
   * Authenticates a request that carries no token, by its content.
   *
   * @returns the content once more, for whoever reads it next.
   */
  readonly authenticate?: (runtime: Runtime, request: FastifyRequest, content: Readable) => Promise<Readable>;
  handle(runtime: Runtime, operation: OperationId, request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
  /** Whether it is about a single object, so that a batch may have it. */
  readonly isBatchable?: boolean;
  /**
   * Whether no text of its body comes to the database as it is: that of a batch does as that of each of its requests, and what was
   * found or presented somewhere is compared by its hash, or mailed.
   */
  readonly storesNoText?: boolean;
}
