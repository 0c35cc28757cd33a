/** What has to be sent so that a set becomes what is declared, and what its state is afterwards. */
import { isDeepStrictEqual } from "node:util";
import { isOfOneStack } from "roster-schema";
import type { z } from "zod";
import { adoptBody } from "../lifecycle/adoption.ts";
import { managedPath } from "../lifecycle/managed-path.ts";
import { isRecord, type PropertyMap, withoutUndefined } from "../values/property-map.ts";
import { ignoredBy } from "./safeguards.ts";
import type { Drift, Step, StepResults } from "./steps.ts";

/** What every object that a set is made of has. */
export interface RemoteEntry {
  readonly id: string;
  readonly externalId: string | null;
  readonly adopted: boolean;
  readonly email: string;
  /** Whose it is, where somebody has an account. */
  readonly user?: string | null;
}

/** How the entries of a kind of set are told apart, and sent. `Value` is what the set's map has for an address. */
export interface EntryDefinition<Value, Remote extends RemoteEntry> {
  /** The queries that together list every entry that counts. */
  readonly queries: readonly Readonly<Record<string, string>>[];
  /** The argument that they are in: a map by address. */
  readonly entries: string;
  /** Where entries are created, and listed. */
  collection(args: PropertyMap): string;
  item(id: string): string;
  readonly remote: z.ZodType<Remote>;
  /** Whether an entry only stands as a record of what was. */
  isDeleted?(remote: Remote): boolean;
  /** Whether an entry is kept where the set knows it, and is nobody's otherwise. */
  hasEnded?(remote: Remote): boolean;
  /** What can be set of an entry, as the contract has it. */
  settable(args: PropertyMap, value: Value): PropertyMap;
  /** What is sent at creation in addition. */
  createOnly(args: PropertyMap, value: Value): PropertyMap;
  /** The value that would have made the entry as it is; `declared`, where that means the same. */
  readValue(remote: Remote, args: PropertyMap, declared: Value | undefined): Value;
  /** Whether one value can't become the other in place. */
  isFixed?(before: Value, after: Value): boolean;
  /** Whether an entry that is to be so has to be there before anything else is changed. */
  comesFirst?(settable: PropertyMap): boolean;
}

/** Every entry that counts, by its id; undefined where it wasn't worth asking. */
export type RemoteEntries<Remote> = ReadonlyMap<string, Remote> | undefined;

/** @returns the entries of a set, by address. */
export function entriesIn<Value>(
  { entries }: Pick<EntryDefinition<Value, RemoteEntry>, "entries">,
  values: PropertyMap,
) {
  const map = values[entries];
  return (isRecord(map) ? map : {}) as Readonly<Record<string, Value>>;
}

/** @returns ids by address, as a state has them. */
export function idsIn(ids: unknown): Readonly<Record<string, string>> {
  return (isRecord(ids) ? ids : {}) as Readonly<Record<string, string>>;
}

/** @returns the stack's name for an entry: that of the set, and the address by which the service has it. */
export function entryNameOf({ externalId, __named }: PropertyMap, address: string): string | undefined {
  const name = isRecord(__named) && Object.hasOwn(__named, address) ? __named[address] : address;
  return typeof externalId === "string" ? `${externalId}/${String(name)}` : undefined;
}

/**
 * A state with entries under other addresses; until an update has given them the names of those, it remembers the ones that they
 * have.
 *
 * @param moved the address before, by the one that follows it
 */
export function withMoved<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
  moved: ReadonlyMap<string, string>,
): PropertyMap {
  if (moved.size === 0) return state;
  const next = new Map([...moved].map(([to, from]) => [from, to]));
  const renamed = (map: PropertyMap) =>
    Object.fromEntries(Object.entries(map).map(([address, value]) => [next.get(address) ?? address, value]));
  const named = renamed(isRecord(state.__named) ? state.__named : {});
  for (const [to, from] of moved) named[to] ??= from;
  return { ...state, [kind.entries]: renamed(entriesIn(kind, state)), ids: renamed(idsIn(state.ids)), __named: named };
}

/**
 * Plans an update, or, from a state without entries, a creation.
 *
 * @param standing what is there: with it, what has ended meanwhile is told from what is to be ended
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
      ...withoutUndefined({ externalId: entryNameOf(inputs, address), ...adoptBody(inputs) }),
    };
    if (id === undefined || before === undefined) {
      steps.push({ address, rank, type: "create", path: kind.collection(inputs), body: made });
    } else if (kind.isFixed?.(before, value) === true) {
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
        // Whoever gets another one's name waits for it.
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

/** How many entries have to give up their names, one for the other, before an entry can have the one that it is to have. */
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

