/** The requests that a create or an update of a set would send, for trials. */
import { entryIn, foldEmail } from "roster-schema";
import type { Attempt } from "../lifecycle/interface.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { containsUnknown, isUnknown, unknownValue } from "../values/unknown.ts";
import type { Client } from "../wire/client.ts";
import type { TriedRequest } from "../wire/trials.ts";
import { type EntryDefinition, entriesIn, planDeleteAll, planSteps, type RemoteEntry } from "./plan.ts";
import type { Step } from "./steps.ts";

/**
 * Plans the requests that would create and change entries and, if the state is known, those that would delete some. If it isn't known,
 * what the set has is read from the service.
 *
 * Entries that get another address are left out, because other requests come first.
 *
 * @param exists whether the set exists already
 * @param known the state, if it is known
 */
export async function triesOf<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: EntryDefinition<Value, Remote>,
  inputs: PropertyMap,
  exists: boolean,
  known: PropertyMap | undefined,
): Promise<readonly Attempt[]> {
  if (isUnknown(inputs[kind.entries]) || kind.collection(inputs).includes(unknownValue)) {
    return [];
  }
  const inService = async () => (known === undefined ? await stateInService(client, kind, inputs) : known);
  const state = exists ? await inService() : { ...inputs, [kind.entries]: {} };
  const steps = state === undefined ? [] : planSteps(kind, state, inputs, undefined);
  // Only a state says which entries are the set's to delete.
  return attemptsOf(known === undefined ? steps.filter(({ type }) => type !== "delete") : steps);
}

/** Plans the requests that would delete all entries. */
export function endsOf<Value, Remote extends RemoteEntry>(
  kind: EntryDefinition<Value, Remote>,
  state: PropertyMap,
): readonly Attempt[] {
  return attemptsOf(planDeleteAll(kind, state, undefined));
}

function attemptsOf(steps: readonly Step[]): Attempt[] {
  return steps
    .toSorted((one, other) => one.rank - other.rank)
    .flatMap((step) => requestsOf(step).map((request) => ({ request, entry: step.address })))
    .filter(({ request }) => !containsUnknown(request.body));
}

function requestsOf(step: Step): TriedRequest[] {
  switch (step.type) {
    case "create":
      return [{ method: "POST", path: step.path, body: step.body }];
    case "update":
      return [{ method: "PATCH", path: step.path, body: step.body }];
    case "delete":
      return [{ method: "DELETE", path: step.path }];
    default:
      // Anything else takes several requests that depend on each other.
      return [];
  }
}

/** The state of a set as the service has it; undefined if it can't be read. */
async function stateInService<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: EntryDefinition<Value, Remote>,
  inputs: PropertyMap,
): Promise<PropertyMap | undefined> {
  const listed = await client.entriesOf(String(inputs.externalId));
  const wanted = entriesIn<Value>(kind, inputs);
  const ids: Record<string, string> = {};
  const entries: Record<string, Value> = {};
  const named: Record<string, string> = {};
  for (const { id, externalId, object } of listed ?? []) {
    const { data: remote } = kind.remote.safeParse(object);
    if (remote === undefined || kind.isDeleted?.(remote) === true) {
      continue;
    }
    // An entry can have another address by now than the one in its externalId.
    const name = entryIn(externalId);
    const address = Object.hasOwn(wanted, name) ? name : foldEmail(remote.email);
    ids[address] = id;
    named[address] = name;
    entries[address] = kind.readValue(remote, inputs, wanted[address]);
  }
  return listed && { ...inputs, ids, [kind.entries]: entries, __named: named };
}
