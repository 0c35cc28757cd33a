/** What the identifiers of each kind of object begin with. */
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

/** What the identifiers of a kind begin with, such as `org`. */
export function idPrefix(kind: IdentifiedKind): string {
  return prefixes[kind];
}

/** Whether a text has the form of an identifier of this kind. */
export function isId(kind: IdentifiedKind, text: string): boolean {
  return new RegExp(`^${prefixes[kind]}_[0-9a-f]{32}$`).test(text);
}
