/** Requests on behalf of the stack that manages an object. */
import type { Values } from "../values/values.ts";

/** A path for a request on behalf of the stack that manages the object. */
export function managedAt(
  path: string,
  { externalId }: Values,
  more: Readonly<Record<string, string | undefined>> = {},
): string {
  const query = Object.entries({ managedAs: externalId, ...more }).filter(([, value]) => value !== undefined);
  return query.length === 0 ? path : `${path}?${new URLSearchParams(query as [string, string][])}`;
}
