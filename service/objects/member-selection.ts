/** Selects the members of an organization whose assignments and keys end. */

/** Whose things in an organization end: those of some members, each with the request that this is for, or everybody's. */
export type MemberSelection =
  | { readonly organizationId: string; readonly members: ReadonlyMap<string, string> }
  | { readonly organizationId: string; readonly requestId: string };

/** Whose they are, by their identifiers; undefined where they are everybody's. */
export function selectedMembers(selection: MemberSelection): string[] | undefined {
  return "members" in selection ? [...selection.members.keys()] : undefined;
}

/**
 * The request for which what a member has is ended.
 *
 * @throws Error where nothing of this member's was to end.
 */
export function requestFor(selection: MemberSelection, member: string | null): string {
  const requestId = "members" in selection ? selection.members.get(member ?? "") : selection.requestId;
  if (requestId === undefined) throw new Error(`no request is about ${member}`);
  return requestId;
}
