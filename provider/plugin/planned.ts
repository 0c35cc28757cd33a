/** What a preview knows of a resource before anything is changed. */
import type { Lifecycle } from "../lifecycle/interface.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { unknownValue } from "../values/unknown.ts";

/** The state that a create would lead to: the service makes the outputs. */
export function plannedCreate({ outputs }: Lifecycle, inputs: PropertyMap): PropertyMap {
  const made = Object.keys(outputs).map((name) => [name, unknownValue]);
  return { ...Object.fromEntries(made), ...inputs };
}

/** The state that an update would lead to: outputs that an update can change aren't known. */
export function plannedUpdate(lifecycle: Lifecycle, state: PropertyMap, inputs: PropertyMap): PropertyMap {
  const kept = lifecycle.stables.filter((name) => state[name] !== undefined).map((name) => [name, state[name]]);
  return { ...plannedCreate(lifecycle, inputs), ...Object.fromEntries(kept) };
}
