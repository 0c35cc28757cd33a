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
 * Asks the database on behalf of a request, in company for all who ask the same.
 *
 * @param question what is asked: those of the same question are asked with one statement.
 * @param answerAll gives the answers, in the order of the arguments, which may repeat.
 */
export async function gathered<Argument, Answer>(
  question: string,
  argument: Argument,
  answerAll: (args: readonly Argument[]) => Promise<readonly Answer[]>,
): Promise<Answer> {
  const together = presentCompany();
  if (together !== undefined) return await together.ask(question, argument, answerAll);
  const [answer] = await answerAll([argument]);
  return answer as Answer;
}

/**
 * Finds the row of a key, in company with one statement for all.
 *
 * @param keyOf what a row is found by.
 */
export async function gatheredRow<Row>(
  question: string,
  key: string,
  findAll: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string | null,
): Promise<Row | undefined> {
  return await gathered(question, key, async (keys) => {
    const rows = new Map((await findAll([...new Set(keys)])).map((row) => [keyOf(row), row]));
    return keys.map((one) => rows.get(one));
  });
}

/** Writes what a request has to write, in company with one statement for all. */
export async function gatheredWrite<Argument>(
  question: string,
  argument: Argument,
  writeAll: (args: readonly Argument[]) => Promise<unknown>,
): Promise<void> {
  await gathered(question, argument, async (args) => {
    await writeAll(args);
    return [];
  });
}

interface Asked {
  readonly args: unknown[];
  readonly answerAll: (args: readonly unknown[]) => Promise<readonly unknown[]>;
  readonly settle: { resolve(answer: unknown): void; reject(error: unknown): void }[];
}

/** Requests that are carried out side by side. */
export class Together {
  /** The transaction that they share; undefined where they only read. */
  readonly transaction: Database | undefined;
  #failure: { readonly error: unknown } | undefined;
  #running = 0;
  #waiting = 0;
  #asked = new Map<string, Asked>();
  readonly #onceSettled: (() => void)[] = [];

  constructor(transaction: Database | undefined) {
    this.transaction = transaction;
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

  /** See `gathered`. */
  ask<Argument, Answer>(
    question: string,
    argument: Argument,
    answerAll: (args: readonly Argument[]) => Promise<readonly Answer[]>,
  ): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const asked: Asked = this.#asked.get(question) ?? { args: [], answerAll: answerAll as never, settle: [] };
      this.#asked.set(question, asked);
      asked.args.push(argument);
      asked.settle.push({ resolve: resolve as (answer: unknown) => void, reject });
      this.#waiting += 1;
      this.#answerOnceAllWait();
    });
  }

  #answerOnceAllWait(): void {
    if (this.#waiting === 0 || this.#waiting < this.#running) return;
    const questions = [...this.#asked.values()];
    this.#asked = new Map();
    this.#waiting = 0;
    for (const { args, answerAll, settle } of questions) {
      // What an answer itself asks is for all of them already.
      company
        .run(undefined, () => answerAll(args))
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
