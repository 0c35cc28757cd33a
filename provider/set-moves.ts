/** Entries of a set that are now listed under another address, because their people have changed theirs. */
import { foldEmail } from "roster-schema";
import { z } from "zod";
import type { Client } from "./client.ts";
import { ApiError } from "./errors.ts";
import { type Entries, entriesIn, idsIn, type RemoteEntry, type Standing } from "./set-plan.ts";
import type { Values } from "./values.ts";

/**
 * Finds those whose address changes, and who stay: the entry of an address that the set no longer lists is that of one whom it
 * lists anew, by the address that its user has, or is to have once it is confirmed.
 *
 * @param own reads the set's own entries
 * @returns the address before, by the one that follows it
 */
export async function movedAddresses<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: Entries<Value, Remote>,
  state: Values,
  inputs: Values,
  own: () => Promise<Standing<Remote>>,
): Promise<ReadonlyMap<string, string>> {
  const wanted = entriesIn(kind, inputs);
  const ids = idsIn(state.ids);
  const isAdded = (address: string) => Object.hasOwn(wanted, address) && !Object.hasOwn(ids, address);
  const left = Object.keys(ids).filter((address) => !Object.hasOwn(wanted, address));
  const moved = new Map<string, string>();
  if (left.length === 0 || !Object.keys(wanted).some(isAdded)) return moved;
  const standing = (await own()) ?? new Map<string, Remote>();
  const waiting: [string, string][] = [];
  for (const address of left) {
    const entry = standing.get(ids[address] ?? "");
    const now = foldEmail(entry?.email ?? "");
    if (isAdded(now)) moved.set(now, address);
    else if (typeof entry?.user === "string") waiting.push([address, entry.user]);
  }
  for (let at = 0; at < waiting.length; at += client.atOnce) {
    const asked = waiting.slice(at, at + client.atOnce).map(async ([address, id]) => {
      const now = await pendingAddressOf(client, id);
      if (now !== undefined && isAdded(now)) moved.set(now, address);
    });
    await Promise.all(asked);
  }
  return moved;
}

const changingUser = z.object({ pendingEmail: z.string().nullable() });

/** The address that a user is to have once it is confirmed, as addresses are compared; undefined where there is none, or it can't be read. */
async function pendingAddressOf(client: Client, id: string): Promise<string | undefined> {
  try {
    const found = await client.get(`/v1/users/${id}`, changingUser);
    const pending = found?.body.pendingEmail ?? undefined;
    return pending && foldEmail(pending);
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  }
}
