/** Plans the steps of an update of a set, and computes the state after them. */
import { isDeepStrictEqual } from "node:util";
import { isOfOneStack } from "roster-schema";
import type { z } from "zod";
import { reviewChanges } from "../errors.ts";
import { adoptBody, isOwn } from "../lifecycle/adoption.ts";
import { isTakenOver } from "../lifecycle/imported.ts";
import { managedPath } from "../lifecycle/managed-path.ts";
import { isRecord, type PropertyMap, withoutUndefined } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import type { AccountRules } from "./account-rules.ts";
import { ignoredBy } from "./safeguards.ts";
import type { Drift, Step, StepResults } from "./steps.ts";

/** The properties that every entry of a set has in the service. */
export interface RemoteEntry {
  readonly id: string;
  readonly externalId: string | null;
  readonly adopted: boolean;
  readonly email: string;
  /** The id of the user, if the user has an account. */
  readonly user?: string | null;
}

/** How the entries of a kind of set are identified and sent. `Value` is the type of the values in the set's map. */
export interface EntryDefinition<Value, Remote extends RemoteEntry> {
  /** The queries that together list all entries. */
  readonly queries: readonly Readonly<Record<string, string>>[];
  /** The argument that holds them: a map by address. */
  readonly entries: string;
  /** The path where entries are created and listed. */
  collection(args: PropertyMap): string;
  item(id: string): string;
  readonly remote: z.ZodType<Remote>;
  /** Whether an entry was deleted, and the service keeps it only as a record. */
  isDeleted?(remote: Remote): boolean;
  /** Whether an entry has ended: the set keeps it if it has it already, and ignores it otherwise. */
  hasEnded?(remote: Remote): boolean;
  /** How the set manages the accounts that it makes; for kinds that make accounts. */
  readonly accounts?: AccountRules<Value>;
  /** Whether an entry waits for its person, by an invitation of its own or because the person hasn't set up the account. */
  waitsFor?(remote: Remote): "acceptance" | "account" | undefined;
  /** The values that can be set on an entry, by property of the contract. */
  settable(args: PropertyMap, value: Value): PropertyMap;
  /** The values that are sent only at creation. */
  createOnly(args: PropertyMap, value: Value): PropertyMap;
  /** The value that describes the entry as it is; `declared`, if that means the same. */
  readValue(remote: Remote, args: PropertyMap, declared: Value | undefined): Value;
  /** The value without its previous address, in its simplest form; for kinds whose entries can have one. */
  withoutWas?(value: Value): Value;
  /** Whether one value can't be changed to the other in place. */
  isFixed?(before: Value, after: Value): boolean;
  /** Whether an entry with these values has to exist before anything else is changed. */
  comesFirst?(settable: PropertyMap): boolean;
}

/** The existing entries, by id; undefined if they weren't read. */
export type RemoteEntries<Remote> = ReadonlyMap<string, Remote> | undefined;

/** @returns the entries of a set, by address. */
export function entriesIn<Value>(
  { entries }: Pick<EntryDefinition<Value, RemoteEntry>, "entries">,
  values: PropertyMap,
) {
  const map = values[entries];
  return (isRecord(map) ? map : {}) as Readonly<Record<string, Value>>;
}

/** @returns the ids in a state, by address. */
export function idsIn(ids: unknown): Readonly<Record<string, string>> {
  return (isRecord(ids) ? ids : {}) as Readonly<Record<string, string>>;
}

/** @returns the externalId of an entry: that of the set, and the address under which the service has the entry. */
export function entryNameOf({ externalId, __named, __claimed }: PropertyMap, address: string): string | undefined {
  // The name that another resource has given it.
  if (isRecord(__claimed) && Object.hasOwn(__claimed, address)) {
    return String(__claimed[address]);
  }
  const name = isRecord(__named) && Object.hasOwn(__named, address) ? __named[address] : address;
  return typeof externalId === "string" ? `${externalId}/${String(name)}` : undefined;
}

/**
 * Moves entries of a state to other addresses. The state keeps their previous externalIds until an update has changed those.
 *
 * @param moved the previous addresses, by new address
 */
