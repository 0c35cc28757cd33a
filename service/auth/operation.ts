/** The types of an operation of the contract: its input, its answer, and the call that a route handles. */
import type { operations } from "roster-schema";
import type { Billing } from "../billing.ts";
import type { Peppers } from "../keys/peppers.ts";
import type { ScannerKeys } from "../keys/scanner-keys.ts";
import type { SigningKeys } from "../keys/signing-keys.ts";
import type { Database } from "../rows/tables.ts";
import type { FailedVerifications } from "./failed-verifications.ts";
import type { Principal, UserPrincipal } from "./principal.ts";
import type { KeyResolver } from "./resolver.ts";

/** The identifier of an operation of the contract. */
export type OperationId = keyof operations;

type Parameters<O extends OperationId, P extends "path" | "query"> = operations[O]["parameters"] extends {
  readonly [_ in P]?: infer T;
}
  ? NonNullable<T>
  : never;

/** The path parameters of an operation. */
export type PathOf<O extends OperationId> = Parameters<O, "path">;

/** The query parameters of an operation. */
export type QueryOf<O extends OperationId> = Parameters<O, "query">;

/** The body of an operation's request. */
export type BodyOf<O extends OperationId> = operations[O] extends {
  readonly requestBody: { readonly content: { readonly "application/json": infer T } };
}
  ? T
  : never;

type Responses<O extends OperationId> = operations[O]["responses"];

/** The body of an operation's answer. */
export type AnswerOf<O extends OperationId> =
  Responses<O> extends { readonly 200: { content: { readonly "application/json": infer T } } }
    ? T
    : Responses<O> extends { readonly 201: { content: { readonly "application/json": infer T } } }
      ? T
      : never;

/** A mail that a change sends. */
export interface OutgoingMail {
  readonly recipient: string;
}

/**
 * The parts of the service that operations use, apart from the database. A trial replaces each of them by one that reaches
 * nothing outside of its transaction.
 */
export interface Facilities {
  readonly peppers: Peppers;
  readonly signingKeys: Pick<SigningKeys, keyof SigningKeys>;
  readonly secrets: {
    /** The plaintext of a new secret as the answer contains it. */
    answered(plaintext: string): string | null;
  };
  readonly resolver: Pick<KeyResolver, keyof KeyResolver>;
  readonly failedVerifications: Pick<FailedVerifications, keyof FailedVerifications>;
  /** Undefined if the service doesn't use Stripe. */
  readonly billing: Pick<Billing, keyof Billing> | undefined;
  /** Undefined if the service doesn't accept reports of leaked keys. */
  readonly scannerKeys: Pick<ScannerKeys, keyof ScannerKeys> | undefined;
  readonly mail: {
    /** The base of links, without a trailing slash. */
    publicUrl(): string;
    /** The contact for people who can't log in; undefined if none is configured. */
    readonly contactUrl: string | undefined;
    /** Sends a mail in the outbox after the transaction is committed. */
    queued(transaction: Database, mail: OutgoingMail): void;
  };
}

/** A validated and authenticated request, as an operation receives it. */
export interface Call<O extends OperationId = OperationId> {
  /** The database; in a change, its transaction. */
  readonly db: Database;
  readonly principal: Principal;
  readonly path: PathOf<O>;
  readonly query: QueryOf<O>;
  readonly body: BodyOf<O>;
  readonly now: Date;
  readonly requestId: string;
  /** The run that sends the request, a UUIDv7 in lower case; undefined if the caller doesn't name one. */
  readonly run: string | undefined;
  /** Identifies the request and its repeats: the Idempotency-Key, or the request id if there is none. */
  readonly attempt: string;
  readonly facilities: Facilities;
}

/** The parts of a call that rules need, for any operation. */
export type Context = Pick<Call, "db" | "principal" | "now" | "requestId" | "run" | "attempt" | "facilities">;

/** The parts of a call that an authorization rule needs: the principal, and the time. */
export type CallerContext = Pick<Context, "db" | "now" | "principal">;

/** The context of an action that a person takes on a page. */
export type PersonContext = Context & { readonly principal: UserPrincipal };
