/** The accounts that a set makes and manages: their names follow the set, and they end with the entries unless something else holds them. */
import { stackIdIn } from "roster-schema";
import type { z } from "zod";
import { ApiError, OutdatedStateError, reviewChanges } from "../errors.ts";
import { managedPath } from "../lifecycle/managed-path.ts";
import { resendWithVersion } from "../lifecycle/outside-changes.ts";
import type { Registrations } from "../lifecycle/registrations.ts";
import { say } from "../messages.ts";
import { type PropertyMap, withoutUndefined } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import { userAnswer } from "../wire/generated/answers.ts";
import { type Claims, isGivenUp } from "./claims.ts";
import { type EntryDefinition, entriesIn, entryNameOf, idsIn, type RemoteEntry } from "./plan.ts";
import type { Step } from "./steps.ts";

/** An account, with its version. */
export interface Account extends z.infer<typeof userAnswer> {
  readonly etag: string | undefined;
}

/** The definition of a set that can manage accounts. */
export type AccountKind<Value, Remote extends RemoteEntry> = EntryDefinition<Value, Remote> & {
  readonly container: string;
};

/** A change of the accounts of a set. */
interface AccountChange {
  /** The state, with its entries moved. */
  readonly state: PropertyMap;
  readonly inputs: PropertyMap;
  /** The ids of the accounts by address, which the steps change as they are carried out. */
  readonly accountIds: Map<string, string>;
}

/** Reads an account. @returns undefined if it doesn't exist, or the caller can't read it */
export async function readAccount(client: Client, id: string): Promise<Account | undefined> {
  try {
    const found = await client.get(`/v1/users/${id}`, userAnswer);
    return found && { ...found.body, etag: found.etag };
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) {
      return undefined;
    }
    throw error;
  }
}

/** Reads accounts, in batches. Those that the caller can't read are left out. */
export async function readAccounts(client: Client, ids: readonly string[]): Promise<ReadonlyMap<string, Account>> {
  const found = await client.forAll(ids, (id) => readAccount(client, id));
  return new Map(found.filter((account) => account !== undefined).map((account) => [account.id, account]));
}

/**
 * Plans to make the accounts of new entries.
 *
 * @param created the addresses of the entries that are to be created
 */
export function planMaking<Value, Remote extends RemoteEntry>(
  kind: AccountKind<Value, Remote>,
  { inputs, accountIds }: AccountChange,
  created: readonly string[],
): Step[] {
  const { accounts, container } = kind;
  const makes = accounts?.isManaging(inputs) === true ? accounts.makes(inputs) : undefined;
  if (accounts === undefined || makes === undefined) {
    return [];
  }
  const wanted = entriesIn<Value>(kind, inputs);
  return created
    .filter((address) => !accountIds.has(address))
    .map((address) => ({
      address,
      rank: 0,
      type: "task",
      what: "making the account",
      run: async (client) => {
        const value = wanted[address];
        const body = withoutUndefined({
          ...(value === undefined ? {} : accounts.namesIn(value)),
          email: address,
          homeOrganization: inputs[container],
          externalId: entryNameOf(inputs, address),
          invite: makes.invites,
        });
        try {
          accountIds.set(address, (await client.post("/v1/users", body, userAnswer)).body.id);
        } catch (error) {
          // The person has an account, which is not the set's.
          if (!(error instanceof ApiError) || error.code !== "email_taken") {
            throw error;
          }
        }
      },
    }));
}

/**
 * Plans to take over the accounts of claimed entries that `User` resources of the same stack have had, and that the program no longer
 * declares. The end of such a resource would otherwise deactivate the account.
 */