export function withMoved<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
  moved: ReadonlyMap<string, string>,
): PropertyMap {
  if (moved.size === 0) {
    return state;
  }
  const next = new Map([...moved].map(([to, from]) => [from, to]));
  const renamed = (map: PropertyMap) =>
    Object.fromEntries(Object.entries(map).map(([address, value]) => [next.get(address) ?? address, value]));
  const named = renamed(isRecord(state.__named) ? state.__named : {});
  for (const [to, from] of moved) {
    named[to] ??= from;
  }
  return { ...state, [kind.entries]: renamed(entriesIn(kind, state)), ids: renamed(idsIn(state.ids)), __named: named };
}

/**
 * Plans an update or, from a state without entries, a creation.
 *
 * @param existing the existing entries, by which deleted entries are recognized
 */
export function planSteps<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
  inputs: PropertyMap,
  existing: RemoteEntries<Remote>,
): Step[] {
  const wanted = entriesIn<Value>(kind, inputs);
  const was = entriesIn<Value>(kind, state);
  const ids = idsIn(state.ids);
  const names = new Map(Object.keys(ids).map((address) => [entryNameOf(state, address), address]));
  const steps: Step[] = [];
  for (const [address, value] of Object.entries(wanted)) {
    const id = ids[address];
    const before = was[address];
    const settable = kind.settable(inputs, value);
    const rank = kind.comesFirst?.(settable) === true ? 0 : 1;
    const made = {
      ...withoutUndefined({ email: address, ...settable, ...kind.createOnly(inputs, value) }),
      ...withoutUndefined({ externalId: entryNameOf(inputs, address), ...adoptBody(inputs), ...resendBody(inputs) }),
    };
    if (id === undefined || before === undefined) {
      steps.push({ address, rank, type: "create", path: kind.collection(inputs), body: made });
    } else if (kind.isFixed?.(before, value) === true && !isTakenOver(state, existing?.get(id), made.externalId)) {
      const collection = kind.collection(inputs);
      steps.push({
        address,
        rank,
        type: "replace",
        path: deletePath(kind, state, address, id),
        collection,
        body: made,
      });
    } else {
      const from = { ...kind.settable(state, before), externalId: entryNameOf(state, address) };
      const to = { ...settable, externalId: entryNameOf(inputs, address) };
      const body = differences(from, to);
      if (Object.keys(body).length > 0) {
        const path = managedPath(kind.item(id), { externalId: from.externalId });
        const drift = (entry: unknown) => driftOf(kind, state, entry as Remote | undefined, from, body);
        // An entry that gets the name of another one waits for it.
        const waits = waitsOf(address, (one) => names.get(entryNameOf(inputs, one)));
        const turn = rank + waits / (names.size + 1);
        steps.push({
          address,
          rank: turn,
          type: "update",
          path,
          body,
          item: kind.item(id),
          remote: kind.remote,
          driftOf: drift,
        });
      }
    }
  }
  steps.push(...planDeletes(kind, state, inputs, existing));
  return steps;
}

/** The value of `resendInvite` as the service stores it: at creation, it does nothing. */
export function resendBody({ resendInvite }: PropertyMap): PropertyMap {
  return resendInvite === undefined ? {} : { resendInvite: String(resendInvite) };
}

/** The number of entries that have to give up their names, one after the other, before an entry can have its new name. */
function waitsOf(address: string, previousOf: (address: string) => string | undefined): number {
  const seen = new Set([address]);
  for (
    let previous = previousOf(address);
    previous !== undefined && !seen.has(previous);
    previous = previousOf(previous)
  ) {
    seen.add(previous);
  }
  return seen.size - 1;
}

