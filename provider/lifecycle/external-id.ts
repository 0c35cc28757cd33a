/** The stack's own names for its objects, by which each finds the other again. */
import { createHash } from "node:crypto";

/**
 * The name of a resource: the stack's, and a hash of the resource's URN. An entry of a set has the set's, and its address.
 *
 * @param stackId `roster:stackId` if configured, else organization/project/stack
 */
export function externalIdFor(stackId: string, urn: string): string {
  return `${stackId}/${createHash("sha256").update(urn).digest("hex").slice(0, 32)}`;
}
