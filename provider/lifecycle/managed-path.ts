/** Requests on behalf of the stack that manages an object. */
import type { PropertyMap } from "../values/property-map.ts";

/** The path of a request on behalf of the stack that manages the object. */
export function managedPath(
  path: string,
  { externalId }: PropertyMap,
  more: Readonly<Record<string, string | undefined>> = {},
): string {
  const query = Object.entries({ managedAs: externalId, ...more }).filter(([, value]) => value !== undefined);
  return query.length === 0 ? path : `${path}?${new URLSearchParams(query as [string, string][])}`;
}
