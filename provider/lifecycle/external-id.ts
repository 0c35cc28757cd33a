/** The externalIds of a stack's objects, by which the stack and the service identify them. */
import { createHash } from "node:crypto";
import { externalIdOf } from "roster-schema";
import { asDynamic, withoutFront } from "./resource-type.ts";

/** The externalIds that a resource of a stack can have in the service. */
export interface StackNames {
  /** The name for a new resource. */
  readonly externalId: string;
  /** The name that earlier versions of this package gave it. Objects that have it keep it. */
  readonly earlier: string;
}

/**
 * Makes the names of a resource: the stack's name and a hash. An entry of a set has the name of the set and its address.
 *
 * The hash covers the resource's kind, its name, and the types of its parents, which together are unique in a stack. It doesn't
 * cover the type that a front of this package gives it, so that the name is the same for every front.
 *
 * @param stackId `roster:stackId` if configured, otherwise organization/project/stack
 * @param urn the URN of the resource
 * @see docs/decisions/0037-names-without-a-front.md
 */
export function stackNames(stackId: string, urn: string): StackNames {
  const [stack, project, allTypes = "", ...name] = urn.split("::");
  const types = allTypes.split("$");
  const [kind, ...parents] = types.map(withoutFront).reverse();
  const named = (text: string) => externalIdOf(stackId, createHash("sha256").update(text).digest("hex").slice(0, 32));
  // Earlier versions had one front, and hashed the whole URN.
  const earlier = [stack, project, types.map(asDynamic).join("$"), ...name].join("::");
  return { externalId: named(JSON.stringify([kind, name.join("::"), parents])), earlier: named(earlier) };
}

/** The name that a resource has, given the one that the state or the run knows. */
export function knownName({ externalId, earlier }: StackNames, known: unknown): string {
  return known === earlier ? earlier : externalId;
}
