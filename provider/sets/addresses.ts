/** The addresses that identify the entries of a set. */
import { foldEmail } from "roster-schema";
import { DeclarationError } from "../errors.ts";
import { isRecord } from "../values/property-map.ts";

/**
 * Converts the addresses of a set's entries to lower case, as the service compares them. This happens before the engine
 * receives the entries: if the names of a secret map changed after that, the map would no longer be secret.
 *
 * @param entries anything but a map is returned unchanged, and refused by check
 * @param resource such as `OrganizationMembers staff`
 * @throws DeclarationError if an address appears twice
 */
export function byAddress(entries: unknown, resource: string): unknown {
  if (!isRecord(entries)) {
    return entries;
  }
  const known = new Map<string, unknown>();
  for (const [given, value] of Object.entries(entries)) {
    const address = foldEmail(given);
    if (known.has(address)) {
      throw new DeclarationError(`${resource} has ${address} twice, in different cases: remove one of the two.`);
    }
    known.set(address, value);
  }
  return Object.fromEntries(known);
}
