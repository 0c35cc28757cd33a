/**
 * Makes the externalId of a resource.
 *
 * @param stackId the stack's own name, which may hold slashes
 * @param hash 32 hexadecimal digits that tell the resources of the stack apart
 */
export function externalIdOf(stackId: string, hash: string): string {
  return `${stackId}/${hash}`;
}

/** Reads the externalId of a set in that of one of its entries; empty for what is no entry. */
export function setIn(externalId: string): string {
  return /^.*?\/[0-9a-f]{32}(?=\/)/s.exec(externalId)?.[0] ?? "";
}

/**
 * Reads the stack's part of an externalId: what stands before the hash.
 *
 * @param externalId `<stack>/<32 hexadecimal digits>`, and for an entry of a set its address after that
 * @returns undefined where no stack of Roster's has given it
 */
export function stackIdIn(externalId: string): string | undefined {
  return /^(.*?)\/[0-9a-f]{32}(?:\/.*)?$/s.exec(externalId)?.[1];
}

/** Reads the address that an entry of a set has in its externalId; it may hold slashes. Empty where there is none. */
export function entryIn(externalId: string): string {
  return /^.*?\/[0-9a-f]{32}\/(.*)$/s.exec(externalId)?.[1] ?? "";
}

/** Whether one stack has given both of two externalIds. */
export function isOfOneStack(one: string, other: string): boolean {
  const stackId = stackIdIn(one);
  return stackId !== undefined && stackId === stackIdIn(other);
}
