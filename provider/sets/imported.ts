/** A set that is imported: the entries of its container that no stack manages. */
import { foldEmail } from "roster-schema";
import { isLive } from "../lifecycle/adoption.ts";
import { type PropertyMap, withoutUndefined } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import type { EntryDefinition, RemoteEntry } from "./plan.ts";
import { listAll } from "./remote-entries.ts";

/**
 * Reads what a set has after an import. Those of other stacks, and of other resources of this one, are left out.
 *
 * @param container the id of the container of the entries
 * @returns undefined if the container doesn't exist
 */
export async function readUnmanaged<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: EntryDefinition<Value, Remote> & { readonly container: string },
  container: string,
): Promise<{ id: string; state: PropertyMap; inputs: PropertyMap } | undefined> {
  const values = { [kind.container]: container };
  const existing = await listAll(client, kind, values);
  if (existing === undefined) {
    return undefined;
  }
  const isImported = (entry: Remote) =>
    entry.externalId === null && isLive(kind, entry) && kind.hasEnded?.(entry) !== true;
  const entries = [...existing.values()].filter(isImported).map((entry) => [foldEmail(entry.email), entry] as const);
  const declared = entries.map(([address, entry]) => [address, kind.readValue(entry, values, undefined)]);
  const inputs = { ...values, [kind.entries]: Object.fromEntries(declared) };
  const ids = Object.fromEntries(entries.map(([address, { id }]) => [address, id]));
  const made = withoutUndefined({ ids, others: {}, __service: client.service.id });
  return { id: `${container}/${kind.entries}`, state: { ...inputs, ...made }, inputs };
}
