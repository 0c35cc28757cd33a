/** Names of a manifest's entries, made from the names and addresses of what they declare. */

const maxLength = 63;

/**
 * Gives each entry of a section a name of its own: 1 to 63 of a-z, 0-9, `_`, `.` and `-`, beginning with a letter or a digit.
 *
 * The names depend on the order in which they are given. Give them to the oldest first, so that what is added later changes none.
 */
export class EntryNames {
  readonly #taken: Set<string>;
  /** The last number that was added to each name. */
  readonly #numbers = new Map<string, number>();

  /** @param reserved names that no entry gets */
  constructor(reserved: Iterable<string> = []) {
    this.#taken = new Set(reserved);
  }

  /**
   * Gives a name.
   *
   * @param wishes the texts to make it from: the first one whose name is not taken, or else the first one with a number
   * @param otherwise the name if the texts contain no letter or digit that a name can contain
   */
  give(wishes: readonly string[], otherwise: string): string {
    const found = wishes.map(nameIn).filter((name) => name !== "");
    const names = found.length === 0 ? [otherwise] : found;
    const given = names.find((name) => !this.#taken.has(name)) ?? this.#numbered(names[0] ?? otherwise);
    this.#taken.add(given);
    return given;
  }

  #numbered(name: string): string {
    let number = this.#numbers.get(name) ?? 1;
    let numbered: string;
    do {
      number += 1;
      const suffix = `-${number}`;
      numbered = `${name.slice(0, maxLength - suffix.length)}${suffix}`;
    } while (this.#taken.has(numbered));
    this.#numbers.set(name, number);
    return numbered;
  }
}

/** The part of a text that the name of an entry can contain, such as `jose-example` for `José (Example)`. */
export function nameIn(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\p{M}'’]/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, maxLength)
    .replace(/[^a-z0-9]+$/, "");
}
