/** Describes what carrying out a request showed: what a refusal depends on, and what else would change. */
import type { Schemas } from "roster-schema";
import type { Database } from "../rows/tables.ts";
import { answerOf, type Carried, type TrialAnswer } from "./answers.ts";
import type { TriedBatch } from "./carrying-out.ts";
import { consequencesOf } from "./consequences.ts";
import { type Effect, effectOf, mailsToRead, type Tried, type TriedAudit } from "./effects.ts";
import { findReadable, type Reading } from "./readable-objects.ts";

const maxDependencies = 100;
const maxEffects = 1000;

/** Completes descriptions, after the transaction was undone. @returns the answers by the number of the request. */
export type Described = () => Promise<ReadonlyMap<number, TrialAnswer>>;

/**
 * Describes requests in the transaction that carried them out.
 *
 * @param audit follows the transaction from its start.
 * @returns what completes the descriptions: the consequences are read from the state before the requests.
 */
export async function describe(
  tried: TriedBatch,
  transaction: Database,
  audit: TriedAudit,
  carried: readonly Carried[],
): Promise<Described> {
  const within = readingOf(tried, transaction);
  const dependencies = await dependenciesOf(within, carried);
  const done = audit.of(carried);
  // Whatever else the transaction reads could conflict with the changes of others.
  const made = await findReadable(
    within,
    done.flatMap(({ entries, main }) => entries.filter(({ id, before }) => before === null && id !== main)),
  );
  return async () => {
    const before = readingOf(tried, tried.batch.runtime.db);
    // An object that ends is described as it was before.
    const known = new Map([
      ...made,
      ...(await findReadable(
        before,
        done.flatMap(({ entries }) => entries),
      )),
    ]);
    const consequences = await consequencesOf(before, done);
    const mails = await mailsToRead(before, done);
    const effects = new Map(
      done.map((one) => [
        one.carried,
        [...effectsOf(one, known), ...(consequences.get(one) ?? []), ...(mails.get(one) ?? [])],
      ]),
    );
    const users = new Map([...made, ...(await findReadable(before, usersOf([...effects.values()].flat())))]);
    return new Map(
      carried.map((one) => {
        const told = (effects.get(one) ?? []).slice(0, maxEffects).map((effect) => withReadableUser(effect, users));
        return [one.item.at, answerOf(one, dependencies.get(one) ?? [], told)];
      }),
    );
  };
}

/** Describes a refused request in the transaction that carried it out. */
export async function describeRefused(
  tried: TriedBatch,
  transaction: Database,
  refused: Carried,
): Promise<TrialAnswer> {
  const dependencies = await dependenciesOf(readingOf(tried, transaction), [refused]);
  return answerOf(refused, dependencies.get(refused) ?? [], []);
}

function readingOf({ batch, caller }: TriedBatch, db: Database): Reading {
  return { db, now: batch.runtime.clock(), principal: caller };
}

/** What each refusal depends on, as far as the caller can read it. */
async function dependenciesOf(
  reading: Reading,
  carried: readonly Carried[],
): Promise<ReadonlyMap<Carried, Schemas["TrialDependency"][]>> {
  const named = carried.map((one) => [one, (one.refusal?.dependsOn ?? []).slice(0, maxDependencies)] as const);
  const readable = await findReadable(
    reading,
    named.flatMap(([, objects]) => objects),
  );
  return new Map(
    named.map(([one, objects]) => [
      one,
      objects.flatMap(({ id }) => {
        const found = readable.get(id)?.object;
        return found === undefined ? [] : [{ kind: found.kind, id, externalId: found.externalId }];
      }),
    ]),
  );
}

/** The changes of other objects that the request's audit entries record, and of its subscription at Stripe. */
function effectsOf({ entries, main, carried }: Tried, known: Parameters<typeof effectOf>[1]): Effect[] {
  const others = entries.filter(({ id }) => id !== main).flatMap(({ id, action }) => effectOf(action, known, id));
  return [...others, ...carried.subscriptions.flatMap(() => effectOf("subscription.change", known, main))];
}

function usersOf(effects: readonly Effect[]) {
  return effects.flatMap(({ user }) => (user === null ? [] : [{ kind: "user" as const, id: user }]));
}

function withReadableUser(effect: Effect, users: ReadonlyMap<string, unknown>): Effect {
  return effect.user === null || users.has(effect.user) ? effect : { ...effect, user: null };
}
