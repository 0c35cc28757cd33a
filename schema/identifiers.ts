/** The identifiers of objects: their prefixes and their form. */
const prefixes = {
  organization: "org",
  organization_profile: "prf",
  user: "usr",
  role: "rol",
  membership: "mbr",
  api_key: "key",
  api_key_assignment: "asg",
  access_token: "tok",
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

/** The prefix of a kind's identifiers, such as `org`. */
export function idPrefix(kind: IdentifiedKind): string {
  return prefixes[kind];
}

/** Whether a text has the form of an identifier of this kind. */
export function isId(kind: IdentifiedKind, text: string): boolean {
  return new RegExp(`^${prefixes[kind]}_[0-9a-f]{32}$`).test(text);
}
