/** Creates identifiers, which contain the kind and the time of creation. */
import { type IdentifiedKind, idPrefix } from "roster-schema";
import { uuidv7obj } from "uuidv7";

/**
 * Creates an identifier: the kind's prefix and a UUIDv7 in hexadecimal. Identifiers are ordered by creation, so that lists
 * can be paged by them.
 */
export function newId(kind: IdentifiedKind): string {
  return `${idPrefix(kind)}_${uuidv7obj().toHex()}`;
}

/** Creates the identifier of a request, for the log and the audit. */
export function newRequestId(): string {
  return `req_${uuidv7obj().toHex()}`;
}

/** The identifier of an organization's profile: it is that of the organization, with another prefix. */
export function profileIdOf(organizationId: string): string {
  return organizationId.replace(idPrefix("organization"), idPrefix("organization_profile"));
}

/** The identifier of the organization that has a profile. */
export function organizationIdOf(profileId: string): string {
  return profileId.replace(idPrefix("organization_profile"), idPrefix("organization"));
}
