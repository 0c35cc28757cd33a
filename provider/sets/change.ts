/** Carries out a change of a set: sends its steps, and computes the state after them. */
import { foldEmail } from "roster-schema";
import { PartialError } from "../errors.ts";
import { isLive } from "../lifecycle/adoption.ts";
import { NameConflicts } from "../lifecycle/name-conflicts.ts";
import type { Registrations } from "../lifecycle/registrations.ts";
import { type PropertyMap, withoutNames, withoutUndefined } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import {
  accountIdsIn,
  accountState,
  leaversOf,
  planClaiming,
  planGivingBack,
  planMaking,
  planNaming,
} from "./accounts.ts";
import { findClaims, withClaims } from "./claims.ts";
import { type Moves, planReaddressing } from "./moves.ts";
import {
  type EntryDefinition,
  entryNameOf,
  idsIn,
  planDeleteAll,
  planSteps,
  type RemoteEntries,
  type RemoteEntry,
  stateAfter,
  withMoved,
} from "./plan.ts";
import { planResending } from "./resending.ts";
import { maxNamed } from "./safeguards.ts";
import { type Step, type StepResults, StepSender } from "./steps.ts";

/** The parts of a set's definition that carrying out a change needs. */
type Kind<Value, Remote extends RemoteEntry> = EntryDefinition<Value, Remote> & {
  readonly kind: string;
  readonly container: string;
};

/** A change of a set. */
interface Change<Remote extends RemoteEntry> {
  /** The id of the set. */
  readonly id: string;
  /** The state before, without the moves. */
  readonly before: PropertyMap;
  readonly inputs: PropertyMap;
  readonly existing: RemoteEntries<Remote>;
  readonly moves: Moves;
  /** The addresses that the program declares elsewhere, as far as it knows them. */
  readonly elsewhere?: ReadonlySet<string> | undefined;
}

/**
 * Carries out the creation or the update of a set.
 *
 * @returns the state after it
 * @throws PartialError with the state, if some entries could not be changed
 */
export async function applyChange<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: Kind<Value, Remote>,
  registrations: Registrations,
  change: Change<Remote>,
): Promise<PropertyMap> {
  const { id, before, inputs, moves } = change;
  const conflictsOf = (address: string) =>
    new NameConflicts(registrations, kind.kind, entryNameOf(inputs, address), async () => {
      const found = await client.list(kind.collection(inputs), { email: address }, kind.remote);
      return found.find((entry) => isLive(kind, entry));
    });
  const sender = new StepSender(client, titleOf(kind, inputs), conflictsOf);
  const { done } = await sender.send(planReaddressing(before, moves.readdressed));
  const isDone = new Set(done.map(({ step }) => step.address));
  const held = moves.readdressed.filter(({ from }) => !isDone.has(from)).flatMap(({ from, to }) => [from, to]);
  const moved = new Map([...moves.moved].filter(([to]) => !held.includes(to)));
  const accountIds = accountIdsIn(before, moved);
  const entries = withMoved(kind, before, moved);
  const state = await sendEntries(client, kind, registrations, { ...change, entries, accountIds, held, sender });
  const { results } = sender;
  const isMade = results.done.some(({ step }) => step.type === "create" || step.type === "replace");
  const kept = { __run: isMade ? client.run.id : state.__run, __service: client.service.id ?? state.__service };
  const after = {
    ...withoutNames(stateAfter(kind, state, inputs, results), ["accountIds"]),
    ...withoutUndefined({ ...kept, __stateVersion: inputs.__stateVersion }),
    ...accountState(kind, inputs, accountIds),
  };
  refuseUnfinished(kind, id, after, results);
  return after;
}

/** A change whose addresses are changed, and whose steps are being sent. */
interface ChangeInProgress<Remote extends RemoteEntry> extends Change<Remote> {
  /** The state, with its entries moved to their new addresses. */
  readonly entries: PropertyMap;
  readonly accountIds: Map<string, string>;
  /** The addresses that stay as they are, because they could not be changed. */
  readonly held: readonly string[];
  readonly sender: StepSender;
}

/**
 * Sends the steps of a change in their order: accounts, new and changed entries, entries that end, and the accounts of those.
 *
 * @returns the state before the steps, with the objects that entries take over
 */
