/** Entries of a set that are now listed under another address, because their people have changed theirs. */
import { foldEmail } from "roster-schema";
import { z } from "zod";
import { ApiError } from "../errors.ts";
import type { Run } from "../lifecycle/run.ts";
import type { Values } from "../values/values.ts";
import type { Client } from "../wire/client.ts";
import { type Entries, entriesIn, idsIn, type RemoteEntry, type Standing } from "./plan.ts";

/**
 * Finds those whose address changes, and who stay: an entry is that of its user, and is listed anew by the address that its user has,
 * is to have once it is confirmed, or is declared with in the same run. An address that one gives up may be the one that another gets.
 *
 * @param own reads the set's own entries
 * @returns the address before, by the one that follows it
 */
export async function movedAddresses<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: Entries<Value, Remote>,
  state: Values,
  inputs: Values,
  { own, run }: { readonly own: () => Promise<Standing<Remote>>; readonly run: Run },
): Promise<ReadonlyMap<string, string>> {
  const wanted = entriesIn(kind, inputs);
  const ids = idsIn(state.ids);
  const added = Object.keys(wanted).filter((address) => !Object.hasOwn(ids, address));
  const isLeft = (address: string) => !Object.hasOwn(wanted, address);
  if (added.length === 0 || !Object.keys(ids).some(isLeft)) return new Map();
  const standing = (await own()) ?? new Map<string, Remote>();
  const declared = new Map(Object.keys(wanted).map((address) => [run.userWith(address), address]));
  const followed = new Map<string, string>();
  const waiting: [string, string][] = [];
  for (const [address, id] of Object.entries(ids)) {
    const { email, user } = standing.get(id) ?? {};
    const now = (typeof user === "string" ? declared.get(user) : undefined) ?? foldEmail(email ?? "");
    if (Object.hasOwn(wanted, now)) followed.set(now, address);
    else if (isLeft(address) && typeof user === "string") waiting.push([address, user]);
  }
  for (let at = 0; at < waiting.length; at += client.atOnce) {
    const asked = waiting.slice(at, at + client.atOnce).map(async ([address, id]) => {
      const now = await pendingAddressOf(client, id);
      if (now !== undefined && Object.hasOwn(wanted, now)) followed.set(now, address);
    });
    await Promise.all(asked);
  }
  const moved = new Map<string, string>();
  for (const address of added) {
    // From an address that nobody had, along the row of those that are given up for one another.
    let to = address;
    for (let from = followed.get(to); from !== undefined && from !== to; from = followed.get(to)) {
      moved.set(to, from);
      to = from;
    }
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
