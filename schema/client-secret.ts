/** Estimates the entropy of client-made secrets, for the provider and the service. */

/** The minimum entropy of a client-made secret. */
export const clientSecretMinBits = 128;

/** The maximum entropy per character of ordinary text, patterns and words. */
const bitsOfText = 1.5;
/** The minimum length of a repeated piece that isn't a coincidence. */
const repeatLength = 8;
/** The number of standard deviations by which a text must differ from chance. */
const deviations = 8;
/** How much likelier a text must be as words than as random letters, in powers of two. */
const likelierBits = 16;
/** The 122 random bits of a UUID of version 4; other versions have fewer. */
const bitsOfUuid = 122;

/** The maximum number of separators after which the rest is estimated separately. */
const maxParts = 16;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Pairs of letters that make up most of English and similar text. */
const commonPairs = new Set(
  (
    "th he in er an re nd on en at ou ed ha to or it is hi es ng ar nt st te ti se ea le me ne et al ve of as ro de ra li " +
    "ri io ic co el la ta si ll ma na om ur ho ch ec be us so ce il ns ss ot no pe tr em ly ee un ac oo rs ut ni di lo " +
    "wa wi ad mo ge pr ca ct ai su po sh wh ow am wo ir pa ke ry ey ay ty my by ev id im up ul op fo fi mi pl bl cl ck ov " +
    "od ig do ld ab ap bo cr da ga ie iv ki mp nc os pi sa sp sw tu ts uc"
  ).split(" "),
);
const pairsShareOfWords = 0.85;
const pairsShareOfChance = commonPairs.size / 26 ** 2;
const smallShareOfWords = 0.9;

/**
 * Estimates the entropy of a secret: never far above the real entropy, and low for words, repeats, sequences and patterns.
 * A random-looking text that is published elsewhere can't be detected.
 *
 * @returns whole bits.
 */
export function estimateEntropyBits(secret: string): number {
  if (uuid.test(secret)) {
    return bitsOfUuid;
  }
  // A name before a random text doesn't make the text easier to guess.
  const starts = [...secret.matchAll(/[-_.:]+/g)].slice(0, maxParts).map(({ 0: { length }, index }) => index + length);
  return Math.floor(Math.max(...[0, ...starts].map((start) => bitsOf(secret.slice(start)))));
}

function bitsOf(secret: string): number {
  const text = withoutPadding(secret);
  const size = isPadded(secret) ? 64 : alphabetSizeOf(text);
  const isRandom = !recurs([...text], size) && !recurs(stepsOf(text), size) && !readsLikeWords(text);
  return lengthWithoutRepeats(text) * (isRandom ? Math.log2(size) : bitsOfText);
}

/** Removes Base64 padding, and separators between groups of hexadecimal digits. */
function withoutPadding(secret: string): string {
  const text = secret.replace(/=+$/, "");
  const digits = text.replace(/[-:_.]/g, "");
  return isHexadecimal(digits) ? digits : text;
}

/** Whether a text is certainly Base64, by its padding and length. */
function isPadded(secret: string): boolean {
  return secret.length % 4 === 0 && /^[\w+/-]+={1,2}$/.test(secret);
}

function isHexadecimal(text: string): boolean {
  return /^([0-9a-f]+|[0-9A-F]+)$/.test(text);
}

/** The size of the alphabet of a text, by the kinds of characters in it. */
function alphabetSizeOf(text: string): number {
  const has = (kind: RegExp) => kind.test(text);
  if (!has(/[^0-9]/)) {
    return 10;
  }
  if (isHexadecimal(text)) {
    return 16;
  }
  const isMixed = has(/[a-z]/) && has(/[A-Z]/);
  // A short random text of both cases may have no digit in it by chance.
  const letters = isMixed ? 52 : has(/[a-zA-Z]/) ? 26 : 0;
  const digits = isMixed || has(/[0-9]/) ? 10 : 0;
  // Base64 has two more characters; password generators use 21.
  const others = !has(/[^0-9A-Za-z]/) ? 0 : /^[\w-]+$|^[\w+/]+$/.test(text) ? 2 : 21;
  return letters + digits + others;
}

/** The distances between adjacent characters, which are equal in sequences such as `abcd` and `1357`. */
function stepsOf(text: string): number[] {
  return Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.charCodeAt(at + 1) - text.charCodeAt(at));
}

/** Whether items recur more often than by chance, for an alphabet of the given size. */
function recurs(things: readonly (string | number)[], alphabetSize: number): boolean {
  const counts = new Map<string | number, number>();
  for (const thing of things) {
    counts.set(thing, (counts.get(thing) ?? 0) + 1);
  }
  const same = [...counts.values()].reduce((sum, count) => sum + pairsOf(count), 0);
  const expected = pairsOf(things.length) / alphabetSize;
  // The second condition is for long texts, for which a slightly smaller alphabet would matter.
  return same > expected + deviations * Math.sqrt(expected) && same > 1.5 * expected;
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}

/**
 * Whether adjacent letters are likelier in words than in random text, by their pairs and their case. By Markov's
 * inequality, this is true for a random text at most once in 2^16 times. Names between separators always count as words.
 */
function readsLikeWords(text: string): boolean {
  // The letters a to f form common pairs by chance.
  if (isHexadecimal(text)) {
    return false;
  }
  if (/^([a-z]+[-_.:])+[a-z0-9]*$|^([A-Z]+[-_.:])+[A-Z0-9]*$/.test(text)) {
    return true;
  }
  const isMixed = /[a-z]/.test(text) && /[A-Z]/.test(text);
  let bits = 0;
  for (let at = 1; at < text.length; at++) {
    const pair = text.slice(at - 1, at + 1);
    if (!/^[A-Za-z]{2}$/.test(pair)) {
      continue;
    }
    bits += likelihood(commonPairs.has(pair.toLowerCase()), pairsShareOfWords, pairsShareOfChance);
    if (isMixed) {
      bits += likelihood(/[a-z]$/.test(pair), smallShareOfWords, 0.5);
    }
  }
  return bits >= likelierBits;
}

function likelihood(isSo: boolean, ofWords: number, ofChance: number): number {
  return isSo ? Math.log2(ofWords / ofChance) : Math.log2((1 - ofWords) / (1 - ofChance));
}

/** The number of characters that are not in repeated pieces. */
function lengthWithoutRepeats(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; ) {
    let repeated = 0;
    for (let size = repeatLength; at + size <= text.length; size++) {
      if (text.indexOf(text.slice(at, at + size)) === at) {
        break;
      }
      repeated = size;
    }
    if (repeated === 0) {
      length++;
    }
    at += Math.max(1, repeated);
  }
  return length;
}
