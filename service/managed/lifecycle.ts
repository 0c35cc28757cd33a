/** The rules for creating and ending the objects of one kind; for updating, see `UpdateRules`. */
import type { Call, Context, OperationId } from "../auth/operation.ts";
import type { Permission } from "../auth/permissions.ts";
import type { AdoptRules } from "./adoption.ts";
import type { Identify } from "./take-over.ts";

/** The result of a create. */
export interface CreateResult<T> {
  readonly id: string;
  /** The object before, if the create has reactivated it. */
  readonly before?: T;
  /** Additional members of the answer. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** The rules for creating the objects of one kind. */
export interface CreateRules<O extends OperationId, T> extends AdoptRules<O, T> {
  /** Gets the identifier from `identify`, and stores the object. */
  create(call: Call<O>, identify: Identify<T>): Promise<CreateResult<T>>;
  /** Additional members of the answer to an adoption. */
  readonly extraIfAdopted?: Readonly<Record<string, unknown>>;
}

/** What taking back an object of one kind requires. */
export interface TakingBack<T> {
  /** The permission to create such objects. */
  readonly permission: Permission;
  /** Whether others have made something that ends with the object, such as a membership of a user. */
  isBuiltOn(context: Pick<Context, "db">, item: T, maker: string): Promise<boolean>;
}

/** The rules for ending the objects of one kind. */
export interface EndRules<T> {
  /** Finds the object, if the caller is allowed to end it. */
  find(context: Context, id: string): Promise<T>;
  /** For kinds that some callers may create but not end: what taking such an object back requires. */
  readonly takingBack?: TakingBack<T>;
  /**
   * Why the manager lets go of the object instead of ending it, because the request says so; undefined if it ends.
   *
   * @throws Refusal if the caller may not let go of it.
   */
  keeps?(call: Call, before: T): Promise<string | undefined>;
  /**
   * Ends the object; an ended object stays as it is.
   *
   * @param managedAs the externalId that the caller gives as its manager; undefined for other callers.
   */
  end(context: Context, before: T, managedAs: string | undefined): Promise<void>;
}
