/** ETags of objects, and the check of If-Match. */
import { createHash } from "node:crypto";
import { desiredOf, type Managed, type Resource } from "./resource.ts";

/**
 * The strong ETag of an object. It covers only the settable members, so that using or accepting the object doesn't change it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-etag
 */
export function etagOf<T extends Managed>(resource: Resource<T>, item: T): string {
  const desired = desiredOf(resource, item);
  const values = resource.settable.map((member) => desired[member]);
  return `"${createHash("sha256").update(JSON.stringify(values)).digest("base64url").slice(0, 22)}"`;
}

/** Whether an If-Match header allows a change of this version; true if there is no header. */
export function isMatch(ifMatch: string | undefined, etag: string): boolean {
  if (ifMatch === undefined) {
    return true;
  }
  const versions = ifMatch.split(",").map((version) => version.trim());
  return versions.includes("*") || versions.includes(etag);
}
