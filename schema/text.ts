/**
 * Checks that texts are one line of visible characters, so that names that look the same are the same, and no name can
 * imitate other text.
 */

/**
 * Scripts whose words need a joiner (U+200D) or a non-joiner (U+200C) between letters, as Persian and Hindi do.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5892#appendix-A.1
 */
const joining = [
  ...["Arabic", "Bengali", "Devanagari", "Gujarati", "Gurmukhi", "Kannada", "Malayalam", "Mongolian", "Oriya"],
  ...["Sinhala", "Syriac", "Tamil", "Telugu"],
].map((script) => `\\p{Script_Extensions=${script}}`);

/** Invisible characters that a word or an emoji needs. */
const needed = [
  `(?<=[${joining.join("")}])\\u200c(?=[${joining.join("")}])`,
  `(?<=[${joining.join("")}])\\u200d`,
  "(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})",
  "(?<=\\p{Extended_Pictographic}|[0-9#*](?=\\ufe0f\\u20e3))\\ufe0f",
].join("|");

/**
 * Invisible characters, as the inside of a character class in a regular expression. Unassigned characters are not included,
 * because they depend on the version of Node.js.
 */
export const unseen: string = [
  ...["\\p{Cc}", "\\p{Cf}", "\\p{Co}", "\\p{Cs}", "\\p{Zl}", "\\p{Zp}"],
  ...["\\p{Default_Ignorable_Code_Point}", "\\p{Noncharacter_Code_Point}", "\\u2800", "\\ufffd"],
].join("");

const outOfLine = `(?=[${unseen}])(?!${needed})[^]`;
const firstOutOfLine = new RegExp(outOfLine, "u");
const runsOutOfLine = new RegExp(`(?:\\s|${outOfLine})+`, "gu");
const unstorable = /[\0\p{Cs}]/u;
const unlikeItself = new RegExp(`(?![\\n ])(?:\\p{Zs}|${outOfLine})`, "gu");

/**
 * Describes why a text is not one line of visible characters: it is blank, or contains a line break, a control character, a
 * character that changes the text direction, or another invisible character.
 *
 * @returns a phrase such as `has U+200B, an invisible character, at character 1: leave it out`; undefined for a line
 */
export function lineFault(text: string): string | undefined {
  return /\S/.test(text) ? characterFault(text, firstOutOfLine) : "must not be empty";
}

/** Describes why the databases can't store a text: it contains the character U+0000, or half of a character. */
export function storageFault(text: string): string | undefined {
  return characterFault(text, unstorable);
}

/** Converts a text to one line of visible characters, by replacing other characters with spaces. */
export function asLine(text: string): string {
  return text.replace(runsOutOfLine, " ").trim();
}

/**
 * Makes invisible characters visible, and those that look like plain spaces, by escaping them as in JSON, such as `\u200b`.
 * Terminals don't interpret the result. Line breaks stay.
 */
export function visible(text: string): string {
  return text.replace(unlikeItself, (character) => {
    const halves = character.split("").map((half) => half.charCodeAt(0).toString(16).padStart(4, "0"));
    return halves.map((half) => `\\u${half}`).join("");
  });
}

/** The number of characters, as JSON Schema counts them: a surrogate pair counts once. */
export function characterCount(text: string): number {
  return [...text].length;
}

/** The code point of a character, such as `U+200B`. */
export function codePointText(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Describes the first character that a pattern matches and that must be omitted, with its position from 1. */
export function characterFault(text: string, refused: RegExp): string | undefined {
  const [found] = refused.exec(text) ?? [];
  if (found === undefined) {
    return undefined;
  }
  const at = characterCount(text.slice(0, text.search(refused))) + 1;
  return `has ${codePointText(found)}, ${kindOf(found)}, at character ${at}: leave it out`;
}

function kindOf(character: string): string {
  if (/[\n\v\f\r\u0085\u2028\u2029]/.test(character)) {
    return "a line break";
  }
  if (/\p{Cc}/u.test(character)) {
    return "a control character";
  }
  if (character === "\ufffd") {
    return "which stands for a character that was lost";
  }
  if (/\p{Cs}/u.test(character)) {
    return "half of a character";
  }
  if (/\p{Zs}/u.test(character)) {
    return "a space";
  }
  if (/\p{Bidi_Control}/u.test(character)) {
    return "which changes the direction of the text around it";
  }
  return /\p{Co}/u.test(character) ? "a character that looks different everywhere" : "an invisible character";
}
