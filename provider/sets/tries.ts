/** The requests that a create or an update of a set would send, for trials. */
import { entryIn, foldEmail } from "roster-schema";
import type { Attempt } from "../lifecycle/interface.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { containsUnknown, isUnknown, unknownValue } from "../values/unknown.ts";
import type { Client } from "../wire/client.ts";
import { type EntryDefinition, entriesIn, planSteps, type RemoteEntry } from "./plan.ts";
import type { Step } from "./steps.ts";

/**
 * Plans the requests that would create and change entries. The state isn't known, so what the set has is read from the service.
 *
 * Entries that get another address are left out, because other requests come first.
 *
 * @param exists whether the set exists already
 */
export async function triesOf<Value, Remote extends RemoteEntry>(
  client: Client,
  kind: EntryDefinition<Value, Remote>,
  inputs: PropertyMap,
  exists: boolean,
): Promise<readonly Attempt[]> {
  if (isUnknown(inputs[kind.entries]) || kind.collection(inputs).includes(unknownValue)) {
    return [];
  }
  const state = exists ? await stateInService(client, kind, inputs) : { ...inputs, [kind.entries]: {} };
  return state === undefined ? [] : planSteps(kind, state, inputs, undefined).flatMap((step) => attemptsOf(step));
}

function attemptsOf(step: Step): Attempt[] {
  if ((step.type !== "create" && step.type !== "update") || containsUnknown(step.body)) {
    return [];
  }
  const method = step.type === "create" ? "POST" : "PATCH";
  return [{ request: { method, path: step.path, body: step.body }, entry: step.address }];
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
