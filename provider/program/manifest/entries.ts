/** The entries of a section of a manifest. */
import { isRecord, type PropertyMap } from "../../values/property-map.ts";

/** A mapping of the manifest; an empty one for a value that isn't a mapping. */
export function recordOf(value: unknown): PropertyMap {
  return isRecord(value) ? value : {};
}

/** Makes something of each entry of a section, by the entry's name. */
export function mapEntries<From, To>(
  from: Readonly<Record<string, From>>,
  to: (value: From, name: string) => To,
): Record<string, To> {
  // Without a prototype, because a user may be called `constructor`.
  const entries: Record<string, To> = Object.create(null);
  for (const [name, value] of Object.entries(from)) {
    entries[name] = to(value, name);
  }
  return entries;
}