export async function planClaiming<Value, Remote extends RemoteEntry>(
  client: Client,
  { accounts, container }: AccountKind<Value, Remote>,
  registrations: Registrations,
  { inputs, accountIds }: AccountChange,
  claims: Claims<Remote>,
): Promise<Step[]> {
  const stackId = stackIdIn(String(inputs.externalId));
  const users = [...claims].flatMap(([address, { user }]) =>
    typeof user === "string" ? [[address, user] as const] : [],
  );
  if (accounts?.isManaging(inputs) !== true || stackId === undefined || users.length === 0) {
    return [];
  }
  const found = await readAccounts(
    client,
    users.map(([, id]) => id),
  );
  await registrations.settled();
  return users.flatMap(([address, id]): Step[] => {
    const { externalId = null, homeOrganization } = found.get(id) ?? {};
    const isClaimable =
      externalId !== null &&
      stackIdIn(externalId) === stackId &&
      homeOrganization === inputs[container] &&
      isGivenUp(registrations, externalId);
    if (!isClaimable) {
      return [];
    }
    registrations.noteClaim(id, inputs.externalId);
    const run = async (client: Client) => {
      if (await changeAccount(client, id, { externalId }, { externalId: entryNameOf(inputs, address) })) {
        accountIds.set(address, id);
      }
    };
    return [{ address, rank: 0, type: "task", what: "taking over the account", run }];
  });
}

/** Plans to change the names of accounts, and the externalIds of those whose entries have other ones. */
export function planNaming<Value, Remote extends RemoteEntry>(
  kind: AccountKind<Value, Remote>,
  { state, inputs, accountIds }: AccountChange,
): Step[] {
  const { accounts } = kind;
  if (accounts?.isManaging(inputs) !== true) {
    return [];
  }
  const [was, wanted] = [entriesIn<Value>(kind, state), entriesIn<Value>(kind, inputs)];
  return [...accountIds].flatMap(([address, id]): Step[] => {
    const [before, value] = [was[address], wanted[address]];
    if (value === undefined) {
      return [];
    }
    const from = { ...(before && accounts.namesIn(before)), externalId: entryNameOf(state, address) };
    const to = { ...withoutUndefined({ ...accounts.namesIn(value) }), externalId: entryNameOf(inputs, address) };
    if (differences(from, to).length === 0) {
      return [];
    }
    const run = async (client: Client) => {
      if (!(await changeAccount(client, id, from, to))) {
        accountIds.delete(address);
      }
    };
    return [{ address, rank: 0, type: "task", what: "changing the account", isOfArguments: true, run }];
  });
}

/**
 * Changes an account that the set manages.
 *
 * @returns false if it is not the set's any more
 * @throws OutdatedStateError if somebody else has changed it since the last refresh
 */
async function changeAccount(client: Client, id: string, from: PropertyMap, to: PropertyMap): Promise<boolean> {
  const found = await readAccount(client, id);
  if (found === undefined || (found.externalId !== from.externalId && found.externalId !== to.externalId)) {
    return false;
  }
  const now: PropertyMap = { ...found };
  const changed = differences(now, to);
  if (changed.length === 0) {
    return true;
  }
  const drifted = changed.filter((name) => name !== "externalId" && (now[name] ?? undefined) !== from[name]);
  // A name that the set didn't declare before is the set's now.
  if (drifted.some((name) => from[name] !== undefined)) {
    throw new OutdatedStateError(
      `the account was changed since the last refresh (${drifted.join(", ")}). ${reviewChanges}`,
    );
  }
  const body = Object.fromEntries(changed.map((name) => [name, to[name]]));
  const path = managedPath(`/v1/users/${id}`, { externalId: found.externalId });
  await resendWithVersion(
    found.etag,
    (version) => client.patch(path, body, userAnswer, version),
    async () => {
      const again = await readAccount(client, id);
      return changed.every((name) => ({ ...again })[name as keyof Account] === now[name]) ? again?.etag : undefined;
    },
  );
  return true;
}

function differences(from: PropertyMap, to: PropertyMap): string[] {
  return Object.keys(to).filter((name) => (from[name] ?? undefined) !== to[name]);
}

