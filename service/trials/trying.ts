/** Tries the requests of a batch. */
import type { Schemas } from "roster-schema";
import type { Batch } from "../http/batches.ts";
import { asCaller, asRole, hiddenAnswers } from "./actor.ts";
import { notTried, type TrialAnswer } from "./answers.ts";
import type { TriedBatch } from "./carrying-out.ts";
import { tryEach } from "./each.ts";
import { trySequence } from "./sequence.ts";

/**
 * Answers a batch with `dryRun`: its requests are carried out by the operations' own code, in transactions that are undone.
 *
 * @throws Refusal `rate_limited` if too many trials wait; `permission_denied` if the caller can't try changes with the role in
 * `as`; `invalid_request` for wrong references; `payload_too_large` for a sequence that takes too long.
 * @see docs/decisions/0053-trials.md
 */
export async function tryBatch(batch: Batch): Promise<Schemas["BatchAnswer"]> {
  const { runtime, principal: caller } = batch;
  const { requests, dryRun, as: role } = batch.request.body as Schemas["Batch"];
  const actorFor = role === undefined ? asCaller : asRole(role, caller);
  const tried: TriedBatch = { batch, caller, actorFor };
  const items = requests.map((request, at) => ({ at, request }));
  const reading = { db: runtime.db, now: runtime.clock(), principal: caller };
  const hidden = await hiddenAnswers(reading, actorFor, items);
  const open = items.filter(({ at }) => !hidden.has(at));
  const answers: ReadonlyMap<number, TrialAnswer> =
    dryRun === "sequence"
      ? await runtime.trialGate.run(() => trySequence(tried, items, hidden))
      : new Map([...hidden, ...(await tryEach(tried, runtime.trialGate, open))]);
  return { answers: items.map(({ at }) => answers.get(at) ?? notTried("It was not tried.")) };
}
