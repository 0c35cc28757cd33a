/** Entries of a set that are listed under another address, because their users have changed theirs. */
import { foldEmail } from "roster-schema";
import { z } from "zod";
import { ApiError } from "../errors.ts";
import type { Registrations } from "../lifecycle/registrations.ts";
import type { PropertyMap } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import { type EntryDefinition, entriesIn, idsIn, type RemoteEntries, type RemoteEntry } from "./plan.ts";

/**
 * Finds the entries whose users change their addresses. An entry belongs to its user, and can be listed by the address that the user
 * has, has requested, or is declared with in the same run. The address that one user gives up may be the new address of another.
 *
 * @param own reads the set's own entries
 * @returns the previous addresses, by new address
 */
export async function movedAddresses<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
  inputs: PropertyMap,
  { own, registrations }: { readonly own: () => Promise<RemoteEntries<Remote>>; readonly registrations: Registrations },
): Promise<ReadonlyMap<string, string>> {
  const wanted = entriesIn(kind, inputs);
  const ids = idsIn(state.ids);
  const added = Object.keys(wanted).filter((address) => !Object.hasOwn(ids, address));
  const isLeft = (address: string) => !Object.hasOwn(wanted, address);
  if (added.length === 0 || !Object.keys(ids).some(isLeft)) {
    return new Map();
  }
  const existing = (await own()) ?? new Map<string, Remote>();
  const declared = new Map(Object.keys(wanted).map((address) => [registrations.userWith(address), address]));
  const followed = new Map<string, string>();
  const waiting: [string, string][] = [];
  for (const [address, id] of Object.entries(ids)) {
    const { email, user } = existing.get(id) ?? {};
    const now = (typeof user === "string" ? declared.get(user) : undefined) ?? foldEmail(email ?? "");
    if (Object.hasOwn(wanted, now)) {
      followed.set(now, address);
    } else if (isLeft(address) && typeof user === "string") {
      waiting.push([address, user]);
    }
  }
  for (let at = 0; at < waiting.length; at += client.maxConcurrent) {
    const asked = waiting.slice(at, at + client.maxConcurrent).map(async ([address, id]) => {
      const now = await pendingAddressOf(client, id);
      if (now !== undefined && Object.hasOwn(wanted, now)) {
        followed.set(now, address);
      }
    });
    await Promise.all(asked);
  }
  const moved = new Map<string, string>();
  for (const address of added) {
    // From an address that is new in the set, along the chain of addresses that replace one another.
    let to = address;
    for (let from = followed.get(to); from !== undefined && from !== to; from = followed.get(to)) {
      moved.set(to, from);
      to = from;
    }
  }
  return moved;
}

const changingUser = z.object({ pendingEmail: z.string().nullable() });

/** The unconfirmed new address of a user, in lower case; undefined if there is none, or if it can't be read. */
async function pendingAddressOf(client: Client, id: string): Promise<string | undefined> {
  try {
    const found = await client.get(`/v1/users/${id}`, changingUser);
    const pending = found?.body.pendingEmail ?? undefined;
    return pending && foldEmail(pending);
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) {
      return undefined;
    }
    throw error;
  }
}