/** Who leaves a set that manages accounts: the ids of the accounts, by address. */
export function leaversOf<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  inputs: PropertyMap,
  accountIds: ReadonlyMap<string, string>,
): [address: string, id: string][] {
  const wanted = entriesIn(kind, inputs);
  return [...accountIds].filter(([address]) => !Object.hasOwn(wanted, address));
}

/**
 * Plans what becomes of accounts that the set no longer manages. Each is deactivated, unless something else holds it; the service
 * decides that, because it is hidden from the caller.
 *
 * @param outcome `let_go` for accounts that stay in any case
 */
export function planGivingBack(
  { state, accountIds }: Pick<AccountChange, "state" | "accountIds">,
  leaving: readonly (readonly [address: string, id: string])[],
  outcomeOf: (address: string) => "leaver" | "let_go",
): Step[] {
  return leaving.map(([address, id]) => ({
    address,
    rank: 0,
    type: "task",
    what: "giving the account back",
    run: async (client) => {
      const externalId = entryNameOf(state, address);
      const outcome = outcomeOf(address);
      // An account that became the person's own, or was given back before, is not the set's.
      if ((await readAccount(client, id))?.externalId === externalId) {
        await client.delete(managedPath(`/v1/users/${id}`, { externalId }, { outcome }), (reason) => {
          if (outcome === "leaver") {
            void say(`${id}: ${reason}`);
          }
        });
      }
      accountIds.delete(address);
    },
  }));
}

/** The ids of the accounts in a state, by address. */
export function accountIdsIn(state: PropertyMap, moved: ReadonlyMap<string, string> = new Map()): Map<string, string> {
  const next = new Map([...moved].map(([to, from]) => [from, to]));
  return new Map(Object.entries(idsIn(state.accountIds)).map(([address, id]) => [next.get(address) ?? address, id]));
}

/**
 * Reads the accounts that a set manages.
 *
 * @returns those that are still the set's, by address
 */
export async function readManaged<Value, Remote extends RemoteEntry>(
  client: Client,
  { accounts }: EntryDefinition<Value, Remote>,
  state: PropertyMap,
): Promise<ReadonlyMap<string, Account>> {
  const ids = accountIdsIn(state);
  if (accounts?.isManaging(state) !== true || ids.size === 0) {
    return new Map();
  }
  const found = await readAccounts(client, [...ids.values()]);
  return new Map(
    [...ids].flatMap(([address, id]): [string, Account][] => {
      const account = found.get(id);
      return account !== undefined && account.externalId === entryNameOf(state, address) ? [[address, account]] : [];
    }),
  );
}

/** The value of an entry with the names that its account has, as far as the value declares names. */
export function withAccount<Value, Remote extends RemoteEntry>(
  { accounts }: EntryDefinition<Value, Remote>,
  value: Value,
  account: Account | undefined,
): Value {
  if (accounts === undefined || account === undefined) {
    return value;
  }
  const { givenName, familyName } = account;
  return accounts.withNames(value, { givenName: givenName ?? undefined, familyName: familyName ?? undefined });
}

/** The `accountIds` of a state; none if the set manages no accounts, and has none that it managed before. */
export function accountState<Value, Remote extends RemoteEntry>(
  { accounts }: EntryDefinition<Value, Remote>,
  args: PropertyMap,
  accountIds: ReadonlyMap<string, string>,
): PropertyMap {
  const isShown = accounts?.isManaging(args) === true || accountIds.size > 0;
  return isShown ? { accountIds: Object.fromEntries(accountIds) } : {};
}

/** The ids of the accounts after a refresh. Those that the set doesn't manage at present are kept until an update gives them back. */
export function keptAccountIds<Value, Remote extends RemoteEntry>(
  { accounts }: EntryDefinition<Value, Remote>,
  state: PropertyMap,
  managed: ReadonlyMap<string, Account>,
): Map<string, string> {
  return accounts?.isManaging(state) === true
    ? new Map([...managed].map(([address, { id }]) => [address, id]))
    : accountIdsIn(state);
}
