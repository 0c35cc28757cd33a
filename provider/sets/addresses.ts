/** The addresses by which a set knows its entries. */
import { foldEmail } from "roster-schema";
import { DeclarationError } from "../errors.ts";
import { isRecord } from "../values/property-map.ts";

/**
 * Brings the addresses of a set's entries to lower case, as the service compares them. It is done before the engine has the
 * entries: a map that is secret as a whole would be one no longer if its names changed after that.
 *
 * @param entries anything but a map is left for check to refuse
 * @param resource such as `OrganizationMembers staff`
 * @throws DeclarationError if an address is there twice
 */
export function byAddress(entries: unknown, resource: string): unknown {
  if (!isRecord(entries)) return entries;
  const known = new Map<string, unknown>();
  for (const [given, value] of Object.entries(entries)) {
    const address = foldEmail(given);
    if (known.has(address)) {
      throw new DeclarationError(`${resource} has ${address} twice, in different cases: a person is in a set once.`);
    }
    known.set(address, value);
  }
  return Object.fromEntries(known);
}
