/** What the service has of a set's entries. */

import { ApiError, OutdatedStateError } from "../errors.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { isUnknown, unknownValue } from "../values/unknown.ts";
import { type Client, isNotFound } from "../wire/client.ts";
import {
  deletableOthers,
  type EntryDefinition,
  entryNameOf,
  idsIn,
  type RemoteEntries,
  type RemoteEntry,
} from "./plan.ts";
import { maxNamed } from "./safeguards.ts";

/** Every entry that is there; undefined where what they belong to is gone. */
export function listAll<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: EntryDefinition<Value, Remote>,
  values: PropertyMap,
): Promise<RemoteEntries<Remote>> {
  return list(client, kind, values, {});
}

/** The entries that a state knows: there may be many times as many of others. */
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
  // What has ended, was let go of, or is another stack's by now isn't listed by the set's name.
  const unlisted = Object.values(idsIn(state.ids)).filter((id) => !found.has(id));
  for (let at = 0; at < unlisted.length; at += client.maxConcurrent) {
    const reading = unlisted.slice(at, at + client.maxConcurrent).map((id) => client.get(item(id), remote));
    for (const { body } of (await Promise.all(reading)).filter((response) => response !== undefined)) {
      if (isDeleted?.(body) !== true) found.set(body.id, body);
    }
  }
  return found;
}

/**
 * Refuses to end what has the set's own name, and isn't in its state: the service would take that for the set's. Only a create that an
 * earlier run has lost is.
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
  if (named.length === 0) return;
  const lost = new Set((await client.lostCreates.of(String(state.externalId))).map(({ id }) => id));
  const anothers = named.filter(([, id]) => !lost.has(id)).map(([address, id]) => `${address} (${id})`);
  if (anothers.length === 0) return;
  const more = anothers.length > maxNamed ? `, and ${anothers.length - maxNamed} more` : "";
  throw new OutdatedStateError(
    `${anothers.length} ${kind.entries} have the name of this set, and are not in its state: ${anothers.slice(0, maxNamed).join(", ")}${more}.\n` +
      "  Another state of this stack's name manages them, or this state is older than they are. Nothing was changed. To end them, use\n" +
      "  `roster orphans --remove` with their ids.",
  );
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

/** What is there, of a set that isn't yet, where that can be looked up. */
export async function lookUp<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: EntryDefinition<Value, Remote>,
  inputs: PropertyMap,
): Promise<RemoteEntries<Remote>> {
  // What belongs to an object that isn't there yet can't be there either.
  if (kind.collection(inputs).includes(unknownValue) || isUnknown(inputs[kind.entries])) {
    return undefined;
  }
  try {
    return await listAll(client, kind, inputs);
  } catch (error) {
    // Who may not look it up may adopt it all the same, or is told at `up` why not.
    if (error instanceof ApiError && error.status === 403) {
      return undefined;
    }
    throw error;
  }
}
