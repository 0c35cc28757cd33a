/** Where manifests declare the resources of a program, for the messages of the provider. */
import type { DeclaredPlace } from "../values/place.ts";

/** The places of resources, by kind and name. */
export type Places = ReadonlyMap<string, DeclaredPlace>;

/** Those of the manifest whose resources are being declared. */
let places: Places | undefined;

/** Calls a function that declares resources. Those that have a place send it to the provider. */
export function withPlaces<Result>(known: Places, declare: () => Result): Result {
  const outer = places;
  places = known;
  try {
    return declare();
  } finally {
    places = outer;
  }
}

/** The place of a resource that is being declared, if it has one. */
export function placeOf(kind: string, name: string): DeclaredPlace | undefined {
  return places?.get(placeKey(kind, name));
}

/** The key of a resource in {@link Places}. */
export function placeKey(kind: string, name: string): string {
  return `${kind} ${name}`;
}
