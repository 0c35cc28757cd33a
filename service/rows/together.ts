/**
 * Requests of a batch that are carried out side by side and share their statements: each waits where it asks the database,
 * and once all of them wait, what is asked is asked for all of them at once.
 *
 * They see nothing of each other, so this is for what the database itself keeps apart; see `alone`.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Database } from "./tables.ts";

const company = new AsyncLocalStorage<Together | undefined>();

/** Runs a request in company, or by itself where `together` is undefined. */
export function inCompany<T>(together: Together | undefined, run: () => Promise<T>): Promise<T> {
  return company.run(together, run);
}

/** Those with whom the present request is carried out. */
export function presentCompany(): Together | undefined {
  return company.getStore();
}

/** Does something once what the present request has done is settled, and not at all where it is undone. */
export function onceSettled(run: () => void): void {
  const together = presentCompany();
  if (together === undefined) run();
  else together.onceSettled(run);
}

/** Thrown where requests can't be carried out side by side. */
export class NotTogetherError extends Error {
  override readonly name = "NotTogetherError";
}

/**
 * Says that what follows decides by what others do as well, such as how many there are: requests that don't see each
 * other would each decide as if they were the only one.
 *
 * @throws NotTogetherError in company
 */
export function alone(): void {
  if (presentCompany() !== undefined) throw new NotTogetherError("this takes its own turn");
}

/**
 * What requests ask the database, or write to it, with one statement for all of them. It is declared once, at the top of its
 * module, so that it knows nothing of the request that asks first: whatever the statement needs, it is given.
 */
export interface Question<Shared extends object, Argument, Answer> {
  readonly name: string;
  /**
   * Gives the answers, in the order of the arguments, which may repeat.
   *
   * @param shared what is the same for all who ask, such as the database and the moment.
   */
  readonly answerAll: (shared: Shared, args: readonly Argument[]) => Promise<readonly Answer[]>;
}

/** The names of the questions that are declared. */
const declared = new Set<string>();

/**
 * Declares a question.
 *
 * @param name what is asked, in words.
 * @throws Error where the name is declared already, as by a function that declares what it asks each time.
 */
export function question<Shared extends object, Argument, Answer>(
  name: string,
  answerAll: Question<Shared, Argument, Answer>["answerAll"],
): Question<Shared, Argument, Answer> {
  if (declared.has(name))
    throw new Error(`the question "${name}" is declared twice; declare it where its module begins`);
  declared.add(name);
  return { name, answerAll };
}

/**
 * Declares the question for the row of a key.
 *
 * @param keyOf what a row is found by.
 */
export function rowQuestion<Shared extends object, Row>(
  name: string,
  findAll: (shared: Shared, keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string | null,
): Question<Shared, string, Row | undefined> {
  return question(name, async (shared, keys) => {
    const rows = new Map((await findAll(shared, [...new Set(keys)])).map((row) => [keyOf(row), row]));
    return keys.map((key) => rows.get(key));
  });
}

/** Declares what requests write with one statement for all. */
export function write<Shared extends object, Argument>(
  name: string,
  writeAll: (shared: Shared, args: readonly Argument[]) => Promise<unknown>,
): Question<Shared, Argument, void> {
  return question(name, async (shared, args) => {
    await writeAll(shared, args);
    return [];
  });
}

/** No member beyond those of `Shared`: each would tell askers apart who are to share a statement. */
type Exactly<Shared, Given extends Shared> = Given & Readonly<Record<Exclude<keyof Given, keyof Shared>, never>>;

/**
 * Asks the database on behalf of a request, in company for all who ask the same question and share the same.
 *
 * @param shared what all of them have to have in common, member by member; those who differ get a statement of their own.
 */
export async function ask<Shared extends object, Argument, Answer, Given extends Shared>(
  asked: Question<Shared, Argument, Answer>,
  shared: Exactly<Shared, Given>,
  argument: Argument,
): Promise<Answer> {
  const together = presentCompany();
  if (together !== undefined) return await together.ask(asked, shared, argument);
  const [answer] = await asked.answerAll(shared, [argument]);
  return answer as Answer;
}

type Members = Readonly<Record<string, unknown>>;

/** Those who ask the same. */
interface Askers {
  readonly asked: Question<object, unknown, unknown>;
  readonly shared: Members;
  readonly args: unknown[];
  readonly settle: { resolve(answer: unknown): void; reject(error: unknown): void }[];
}

/** Requests that are carried out side by side. */
export class Together {
  /** The transaction that they share; undefined where they only read. */
  readonly transaction: Database | undefined;
  /** When they are carried out, all of them. */
  readonly now: Date;
  #failure: { readonly error: unknown } | undefined;
  #running = 0;
  #waiting = 0;
  #askers: Askers[] = [];
  readonly #onceSettled: (() => void)[] = [];

  constructor(transaction: Database | undefined, now: Date) {
    this.transaction = transaction;
    this.now = now;
  }

  /** What the first of them has failed with; their transaction is to be undone. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** See the function of this name. */
  onceSettled(run: () => void): void {
    this.#onceSettled.push(run);
  }

  /** Notes that what they did is done for good. */
  settle(): void {
    for (const run of this.#onceSettled.splice(0)) run();
  }

  /** Notes that one of them has failed. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Carries them out. */
  async run<T>(requests: readonly (() => Promise<T>)[]): Promise<T[]> {
    this.#running = requests.length;
    return await Promise.all(
      requests.map(async (request) => {
        try {
          return await request();
        } finally {
          this.#running -= 1;
          this.#answerOnceAllWait();
        }
      }),
    );
  }

  /** See the function of this name. */
  ask<Shared extends object, Argument, Answer>(
    asked: Question<Shared, Argument, Answer>,
    shared: Shared,
    argument: Argument,
  ): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const { args, settle } = this.#joined(asked as unknown as Askers["asked"], shared as Members);
      args.push(argument);
      settle.push({ resolve: resolve as (answer: unknown) => void, reject });
      this.#waiting += 1;
      this.#answerOnceAllWait();
    });
  }

  /** Those who ask the same, and who are joined by one more. */
  #joined(asked: Askers["asked"], shared: Members): Askers {
    const same = this.#askers.find((askers) => askers.asked === asked && isSame(askers.shared, shared));
    if (same !== undefined) return same;
    const first: Askers = { asked, shared, args: [], settle: [] };
    this.#askers.push(first);
    return first;
  }

  #answerOnceAllWait(): void {
    if (this.#waiting === 0 || this.#waiting < this.#running) return;
    const all = this.#askers;
    this.#askers = [];
    this.#waiting = 0;
    for (const { asked, shared, args, settle } of all) {
      // What an answer itself asks is for all of them already.
      company
        .run(undefined, () => asked.answerAll(shared, args))
        .then(
          (answers) => {
            for (const [at, { resolve }] of settle.entries()) resolve(answers[at]);
          },
          (error) => {
            for (const { reject } of settle) reject(error);
          },
        );
    }
  }
}

/** Whether two askers share the same: each member, by its value or its identity. */
function isSame(one: Members, other: Members): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => Object.is(one[name], other[name]));
}
