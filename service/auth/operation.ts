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

/** What an operation needs of the service. */
export interface Facilities {
  readonly peppers: Peppers;
  readonly signingKeys: SigningKeys;
  readonly resolver: KeyResolver;
  readonly failedVerifications: FailedVerifications;
  /** Undefined where the service sells nothing through Stripe. */
  readonly billing: Billing | undefined;
  /** Undefined where the service takes no reports of leaked keys. */
  readonly scannerKeys: ScannerKeys | undefined;
  readonly mail: {
    /** The base of links, without a slash at its end. */
    publicUrl(): string;
    /** Sends what is queued; called after the commit. */
    readonly kick: () => void;
  };
}

/** One request as its operation sees it: validated, authenticated, at one moment. */
export interface Call<O extends OperationId = OperationId> {
  /** The database; in a change, its transaction. */
  readonly db: Database;
  readonly principal: Principal;
  readonly path: PathOf<O>;
  readonly query: QueryOf<O>;
  readonly body: BodyOf<O>;
  readonly now: Date;
  readonly requestId: string;
  /** The provider's run that asks, a UUIDv7 in lower case; undefined where the caller doesn't say. */
  readonly run: string | undefined;
  /** What the repeats of this request share: its Idempotency-Key, or its own id where it has none. */
  readonly attempt: string;
  readonly facilities: Facilities;
}

/** What of a call the rules need, whichever operation it is. */
export type Context = Pick<Call, "db" | "principal" | "now" | "requestId" | "run" | "attempt" | "facilities">;

/** What a rule about who may do something needs: who asks, and when. */
export type CallerContext = Pick<Context, "db" | "now" | "principal">;

/** A person's own act. */
export type PersonContext = Context & { readonly principal: UserPrincipal };
