/**
 * Finds resources of one program that declare the same: the same person in an organization or for a key, or the same name, slug or
 * address. The service would refuse the later one, or each would undo the changes of the other.
 */
import type { CheckFailure } from "./shape.ts";

/** What a resource declares that no other resource of the program can declare as well. */
export interface Exclusive {
  /** Texts of which no other resource has one. */
  readonly keys: readonly string[];
  /** The argument that it is about. */
  readonly property: string;
  /** What it is, as messages name it, if they may contain it. */
  readonly shown: string | undefined;
  /** The same for messages that must not contain it, such as `the same person`. */
  readonly unshown: string;
  /** Where it can be declared once, such as ` in organization org_…`; empty for the whole service. */
  readonly where: string;
}

/** A resource of the program. */
interface Holder {
  /** Undefined if the program has not sent it. */
  readonly by: string | undefined;
  readonly exclusive: Exclusive;
}

/** What the resources of one program declare. */
export class Duplicates {
  /** The resources by what they declare. Each is known by its externalId. */
  readonly #holders = new Map<string, unknown>();
  readonly #exclusives = new Map<unknown, Holder>();

  /**
   * Notes what a resource declares, in place of what it has declared before.
   *
   * @param exclusive undefined if it is not certain yet what the resource declares
   * @returns what is wrong, if another resource declares the same: then nothing is noted
   */
  declare(
    kind: string,
    externalId: unknown,
    by: string | undefined,
    exclusive: Exclusive | undefined,
  ): CheckFailure | undefined {
    this.release(externalId);
    if (exclusive === undefined) {
      return undefined;
    }
    for (const key of exclusive.keys) {
      const other = this.#exclusives.get(this.#holders.get(key));
      if (other !== undefined) {
        return { property: exclusive.property, reason: duplicateReason(kind, other, { by, exclusive }) };
      }
    }
    this.#exclusives.set(externalId, { by, exclusive });
    for (const key of exclusive.keys) {
      this.#holders.set(key, externalId);
    }
    return undefined;
  }

  /** Notes that a resource declares nothing any more. */
  release(externalId: unknown): void {
    for (const key of this.#exclusives.get(externalId)?.exclusive.keys ?? []) {
      this.#holders.delete(key);
    }
    this.#exclusives.delete(externalId);
  }
}

function duplicateReason(kind: string, first: Holder, second: Holder): string {
  const [one, other] = [first.by ?? `another ${kind}`, second.by ?? `this ${kind}`];
  const { shown = first.exclusive.shown ?? second.exclusive.unshown, where } = second.exclusive;
  return `${one} and ${other} both declare ${shown}${where}: remove one of them.`;
}
