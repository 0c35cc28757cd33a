/** Selects the members of an organization whose assignments and keys end. */

/** Some members of an organization, each with the request that ends the membership, or all members with one request. */
export type MemberSelection =
  | { readonly organizationId: string; readonly members: ReadonlyMap<string, string> }
  | { readonly organizationId: string; readonly requestId: string };

/** The identifiers of the selected members; undefined if all are selected. */
export function selectedMembers(selection: MemberSelection): string[] | undefined {
  return "members" in selection ? [...selection.members.keys()] : undefined;
}

/**
 * The request that ends what a member has.
 *
 * @throws Error if the member is not selected.
 */
export function requestFor(selection: MemberSelection, member: string | null): string {
  const requestId = "members" in selection ? selection.members.get(member ?? "") : selection.requestId;
  if (requestId === undefined) {
    throw new Error(`no request is about ${member}`);
  }
  return requestId;
}
