/** Numbers that a seed determines. */
import { createHash } from "node:crypto";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Chooses as its seed says: the same seed, the same choices. */
export class Random {
  readonly #generator: ReturnType<typeof xoroshiro128plus>;

  /** @param seed any 32-bit integer */
  constructor(seed: number) {
    // The generator is linear: from seeds that differ in few bits it makes numbers that go together.
    this.#generator = xoroshiro128plus(createHash("sha256").update(String(seed)).digest().readInt32LE());
  }

  /** A whole number from 0 on, below a bound of at least 1. */
  below(bound: number): number {
    return uniformInt(this.#generator, 0, bound - 1);
  }

  /** True in so many of a hundred cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** One of several; there must be one. */
  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  /** The same items in another order. */
  shuffled<Item>(items: readonly Item[]): Item[] {
    const left = [...items];
    return items.map(() => left.splice(this.below(left.length), 1)[0] as Item);
  }
}
