/** Identifiers: the kind and the time of creation are a part of each. */
import { type IdentifiedKind, idPrefix } from "roster-schema";
import { uuidv7obj } from "uuidv7";

/**
 * Makes an identifier: the kind's prefix and a UUIDv7 in hexadecimal, so that the order of identifiers is the order
 * of creation and lists can be paged by them.
 */
export function newId(kind: IdentifiedKind): string {
  return `${idPrefix(kind)}_${uuidv7obj().toHex()}`;
}

/** Makes the identifier of a request, which the log and the audit repeat. */
export function newRequestId(): string {
  return `req_${uuidv7obj().toHex()}`;
}
