/** How hard a secret is to guess that a client made, for whoever sends one and for whoever is sent one. */

/** What a client-made secret has at least. */
export const clientSecretMinBits = 128;

/** What a character of ordinary text, of a pattern or of a word tells, at most. */
const bitsOfText = 1.5;
/** From this length on a piece that comes again is a repeat, and no chance. */
const repeatLength = 8;
/** By how many standard deviations a text has to differ from chance. */
const deviations = 8;
/** How much likelier a text has to be as words than as random letters, in powers of two. */
const likelierBits = 16;
/** The 122 random bits of a UUID of version 4; other versions have fewer. */
const bitsOfUuid = 122;

/** After how many of a text's separators the rest is looked at by itself. */
const maxParts = 16;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Pairs of letters that make up most of English text, and of what is like it. */
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
 * Estimates how many bits somebody has to guess for a secret: never far above what it was made with at random, and far
 * below that for words, repeats, rows and patterns. A text that is written down elsewhere can't be told from a random one.
 *
 * @returns whole bits.
 */
export function estimateEntropyBits(secret: string): number {
  if (uuid.test(secret)) return bitsOfUuid;
  // A name before a random text doesn't make that one easier to guess.
  const starts = [...secret.matchAll(/[-_.:]+/g)].slice(0, maxParts).map(({ 0: { length }, index }) => index + length);
  return Math.floor(Math.max(...[0, ...starts].map((start) => bitsOf(secret.slice(start)))));
}

function bitsOf(secret: string): number {
  const text = withoutPadding(secret);
  const size = isPadded(secret) ? 64 : alphabetSizeOf(text);
  const isRandom = !recurs([...text], size) && !recurs(stepsOf(text), size) && !readsLikeWords(text);
  return lengthWithoutRepeats(text) * (isRandom ? Math.log2(size) : bitsOfText);
}

/** Without what Base64 ends with, and what stands between groups of hexadecimal digits. */
function withoutPadding(secret: string): string {
  const text = secret.replace(/=+$/, "");
  const digits = text.replace(/[-:_.]/g, "");
  return isHexadecimal(digits) ? digits : text;
}

/** Whether a text is Base64 for certain: by what it ends with, and its length. */
function isPadded(secret: string): boolean {
  return secret.length % 4 === 0 && /^[\w+/-]+={1,2}$/.test(secret);
}

function isHexadecimal(text: string): boolean {
  return /^([0-9a-f]+|[0-9A-F]+)$/.test(text);
}

/** From how many characters each of a text's was drawn, by the kinds that are in it. */
function alphabetSizeOf(text: string): number {
  const has = (kind: RegExp) => kind.test(text);
  if (!has(/[^0-9]/)) return 10;
  if (isHexadecimal(text)) return 16;
  const isMixed = has(/[a-z]/) && has(/[A-Z]/);
  // A short random text of both cases may have no digit in it by chance.
  const letters = isMixed ? 52 : has(/[a-zA-Z]/) ? 26 : 0;
  const digits = isMixed || has(/[0-9]/) ? 10 : 0;
  // Base64 has two more; what generators of passwords draw from has 21.
  const others = !has(/[^0-9A-Za-z]/) ? 0 : /^[\w-]+$|^[\w+/]+$/.test(text) ? 2 : 21;
  return letters + digits + others;
}

/** How far each character is from the one before it: the same in rows like `abcd`, `1357` and on a keyboard's columns. */
function stepsOf(text: string): number[] {
  return Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.charCodeAt(at + 1) - text.charCodeAt(at));
}

/** Whether the same things come again more often than chance lets them, in a text over an alphabet of a size. */
function recurs(things: readonly (string | number)[], alphabetSize: number): boolean {
  const counts = new Map<string | number, number>();
  for (const thing of things) counts.set(thing, (counts.get(thing) ?? 0) + 1);
  const same = [...counts.values()].reduce((sum, count) => sum + pairsOf(count), 0);
  const expected = pairsOf(things.length) / alphabetSize;
  // The second condition is for long texts, where an alphabet that is a little smaller than it was taken for shows.
  return same > expected + deviations * Math.sqrt(expected) && same > 1.5 * expected;
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}

/**
 * Whether neighbouring letters are likelier in words than at random: by the pairs that they are, and by small letters
 * following letters. By Markov's inequality a random text seems so at most once in 2^16 times. Names between separators
 * are words whatever their letters are.
 */
function readsLikeWords(text: string): boolean {
  // Its six letters make common pairs by chance.
  if (isHexadecimal(text)) return false;
  if (/^([a-z]+[-_.:])+[a-z0-9]*$|^([A-Z]+[-_.:])+[A-Z0-9]*$/.test(text)) return true;
  const isMixed = /[a-z]/.test(text) && /[A-Z]/.test(text);
  let bits = 0;
  for (let at = 1; at < text.length; at++) {
    const pair = text.slice(at - 1, at + 1);
    if (!/^[A-Za-z]{2}$/.test(pair)) continue;
    bits += likelihood(commonPairs.has(pair.toLowerCase()), pairsShareOfWords, pairsShareOfChance);
    if (isMixed) bits += likelihood(/[a-z]$/.test(pair), smallShareOfWords, 0.5);
  }
  return bits >= likelierBits;
}

function likelihood(isSo: boolean, ofWords: number, ofChance: number): number {
  return isSo ? Math.log2(ofWords / ofChance) : Math.log2((1 - ofWords) / (1 - ofChance));
}

/** How many characters there are beside those in pieces that have come before. */
function lengthWithoutRepeats(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; ) {
    let repeated = 0;
    for (let size = repeatLength; at + size <= text.length; size++) {
      if (text.indexOf(text.slice(at, at + size)) === at) break;
      repeated = size;
    }
    if (repeated === 0) length++;
    at += Math.max(1, repeated);
  }
  return length;
}
