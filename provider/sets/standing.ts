/** What the service has of a set's entries. */

import { ApiError, OutdatedStateError } from "../errors.ts";
import { isUnknown, unknownValue } from "../values/unknown.ts";
import type { Values } from "../values/values.ts";
import { type Client, isNotFound } from "../wire/client.ts";
import { maxNamed } from "./checks.ts";
import { type Entries, entryNameOf, foundEndings, idsIn, type RemoteEntry, type Standing } from "./plan.ts";

/** Every entry that is there; undefined where what they belong to is gone. */
export function everythingOf<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: Entries<Value, Remote>,
  values: Values,
): Promise<Standing<Remote>> {
  return list(client, kind, values, {});
}

/** The entries that a state knows: there may be many times as many of others. */
export async function ownOf<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: Entries<Value, Remote>,
  state: Values,
): Promise<Standing<Remote>> {
  const { isGone, item, remote } = kind;
  const standing = await list(client, kind, state, { externalIdPrefix: entryNameOf(state, "") });
  if (standing === undefined) {
    return undefined;
  }
  const found = new Map(standing);
  // What has ended, was let go of, or is another stack's by now isn't listed by the set's name.
  const unlisted = Object.values(idsIn(state.ids)).filter((id) => !found.has(id));
  for (let at = 0; at < unlisted.length; at += client.atOnce) {
    const reading = unlisted.slice(at, at + client.atOnce).map((id) => client.get(item(id), remote));
    for (const { body } of (await Promise.all(reading)).filter((answer) => answer !== undefined)) {
      if (isGone?.(body) !== true) found.set(body.id, body);
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
export async function refuseEndingAnothers<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: Entries<Value, Remote>,
  { state, inputs, standing }: { readonly state: Values; readonly inputs: Values; readonly standing: Standing<Remote> },
): Promise<void> {
  const named = foundEndings(kind, state, inputs, standing).filter(([, id]) =>
    standing?.get(id)?.externalId?.startsWith(String(entryNameOf(state, ""))),
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
  { collection, queries, remote }: Entries<Value, Remote>,
  values: Values,
  which: Readonly<Record<string, string | undefined>>,
): Promise<Standing<Remote>> {
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
  kind: Entries<Value, Remote>,
  inputs: Values,
): Promise<Standing<Remote>> {
  // What belongs to an object that isn't there yet can't be there either.
  if (kind.collection(inputs).includes(unknownValue) || isUnknown(inputs[kind.entries])) {
    return undefined;
  }
  try {
    return await everythingOf(client, kind, inputs);
  } catch (error) {
    // Who may not look it up may adopt it all the same, or is told at `up` why not.
    if (error instanceof ApiError && error.status === 403) {
      return undefined;
    }
    throw error;
  }
}
