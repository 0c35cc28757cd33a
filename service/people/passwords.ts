/**
 * Passwords by NIST SP 800-63B-4: their length counts, what they are made of doesn't.
 *
 * @see https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
 */
import { type Options, hash as phcHash, verify } from "@node-rs/argon2";
import { dictionary } from "@zxcvbn-ts/language-common";

/** Where the password is the only factor; in characters, as people count them. */
export const minPasswordLength = 15;

/** The standard wants 64 at least. */
export const maxPasswordLength = 128;

/** Argon2id with OWASP's parameters; the library runs it outside the event loop. */
const cost: Options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const common: ReadonlySet<string> = new Set(dictionary["passwords-common"].map(fold));

/** A part of an address or a name that is shorter than this says nothing about its owner. */
const minTellingLength = 4;

const serviceName = "roster";

/**
 * Why a password can't be used, in words for its owner; undefined where it can.
 *
 * @param about the owner's address and names.
 */
export function passwordFault(password: string, about: readonly (string | null)[]): string | undefined {
  const length = [...normalized(password)].length;
  if (length === 0) return `Choose a password of at least ${minPasswordLength} characters.`;
  if (length < minPasswordLength) {
    return `It has ${length} characters and needs at least ${minPasswordLength}. A few words with spaces between them are enough.`;
  }
  if (length > maxPasswordLength) return `It has ${length} characters. At most ${maxPasswordLength} are allowed.`;
  if (/\p{Cc}/u.test(password)) return "It has characters that can't be typed. Choose another.";
  const folded = fold(password);
  const telling = [serviceName, ...about.flatMap(tellingParts)];
  if (telling.some((part) => folded.includes(part))) {
    return "It contains your name, your address or the service's name, which others guess first. Choose another.";
  }
  if (isCommon(folded)) return "It is one of the passwords that others guess first. Choose another.";
  return undefined;
}

/** The hash of a password, to be stored. */
export async function hashPassword(password: string): Promise<string> {
  return await phcHash(normalized(password), cost);
}

/** What stands in for the hash of an account that isn't there, so that asking takes as long. */
let decoy: Promise<string> | undefined;

/** Whether a password is the one of a hash; it takes as long where there is no hash. */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  // Nobody's password is longer, and hashing it would be work for nothing; the same for everybody.
  const isPossible = [...normalized(password)].length <= maxPasswordLength;
  decoy ??= hashPassword("the password of nobody at all");
  const matches = await verify(stored ?? (await decoy), isPossible ? normalized(password) : "");
  return matches && isPossible && stored !== undefined;
}

/** The same password from every keyboard. */
function normalized(password: string): string {
  return password.normalize("NFC");
}

/** A text without what people vary to make it look new. */
function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll(/\s+/g, "");
}

function tellingParts(text: string | null): string[] {
  const folded = (text ?? "").normalize("NFKC").toLowerCase();
  const parts = folded.split(/[^\p{L}\p{N}]+/u);
  return [fold(folded), ...parts].filter((part) => part.length >= minTellingLength);
}

/** Whether it is a common password, one with ornaments around it, or one over and over. */
function isCommon(folded: string): boolean {
  const bare = folded.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
  return [folded, bare].some((text) => {
    const unit = shortestPeriod(text);
    return unit.length < minTellingLength || isRun(unit) || common.has(unit);
  });
}

/** What a text repeats, also where the last time is cut short; else all of it. */
function shortestPeriod(text: string): string {
  for (let length = 1; length <= text.length / 2; length++) {
    if (text.startsWith(text.slice(length))) return text.slice(0, length);
  }
  return text;
}

/** Whether each character follows the one before, as in 123456789 or zyxwv. */
function isRun(text: string): boolean {
  const steps = new Set([...text].slice(1).map((character, index) => character.charCodeAt(0) - text.charCodeAt(index)));
  const [step = 0] = steps;
  return steps.size === 1 && Math.abs(step) <= 1;
}
