/** What a preview knows of a resource before anything is changed. */
import { isDeepStrictEqual } from "node:util";
import { identifyingArguments } from "../kinds/lookups.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { unknownValue } from "../values/unknown.ts";

/** The state that a create would lead to: the service makes the outputs. */
export function plannedCreate({ outputs }: Lifecycle, inputs: PropertyMap): PropertyMap {
  const made = Object.keys(outputs).map((name) => [name, unknownValue]);
  return { ...Object.fromEntries(made), ...inputs };
}

/** The outputs of a state that no update changes. */
export function stablesIn({ stables }: Lifecycle, state: PropertyMap): string[] {
  return stables.filter((name) => state[name] !== undefined);
}

/**
 * The state that an update would lead to. Outputs that an update can change aren't known, and neither is a value that the update
 * changes and by which a function finds the object: until `up`, the function would find nothing, and end the preview.
 */
export function plannedUpdate(lifecycle: Lifecycle, state: PropertyMap, inputs: PropertyMap): PropertyMap {
  const kept = stablesIn(lifecycle, state).map((name) => [name, state[name]]);
  const unfound = identifyingArguments(lifecycle.kind)
    .filter((name) => inputs[name] !== undefined && !isDeepStrictEqual(inputs[name], state[name]))
    .map((name) => [name, unknownValue]);
  return { ...plannedCreate(lifecycle, inputs), ...Object.fromEntries(kept), ...Object.fromEntries(unfound) };
}