/** Plans to delete the entries that the set no longer lists, and the others that mode `authoritative` found. */
function planDeletes<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
  inputs: PropertyMap,
  existing: RemoteEntries<Remote>,
): Step[] {
  const wanted = entriesIn<Value>(kind, inputs);
  const isUnlisted = ([address]: [string, string]) => !Object.hasOwn(wanted, address);
  const ours = Object.entries(idsIn(state.ids))
    .filter(isUnlisted)
    .filter(([, id]) => !isNoLongerManaged(state, existing, id))
    .filter((entry) => !isLeft(entry, state, inputs, existing));
  const found = deletableOthers(kind, state, inputs, existing);
  const endingValues = { ...state, onDestroy: inputs.onDestroy };
  const listed = ours.map(([address, id]) => [address, deletePath(kind, endingValues, address, id), id] as const);
  // On behalf of the set, an unmanaged entry would count as released, and stay; an entry of another stack is refused.
  const besides = found.map(([address, id]) => {
    const isUnmanaged = existing?.get(id)?.externalId === null;
    return [address, isUnmanaged ? kind.item(id) : deletePath(kind, endingValues, address, id)] as const;
  });
  return [
    ...listed.map(([address, path, id]) => deleteStep(kind, state, address, { path, id })),
    ...besides.map(([address, path]): Step => ({ address, rank: 2, type: "delete", path })),
  ];
}

/** The step that deletes an entry of the set. It counts as done if another resource of the stack has the entry by now. */
function deleteStep<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
  address: string,
  { path, id }: { readonly path: string; readonly id: string },
): Step {
  const isLetGo = async (client: Client) => {
    const found = await client.get(kind.item(id), kind.remote);
    return found !== undefined && isOwn(found.body.externalId, state.externalId);
  };
  return { address, rank: 2, type: "delete", path, isLetGo };
}

/** The entries that mode `authoritative` has found in addition to its own and is to delete: address and id. */
export function deletableOthers<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
  inputs: PropertyMap,
  existing: RemoteEntries<Remote>,
): [address: string, id: string][] {
  const isIgnored = ignoredBy(inputs.ignore);
  const [wanted, shown] = [entriesIn<Value>(kind, inputs), entriesIn<Value>(kind, state)];
  const others = inputs.mode === "authoritative" ? Object.entries(idsIn(state.others)) : [];
  return (
    others
      .filter(([address]) => !Object.hasOwn(wanted, address))
      // An entry that no preview has shown is not deleted.
      .filter(([address]) => Object.hasOwn(shown, address))
      .filter(([address, id]) => !isIgnored(address) && (existing === undefined || existing.has(id)))
  );
}

/** Plans to delete every entry that a set manages. */
export function planDeleteAll<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
  existing: RemoteEntries<Remote>,
): Step[] {
  return Object.entries(idsIn(state.ids))
    .filter(([, id]) => !isNoLongerManaged(state, existing, id))
    .filter((entry) => !isLeft(entry, state, state, existing))
    .map(([address, id]) => deleteStep(kind, state, address, { path: deletePath(kind, state, address, id), id }));
}

/**
 * Whether an entry of the set was deleted or released. An adopted entry that the set has released has no externalId: deleting it
 * again would delete it for its owner. An entry that another resource of this stack has taken over belongs to that resource.
 */
function isNoLongerManaged<Remote extends RemoteEntry>(
  state: PropertyMap,
  existing: RemoteEntries<Remote>,
  id: string,
): boolean {
  const entry = existing?.get(id);
  return existing !== undefined && (entry === undefined || !isStillManaged(state, entry));
}

/** Whether an entry is managed by the set or by another stack, rather than by nobody (unless it is imported) or by another resource. */
function isStillManaged(state: PropertyMap, entry: RemoteEntry): boolean {
  if (state.externalId === undefined) {
    return !isTakenOver(state, entry);
  }
  const set = String(state.externalId);
  return entry.externalId !== null && (entry.externalId.startsWith(`${set}/`) || !isOfOneStack(entry.externalId, set));
}

/** Whether an entry is left to another stack, which has taken it over: `ignore` has its address. */
function isLeft<Remote extends RemoteEntry>(
  [address, id]: readonly [address: string, id: string],
  { externalId: set }: PropertyMap,
  { ignore }: PropertyMap,
  existing: RemoteEntries<Remote>,
): boolean {
  const externalId = existing?.get(id)?.externalId ?? null;
  return externalId !== null && !isOfOneStack(externalId, String(set)) && ignoredBy(ignore)(address);
}

