/** Entries that a set takes over from other resources of its stack, so that nobody's access is interrupted. */
import { entryIn, foldEmail, setIn, stackIdIn } from "roster-schema";
import { ifReadable } from "../lifecycle/adoption.ts";
import type { Registrations } from "../lifecycle/registrations.ts";
import type { PropertyMap } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import { type EntryDefinition, entriesIn, idsIn, type RemoteEntry } from "./plan.ts";

/** The number of objects in a page of a list. */
const itemsOfPage = 1000;

/** The objects that entries take over, by address. */
export type Claims<Remote> = ReadonlyMap<string, Remote>;

/**
 * Finds the objects of new entries that other resources of the same stack have had and that the program no longer declares.
 *
 * @param state the set before the change, by whose size the number of the stack's objects is estimated
 * @param created the addresses of the entries that would be created
 */
export async function findClaims<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: EntryDefinition<Value, Remote>,
  registrations: Registrations,
  { state, inputs, created }: { state: PropertyMap; inputs: PropertyMap; created: readonly string[] },
): Promise<Claims<Remote>> {
  const set = String(inputs.externalId);
  const stackId = stackIdIn(set);
  if (stackId === undefined || created.length === 0) {
    return new Map();
  }
  const collection = kind.collection(inputs);
  const list = (query: Readonly<Record<string, string>>) => client.list(collection, query, kind.remote);
  // One list of all objects of the stack, a page of a thousand at a time, or one list for each new entry: whatever takes fewer requests.
  const isFew = created.length < Object.keys(idsIn(state.ids)).length / itemsOfPage;
  const found =
    (await ifReadable(collection, async () =>
      isFew
        ? (await client.forAll(created, (email) => list({ email }))).flat()
        : await list({ externalIdPrefix: `${stackId}/` }),
    )) ?? [];
  const ofOthers = found.filter(({ externalId }) => externalId !== null && setIn(externalId) !== set);
  const byAddress = new Map(ofOthers.map((entry) => [foldEmail(entry.email), entry]));
  const wanted = entriesIn<Value>(kind, inputs);
  const claimable = created.flatMap((address): [string, Remote][] => {
    const [entry, value] = [byAddress.get(address), wanted[address]];
    const isFixed = entry !== undefined && kind.isFixed?.(kind.readValue(entry, inputs, undefined), value as Value);
    // The prefix may also begin the name of another stack.
    const isOurs = stackIdIn(entry?.externalId ?? "") === stackId;
    return entry === undefined || !isOurs || isFixed === true ? [] : [[address, entry]];
  });
  if (claimable.some(([, { externalId }]) => registrations.registrationOf(externalId ?? "") === undefined)) {
    await registrations.settled();
  }
  return new Map(claimable.filter(([, { externalId }]) => isGivenUp(registrations, externalId ?? "")));
}

/**
 * Whether the program no longer declares the person with the resource that has had the object. It is certain once the registrations
 * have settled.
 */
export function isGivenUp(registrations: Registrations, externalId: string): boolean {
  const registration = registrations.registrationOf(externalId);
  // A single resource that is still declared gives its object up later, if at all.
  return registration === undefined || registration.entries?.has(entryIn(externalId)) === false;
}

/** The state with the objects that entries take over, under the externalIds that these have. */
export function withClaims<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
  claims: Claims<Remote>,
): PropertyMap {
  if (claims.size === 0) {
    return state;
  }
  const of = <Found>(pick: (entry: Remote) => Found) =>
    Object.fromEntries([...claims].map(([address, entry]) => [address, pick(entry)]));
  return {
    ...state,
    [kind.entries]: { ...entriesIn<Value>(kind, state), ...of((entry) => kind.readValue(entry, state, undefined)) },
    ids: { ...idsIn(state.ids), ...of(({ id }) => id) },
    __claimed: of(({ externalId }) => externalId),
  };
}
