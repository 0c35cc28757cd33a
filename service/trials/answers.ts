/** The answers to tried requests. */
import type { Schemas } from "roster-schema";
import type { OutgoingMail } from "../auth/operation.ts";
import type { Refusal } from "../problems.ts";

/** The answer to a request of a trial. */
export type TrialAnswer = Schemas["AnswerInBatch"] & { readonly trial: Schemas["Trial"] };

/** A request of a trial, with its number in the batch. */
export interface Item {
  readonly at: number;
  readonly request: Schemas["BatchRequest"];
}

/** A request that was carried out, in a transaction that still exists. */
export interface Carried {
  readonly item: Item;
  readonly answer: Schemas["AnswerInBatch"];
  /** Undefined also for a request that no operation carries out, which is answered with a refusal all the same. */
  readonly refusal: Refusal | undefined;
  readonly mails: readonly OutgoingMail[];
  readonly subscriptions: readonly string[];
}

/** The answer to a request that is not tried. */
export function notTried(reason: string): TrialAnswer {
  const trial: Schemas["Trial"] = { outcome: "not_tried", reason, dependsOn: [], effects: [] };
  return { status: 424, headers: {}, body: null, trial };
}

/** The answer to a request that was carried out. */
export function answerOf(
  { answer, refusal }: Carried,
  dependsOn: Schemas["TrialDependency"][],
  effects: Schemas["TrialEffect"][],
): TrialAnswer {
  if (refusal?.requiresServiceOwner === true) {
    return notTried("Only the service owner can do this, so it was not tried.");
  }
  const outcome = answer.status < 400 ? "done" : "refused";
  return { ...answer, trial: { outcome, reason: null, dependsOn, effects } };
}
