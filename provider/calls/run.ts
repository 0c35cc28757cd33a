/** One run of the engine: what its resources have in common. */
import { Registrations } from "../lifecycle/registrations.ts";
import { Replacements } from "../preview/replacements.ts";

/** A run of the engine, in one process of the provider. */
export class Run {
  readonly registrations = new Registrations();
  readonly replacements = new Replacements(this.registrations);
  /** The ids of the objects whose take-over was announced. */
  readonly announced = new Set<string>();
}
