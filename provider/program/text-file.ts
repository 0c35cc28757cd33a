/** Reads the text files of a program: manifests and CSV files. */
import { readFileSync, statSync } from "node:fs";
import { decodeUtf8 } from "roster-schema";
import { ManifestError } from "../errors.ts";

const maxFileBytes = 10 * 1024 * 1024;

/**
 * Reads a file as text.
 *
 * @param file UTF-8, with a byte order mark or without, at most 10 MiB
 * @param what the kind of file, as messages name it
 * @throws ManifestError if the file can't be read, is too large, or is in another encoding
 */
export function readTextFile(file: string, what: string): string {
  let content: Buffer;
  try {
    if (statSync(file).size > maxFileBytes) {
      throw new Error(`it has more than ${maxFileBytes} bytes`);
    }
    content = readFileSync(file);
  } catch (error) {
    const reason = `the file can't be read: ${error instanceof Error ? error.message : String(error)}`;
    throw new ManifestError([{ file, line: 1, column: 1, path: "", reason }], what);
  }
  const decoded = decodeUtf8(content);
  if (typeof decoded !== "string") {
    const { before, reason } = decoded;
    throw new ManifestError([{ file, ...positionAfter(before), path: "", reason }], what);
  }
  return decoded;
}

/** The line and column, from 1, of what comes after a text. Lines end with LF, CRLF or CR. */
export function positionAfter(before: string): { readonly line: number; readonly column: number } {
  const lines = before.split(/\r\n|\n|\r/);
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

/** The lines of a text, for many positions in it. */
export class Lines {
  readonly #text: string;
  /** The offset of each line. */
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.#text = text;
    this.#starts = [0, ...Array.from(text.matchAll(/\r\n|\n|\r/g), ({ 0: end, index }) => index + end.length)];
  }

  /** The line and column, from 1, of an offset. The LF of a CRLF has the position of its CR. */
  positionAt(at: number): { readonly line: number; readonly column: number } {
    const offset = at > 0 && this.#text.startsWith("\r\n", at - 1) ? at - 1 : at;
    let [first, last] = [0, this.#starts.length - 1];
    while (first < last) {
      const middle = Math.ceil((first + last) / 2);
      [first, last] = (this.#starts[middle] ?? 0) <= offset ? [middle, last] : [first, middle - 1];
    }
    return { line: first + 1, column: offset - (this.#starts[first] ?? 0) + 1 };
  }
}
