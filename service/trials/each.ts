/** Tries each request against what exists now. */
import { setImmediate as yieldToOthers } from "node:timers/promises";
import { groupsOf } from "../http/batches.ts";
import type { TrialGate } from "../http/trial-gate.ts";
import { inUndoneTransaction } from "../rows/undone.ts";
import type { Item, TrialAnswer } from "./answers.ts";
import { carryOut, type TriedBatch } from "./carrying-out.ts";
import { describe } from "./describing.ts";
import { TriedAudit } from "./effects.ts";

/** The number of requests that share a transaction, so that others don't wait for long. */
const sliceSize = 25;
const withinMs = 5000;

/**
 * Tries requests one by one; those that share statements, several at a time. Between two transactions, others use the
 * database.
 *
 * @returns the answers by the number of the request.
 */
export async function tryEach(
  tried: TriedBatch,
  gate: TrialGate,
  items: readonly Item[],
): Promise<ReadonlyMap<number, TrialAnswer>> {
  const answers = new Map<number, TrialAnswer>();
  const slices = groupsOf(items.map((item) => ({ ...item.request, item })))
    .map((group) => group.map(({ item }) => item))
    .flatMap(inSlices);
  for (let slice = slices.shift(); slice !== undefined; slice = slices.shift()) {
    const current = slice;
    const parts = await gate.run(() => trySlice(tried, current, answers));
    slices.unshift(...parts);
    await yieldToOthers();
  }
  return answers;
}

/** @returns the parts in which the requests must be tried; none if they have been tried. */
async function trySlice(
  tried: TriedBatch,
  slice: readonly Item[],
  answers: Map<number, TrialAnswer>,
): Promise<Item[][]> {
  const { db } = tried.batch.runtime;
  const { parts, described } = await inUndoneTransaction(db, withinMs, async (transaction) => {
    const audit = new TriedAudit(transaction);
    const outcome = await carryOut(tried, transaction, slice);
    if (outcome.carried !== undefined) {
      return { parts: [], described: await describe(tried, transaction, audit, outcome.carried) };
    }
    const parts = outcome.isUnbegun ? slice.map((item) => [item]) : partsOf(slice, outcome.failing);
    return { parts, described: undefined };
  });
  for (const [at, answer] of await (described?.() ?? [])) {
    answers.set(at, answer);
  }
  return parts;
}

/** The failing requests, each by itself, and the others; halves if it isn't known which ones fail. */
function partsOf(slice: readonly Item[], failing: ReadonlySet<number> | undefined): Item[][] {
  if (failing === undefined) {
    const middle = Math.ceil(slice.length / 2);
    return [slice.slice(0, middle), slice.slice(middle)];
  }
  const others = slice.filter(({ at }) => !failing.has(at));
  const alone = slice.filter(({ at }) => failing.has(at)).map((item) => [item]);
  return [...(others.length === 0 ? [] : [others]), ...alone];
}

function inSlices(group: readonly Item[]): Item[][] {
  const slices: Item[][] = [];
  for (let at = 0; at < group.length; at += sliceSize) {
    slices.push(group.slice(at, at + sliceSize));
  }
  return slices;
}
