/** ETags of objects, and the check of If-Match. */
import { createHash } from "node:crypto";
import { isSame } from "./audit.ts";
import { desiredOf, type Managed, type Resource } from "./resource.ts";

/**
 * The strong ETag of an object. It covers only the settable members, so that using or accepting the object doesn't change it.
 * If some of them can have another manager, a second part covers only the others.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-etag
 */
export function etagOf<T extends Managed>(resource: Resource<T>, item: T): string {
  const desired = desiredOf(resource, item);
  const covered = resource.settable.filter((member) => {
    return resource.added?.[member] === undefined || !isSame(resource.added[member], desired[member]);
  });
  const others = covered.filter((member) => resource.apart?.members.some((one) => one === member) !== true);
  const parts = resource.apart === undefined ? [covered] : [covered, others];
  return `"${parts.map((members) => hashOf(members.map((member) => desired[member]))).join(".")}"`;
}

function hashOf(values: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(values)).digest("base64url").slice(0, 22);
}

/**
 * Whether an If-Match header allows a change of this version; true if there is no header.
 *
 * @param isApart whether the members that the second part of the ETag doesn't cover have another manager, so that only the second
 * part counts.
 */
export function isMatch(ifMatch: string | undefined, etag: string, isApart = false): boolean {
  if (ifMatch === undefined) {
    return true;
  }
  const [whole, others] = partsOf(etag);
  return ifMatch.split(",").some((version) => {
    // An ETag from before there were two parts is the first one.
    const [givenWhole, givenOthers] = partsOf(version.trim());
    return version.trim() === "*" || givenWhole === whole || (isApart && givenOthers === others);
  });
}

function partsOf(etag: string): readonly (string | undefined)[] {
  const parts = /^"([^".]+)(?:\.([^".]+))?"$/.exec(etag);
  return parts === null ? [etag] : parts.slice(1);
}
