/** Reviews a change of a set before anything is sent: what the service would refuse of it, and what people should know about it. */
import { foldEmail, type Schemas } from "roster-schema";
import { z } from "zod";
import { ifReadable } from "../lifecycle/adoption.ts";
import type { Registrations } from "../lifecycle/registrations.ts";
import type { CheckFailure } from "../lifecycle/shape.ts";
import { say } from "../messages.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import { containsUnknown, isUnknown } from "../values/unknown.ts";
import type { Client } from "../wire/client.ts";
import type { Self } from "../wire/known-service.ts";
import { accountIdsIn, leaversOf } from "./accounts.ts";
import { findMoves, ownChange, type Readdressing } from "./moves.ts";
import { type EntryDefinition, entriesIn, idsIn, type RemoteEntry } from "./plan.ts";
import { listOwn } from "./remote-entries.ts";
import { firstFailures, maxNamed } from "./safeguards.ts";
import { changedAddresses } from "./was.ts";

/** A change of a set that exists. */
interface ReviewedChange {
  readonly state: PropertyMap;
  readonly inputs: PropertyMap;
  readonly registrations: Registrations;
}

/** The permissions of somebody who changes what a stack manages, rather than only previews it. */
const changing: readonly Schemas["Permission"][] = ["members:manage", "users:manage", "keys:assign"];

const holders = z.object({ holders: z.array(z.string()) });

/** What holds an account, in words. */
const words: Readonly<Record<string, string>> = {
  membership: "has a membership in another organization",
  api_key: "has an API key of another organization",
  system_role: "has a system role",
};

/**
 * Reviews a change of a set. Prints what people should know; the engine displays what the provider's process prints.
 *
 * @returns what the service would refuse
 */
export async function reviewChange<Value, Remote extends RemoteEntry>(
  client: () => Client,
  kind: EntryDefinition<Value, Remote>,
  change: ReviewedChange,
): Promise<CheckFailure[]> {
  if (isUnknown(change.inputs[kind.entries])) {
    return [];
  }
  const moves = await reviewMoves(client, kind, change);
  await reviewLeavers(client, kind, change, new Set(moves.moved.values()));
  return moves.failures;
}

/** Says of everybody who leaves whether the account is deactivated. */
async function reviewLeavers<Value, Remote extends RemoteEntry>(
  client: () => Client,
  kind: EntryDefinition<Value, Remote>,
  { state, inputs }: ReviewedChange,
  moved: ReadonlySet<string>,
): Promise<void> {
  const accountIds = accountIdsIn(state);
  const isManaging = kind.accounts?.isManaging(inputs) === true;
  const leaving = isManaging ? leaversOf(kind, inputs, accountIds).filter(([address]) => !moved.has(address)) : [];
  if (leaving.length === 0) {
    return;
  }
  const lines = await client().forAll(leaving, async ([address, id]) => {
    const who = inputs.__secretEntries === true ? id : `${address} (${id})`;
    const found = await ifReadable(id, () => client().get(`/v1/users/${id}/holders`, holders));
    const held = found?.body.holders.map((holder) => words[holder] ?? holder);
    const stays = `only the membership of ${who} ends, because the account`;
    return held === undefined
      ? `the account of ${who} is deactivated unless something else holds it.`
      : held.length === 0
        ? `the membership of ${who} ends, and the account is deactivated.`
        : `${stays} ${held.join(" and ")}.`;
  });
  sayOf(kind, lines);
}

