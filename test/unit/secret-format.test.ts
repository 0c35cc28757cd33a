/** The published form of an API key: what has it, and what doesn't pass for one. */
import { apiKeyKindValues, apiKeySecretPattern } from "roster-schema";
import { describe, expect, test } from "vitest";
import { isSecret, makeSecret, prefixOf } from "../../service/keys/secret-format.ts";
import { runsOf } from "../runs.ts";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const count = runsOf({ test: 1_000_000, trials: 10_000_000 });
const pieceLength = 7;

/** Numbers below a bound, the same in every run (xorshift, 32 bits). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Random texts over the alphabet, the same in every run; put together from pieces, as there are many. */
class RandomTexts {
  readonly next = randomNumbers(0x2545f491);
  readonly #pieces = Array.from({ length: 4096 }, () => {
    return Array.from({ length: pieceLength }, () => alphabet[this.next(alphabet.length)]).join("");
  });

  make(start: string, pieces: number): string {
    let text = start;
    for (let count = 0; count < pieces; count++) {
      text += this.#pieces[this.next(this.#pieces.length)];
    }
    return text;
  }
}

/** How many of so many random texts pass for an API key. */
function countPassing(make: (texts: RandomTexts) => string): number {
  const texts = new RandomTexts();
  let passing = 0;
  for (let at = 0; at < count; at++) {
    if (isSecret(make(texts))) {
      passing++;
    }
  }
  return passing;
}

function replaced(text: string, at: number, by: string): string {
  return text.slice(0, at) + by + text.slice(at + by.length);
}

test.each(apiKeyKindValues)("a made secret of kind %s has the published form", (kind) => {
  const secret = makeSecret(kind);
  expect(secret).toMatch(apiKeySecretPattern);
  expect(isSecret(secret)).toBe(true);
  expect(prefixOf(secret, kind)).toBe(secret.slice(0, `rst_${kind}_`.length + 4));
  expect(makeSecret(kind)).not.toBe(secret);
});

test("an owner token is no API key, and neither is a kind that there isn't", () => {
  expect(isSecret(makeSecret("owner"))).toBe(false);
  expect(isSecret(makeSecret("server").replace("server", "robot"))).toBe(false);
});

describe("of millions of random texts none passes for a key,", () => {
  test("of any length over the alphabet", () => {
    expect(countPassing((texts) => texts.make("", texts.next(10)).slice(texts.next(pieceLength)))).toBe(0);
  });

  // The checksum alone tells these from keys: each has a chance of 1 in 62^6, so that of ten million one passes by
  // chance once in 5,680 such runs; these are the same ones in every run.
  test("of the pattern's own form", () => {
    const starts = apiKeyKindValues.map((kind) => `rst_${kind}_`);
    expect(countPassing((texts) => texts.make(starts[texts.next(starts.length)] ?? "", 49 / pieceLength))).toBe(0);
  });
});

describe("a mistake is caught in every secret:", () => {
  // Not a matter of chance: a CRC-32 differs after any change within 32 bits. Where two neighbours are the last random
  // and the first checksum character, no two digits leave sum and text in agreement: the sums' difference is a
  // multiple of 2^5, and those of such texts are none.
  const secrets = apiKeyKindValues.flatMap((kind) => Array.from({ length: 50 }, () => makeSecret(kind)));

  test("any other character at any place", () => {
    for (const secret of secrets) {
      for (let at = 0; at < secret.length; at++) {
        for (const character of `${alphabet}_-. `) {
          const typo = replaced(secret, at, character);
          if (isSecret(typo) !== (typo === secret)) {
            expect.fail(`${at} ${character}`);
          }
        }
      }
    }
  });

  test("any two neighbours that changed places", () => {
    for (const secret of secrets) {
      for (let at = 0; at + 1 < secret.length; at++) {
        const swapped = replaced(secret, at, `${secret[at + 1]}${secret[at]}`);
        if (isSecret(swapped) !== (swapped === secret)) {
          expect.fail(`${at}`);
        }
      }
    }
  });

  test("a character too few, and one too many", () => {
    for (const secret of secrets) {
      for (let at = 0; at <= secret.length; at++) {
        expect(isSecret(`${secret.slice(0, at)}0${secret.slice(at)}`)).toBe(false);
        if (at < secret.length) {
          expect(isSecret(secret.slice(0, at) + secret.slice(at + 1))).toBe(false);
        }
      }
    }
  });
});