/** Whether an entry belongs to another resource of the set's stack, which alone decides about it. */
export function isOfAnother({ externalId: entry }: RemoteEntry, { externalId: set }: PropertyMap): boolean {
  return isOwn(entry, set) && entry?.startsWith(`${String(set)}/`) !== true;
}

function deletePath<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  values: PropertyMap,
  address: string,
  id: string,
): string {
  const ifAdopted = values.onDestroy === "delete" ? "end" : undefined;
  return managedPath(kind.item(id), { externalId: entryNameOf(values, address) }, { ifAdopted });
}

/** How an entry has drifted since the last refresh: not at all, to the declared values, or to other values. */
function driftOf<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
  entry: Remote | undefined,
  from: PropertyMap,
  body: PropertyMap,
): Drift {
  if (entry === undefined || kind.isDeleted?.(entry) === true) {
    return { outdated: `it was deleted since the last refresh. ${reviewChanges}` };
  }
  const now: PropertyMap = {
    ...kind.settable(state, kind.readValue(entry, state, undefined)),
    externalId: entry.externalId,
  };
  const names = Object.keys(body);
  if (names.every((name) => isDeepStrictEqual(now[name], body[name]))) {
    return "as declared";
  }
  if (isTakenOver(state, entry, body.externalId)) {
    return {
      outdated: `another resource has taken it over since the import, as ${entry.externalId}. Remove it from this set.`,
    };
  }
  // An update of other properties conflicts with a change of a declared one as well.
  const moved = Object.keys(from).filter((name) => name !== "externalId" && !isDeepStrictEqual(now[name], from[name]));
  if (moved.length === 0) {
    return "as before";
  }
  const changes = moved.map((name) => `${name} ${String(from[name])} => ${String(now[name])}`);
  return { outdated: `it was changed since the last refresh (${changes.join(", ")}). ${reviewChanges}` };
}

function differences(from: PropertyMap, to: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(to).filter(([name, value]) => value !== undefined && !isDeepStrictEqual(from[name], value)),
  );
}

/**
 * Computes the state after steps were sent.
 *
 * @param results the results of the steps
 */
export function stateAfter<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
  inputs: PropertyMap,
  { done, failed, skipped }: StepResults,
): PropertyMap {
  const wanted = entriesIn<Value>(kind, inputs);
  const was = entriesIn<Value>(kind, state);
  const made = new Map(done.filter(({ id }) => id !== undefined).map(({ step, id }) => [step.address, id]));
  const left = new Map([...failed.map(({ step }) => step), ...skipped].map((step) => [step.address, step]));
  const deleted = new Set(failed.filter(({ isDeleted }) => isDeleted).map(({ step }) => step.address));
  const ids: Record<string, string> = {};
  const others: Record<string, string> = {};
  const entries: Record<string, Value> = {};
  for (const [address, value] of Object.entries(wanted)) {
    const id = made.get(address) ?? idsIn(state.ids)[address];
    if (id !== undefined && !deleted.has(address)) {
      ids[address] = id;
      entries[address] = left.has(address) ? (was[address] ?? value) : value;
    }
  }
  for (const [known, kept] of [
    [state.ids, ids],
    [state.others, others],
  ] as const) {
    for (const [address, id] of Object.entries(idsIn(known))) {
      const value = was[address];
      if (!Object.hasOwn(wanted, address) && left.has(address) && value !== undefined) {
        kept[address] = id;
        entries[address] = value;
      }
    }
  }
  // The remaining updates are compared with the state, whose values depend on the previous arguments.
  const isBehind = [...left.values()].some((step) => {
    return step.type === "update" || (step.type === "task" && step.isOfArguments === true);
  });
  const { __named, __claimed, ...behind } = state;
  // Objects that could not be taken over aren't the set's.
  for (const address of Object.keys(isRecord(__claimed) ? __claimed : {}).filter((one) => left.has(one))) {
    delete ids[address];
    delete entries[address];
  }
  const named = Object.entries(isRecord(__named) ? __named : {}).filter(([address]) => left.has(address));
  const names = named.length > 0 ? { __named: Object.fromEntries(named) } : {};
  return { ...(isBehind ? behind : inputs), ...names, [kind.entries]: entries, ids, others };
}
