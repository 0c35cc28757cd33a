/** The text in a file, which Roster takes in UTF-8 and in no other encoding. */
import { isUtf8 } from "node:buffer";

/** Why bytes are not text in UTF-8, and the text before the place where that shows. */
export interface NotUtf8 {
  readonly before: string;
  readonly reason: string;
}

/**
 * Decodes UTF-8, without replacing anything. A byte order mark at the beginning is not part of the text.
 *
 * @returns the text; or, where the bytes are in another encoding, what precedes the first wrong byte and what to do
 */
export function decodeUtf8(content: Buffer): string | NotUtf8 {
  if (isUtf16(content)) {
    return { before: "", reason: "the file is in UTF-16: save it as UTF-8" };
  }
  const text = withoutMark(content.toString("utf8"));
  if (isUtf8(content)) {
    return text;
  }
  return {
    before: withoutMark(validStart(content)),
    reason: "from here on the file is not in UTF-8: save it as UTF-8",
  };
}

/** Whether it begins with the mark of UTF-16, or has as many zero bytes as only UTF-16 (or 32) gives to a text. */
function isUtf16(content: Buffer): boolean {
  if (/^(fffe|feff)/.test(content.toString("hex", 0, 2))) {
    return true;
  }
  // Its beginning may be in letters that have zeros where its rest has none: columns and properties are named in ASCII.
  return [content, content.subarray(0, 32)].some((part) => {
    let zeros = 0;
    for (const byte of part) {
      zeros += byte === 0 ? 1 : 0;
    }
    return zeros > part.length / 4;
  });
}

/** The text before the first byte that is not UTF-8. */
function validStart(content: Buffer): string {
  let start = 0;
  let end = 0;
  // A line's end is no part of another character, so the first wrong line has the first wrong byte.
  while (isUtf8(content.subarray(start, end))) {
    start = end;
    const newline = content.indexOf("\n", start);
    end = newline === -1 ? content.length : newline + 1;
  }
  const line = content.toString("utf8", start, end);
  let at = line.indexOf("\uFFFD");
  // U+FFFD takes the place of what can't be read, but may also stand in the file itself.
  while (content.toString("latin1", offsetOf(at), offsetOf(at) + 3) === "\u00EF\u00BF\u00BD") {
    at = line.indexOf("\uFFFD", at + 1);
  }
  return content.toString("utf8", 0, offsetOf(at));

  function offsetOf(length: number): number {
    return start + Buffer.byteLength(line.slice(0, length));
  }
}

function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, "");
}
