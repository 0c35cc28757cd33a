/** Adoption by a set: how the entries that exist already differ from those that are declared. */
import { foldEmail } from "roster-schema";
import { type Compared, isOwn, managedReason, wantsForce } from "../lifecycle/adoption.ts";
import type { CheckFailure } from "../lifecycle/shape.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { containsUnknown } from "../values/unknown.ts";
import type { Client } from "../wire/client.ts";
import { type EntryDefinition, entriesIn, entryNameOf, type RemoteEntry } from "./plan.ts";
import { lookUp } from "./remote-entries.ts";
import { firstFailures } from "./safeguards.ts";

/**
 * Looks up the entries that creating a set would adopt.
 *
 * @returns the inputs, with how adopting changes each entry under `adopts`, by address; and which entries can't be adopted
 */
export async function compareForAdoption<Value, Remote extends RemoteEntry>(
  client: Client,
  definition: EntryDefinition<Value, Remote>,
  inputs: PropertyMap,
): Promise<Compared> {
  const existing = await lookUp(client, definition, inputs);
  if (existing === undefined) {
    return { inputs, failures: [] };
  }
  const wanted = entriesIn<Value>(definition, inputs);
  const adopts: Record<string, string> = {};
  const failures: CheckFailure[] = [];
  for (const entry of existing.values()) {
    const address = foldEmail(entry.email);
    const value = Object.hasOwn(wanted, address) ? wanted[address] : undefined;
    if (value === undefined || containsUnknown(value) || definition.hasEnded?.(entry) === true) {
      continue;
    }
    const property = `${definition.entries}.${address}`;
    const isOurs = entry.externalId === entryNameOf(inputs, address);
    if (isOwn(entry.externalId, inputs.externalId) && !isOurs) {
      // The set takes over what other resources of its stack give up, without adopting it.
      continue;
    }
    if (entry.externalId !== null && !isOurs && !wantsForce(inputs)) {
      const remedy = { elsewhere: "release it there", here: 'remove it here, or set `adopt: "force"`' };
      failures.push({ property, reason: managedReason(entry, inputs, remedy) });
    } else if (definition.isFixed?.(definition.readValue(entry, inputs, undefined), value) === true) {
      failures.push({
        property,
        reason: `${entry.id} has another value, which can't be changed: declare that value`,
      });
    } else if (!isOurs) {
      const before = definition.settable(inputs, definition.readValue(entry, inputs, value));
      const changes = Object.entries(definition.settable(inputs, value)).filter(([name, now]) => before[name] !== now);
      const text = changes.map(([name, now]) => `${String(before[name])} => ${String(now)}`);
      adopts[address] = text.join(", ");
    }
  }
  const changing = Object.fromEntries(Object.entries(adopts).filter(([, change]) => change !== ""));
  return { inputs: { ...inputs, adopts: changing }, failures: firstFailures(failures) };
}
