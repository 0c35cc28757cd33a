/**
 * Creates the externalId of a resource.
 *
 * @param stackId the name of the stack, which can contain slashes
 * @param hash 32 hexadecimal digits that identify the resource in the stack
 */
export function externalIdOf(stackId: string, hash: string): string {
  return `${stackId}/${hash}`;
}

/** The externalId of the set that an entry belongs to; empty if the externalId isn't an entry's. */
export function setIn(externalId: string): string {
  return /^.*?\/[0-9a-f]{32}(?=\/)/s.exec(externalId)?.[0] ?? "";
}

/**
 * The stack's part of an externalId, before the hash.
 *
 * @param externalId `<stack>/<32 hexadecimal digits>`, followed by the address for an entry of a set
 * @returns undefined if the externalId doesn't come from a stack of Roster
 */
export function stackIdIn(externalId: string): string | undefined {
  return /^(.*?)\/[0-9a-f]{32}(?:\/.*)?$/s.exec(externalId)?.[1];
}

/** The address in the externalId of a set's entry, which can contain slashes; empty if there is none. */
export function entryIn(externalId: string): string {
  return /^.*?\/[0-9a-f]{32}\/(.*)$/s.exec(externalId)?.[1] ?? "";
}

/** Whether two externalIds come from the same stack. */
export function isOfOneStack(one: string, other: string): boolean {
  const stackId = stackIdIn(one);
  return stackId !== undefined && stackId === stackIdIn(other);
}
