/** Parts of objects that a program can declare in two places, such as the profile of an organization, and must declare in one. */
import type { PropertyMap } from "../values/property-map.ts";
import { containsUnknown } from "../values/unknown.ts";

/** The part of an object that a kind manages, and that another kind can manage as well. */
export interface Part {
  /** The name of the part in messages. */
  readonly noun: string;
  /** The argument that names the object; omitted if it is the object of the resource itself. */
  readonly of?: string;
  /** The arguments that the part consists of. A resource that declares none of them doesn't manage the part. */
  readonly args?: readonly string[];
}

/** A resource that manages a part. */
export interface PartManager {
  /** The resource, as messages name it. */
  readonly by: string;
  /** The declared arguments that the part consists of; omitted if the resource manages the whole part in any case. */
  readonly args?: readonly string[];
}

/**
 * Whether a resource manages a part.
 *
 * @param by the resource, as messages name it
 */
export function managerOf({ args }: Part, by: string, declared: PropertyMap): PartManager | undefined {
  const given = args?.filter((name) => declared[name] !== undefined);
  return given?.length === 0 ? undefined : { by, ...(given && { args: given }) };
}

/** The object that has the part, by its id; undefined if it isn't known yet. */
export function ownerOfPart({ of }: Part, id: string | undefined, declared: PropertyMap): string | undefined {
  const owner = of === undefined ? id : declared[of];
  return typeof owner === "string" && !containsUnknown(owner) ? owner : undefined;
}

/** Why two resources of a program exclude each other. */
export function twiceReason({ noun }: Part, one: PartManager, other: PartManager): string {
  const [first, second] = one.args === undefined ? [other, one] : [one, other];
  const remedy =
    first.args === undefined
      ? "Remove one of them."
      : `Remove ${first.args.join(", ")} from ${first.by}, or remove ${second.by}.`;
  return `${one.by} and ${other.by} both declare the ${noun}, so each would undo the changes of the other. ${remedy}`;
}
