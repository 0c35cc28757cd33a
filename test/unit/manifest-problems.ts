/** Wrong manifests: where something is wrong in them is marked in their text. */
import { describe, expect, test } from "vitest";
import { ManifestError } from "../../provider/errors.ts";
import { parseManifest } from "../../provider/program/manifest/document.ts";
import type { Settings } from "../../provider/program/manifest/settings.ts";
import { canonical, canonicalFile } from "./made-up-texts.ts";

export function failureOf(text: string, settings?: Settings): ManifestError {
  try {
    parseManifest(canonicalFile, text, settings);
  } catch (error) {
    expect(error).toBeInstanceOf(ManifestError);
    return error as ManifestError;
  }
  throw new Error("it was taken");
}

/** The canonical manifest with one thing in it changed. */
export function changed(from: string, to: string): string {
  expect(canonical.split(from).length - 1, `${from} is in the file once`).toBe(1);
  return canonical.replace(from, () => to);
}

/** Takes the marks out of a text, and says where they were: before each `▶` something is wrong. */
export function placesIn(marked: string): { text: string; places: string[] } {
  const places: string[] = [];
  let text = "";
  for (const part of marked.split("▶")) {
    text += part;
    const lines = text.split("\n");
    places.push(`${lines.length}:${(lines.at(-1) ?? "").length + 1}`);
  }
  return { text, places: places.slice(0, -1) };
}

/** What is wrong, the text with a mark at each place, and what is said of each: the path, and the reason. */
export type Wrong = readonly [what: string, marked: string, problems: readonly RegExp[]];

/** Makes a test of each row of a table. */
export function describeWrong(what: string, rows: readonly Wrong[]): void {
  describe(what, () => {
    test.each(rows)("%s", (_what, marked, expected) => {
      const { text, places } = placesIn(marked);
      const { problems } = failureOf(text);
      expect(problems.map(({ line, column }) => `${line}:${column}`)).toEqual(places);
      expect(problems).toHaveLength(expected.length);
      for (const [at, { path, reason }] of problems.entries()) {
        expect(`${path}: ${reason}`).toMatch(expected[at] ?? /never/);
      }
    });
  });
}
