/** Carries out tried requests in a transaction. */
import type { Principal } from "../auth/principal.ts";
import { answerTo, type Batch } from "../http/batches.ts";
import { runInTrial } from "../http/trial.ts";
import { Refusal } from "../problems.ts";
import { isUniqueViolation } from "../rows/database.ts";
import { NotGroupableError, RequestGroup } from "../rows/shared-statements.ts";
import type { Database } from "../rows/tables.ts";
import type { Carried, Item } from "./answers.ts";
import { type ActorFor, TriedRequest } from "./tried-request.ts";

/** A batch that is tried. */
export interface TriedBatch {
  readonly batch: Batch;
  /** Who calls, and reads. */
  readonly caller: Principal;
  readonly actorFor: ActorFor;
}

/** How a group of requests ended. */
export type Outcome =
  | { readonly carried: readonly Carried[] }
  /** The requests can't run as a group; the transaction is as it was. */
  | { readonly carried: undefined; readonly isUnbegun: true }
  /** The transaction must be undone, because of the requests with these numbers; undefined if any of them may be the reason. */
  | { readonly carried: undefined; readonly isUnbegun: false; readonly failing: ReadonlySet<number> | undefined };

/**
 * Carries out requests that don't depend on each other; several share their statements.
 *
 * @throws any error of the service or the database, after which the transaction must be undone.
 */
export async function carryOut(tried: TriedBatch, transaction: Database, items: readonly Item[]): Promise<Outcome> {
  const { batch, actorFor } = tried;
  const { runtime } = batch;
  const together = items.length === 1 ? undefined : new RequestGroup(transaction, runtime.clock());
  const requests = items.map((item) => ({ item, trial: new TriedRequest(runtime, transaction, actorFor) }));
  const runs = requests.map(({ item, trial }) => async () => {
    // Stored answers neither answer a trial nor come from one, so it has no idempotency key.
    const { idempotencyKey: _, references: __, ...request } = item.request;
    const answer = await runInTrial(trial, () => answerTo(batch, together, request));
    const { refusal, mails, subscriptions } = trial;
    return { item, answer, refusal, mails, subscriptions };
  });
  const carried: Carried[] = [];
  if (together === undefined) {
    for (const run of runs) {
      carried.push(await run());
    }
  } else {
    carried.push(...(await together.run(runs)));
  }
  const failures = requests.flatMap(({ item, trial }) => (trial.failure ? [{ item, error: trial.failure.error }] : []));
  const [failure] = failures;
  if (failure === undefined) {
    return { carried };
  }
  // After an error of the database, what the other requests fail with says nothing about them.
  const first = together?.failure?.error ?? failure.error;
  if (together === undefined || !isOfGroup(first)) {
    throw first;
  }
  return outcomeOf(failures, items.length);
}

/** Whether an error means that requests can't run as a group, although each of them may succeed. */
function isOfGroup(error: unknown): boolean {
  return error instanceof Refusal || error instanceof NotGroupableError || isUniqueViolation(error);
}

function outcomeOf(failures: readonly { readonly item: Item; readonly error: unknown }[], groupSize: number): Outcome {
  const isUnbegun = failures.every(({ error }) => error instanceof NotGroupableError && error.isUnbegun);
  if (isUnbegun && failures.length === groupSize) {
    return { carried: undefined, isUnbegun };
  }
  const named = failures.filter(({ error }) => error instanceof Refusal || error instanceof NotGroupableError);
  const failing = named.length === 0 ? undefined : new Set(named.map(({ item }) => item.at));
  return { carried: undefined, isUnbegun: false, failing };
}
