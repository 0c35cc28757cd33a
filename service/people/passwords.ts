/**
 * Rules for passwords after NIST SP 800-63B-4: a minimum length, but no composition rules.
 *
 * @see https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
 */
import { type Options, hash as phcHash, verify } from "@node-rs/argon2";
import { dictionary } from "@zxcvbn-ts/language-common";

/** The minimum length in characters, for a password that is the only factor. */
export const minPasswordLength = 15;

/** The maximum length; the standard requires at least 64. */
export const maxPasswordLength = 128;

/** Argon2id with OWASP's parameters; the library runs it outside the event loop. */
const cost: Options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const common: ReadonlySet<string> = new Set(dictionary["passwords-common"].map(fold));

/** Shorter parts of an address or a name are ignored. */
const minTellingLength = 4;

const serviceName = "roster";

/**
 * The reason why a password can't be used, as a message; undefined if it can.
 *
 * @param about the address and names of the person.
 */
export function passwordFault(password: string, about: readonly (string | null)[]): string | undefined {
  const length = [...normalized(password)].length;
  if (length === 0) {
    return `Choose a password of at least ${minPasswordLength} characters.`;
  }
  if (length < minPasswordLength) {
    return `It has ${length} characters, but needs at least ${minPasswordLength}. A few words with spaces between them are enough.`;
  }
  if (length > maxPasswordLength) {
    return `It has ${length} characters. At most ${maxPasswordLength} are allowed.`;
  }
  if (/\p{Cc}/u.test(password)) {
    return "It has characters that can't be typed. Choose another.";
  }
  const folded = fold(password);
  const telling = [serviceName, ...about.flatMap(tellingParts)];
  if (telling.some((part) => folded.includes(part))) {
    return "It contains your name, your address or the service's name, which are easy to guess. Choose another.";
  }
  if (isCommon(folded)) {
    return "It is a common password, which is easy to guess. Choose another.";
  }
  return undefined;
}

/** Hashes a password. */
export async function hashPassword(password: string): Promise<string> {
  return await phcHash(normalized(password), cost);
}

/** A hash for accounts that don't exist, so that checking takes the same time. */
let decoy: Promise<string> | undefined;

/** Whether a password matches a hash; takes the same time if there is no hash. */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  // Don't hash passwords that are longer than allowed.
  const isPossible = [...normalized(password)].length <= maxPasswordLength;
  decoy ??= hashPassword("the password of nobody at all");
  const matches = await verify(stored ?? (await decoy), isPossible ? normalized(password) : "");
  return matches && isPossible && stored !== undefined;
}

/** Normalizes a password, so that it is the same from every keyboard. */
function normalized(password: string): string {
  return password.normalize("NFC");
}

/** Normalizes a text for comparison, ignoring case and spaces. */
function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll(/\s+/g, "");
}

function tellingParts(text: string | null): string[] {
  const folded = (text ?? "").normalize("NFKC").toLowerCase();
  const parts = folded.split(/[^\p{L}\p{N}]+/u);
  return [fold(folded), ...parts].filter((part) => part.length >= minTellingLength);
}

/** Whether a password is common, possibly decorated or repeated. */
function isCommon(folded: string): boolean {
  const bare = folded.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
  return [folded, bare].some((text) => {
    const unit = shortestPeriod(text);
    return unit.length < minTellingLength || isRun(unit) || common.has(unit);
  });
}

/** The shortest part that a text repeats, even if the last repeat is incomplete; otherwise the whole text. */
function shortestPeriod(text: string): string {
  for (let length = 1; length <= text.length / 2; length++) {
    if (text.startsWith(text.slice(length))) {
      return text.slice(0, length);
    }
  }
  return text;
}

/** Whether the characters are a sequence, such as 123456789 or zyxwv. */
function isRun(text: string): boolean {
  const steps = new Set([...text].slice(1).map((character, index) => character.charCodeAt(0) - text.charCodeAt(index)));
  const [step = 0] = steps;
  return steps.size === 1 && Math.abs(step) <= 1;
}