async function sendEntries<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: Kind<Value, Remote>,
  registrations: Registrations,
  { entries, inputs, existing, elsewhere, accountIds, held, sender }: ChangeInProgress<Remote>,
): Promise<PropertyMap> {
  const isSent = ({ address }: Step) => !held.includes(address);
  const stepsFrom = (state: PropertyMap) => planSteps(kind, state, inputs, existing).filter(isSent);
  const createdBy = (steps: readonly Step[]) =>
    steps.filter(({ type }) => type === "create").map(({ address }) => address);
  const unclaimed = stepsFrom(entries);
  const claims = await findClaims(client, kind, registrations, {
    state: entries,
    inputs,
    created: createdBy(unclaimed),
  });
  for (const { id } of claims.values()) {
    registrations.noteClaim(id, inputs.externalId);
  }
  const state = withClaims(kind, entries, claims);
  const steps = claims.size === 0 ? unclaimed : stepsFrom(state);
  const ofAccounts = { state, inputs, accountIds };
  await sender.send(await planClaiming(client, kind, registrations, ofAccounts, claims));
  await sender.send([...planMaking(kind, ofAccounts, createdBy(steps)), ...planNaming(kind, ofAccounts)]);
  await sender.send(steps.filter(({ type }) => type !== "delete"));
  const ends = steps.filter(({ type }) => type === "delete");
  await sender.send(await endedHere(kind, registrations, { state, inputs, existing, elsewhere }, ends));
  await sender.send(planLeaving(kind, ofAccounts, { existing, sender }).filter(isSent));
  await sender.send(await planResending(client, kind, { state, inputs, existing }));
  return state;
}

/** The entries of a set before a change, and what is declared. */
interface EntriesBefore<Remote extends RemoteEntry> {
  readonly state: PropertyMap;
  readonly inputs: PropertyMap;
  readonly existing: RemoteEntries<Remote>;
  readonly elsewhere: ReadonlySet<string> | undefined;
}

/** The steps that end entries, without those of people whom the program declares with another resource, which takes them over. */
async function endedHere<Value, Remote extends RemoteEntry>(
  kind: Kind<Value, Remote>,
  registrations: Registrations,
  { state, inputs, existing, elsewhere }: EntriesBefore<Remote>,
  ends: readonly Step[],
): Promise<readonly Step[]> {
  if (ends.length > 0) {
    await registrations.settled();
  }
  const [ids, scope] = [idsIn(state.ids), kind.collection(inputs)];
  return ends.filter(({ address }) => {
    const { user, email = address } = existing?.get(ids[address] ?? "") ?? {};
    const person = { user, emails: [address, foldEmail(email)] };
    const isElsewhere =
      person.emails.some((one) => elsewhere?.has(one) === true) ||
      registrations.declaresElsewhere(inputs.externalId, scope, person);
    return !Object.hasOwn(ids, address) || !isElsewhere;
  });
}

/**
 * Plans what becomes of the accounts of those who leave, or of all if the set no longer manages accounts. An account whose entry
 * continues with another resource stays.
 */
function planLeaving<Value, Remote extends RemoteEntry>(
  kind: Kind<Value, Remote>,
  { state, inputs, accountIds }: { state: PropertyMap; inputs: PropertyMap; accountIds: Map<string, string> },
  { existing, sender }: { readonly existing: RemoteEntries<Remote>; readonly sender: StepSender },
): Step[] {
  const isManaging = kind.accounts?.isManaging(inputs) === true;
  const leaving = isManaging ? leaversOf(kind, inputs, accountIds) : [...accountIds];
  const ids = idsIn(state.ids);
  const ended = new Set(sender.results.done.map(({ step }) => (step.type === "delete" ? step.address : undefined)));
  const hasEnded = (address: string) => ended.has(address) || existing?.has(ids[address] ?? "") !== true;
  return planGivingBack({ state, accountIds }, leaving, (address) =>
    isManaging && hasEnded(address) ? "leaver" : "let_go",
  );
}

/**
 * Deletes all entries of a set, and releases those that it adopted.
 *
 * @throws PartialError with the state, if some entries could not be deleted
 */
export async function deleteEntries<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: Kind<Value, Remote>,
  { id, state, existing }: { id: string; state: PropertyMap; existing: RemoteEntries<Remote> },
): Promise<void> {
  const sender = new StepSender(client, titleOf(kind, state));
  await sender.send(planDeleteAll(kind, state, existing));
  const inputs = { ...state, [kind.entries]: {} };
  const steps = planLeaving(kind, { state, inputs, accountIds: accountIdsIn(state) }, { existing, sender });
  refuseUnfinished(kind, id, state, await sender.send(steps));
}

function titleOf<Value, Remote extends RemoteEntry>(
  { kind, container }: Kind<Value, Remote>,
  values: PropertyMap,
): string {
  return `${kind} of ${String(values[container])}`;
}

/** @throws PartialError with the state, if a step has failed */
function refuseUnfinished<Value, Remote extends RemoteEntry>(
  { entries }: Kind<Value, Remote>,
  id: string,
  state: PropertyMap,
  { failed, skipped }: StepResults,
): void {
  const left = new Set([...failed.map(({ step }) => step.address), ...skipped.map(({ address }) => address)]);
  if (left.size === 0) {
    return;
  }
  const named = failed.slice(0, maxNamed).map(({ step, reason }) => {
    return `${step.address}: ${reason.replaceAll("\n", "\n  ")}`;
  });
  const more = failed.length - named.length;
  const text = [
    `${left.size} ${entries} could not be updated. All other changes were applied, and the next \`up\` continues with these:`,
    ...named,
    ...(more > 0 ? [`and ${more} more that failed`] : []),
    ...(skipped.length > 0 ? [`${skipped.length} were not attempted after that`] : []),
  ].join("\n  ");
  throw new PartialError(id, state, [text]);
}
