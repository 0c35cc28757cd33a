/** Manifests of several files, each in a folder of its own. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { ManifestError, type ManifestProblem } from "../../provider/errors.ts";
import { examineManifest, type PlacedManifest, readManifest } from "../../provider/program/manifest/document.ts";
import { outsideOf, type Settings } from "../../provider/program/manifest/settings.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { placesIn } from "./manifest-problems.ts";

/** The files of a manifest, by their paths in the folder. Before each `▶`, something is wrong. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** The manifest's own file. */
export const main = "roster.yaml";

/** Writes files for the rest of the running test. @returns their folder */
export function folderWith(files: Files): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), typeof content === "string" ? content.replaceAll("▶", "") : content);
  }
  return folder;
}

/** Reads a manifest. */
export function readFrom(files: Files, settings?: Settings): PlacedManifest {
  return readManifest(path.join(folderWith(files), main), settings);
}

/** @returns the problems of a manifest, with the paths of files from its folder. */
export function problemsOf(folder: string, settings?: Settings): ManifestProblem[] {
  const file = path.join(folder, main);
  const problems = refusedBy(() => readManifest(file, settings));
  expectSameExamined(file, settings ?? (() => undefined));
  expect(problems, "it was taken").not.toEqual([]);
  return problems.map((problem) => ({ ...problem, file: path.relative(folder, problem.file) }));
}

/** @returns what a reader refuses; nothing if it takes the manifest. */
function refusedBy(read: () => unknown): readonly ManifestProblem[] {
  try {
    read();
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ManifestError);
    return (error as ManifestError).problems;
  }
}

/** Fails unless an examination finds what a program refuses: the same places, and the same words. @returns how much it is */
export function expectSameExamined(file: string, settings: Settings): number {
  const refused = refusedBy(() => readManifest(file, settings));
  const { errors, ifChanged } = examineManifest(file, outsideOf(settings));
  // A program lists both in the order of their places, and only if it refuses the manifest.
  const found = errors.length === 0 ? [] : [...errors, ...ifChanged];
  const sorted = (problems: readonly ManifestProblem[]) => problems.map((each) => JSON.stringify(each)).toSorted();
  expect(sorted(found)).toEqual(sorted(refused));
  return refused.length;
}

/** Fails unless a manifest has the problems that are marked in its files, with these paths and reasons. */
export function expectProblems(files: Files, expected: readonly RegExp[], settings?: Settings): void {
  const problems = problemsOf(folderWith(files), settings);
  const marked = Object.entries(files).flatMap(([name, content]) =>
    typeof content === "string" ? placesIn(content).places.map((place) => `${name}:${place}`) : [],
  );
  expect(problems.map(({ file, line, column }) => `${file}:${line}:${column}`)).toEqual(marked);
  expect(problems).toHaveLength(expected.length);
  for (const [at, { path, reason }] of problems.entries()) {
    expect(`${path}: ${reason}`).toMatch(expected[at] ?? /never/);
  }
}
