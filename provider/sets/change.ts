/** Carries out a change of a set: sends its steps, and computes the state after them. */
import { PartialError } from "../errors.ts";
import { isLive } from "../lifecycle/adoption.ts";
import { NameConflicts } from "../lifecycle/name-conflicts.ts";
import type { Registrations } from "../lifecycle/registrations.ts";
import { type PropertyMap, withoutNames, withoutUndefined } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import { accountIdsIn, accountState, leaversOf, planGivingBack, planMaking, planNaming } from "./accounts.ts";
import { type Moves, planReaddressing } from "./moves.ts";
import {
  type EntryDefinition,
  entryNameOf,
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
  { id, before, inputs, existing, moves }: Change<Remote>,
): Promise<PropertyMap> {
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
  const state = withMoved(kind, before, moved);
  const accountIds = accountIdsIn(before, moved);
  const steps = planSteps(kind, state, inputs, existing).filter(({ address }) => !held.includes(address));
  const created = steps.filter(({ type }) => type === "create").map(({ address }) => address);
  const ofAccounts = { state, inputs, accountIds };
  await sender.send([...planMaking(kind, ofAccounts, created), ...planNaming(kind, ofAccounts)]);
  await sender.send(steps);
  await sender.send(planLeaving(kind, ofAccounts, held));
  const results = await sender.send(await planResending(client, kind, { state, inputs, existing }));
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

/** Plans what becomes of the accounts of those who leave, or of all if the set no longer manages accounts. */
function planLeaving<Value, Remote extends RemoteEntry>(
  kind: Kind<Value, Remote>,
  { state, inputs, accountIds }: { state: PropertyMap; inputs: PropertyMap; accountIds: Map<string, string> },
  held: readonly string[],
): Step[] {
  const isManaging = kind.accounts?.isManaging(inputs) === true;
  const leaving = isManaging ? leaversOf(kind, inputs, accountIds) : [...accountIds];
  const ended = leaving.filter(([address]) => !held.includes(address));
  return planGivingBack({ state, accountIds }, ended, () => (isManaging ? "leaver" : "let_go"));
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
  const accountIds = accountIdsIn(state);
  const isManaging = kind.accounts?.isManaging(state) === true;
  const steps = planGivingBack({ state, accountIds }, [...accountIds], () => (isManaging ? "leaver" : "let_go"));
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
