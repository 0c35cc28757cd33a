/** The inputs that a program passes for the provider alone, and those that it declares. */
import type { StackNames } from "../lifecycle/external-id.ts";
import { declarationInput } from "../values/declaration.ts";
import { placeInput } from "../values/place.ts";
import type { PropertyMap } from "../values/property-map.ts";

/** The properties without those that only the provider uses. */
export function own({
  __provider,
  __retainOnDelete,
  __earlierName,
  [placeInput]: _place,
  [declarationInput]: _declaration,
  ...values
}: PropertyMap): PropertyMap {
  return values;
}

/** The externalIds that a program has made for a resource. */
export function namesIn({ externalId, __earlierName: earlier }: PropertyMap): StackNames | undefined {
  return typeof externalId === "string" && typeof earlier === "string" ? { externalId, earlier } : undefined;
}
