/** Requesters: who requested a link or an offer, and what they may do when it is followed. */
import { isId } from "roster-schema";
import type { Database } from "../rows/tables.ts";
import { rightsOfUser, unlimited } from "./access-tokens.ts";
import { keyPrincipal, type Principal, serviceOwner } from "./principal.ts";
import { findCurrentSecret, refusalOf } from "./resolver.ts";

/**
 * The stored form of a requester: null if a person made the request for themselves. For a request with a person's access token, it
 * is the person, because the request stands when the token has ended. A system user's token has permissions of its own, so it is
 * the token, as it is for a key.
 */
export function requesterOf({ kind, id, accessToken, requester = id }: Principal): string | null {
  return kind === "owner" || kind === "api_key" || accessToken !== null ? requester : null;
}

/**
 * A stored requester, with its current permissions.
 *
 * A request that a person made for themselves needs no permission, so it is treated like one of the service owner.
 *
 * @param requester the value that `requesterOf` returned.
 * @returns undefined if the requester's key or token no longer authenticates from any address, or the requester's account can't be
 * used.
 */
export async function requesterNow(db: Database, requester: string | null, now: Date): Promise<Principal | undefined> {
  if (requester === null || requester === serviceOwner.id) {
    return serviceOwner;
  }
  if (isId("user", requester)) {
    const rights = await rightsOfUser({ db }, requester, unlimited, now);
    return rights && { kind: "user", id: requester, user: requester, accessToken: null, rights };
  }
  const found = await findCurrentSecret(db, requester);
  if (found === undefined) {
    return undefined;
  }
  const anywhere = { ...found, allowedIps: null };
  if (refusalOf(anywhere, now, { externalApiAccess: false, address: undefined }) !== null) {
    return undefined;
  }
  return keyPrincipal(found);
}
