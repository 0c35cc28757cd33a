/** Tries requests in their order, so that later ones see earlier ones. */
import type { Schemas } from "roster-schema";
import { groupsOf } from "../http/batches.ts";
import { Refusal } from "../problems.ts";
import { isStatementTimeout } from "../rows/database.ts";
import type { Database } from "../rows/tables.ts";
import { inUndoneTransaction } from "../rows/undone.ts";
import { type Carried, type Item, notTried, type TrialAnswer } from "./answers.ts";
import { carryOut, type TriedBatch } from "./carrying-out.ts";
import { type Described, describe, describeRefused } from "./describing.ts";
import { TriedAudit } from "./effects.ts";
import { refuseWrongReferences, resolved, withPseudoIds } from "./references.ts";

const maxUndone = 10;
const withinMs = 5000;
const groupSize = 100;

/** The numbers of requests by the identifiers that they have answered, which each carrying out makes anew. */
type Made = ReadonlyMap<string, number>;

/** How one carrying out of the whole sequence ended. */
type Attempt =
  | { readonly is: "complete"; readonly settled: ReadonlyMap<number, TrialAnswer>; readonly described: Described }
  /** A request was refused, so the transaction must be undone. */
  | { readonly is: "refused"; readonly at: number; readonly answer: TrialAnswer; readonly made: Made }
  /** A group can't be carried out together. */
  | { readonly is: "split"; readonly group: readonly Item[]; readonly failing: ReadonlySet<number> | undefined };

/**
 * Tries a sequence in one transaction. When a request is refused, the transaction is undone and the sequence is tried without
 * it, because not every database can undo one request alone.
 *
 * @param hidden the answers to requests that are not tried, by their number.
 * @returns the answers by the number of the request.
 * @throws Refusal `invalid_request` for wrong references; `payload_too_large` if the sequence takes too long.
 */
export async function trySequence(
  tried: TriedBatch,
  items: readonly Item[],
  hidden: ReadonlyMap<number, TrialAnswer>,
): Promise<ReadonlyMap<number, TrialAnswer>> {
  refuseWrongReferences(items);
  const { db, monotonicMs } = tried.batch.runtime;
  const untilMs = monotonicMs() + withinMs;
  const settled = new Map(hidden);
  const made = new Map<string, number>();
  let groups = groupsOfSequence(items);
  for (let undone = 0; ; ) {
    const attempt = await inUndoneTransaction(db, untilMs - monotonicMs(), async (transaction) => {
      return await new Sequence(tried, transaction, settled, untilMs).run(groups, undone === maxUndone);
    }).catch((error: unknown) => {
      throw isStatementTimeout(error) ? tooLong() : error;
    });
    if (attempt.is === "complete") {
      return withFinalIds(new Map([...attempt.settled, ...(await attempt.described())]), made);
    }
    if (attempt.is === "refused") {
      settled.set(attempt.at, attempt.answer);
      for (const [id, at] of attempt.made) {
        made.set(id, at);
      }
      undone += 1;
    } else {
      const { group, failing } = attempt;
      groups = groups.flatMap((one) => (one === group ? partsOf(group, failing) : [one]));
    }
  }
}

/** One carrying out of a sequence, in one transaction. */
class Sequence {
  readonly #tried: TriedBatch;
  readonly #transaction: Database;
  readonly #audit: TriedAudit;
  readonly #untilMs: number;
  readonly #carried: Carried[] = [];
  /** The answers to requests that are not carried out. */
  readonly #settled: Map<number, TrialAnswer>;
  /** Every answer so far, for references. */
  readonly #answers: Map<number, Schemas["AnswerInBatch"]>;

  constructor(tried: TriedBatch, transaction: Database, settled: ReadonlyMap<number, TrialAnswer>, untilMs: number) {
    this.#tried = tried;
    this.#transaction = transaction;
    this.#audit = new TriedAudit(transaction);
    this.#untilMs = untilMs;
    this.#settled = new Map(settled);
    this.#answers = new Map(settled);
  }

