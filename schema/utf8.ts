/** Decodes text files, which must be UTF-8. */
import { isUtf8 } from "node:buffer";

/** Why bytes are not UTF-8, and the text before the first invalid byte. */
export interface NotUtf8 {
  readonly before: string;
  readonly reason: string;
}

/**
 * Decodes UTF-8 strictly. A byte order mark at the beginning is removed.
 *
 * @returns the text; or, if the bytes are not UTF-8, the text before the first invalid byte and what to do
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

/** Whether the content has the byte order mark of UTF-16, or as many zero bytes as only UTF-16 or UTF-32 has. */
function isUtf16(content: Buffer): boolean {
  if (/^(fffe|feff)/.test(content.toString("hex", 0, 2))) {
    return true;
  }
  // Also check the beginning, which is often ASCII, such as the names of columns and properties.
  return [content, content.subarray(0, 32)].some((part) => {
    let zeros = 0;
    for (const byte of part) {
      zeros += byte === 0 ? 1 : 0;
    }
    return zeros > part.length / 4;
  });
}

/** The text before the first invalid byte. */
function validStart(content: Buffer): string {
  let start = 0;
  let end = 0;
  // A line break is never part of another character, so the first invalid line has the first invalid byte.
  while (isUtf8(content.subarray(start, end))) {
    start = end;
    const newline = content.indexOf("\n", start);
    end = newline === -1 ? content.length : newline + 1;
  }
  const line = content.toString("utf8", start, end);
  let at = line.indexOf("\uFFFD");
  // U+FFFD replaces invalid bytes, but can also be in the file itself.
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
