import { uuidv7obj } from "uuidv7";

const prefixes = {
  organization: "org",
  user: "usr",
  role: "rol",
  membership: "mbr",
  api_key: "key",
  api_key_assignment: "asg",
  audit_entry: "aud",
  link: "lnk",
  message: "msg",
  mail: "mai",
  attempt: "atm",
  service: "svc",
  restore: "rso",
} as const;

/** The kinds of object that have an identifier of their own. */
export type IdentifiedKind = keyof typeof prefixes;

/**
 * Makes an identifier: the kind's prefix and a UUIDv7 in hexadecimal, so that the order of identifiers is the order
 * of creation and lists can be paged by them.
 */
export function newId(kind: IdentifiedKind): string {
  return `${prefixes[kind]}_${uuidv7obj().toHex()}`;
}

/** What the identifiers of a kind begin with. */
export function prefixOf(kind: IdentifiedKind): string {
  return prefixes[kind];
}

/** Whether a text has the form of an identifier of this kind. */
export function isId(kind: IdentifiedKind, text: string): boolean {
  return new RegExp(`^${prefixes[kind]}_[0-9a-f]{32}$`).test(text);
}

/** Makes the identifier of a request, which the log and the audit repeat. */
export function newRequestId(): string {
  return `req_${uuidv7obj().toHex()}`;
}
