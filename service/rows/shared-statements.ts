/**
 * Request groups: requests of a batch that run concurrently and share SQL statements. Each request waits when it needs the
 * database; once all of them wait, one statement runs for every request that needs the same one.
 *
 * The requests don't see each other's changes, so only use a group if the database itself keeps them apart; see `refuseGroup`.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Database } from "./tables.ts";

const groupStorage = new AsyncLocalStorage<RequestGroup | undefined>();

/** Runs a request as part of a group, or separately if `group` is undefined. */
export function runInGroup<T>(group: RequestGroup | undefined, run: () => Promise<T>): Promise<T> {
  return groupStorage.run(group, run);
}

/** The group of the current request; undefined if the request runs separately. */
export function currentGroup(): RequestGroup | undefined {
  return groupStorage.getStore();
}

/** Runs a callback once the changes of the current request are final; never runs it if they are undone. */
export function onceSettled(run: () => void): void {
  const group = currentGroup();
  if (group === undefined) {
    run();
  } else {
    group.onceSettled(run);
  }
}

/** Thrown if requests can't run as a group. */
export class NotGroupableError extends Error {
  override readonly name = "NotTogetherError";
  /** Whether the request has not begun, so that the transaction is as it was. */
  readonly isUnbegun: boolean;

  constructor(message: string, { isUnbegun = false } = {}) {
    super(message);
    this.isUnbegun = isUnbegun;
  }
}

/**
 * Declares that what follows depends on what other requests do, such as a count. The requests of a group don't see each
 * other, so each would decide as if it were the only one.
 *
 * @param options.isUnbegun whether the request has done nothing yet.
 * @throws NotGroupableError in a group
 */
export function refuseGroup(options: { readonly isUnbegun?: boolean } = {}): void {
  if (currentGroup() !== undefined) {
    throw new NotGroupableError("this must run separately", options);
  }
}

/**
 * A statement that reads or writes for several requests at once. Declare it once, at the top of its module, so that it
 * doesn't depend on a particular request: everything that the statement needs is passed to it.
 */
export interface SharedStatement<Shared extends object, Argument, Answer> {
  readonly name: string;
  /**
   * Executes the statement, and returns the answers in the order of the arguments, which may repeat.
   *
   * @param shared the values that all requests have in common, such as the database and the time.
   */
  readonly executeAll: (shared: Shared, args: readonly Argument[]) => Promise<readonly Answer[]>;
}

/** The names of the declared statements. */
const declared = new Set<string>();

/**
 * Declares a query.
 *
 * @param name what the query returns, in words.
 * @throws Error if the name is already declared, for example because a function declares the query at each call.
 */
export function sharedQuery<Shared extends object, Argument, Answer>(
  name: string,
  executeAll: SharedStatement<Shared, Argument, Answer>["executeAll"],
): SharedStatement<Shared, Argument, Answer> {
  if (declared.has(name)) {
    throw new Error(`the statement "${name}" is declared twice; declare it at the top of its module`);
  }
  declared.add(name);
  return { name, executeAll };
}

/**
 * Declares a query that returns one row for each key.
 *
 * @param keyOf returns the key of a row.
 */
