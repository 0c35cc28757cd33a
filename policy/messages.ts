/** What the messages of several rules have in common. */
import { type Property, type Resource, textOf, userOf } from "./resources.ts";

/** How many addresses or names a message lists. */
const mostListed = 10;

/** Returns what a message calls a resource: the given property in quotation marks, or its name in the stack. */
export function titleOf(resource: Resource, property: Property): string {
  const own = textOf(resource, property);
  return own === undefined ? `${resource.kind} ${resource.name}` : `${resource.kind} "${own}"`;
}

/** Returns what a message calls the person that a User or a Membership stands for: the address, or the resource's name in the stack. */
export function personOf(resource: Resource): string {
  const user = userOf(resource);
  return textOf(resource, "email") ?? (user && textOf(user, "email")) ?? `${resource.kind} ${resource.name}`;
}

/** Returns the first ten of some names as a list, with the number of the others. */
export function listed(names: readonly string[]): string {
  const others = names.length - mostListed;
  return [...names.slice(0, mostListed), ...(others > 0 ? [`${others} more`] : [])].join(", ");
}
