/** Selects the members of an organization whose assignments and keys end. */

/** Whose things in an organization end: those of some members, each with the request that this is for, or everybody's. */
export type Whose =
  | { readonly organizationId: string; readonly members: ReadonlyMap<string, string> }
  | { readonly organizationId: string; readonly requestId: string };

/** Whose they are, by their identifiers; undefined where they are everybody's. */
export function membersOf(whose: Whose): string[] | undefined {
  return "members" in whose ? [...whose.members.keys()] : undefined;
}

/**
 * The request for which what a member has is ended.
 *
 * @throws Error where nothing of this member's was to end.
 */
export function requestFor(whose: Whose, member: string | null): string {
  const requestId = "members" in whose ? whose.members.get(member ?? "") : whose.requestId;
  if (requestId === undefined) throw new Error(`no request is about ${member}`);
  return requestId;
}
