/** What the program tells the provider of a declaration, so that it can compare values that aren't known yet, and name the resource. */
import * as pulumi from "@pulumi/pulumi";
import type { Declaration } from "../values/declaration.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { isEventual } from "./arguments.ts";
import { addressOf } from "./declarations.ts";

/** The values that come later, each with a number of its own: an output or a promise has one value, which no other resource changes. */
const numbers = new WeakMap<object, number>();
let count = 0;

/** The forms of the arguments of a resource. */
interface DeclaredArgs {
  /** The arguments, as the program passed them. */
  readonly args: PropertyMap;
  /** The normalized arguments, in which a resource is its output `id`. */
  readonly plain: PropertyMap;
  /** The same, with secrets marked. */
  readonly marked: PropertyMap;
}

/**
 * Describes a declaration.
 *
 * @param by the resource, as messages name it
 */
export function declarationOf(by: string, { args, plain, marked }: DeclaredArgs): Declaration {
  const later = Object.entries(plain).filter(([, value]) => isEventual(value));
  const { user } = args;
  const address = pulumi.CustomResource.isInstance(user) ? addressOf(user) : undefined;
  return {
    by,
    plain: Object.keys(marked).filter((name) => typeof marked[name] === "string"),
    same: Object.fromEntries(later.map(([name, value]) => [name, `same ${numberOf(value as object)}`])),
    address,
  };
}

function numberOf(value: object): number {
  const known = numbers.get(value);
  if (known !== undefined) {
    return known;
  }
  count += 1;
  numbers.set(value, count);
  return count;
}
