/** How the objects of one kind are created and ended, whichever operation asks for it; `Updating` is how they are changed. */
import type { Call, Context, OperationId } from "../auth/operation.ts";
import type { AdoptRules } from "./adoption.ts";
import type { Identify } from "./take-over.ts";

/** What a creation made. */
export interface CreateResult<T> {
  readonly id: string;
  /** The object before, where an earlier one was brought back. */
  readonly before?: T;
  /** What the answer holds beside the object. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** How the objects of one kind are created. */
export interface CreateRules<O extends OperationId, T> extends AdoptRules<O, T> {
  /** Asks `identify` which object it makes, and stores that one. */
  create(call: Call<O>, identify: Identify<T>): Promise<CreateResult<T>>;
  /** What the answer of an adoption holds beside the object. */
  readonly extraIfAdopted?: Readonly<Record<string, unknown>>;
}

/** How the objects of one kind are ended. */
export interface EndRules<T> {
  /** The object, for a caller who may end it. */
  find(context: Context, id: string): Promise<T>;
  /**
   * Ends it; what has ended already stays as it is.
   *
   * @param managedAs the externalId by which its manager ends it; undefined where somebody else does.
   */
  end(context: Context, before: T, managedAs: string | undefined): Promise<void>;
}