  /** @param isLast whether the first refusal ends the sequence. */
  async run(groups: readonly (readonly Item[])[], isLast: boolean): Promise<Attempt> {
    for (const group of groups) {
      const outcome = await this.#carryOut(this.#open(group));
      if (!("carried" in outcome)) {
        return { is: "split", group, failing: outcome.failing };
      }
      const refused = outcome.carried.find(needsUndoing);
      if (refused !== undefined) {
        const { at } = refused.item;
        const answer = await describeRefused(this.#tried, this.#transaction, refused);
        if (!isLast) {
          return { is: "refused", at, answer, made: this.#made() };
        }
        this.#settled.set(at, answer);
        this.#take(outcome.carried.filter(({ item }) => item.at < at));
        this.#leave(groups.flat().filter((item) => item.at > at));
        break;
      }
      this.#take(outcome.carried);
    }
    const described = await describe(this.#tried, this.#transaction, this.#audit, this.#carried);
    return { is: "complete", settled: this.#settled, described };
  }

  /** The requests of a group that can be carried out, with their references resolved. */
  #open(group: readonly Item[]): Item[] {
    return group.flatMap((item) => {
      if (this.#settled.has(item.at)) {
        return [];
      }
      const open = resolved(item, this.#answers);
      if ("request" in open) {
        return [open];
      }
      this.#settled.set(item.at, open);
      this.#answers.set(item.at, open);
      return [];
    });
  }

  /** Carries out requests, one by one if they can't run as a group. Stops at the first refused one. */
  async #carryOut(
    items: readonly Item[],
  ): Promise<{ readonly carried: readonly Carried[] } | { readonly failing: ReadonlySet<number> | undefined }> {
    if (this.#tried.batch.runtime.monotonicMs() > this.#untilMs) {
      throw tooLong();
    }
    const outcome = items.length === 0 ? { carried: [] } : await carryOut(this.#tried, this.#transaction, items);
    if (outcome.carried !== undefined) {
      return outcome;
    }
    if (!outcome.isUnbegun) {
      return { failing: outcome.failing };
    }
    const carried: Carried[] = [];
    for (const item of items) {
      const one = await this.#carryOut([item]);
      if (!("carried" in one)) {
        return one;
      }
      carried.push(...one.carried);
      if (one.carried.some(needsUndoing)) {
        break;
      }
    }
    return { carried };
  }

  #made(): Made {
    const ids = [...this.#answers].map(([at, { body }]) => [body?.id, at] as const);
    return new Map(ids.flatMap(([id, at]) => (typeof id === "string" ? [[id, at] as const] : [])));
  }

  #take(carried: readonly Carried[]): void {
    for (const one of carried) {
      this.#carried.push(one);
      this.#answers.set(one.item.at, one.answer);
    }
  }

  /** Leaves requests untried that follow the last refusal. */
  #leave(items: readonly Item[]): void {
    for (const { at } of items.filter((item) => !this.#settled.has(item.at))) {
      const reason = `It follows the last of ${maxUndone + 1} refused requests. Try it again without those.`;
      this.#settled.set(at, notTried(reason));
    }
  }
}

/** Answers in which refusals name the objects of the sequence by the ids that its final answers have. */
function withFinalIds(answers: ReadonlyMap<number, TrialAnswer>, made: Made): ReadonlyMap<number, TrialAnswer> {
  const finalId = (id: string) => {
    const final = answers.get(made.get(id) ?? -1)?.body?.id;
    return typeof final === "string" ? final : id;
  };
  return new Map(
    [...answers].map(([at, answer]) => {
      const dependsOn = answer.trial.dependsOn.map((one) => ({ ...one, id: finalId(one.id) }));
      return [at, { ...answer, trial: { ...answer.trial, dependsOn } }];
    }),
  );
}

/** Whether a request may have written something before it was refused. A request that isn't valid has not begun. */
function needsUndoing({ refusal, item }: Carried): boolean {
  return refusal !== undefined && refusal.code !== "invalid_request" && item.request.method !== "GET";
}

/** Groups requests that can run concurrently; none refers to another one of its group. */
function groupsOfSequence(items: readonly Item[]): Item[][] {
  return groupsOf(items.map((item) => ({ ...withPseudoIds(item), item }))).flatMap((alike) => {
    const groups: Item[][] = [];
    let begin = Number.POSITIVE_INFINITY;
    for (const { item } of alike) {
      const group = groups.at(-1);
      const refersWithin = item.request.references?.some(({ request }) => request >= begin) === true;
      if (group === undefined || refersWithin || group.length === groupSize) {
        groups.push([item]);
        begin = item.at;
      } else {
        group.push(item);
      }
    }
    return groups;
  });
}

/** The parts of a group, in its order: each failing request by itself; halves if it isn't known which ones fail. */
function partsOf(group: readonly Item[], failing: ReadonlySet<number> | undefined): Item[][] {
  if (failing === undefined) {
    const middle = Math.ceil(group.length / 2);
    return [group.slice(0, middle), group.slice(middle)];
  }
  const parts: Item[][] = [];
  let wasFailing = true;
  for (const item of group) {
    const isFailing = failing.has(item.at);
    if (isFailing || wasFailing) {
      parts.push([item]);
    } else {
      parts.at(-1)?.push(item);
    }
    wasFailing = isFailing;
  }
  return parts;
}

function tooLong(): Refusal {
  return new Refusal(
    "payload_too_large",
    `Trying the sequence takes more than ${withinMs / 1000} seconds. Send fewer requests in a sequence.`,
  );
}