/** Plans the end of what the set no longer lists, and of what authoritative found besides. */
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
    .filter(([, id]) => !isNoLongerManaged(state, existing, id));
  const found = deletableOthers(kind, state, inputs, existing);
  const endingValues = { ...state, onDestroy: inputs.onDestroy };
  const listed = ours.map(([address, id]) => [address, deletePath(kind, endingValues, address, id)] as const);
  // In the set's name, whom nobody manages would count as let go of, and stay; whom another stack manages is refused.
  const besides = found.map(([address, id]) => {
    const isUnmanaged = existing?.get(id)?.externalId === null;
    return [address, isUnmanaged ? kind.item(id) : deletePath(kind, endingValues, address, id)] as const;
  });
  return [...listed, ...besides].map(([address, path]) => ({ address, rank: 2, type: "delete", path }));
}

/** What authoritative has found besides its own and is to end: address and id. */
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
      // Nobody ends whom no preview has shown.
      .filter(([address]) => Object.hasOwn(shown, address))
      .filter(([address, id]) => !isIgnored(address) && (existing === undefined || existing.has(id)))
  );
}

/** Plans the end of everything that a set manages. */
export function planDeleteAll<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
  existing: RemoteEntries<Remote>,
): Step[] {
  return Object.entries(idsIn(state.ids))
    .filter(([, id]) => !isNoLongerManaged(state, existing, id))
    .map(([address, id]) => ({ address, rank: 2, type: "delete", path: deletePath(kind, state, address, id) }));
}

/**
 * Whether an entry of the set's own has ended, or was let go of. An adopted one that the set has let go of already has no
 * name: ended again, it would end for whom it was given back to. One that another resource of this stack has taken over is
 * that one's.
 */
function isNoLongerManaged<Remote extends RemoteEntry>(
  state: PropertyMap,
  existing: RemoteEntries<Remote>,
  id: string,
): boolean {
  const entry = existing?.get(id);
  return (
    existing !== undefined && (entry === undefined || (state.externalId !== undefined && !isStillManaged(state, entry)))
  );
}

/** Whether an entry is the set's, or another stack's: not nobody's, nor another resource's of this stack. */
function isStillManaged({ externalId }: PropertyMap, entry: RemoteEntry): boolean {
  if (entry.externalId === null) return false;
  const set = String(externalId);
  return entry.externalId.startsWith(`${set}/`) || !isOfOneStack(entry.externalId, set);
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

/** What is in the way of a change: nothing, that it is done already, or what others did since the last refresh. */
function driftOf<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
  entry: Remote | undefined,
  from: PropertyMap,
  body: PropertyMap,
): Drift {
  const remedy = "run `pulumi refresh`, look at what the next preview says, and `up` again.";
  if (entry === undefined || kind.isDeleted?.(entry) === true) {
    return { outdated: `it has ended since the last refresh: ${remedy}` };
  }
  const now: PropertyMap = {
    ...kind.settable(state, kind.readValue(entry, state, undefined)),
    externalId: entry.externalId,
  };
  const names = Object.keys(body);
  if (names.every((name) => isDeepStrictEqual(now[name], body[name]))) {
    return "as declared";
  }
  const moved = names.filter((name) => name !== "externalId" && !isDeepStrictEqual(now[name], from[name]));
  if (moved.length === 0) {
    return "as before";
  }
  const changes = moved.map((name) => `${name} ${String(from[name])} => ${String(now[name])}`);
  return { outdated: `it was changed since the last refresh (${changes.join(", ")}): ${remedy}` };
}

function differences(from: PropertyMap, to: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(to).filter(([name, value]) => value !== undefined && !isDeepStrictEqual(from[name], value)),
  );
}

/**
 * The state after changes were sent.
 *
 * @param sent what became of the changes, and of what wasn't sent
 */
export function stateAfter<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
  inputs: PropertyMap,
  { done, failed, skipped }: StepResults,
): PropertyMap {
  const wanted = entriesIn<Value>(kind, inputs);
  const was = entriesIn<Value>(kind, state);
  const made = new Map(done.map(({ step, id }) => [step.address, id]));
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
  // What is left to be changed is compared with the state, and means what it meant by the arguments of then.
  const isBehind = [...left.values()].some(({ type }) => type === "update");
  const { __named, ...behind } = state;
  const named = Object.entries(isRecord(__named) ? __named : {}).filter(([address]) => left.has(address));
  const names = named.length > 0 ? { __named: Object.fromEntries(named) } : {};
  return { ...(isBehind ? behind : inputs), ...names, [kind.entries]: entries, ids, others };
}
