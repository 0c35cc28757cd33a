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
  const isMarked = (argument: string) => hasSecretEntries(lifecycle, argument, marked);
  const repeating = Object.entries(lifecycle.repeats).flatMap(([output, argument]) => {
    return isMarked(argument) || lifecycle.secrets.includes(argument) ? [[output]] : [];
  });
  // How adoption changes an object may contain any of the arguments.
  const secretNames = [...marked.map(([name = ""]) => name), ...lifecycle.secrets];
  const hasSecret = secretNames.some((name) => Object.hasOwn(lifecycle.args, name) && values[name] !== undefined);
  const adopts = hasSecret ? [["adopts"]] : [];
  return [...lifecycle.secrets.map((name) => [name]), ...repeating, ...adopts, ...marked];
}

/**
 * Whether what an output repeats of an argument is secret: any part of it or, of the entries of a set, their addresses, which are secret if
 * the whole map is.
 */
export function hasSecretEntries({ isSet }: Lifecycle, argument: string | undefined, marked: readonly Path[]): boolean {
  return marked.some(([name, ...part]) => name === argument && (!isSet || part.length === 0));
}