/** Reviews the entries of a change that get another address, or look as if they should. */
async function reviewMoves<Value, Remote extends RemoteEntry>(
  client: () => Client,
  kind: EntryDefinition<Value, Remote>,
  { state, inputs, registrations }: ReviewedChange,
): Promise<{ readonly failures: CheckFailure[]; readonly moved: ReadonlyMap<string, string> }> {
  const wanted = entriesIn<Value>(kind, inputs);
  const ids = idsIn(state.ids);
  const alike = alikeIn(entriesIn<Value>(kind, state), wanted, ids);
  const isDeclared = changedAddresses(wanted, (address) => Object.hasOwn(ids, address)).size > 0;
  if (alike.length === 0 && !isDeclared && accountIdsIn(state).size === 0) {
    return { failures: [], moved: new Map() };
  }
  const own = () => listOwn(client(), kind, state);
  const { moved, readdressed, invited } = await findMoves(client(), kind, state, inputs, { own, registrations });
  const isSecret = inputs.__secretEntries === true;
  const nameOf = (address: string) => (isSecret ? (ids[address] ?? "another entry") : address);
  sayOf(
    kind,
    [...invited].map(
      ([to, from]) =>
        `${nameOf(from)} was invited and has no account yet, so the invitation is cancelled and ${nameOf(to)} is invited.`,
    ),
  );
  sayOf(
    kind,
    alike
      .filter(({ to }) => !moved.has(to) && !invited.has(to))
      .map(
        ({ from, to }) =>
          `${nameOf(from)} is removed, and ${nameOf(to)} is added with the same name. If this is one person with a new address, set ` +
          `\`was\` of the new entry to the previous address: the person then keeps the access.`,
      ),
  );
  const self = readdressed.length === 0 ? undefined : await client().service.selfIfKnown();
  const failures = readdressed.flatMap((one) => {
    const reason = self === undefined ? undefined : refusalOf(self, one);
    return reason === undefined ? [] : [{ property: `${kind.entries}.${one.to}.was`, reason }];
  });
  return { failures: firstFailures(failures), moved };
}

/** Why the caller may not change the address of an account, as far as that is certain. */
function refusalOf({ caller, organizations }: Self, { from, account }: Readdressing): string | undefined {
  const isReader = !organizations.some(({ permissions }) => changing.some((one) => permissions.includes(one)));
  if (account === undefined || caller.serviceOwner || isReader) {
    return undefined;
  }
  const { id, homeOrganization: home, systemRole } = account;
  const manages = organizations.some(
    ({ id: one, permissions }) => one === home && permissions.includes("users:manage"),
  );
  if (manages && systemRole === "none") {
    return undefined;
  }
  const why =
    home === null
      ? "it is the person's own"
      : manages
        ? "it has a system role"
        : "you don't manage the users of its home organization";
  return `you may not change the address of the account ${id} (${from}): ${why}. ${ownChange}`;
}

/** The pairs of entries that leave and come with the same given and family name, and don't declare \`was\`. */
function alikeIn(
  before: PropertyMap,
  wanted: PropertyMap,
  ids: PropertyMap,
): { readonly from: string; readonly to: string }[] {
  const left = new Map(
    Object.keys(ids)
      .filter((address) => !Object.hasOwn(wanted, address))
      .flatMap((address): [string, string][] => {
        const name = fullNameIn(before[address]);
        return name === undefined ? [] : [[name, address]];
      }),
  );
  return Object.entries(wanted).flatMap(([to, value]) => {
    const from = Object.hasOwn(ids, to) ? undefined : left.get(fullNameIn(value) ?? "");
    return from === undefined ? [] : [{ from, to }];
  });
}

/** The given and the family name in an entry; undefined if it lacks one of them. */
function fullNameIn(value: unknown): string | undefined {
  if (!isRecord(value) || containsUnknown(value)) {
    return undefined;
  }
  const { givenName, familyName } = value;
  return typeof givenName === "string" && typeof familyName === "string"
    ? foldEmail(JSON.stringify([givenName, familyName]))
    : undefined;
}

function sayOf({ entries }: { readonly entries: string }, lines: readonly string[]): void {
  const more = lines.length > maxNamed ? [`and ${lines.length - maxNamed} more such changes`] : [];
  for (const line of [...lines.slice(0, maxNamed), ...more]) {
    void say(`${entries}: ${line}`);
  }
}
