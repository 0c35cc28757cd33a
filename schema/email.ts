/** Email addresses: validation and comparison. */
import { domainToASCII } from "node:url";
import { emailPattern } from "./generated/openapi.ts";
import { characterCount, characterFault, codePointText, unseen } from "./text.ts";

/** The maximum length in the contract. */
const maxLength = 254;

/** Characters that an address can't contain; plain spaces are visible and covered by the pattern. */
const outOfAddress = new RegExp(`(?! )[${unseen}\\p{Zs}]`, "u");
const letterOrDigit = /[\p{L}\p{M}\p{N}]/u;

/**
 * Describes why a text is not an email address that every system treats as the same text.
 *
 * Before the @, letters and digits of every script are allowed if no system changes them: they must be in normalization
 * forms C and KC, and converting their case back and forth must not change them.
 *
 * @returns a phrase such as `has U+200B, an invisible character, at character 1: leave it out`; undefined for an address
 * @see schema/openapi.yaml, `Email`
 * @see https://www.rfc-editor.org/rfc/rfc6531#section-3.3
 */
export function emailFault(address: string): string | undefined {
  // Check the length first: ordering combining marks takes quadratic time.
  if (characterCount(address) > maxLength) {
    return `must have at most ${maxLength} characters`;
  }
  return characterFault(address, outOfAddress) ?? domainFault(address) ?? localPartFault(address) ?? formFault(address);
}

/**
 * Normalizes an address for comparison, which ignores case. Letters whose lower case has another upper case, such as U+212A,
 * which becomes k, stay as they are, and make a different address.
 */
export function foldEmail(address: string): string {
  return /^\p{ASCII}*$/u.test(address) ? address.toLowerCase() : Array.from(address, inLowerCase).join("");
}

/**
 * Whether the domain of an address is a given one.
 *
 * @param domain such as `acme.example`; `*.acme.example` stands for every domain below it
 */
export function isInDomain(address: string, domain: string): boolean {
  const own = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
  return domain.startsWith("*.") ? own.endsWith(domain.slice(1).toLowerCase()) : own === domain.toLowerCase();
}

function inLowerCase(character: string): string {
  const lower = character.toLowerCase();
  return lower.toUpperCase() === character ? lower : character;
}

function domainFault(address: string): string | undefined {
  const domain = address.slice(address.lastIndexOf("@") + 1);
  if (/^\p{ASCII}*$/u.test(domain)) {
    return undefined;
  }
  const ascii = domainToASCII(domain);
  return ascii === "" ? formWords : `must have a domain in ASCII: write the domain as ${ascii}`;
}

function localPartFault(address: string): string | undefined {
  const characters = [...address.slice(0, Math.max(0, address.lastIndexOf("@")))];
  const placeOf = (at: number) => `${codePointText(characters[at] ?? "")} at character ${at + 1}`;
  for (const [at, character] of characters.entries()) {
    if (/\p{ASCII}/u.test(character)) {
      continue;
    }
    if (!letterOrDigit.test(character)) {
      return `has ${placeOf(at)}: outside ASCII, only letters and digits can come before the @`;
    }
    const other = otherFormOf(character);
    if (other.normalize("NFC") === character && other !== character) {
      return `has ${placeOf(at)}, which other systems change to several characters: use another address`;
    }
    if (other !== character) {
      const words = `${JSON.stringify(other)} (${[...other].map(codePointText).join(" ")})`;
      return `has ${placeOf(at)}, which other systems change to ${words}: write that, if that is the address`;
    }
  }
  const mark = markToJoin(characters);
  if (mark !== undefined) {
    return `has ${placeOf(mark)} in decomposed form: write the address in Unicode normalization form C`;
  }
  // For example J and U+030C, for which only the small letter has a composed form.
  const inSmall = markToJoin(characters.map(inLowerCase));
  return inSmall === undefined
    ? undefined
    : `has ${placeOf(inSmall)}, which other systems join with the small letter before it: use another address`;
}

/** The place of a mark that normalization form C joins with the previous character; undefined if there is none. */
function markToJoin(characters: readonly string[]): number | undefined {
  const composed = [...characters.join("").normalize("NFC")];
  const differing = characters.findIndex((character, at) => character !== composed[at]);
  if (differing === -1) {
    return undefined;
  }
  const mark = characters.findIndex((character, at) => at >= differing && /\p{M}/u.test(character));
  return Math.max(differing, mark);
}

/** The character in systems that normalize or ignore case; the same character if they don't change it. */
function otherFormOf(character: string): string {
  const normalized = character.normalize("NFKC");
  if (normalized !== character) {
    return normalized;
  }
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
  if (lower.toUpperCase() === character || upper.toLowerCase() === character) {
    return character;
  }
  return lower === character ? upper.toLowerCase() : lower;
}

const formWords = "must be an e-mail address such as ada@example.com";

function formFault(address: string): string | undefined {
  return emailPattern.test(address) ? undefined : formWords;
}
