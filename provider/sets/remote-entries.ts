/** Reads the entries of a set from the service. */
import { foldEmail } from "roster-schema";
import { OutdatedStateError, reviewChanges } from "../errors.ts";
import { ifReadable } from "../lifecycle/adoption.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { isUnknown, unknownValue } from "../values/unknown.ts";
import { type Client, isNotFound } from "../wire/client.ts";
import {
  deletableOthers,
  type EntryDefinition,
  entriesIn,
  entryNameOf,
  idsIn,
  isOfAnother,
  type RemoteEntries,
  type RemoteEntry,
} from "./plan.ts";
import { ignoredBy, maxNamed } from "./safeguards.ts";

/** Lists all entries; undefined if their container doesn't exist. */
export function listAll<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: EntryDefinition<Value, Remote>,
  values: PropertyMap,
): Promise<RemoteEntries<Remote>> {
  return list(client, kind, values, {});
}

/** Lists the entries in a state: there may be many times as many others. */
export async function listOwn<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
): Promise<RemoteEntries<Remote>> {
  const { isDeleted, item, remote } = kind;
  const existing = await list(client, kind, state, { externalIdPrefix: entryNameOf(state, "") });
  if (existing === undefined) {
    return undefined;
  }
  const found = new Map(existing);
  // Entries that were deleted or released, or that belong to another stack by now, aren't listed by the set's externalId.
  const unlisted = Object.values(idsIn(state.ids)).filter((id) => !found.has(id));
  const responses = await client.forAll(unlisted, (id) => client.get(item(id), remote));
  for (const { body } of responses.filter((response) => response !== undefined)) {
    if (isDeleted?.(body) !== true) {
      found.set(body.id, body);
    }
  }
  return found;
}

/**
 * Refuses to delete entries that have the set's externalId but aren't in its state: the service would consider them the set's.
 * Only creates that an earlier run has lost are.
 *
 * @throws OutdatedStateError
 */
export async function refuseDeletingOthers<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: EntryDefinition<Value, Remote>,
  {
    state,
    inputs,
    existing,
  }: { readonly state: PropertyMap; readonly inputs: PropertyMap; readonly existing: RemoteEntries<Remote> },
): Promise<void> {
  const named = deletableOthers(kind, state, inputs, existing).filter(([, id]) =>
    existing?.get(id)?.externalId?.startsWith(String(entryNameOf(state, ""))),
  );
  if (named.length === 0) {
    return;
  }
  const lost = new Set((await client.lostCreates.of(String(state.externalId))).map(({ id }) => id));
  const anothers = named.filter(([, id]) => !lost.has(id)).map(([address, id]) => `${address} (${id})`);
  if (anothers.length === 0) {
    return;
  }
  const more = anothers.length > maxNamed ? `, and ${anothers.length - maxNamed} more` : "";
  throw new OutdatedStateError(
    `${anothers.length} ${kind.entries} have the externalId of this set, but are not in its state: ${anothers.slice(0, maxNamed).join(", ")}${more}.\n` +
      "  Another state of a stack with this name manages them, or this state is older than they are. Nothing was changed. To delete them,\n" +
      "  use `roster orphans --remove` with their ids.",
  );
}

/** The entries that are neither the set's own, nor those of other resources of its stack, nor ignored, by address. */
export function* othersOf<Value, Remote extends RemoteEntry>(
  { hasEnded }: EntryDefinition<Value, Remote>,
  existing: ReadonlyMap<string, Remote>,
  values: PropertyMap,
): Generator<[string, Remote]> {
  const isIgnored = ignoredBy(values.ignore);
  const ours = new Set(Object.values(idsIn(values.ids)));
  for (const entry of existing.values()) {
    const address = foldEmail(entry.email);
    const isOther = !ours.has(entry.id) && !isOfAnother(entry, values);
    if (isOther && !isIgnored(address) && hasEnded?.(entry) !== true) {
      yield [address, entry];
    }
  }
}

/** @throws OutdatedStateError if there are entries that the last refresh did not find */
export function refuseUnseen<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  existing: ReadonlyMap<string, Remote>,
  state: PropertyMap,
  inputs: PropertyMap,
): void {
  const wanted = entriesIn(kind, inputs);
  const seen = new Set([...Object.values(idsIn(state.ids)), ...Object.values(idsIn(state.others))]);
  const unseen = [...othersOf(kind, existing, inputs)]
    .filter(([address, { id }]) => !seen.has(id) && !Object.hasOwn(wanted, address))
    .map(([address]) => address);
  if (unseen.length > 0) {
    const more = unseen.length > maxNamed ? `, and ${unseen.length - maxNamed} more` : "";
    throw new OutdatedStateError(
      `${unseen.length} ${kind.entries} exist that the last refresh did not find: ${unseen.slice(0, maxNamed).join(", ")}${more}.\n` +
        `  Nothing was changed. ${reviewChanges}`,
    );
  }
}

async function list<Value, Remote extends RemoteEntry>(
  client: Client,
  { collection, queries, remote }: EntryDefinition<Value, Remote>,
  values: PropertyMap,
  which: Readonly<Record<string, string | undefined>>,
): Promise<RemoteEntries<Remote>> {
  try {
    const lists = await Promise.all(
      queries.map((query) => client.list(collection(values), { ...query, ...which }, remote)),
    );
    return new Map(lists.flat().map((entry) => [entry.id, entry]));
  } catch (error) {
    if (isNotFound(error)) {
      return undefined;
    }
    throw error;
  }
}

/** Lists the entries that a set would adopt; undefined if they can't be looked up. */
export async function lookUp<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: EntryDefinition<Value, Remote>,
  inputs: PropertyMap,
): Promise<RemoteEntries<Remote>> {
  const isUnknownMap = isUnknown(inputs[kind.entries]);
  return await ifReadable([kind.collection(inputs), isUnknownMap ? unknownValue : ""], () =>
    listAll(client, kind, inputs),
  );
}
