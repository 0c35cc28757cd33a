/** Sentences that contain other people's text, such as names and addresses, which each form of output escapes in its own way. */

/** A part of a sentence: our own words, or somebody else's text. */
export type Part = string | { readonly quoted: string };

/** A sentence, in parts. */
export type Phrase = readonly Part[];

/**
 * Makes a phrase from a template. A string that is inserted is somebody else's text; numbers and phrases are our own words.
 *
 * @example phrase`The key ${name} stops working.`
 */
export function phrase(words: TemplateStringsArray, ...values: readonly (string | number | Phrase)[]): Phrase {
  return words.flatMap((text, at): Part[] => {
    const value = values[at];
    const own = text === "" ? [] : [text];
    if (value === undefined) {
      return own;
    }
    if (typeof value === "string") {
      return [...own, { quoted: value }];
    }
    return typeof value === "number" ? [...own, String(value)] : [...own, ...value];
  });
}

/** Joins phrases of a list, such as `a, b and c`. At most `most` are named, and the others counted. */
export function listed(phrases: readonly Phrase[], most = 10): Phrase {
  const named = phrases.length > most ? [...phrases.slice(0, most), [`${phrases.length - most} more`]] : phrases;
  return named.flatMap((one, at) => {
    const joint = at === 0 ? [] : [at === named.length - 1 ? " and " : ", "];
    return [...joint, ...one];
  });
}

/** `1 person`, `2 people`. */
export function counted(count: number, one: string, many: string): Phrase {
  return [`${count} ${count === 1 ? one : many}`];
}

/** A phrase whose addresses show only the first character and the domain, such as `a…@acme.example`. */
export function redacted(text: Phrase): Phrase {
  return text.map((part) => (typeof part === "string" ? part : { quoted: redactedText(part.quoted) }));
}

/** The same, of a text. */
export function redactedText(text: string): string {
  return text.replaceAll(/([^\s@<>"'()[\],;:])[^\s@<>"'()[\],;:]*(?=@)/gu, "$1…");
}

/** A phrase in which every text stands as it is. */
export function unescaped(text: Phrase): string {
  return text.map((part) => (typeof part === "string" ? part : part.quoted)).join("");
}