export function sharedRowQuery<Shared extends object, Row>(
  name: string,
  findAll: (shared: Shared, keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string | null,
): SharedStatement<Shared, string, Row | undefined> {
  return sharedQuery(name, async (shared, keys) => {
    const rows = new Map((await findAll(shared, [...new Set(keys)])).map((row) => [keyOf(row), row]));
    return keys.map((key) => rows.get(key));
  });
}

/** Declares a statement that writes. */
export function sharedWrite<Shared extends object, Argument>(
  name: string,
  writeAll: (shared: Shared, args: readonly Argument[]) => Promise<unknown>,
): SharedStatement<Shared, Argument, void> {
  return sharedQuery(name, async (shared, args) => {
    await writeAll(shared, args);
    return [];
  });
}

/** Allows no member beyond those of `Shared`: any other member would keep requests from sharing a statement. */
type Exactly<Shared, Given extends Shared> = Given & Readonly<Record<Exclude<keyof Given, keyof Shared>, never>>;

/**
 * Executes a shared statement for the current request; in a group, once for all requests with the same shared values.
 *
 * @param shared the values that requests must have in common, member by member, to share one execution.
 */
export async function executeShared<Shared extends object, Argument, Answer, Given extends Shared>(
  statement: SharedStatement<Shared, Argument, Answer>,
  shared: Exactly<Shared, Given>,
  argument: Argument,
): Promise<Answer> {
  const group = currentGroup();
  if (group !== undefined) {
    return await group.execute(statement, shared, argument);
  }
  const [answer] = await statement.executeAll(shared, [argument]);
  return answer as Answer;
}

type Members = Readonly<Record<string, unknown>>;

/** An execution that waits for the group. */
interface Pending {
  readonly statement: SharedStatement<object, unknown, unknown>;
  readonly shared: Members;
  readonly args: unknown[];
  readonly settle: { resolve(answer: unknown): void; reject(error: unknown): void }[];
}

/** Requests that run concurrently and share statements. */
export class RequestGroup {
  /** The transaction that the requests share; undefined if they only read. */
  readonly transaction: Database | undefined;
  /** The time at which all of them are carried out. */
  readonly now: Date;
  #failure: { readonly error: unknown } | undefined;
  #running = 0;
  #waiting = 0;
  #pending: Pending[] = [];
  readonly #onceSettled: (() => void)[] = [];

  constructor(transaction: Database | undefined, now: Date) {
    this.transaction = transaction;
    this.now = now;
  }

  /** The first failure of a request; the transaction must then be rolled back. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** See the function `onceSettled`. */
  onceSettled(run: () => void): void {
    this.#onceSettled.push(run);
  }

  /** Runs the callbacks, now that the changes of all requests are final. */
  settle(): void {
    for (const run of this.#onceSettled.splice(0)) {
      run();
    }
  }

  /** Records that a request has failed. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Runs the requests. */
  async run<T>(requests: readonly (() => Promise<T>)[]): Promise<T[]> {
    this.#running = requests.length;
    return await Promise.all(
      requests.map(async (request) => {
        try {
          return await request();
        } finally {
          this.#running -= 1;
          this.#executeOnceAllWait();
        }
      }),
    );
  }

  /** See `executeShared`. */
  execute<Shared extends object, Argument, Answer>(
    statement: SharedStatement<Shared, Argument, Answer>,
    shared: Shared,
    argument: Argument,
  ): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const { args, settle } = this.#join(statement as unknown as Pending["statement"], shared as Members);
      args.push(argument);
      settle.push({ resolve: resolve as (answer: unknown) => void, reject });
      this.#waiting += 1;
      this.#executeOnceAllWait();
    });
  }

  /** The pending execution that the request joins, or a new one. */
  #join(statement: Pending["statement"], shared: Members): Pending {
    const same = this.#pending.find((pending) => pending.statement === statement && isSame(pending.shared, shared));
    if (same !== undefined) {
      return same;
    }
    const first: Pending = { statement, shared, args: [], settle: [] };
    this.#pending.push(first);
    return first;
  }

  #executeOnceAllWait(): void {
    if (this.#waiting === 0 || this.#waiting < this.#running) {
      return;
    }
    const all = this.#pending;
    this.#pending = [];
    this.#waiting = 0;
    for (const { statement, shared, args, settle } of all) {
      // Statements within a shared one already run for all requests.
      groupStorage
        .run(undefined, () => statement.executeAll(shared, args))
        .then(
          (answers) => {
            for (const [at, { resolve }] of settle.entries()) {
              resolve(answers[at]);
            }
          },
          (error) => {
            for (const { reject } of settle) {
              reject(error);
            }
          },
        );
    }
  }
}

/** Whether two requests have the same shared values, member by member, by value or identity. */
function isSame(one: Members, other: Members): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => Object.is(one[name], other[name]));
}
