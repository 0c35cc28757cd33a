/** Entries of a set that are listed under another address, because their users change theirs. */
import { foldEmail } from "roster-schema";
import { ApiError } from "../errors.ts";
import { managedPath } from "../lifecycle/managed-path.ts";
import { resendWithVersion } from "../lifecycle/outside-changes.ts";
import type { Registrations } from "../lifecycle/registrations.ts";
import type { PropertyMap } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import { userAnswer } from "../wire/generated/answers.ts";
import { type Account, readAccount, readAccounts } from "./accounts.ts";
import { type EntryDefinition, entriesIn, entryNameOf, idsIn, type RemoteEntries, type RemoteEntry } from "./plan.ts";
import type { Step } from "./steps.ts";
import { changedAddresses } from "./was.ts";

/** An account whose address the set has to change. */
export interface Readdressing {
  readonly from: string;
  readonly to: string;
  /** The id of the user. */
  readonly user: string;
  /** Undefined if the caller can't read it. */
  readonly account: Account | undefined;
}

/** The entries that move to other addresses. */
export interface Moves {
  /** The previous addresses, by new address. */
  readonly moved: ReadonlyMap<string, string>;
  /** The moves for which the set has to change the address of the account first. */
  readonly readdressed: readonly Readdressing[];
  /** Entries with a new address whose people have no account yet, so that they are invited anew: the previous addresses, by new address. */
  readonly invited: ReadonlyMap<string, string>;
}

/** What finding the moves depends on. */
interface Sources {
  /** Reads the set's own entries. */
  readonly own: () => Promise<RemoteEntries<RemoteEntry>>;
  readonly registrations: Registrations;
}

/** No moves, as at creation. */
export const noMoves: Moves = { moved: new Map(), readdressed: [], invited: new Map() };

/**
 * Finds the entries whose users change their addresses. An entry belongs to its user, and can be listed by the address that the user
 * has, has requested, is declared with in the same run, or gets because the entry declares `was`. The address that one user gives up
 * may be the new address of another.
 */
export async function findMoves<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
  inputs: PropertyMap,
  { own, registrations }: Sources,
): Promise<Moves> {
  const wanted = entriesIn(kind, inputs);
  const ids = idsIn(state.ids);
  const added = Object.keys(wanted).filter((address) => !Object.hasOwn(ids, address));
  const isLeft = (address: string) => !Object.hasOwn(wanted, address);
  if (added.length === 0 || !Object.keys(ids).some(isLeft)) {
    return noMoves;
  }
  const existing = (await own()) ?? new Map<string, RemoteEntry>();
  const declared = new Map(Object.keys(wanted).map((address) => [registrations.userWith(address), address]));
  const followed = new Map<string, string>();
  const waiting = new Map<string, string>();
  for (const [address, id] of Object.entries(ids)) {
    const { email, user } = existing.get(id) ?? {};
    const now = (typeof user === "string" ? declared.get(user) : undefined) ?? foldEmail(email ?? "");
    if (Object.hasOwn(wanted, now)) {
      followed.set(now, address);
    } else if (isLeft(address) && typeof user === "string") {
      waiting.set(address, user);
    }
  }
  const accounts = await readAccounts(client, [...waiting.values()]);
  for (const [address, user] of waiting) {
    const pending = foldEmail(accounts.get(user)?.pendingEmail ?? "");
    if (Object.hasOwn(wanted, pending)) {
      followed.set(pending, address);
      waiting.delete(address);
    }
  }
  const readdressed: Readdressing[] = [];
  const invited = new Map<string, string>();
  for (const [to, from] of changesOfAddress(wanted, ids, registrations)) {
    const user = waiting.get(from);
    if (user !== undefined && !followed.has(to)) {
      followed.set(to, from);
      readdressed.push({ from, to, user, account: accounts.get(user) });
    } else if (existing.get(ids[from] ?? "")?.user === null) {
      invited.set(to, from);
    }
  }
  return { moved: chainsIn(added, followed), readdressed, invited };
}

/** The changes of addresses that this set declares, or that another resource of the run declares for everybody. */
function changesOfAddress(
  wanted: PropertyMap,
  ids: PropertyMap,
  registrations: Registrations,
): ReadonlyMap<string, string> {
  const has = (address: string) => Object.hasOwn(ids, address);
  const ofOthers = [...registrations.readdressed()].filter(
    ([to, from]) => Object.hasOwn(wanted, to) && !has(to) && has(from) && !Object.hasOwn(wanted, from),
  );
  return new Map([...ofOthers, ...changedAddresses(wanted, has)]);
}

/** The moves to the addresses that are new in the set, along the chain of addresses that replace one another. */
function chainsIn(added: readonly string[], followed: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const moved = new Map<string, string>();
  for (const address of added) {
    let to = address;
    for (let from = followed.get(to); from !== undefined && from !== to; from = followed.get(to)) {
      moved.set(to, from);
      to = from;
    }
  }
  return moved;
}

/** What to do if the caller may not change the address of an account. */
export const ownChange =
  "The person can change the address on their own page; the entry then follows by itself. Until then, keep the previous address.";

/**
 * Plans to change the addresses of accounts. Each step has the previous address of its entry, because that stays if the step fails.
 *
 * @param state the state before the moves
 */
export function planReaddressing(state: PropertyMap, readdressed: readonly Readdressing[]): Step[] {
  return readdressed.map(({ from, to, user, account: before }) => ({
    address: from,
    rank: 0,
    type: "task",
    what: `changing the address to ${to}`,
    run: async (client) => {
      const path = `/v1/users/${user}`;
      try {
        await resendWithVersion(
          before?.etag,
          (version) =>
            client.patch(
              managedPath(path, { externalId: entryNameOf(state, from) }),
              { email: to },
              userAnswer,
              version,
            ),
          async () => {
            const again = await readAccount(client, user);
            const isSame = again?.email === before?.email && again?.pendingEmail === before?.pendingEmail;
            return isSame ? again?.etag : undefined;
          },
        );
      } catch (error) {
        if (error instanceof ApiError && error.code === "permission_denied") {
          error.addRemedy(ownChange);
        }
        throw error;
      }
    },
  }));
}
