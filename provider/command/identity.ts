/** Who a token makes somebody, in words. */
import { asLine, type Schemas } from "roster-schema";

type Self = Schemas["Self"];

/** The name of the caller, such as `ada@acme.example`. */
export function callerText({ caller: { kind, id, user, email } }: Self): string {
  const person = email ?? user;
  switch (kind) {
    case "owner":
      return "the service owner, by the owner token";
    case "api_key":
      return person === null ? `the API key ${id}` : `the API key ${id} of ${asLine(person)}`;
    default:
      return asLine(person ?? id);
  }
}

/** What the caller can do, in lines that are indented. */
export function rightsText({ caller: { serviceOwner }, organizations }: Self): string {
  if (serviceOwner) {
    return "  everything, in every organization\n";
  }
  if (organizations.length === 0) {
    return "  nothing yet: you are not a member of any organization\n";
  }
  // An earlier service tells only the ids.
  const named = organizations.map(({ id, slug, name, ...rights }) => ({ slug: asLine(slug ?? id), name, ...rights }));
  const width = Math.max(...named.map(({ slug }) => slug.length));
  const lines = named.map(({ slug, name, role, permissions }) => {
    const may = role ?? (permissions.length === 1 ? "1 permission" : `${permissions.length} permissions`);
    return `  ${slug.padEnd(width)}  ${asLine(may)}${name === undefined ? "" : ` (${asLine(name)})`}\n`;
  });
  return lines.join("");
}

/** How long something lasts, such as `12 hours`; rounded, and never less than a minute. */
export function lifeText(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  const hours = Math.round(minutes / 60);
  if (minutes < 120) {
    return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  }
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

/** A token that a caller uses, without the token. */
export interface UsedToken {
  readonly source: string;
  /** The file of the log-in that it is from, if it is from one. */
  readonly file: string | null;
  /** RFC 3339; null if it never expires, or if that isn't known. */
  readonly expiresAt: string | null;
}

/** Who a caller is, as JSON. */
export function identityJson(self: Schemas["Self"], endpoint: string, { source, file, expiresAt }: UsedToken): string {
  const { email = null, accessToken = null, ...caller } = self.caller;
  const result = {
    endpoint,
    service: self.service.id,
    // An earlier service doesn't tell these.
    caller: { ...caller, email, accessToken },
    credential: { source, file },
    expiresAt,
    organizations: self.organizations,
  };
  return `${JSON.stringify(result, undefined, 2)}\n`;
}
