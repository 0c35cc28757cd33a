import { createHash } from "node:crypto";
import { Refusal } from "./problems.ts";

/**
 * The strong ETag of an object: over what can be set and nothing else, so that being used or accepted leaves it alone.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-etag
 */
export function etagOf<T>(item: T, settable: readonly (keyof T)[]): string {
  const values = settable.map((member) => item[member]);
  return `"${createHash("sha256").update(JSON.stringify(values)).digest("base64url").slice(0, 22)}"`;
}

/** @throws Refusal `precondition_failed` where an If-Match header names other versions only. */
export function checkIfMatch(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined) return;
  const versions = ifMatch.split(",").map((version) => version.trim());
  if (versions.includes("*") || versions.includes(etag)) return;
  throw new Refusal(
    "precondition_failed",
    "The object was changed since it was read. Read it again, and decide again what to change.",
  );
}
