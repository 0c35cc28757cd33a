/** Which properties of a resource are secret. The engine leaves that to the plugin. */
import type { Lifecycle } from "../lifecycle/interface.ts";
import type { PropertyMap } from "../values/property-map.ts";
import type { Path } from "./values.ts";

/**
 * The secret properties of a resource: those that the engine has marked, those that are secret by their kind, and those that repeat
 * a secret argument.
 *
 * @param values its inputs or its state
 * @param marked what the engine has marked in the inputs or in the state
 */
export function secretsOf(lifecycle: Lifecycle, values: PropertyMap, marked: readonly Path[]): Path[] {
  const isMarked = (argument: string) =>
    marked.some(([name, ...rest]) => name === argument && isRepeated(lifecycle, rest));
  const repeating = Object.entries(lifecycle.repeats).flatMap(([output, argument]) => {
    return isMarked(argument) || lifecycle.secrets.includes(argument) ? [[output]] : [];
  });
  // How adoption changes an object may contain any of the arguments.
  const hasSecret = lifecycle.secrets.some((name) => Object.hasOwn(lifecycle.args, name) && values[name] !== undefined);
  const adopts = marked.length > 0 || hasSecret ? [["adopts"]] : [];
  return [...lifecycle.secrets.map((name) => [name]), ...repeating, ...adopts, ...marked];
}

/** Whether an output that repeats an argument contains a part of it. A set repeats only the addresses of its entries. */
function isRepeated({ isSet }: Lifecycle, part: Path): boolean {
  return !isSet || part.length === 0;
}
