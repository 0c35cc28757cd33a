/** The stack's own names for its objects, by which each finds the other again. */
import { createHash } from "node:crypto";
import { externalIdOf } from "roster-schema";

/** The names that a resource of a stack can have in the service. */
export interface StackNames {
  /** The name of a resource that has none. */
  readonly externalId: string;
  /** The name that earlier versions of this package gave it. It stays on the objects that have it. */
  readonly earlier: string;
}

/**
 * The names of a resource: the stack's, and a hash. An entry of a set has the set's name, and its address.
 *
 * The hash is over the resource's kind, its name, and the types of its parents, which together are unique in a stack. It is not over
 * the type that a front of this package gives it, so that every front gives it the same name.
 *
 * @param stackId `roster:stackId` if configured, else organization/project/stack
 * @param urn the resource's
 * @see docs/decisions/0037-names-without-a-front.md
 */
export function stackNames(stackId: string, urn: string): StackNames {
  const [, , types = "", ...name] = urn.split("::");
  const [kind, ...parents] = types.split("$").map(withoutFront).reverse();
  const named = (text: string) => externalIdOf(stackId, createHash("sha256").update(text).digest("hex").slice(0, 32));
  return { externalId: named(JSON.stringify([kind, name.join("::"), parents])), earlier: named(urn) };
}

/** The type of a resource of this package without what a front of it adds; any other type as it is. */
function withoutFront(type: string): string {
  return type.replace(/^(?:pulumi-nodejs:dynamic\/roster|roster:index):/, "roster:");
}

/** Which of its names a resource has that the stack or the run knows. */
export function knownName({ externalId, earlier }: StackNames, known: unknown): string {
  return known === earlier ? earlier : externalId;
}
