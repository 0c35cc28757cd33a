/** The types that every route shares. */
import type { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Authenticator } from "../auth/authenticator.ts";
import type { Facilities, OperationId } from "../auth/operation.ts";
import type { Principal } from "../auth/principal.ts";
import type { Database } from "../rows/tables.ts";
import type { TrialGate } from "./trial-gate.ts";

/** What routes need from the running service. */
export interface Runtime {
  readonly db: Database;
  readonly facilities: Facilities;
  readonly authenticator: Authenticator;
  readonly clock: () => Date;
  /** Lets trials through. */
  readonly trialGate: TrialGate;
  /** See `ServiceOptions`. */
  readonly monotonicMs: () => number;
  /** The time of the last sweep, by `monotonicMs`; undefined if there was none. */
  sweptAtMs: number | undefined;
}

declare module "fastify" {
  interface FastifyRequest {
    /** The principal; null on public paths. */
    principal: Principal | null;
  }
}

/** The handler of an operation of the contract. */
export interface Route<O extends OperationId> {
  /** The operation id, only for type inference. */
  readonly operation?: O;
  /**
   * Authenticates a request without a token, by its content.
   *
   * @returns the content again, for the next reader.
   */
  readonly authenticate?: (runtime: Runtime, request: FastifyRequest, content: Readable) => Promise<Readable>;
  handle(runtime: Runtime, operation: OperationId, request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
  /** Whether the operation is for a single object, so that a batch can contain it. */
  readonly isBatchable?: boolean;
  /**
   * Whether the database doesn't store any text of the body. The texts of a batch are checked with each of its requests;
   * reported and presented secrets are compared by hash, or mailed.
   */
  readonly storesNoText?: boolean;
}
