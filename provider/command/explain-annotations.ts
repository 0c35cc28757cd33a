/** The findings of an explanation at the lines of a manifest. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Explanation } from "../explain/explain.ts";
import { type Group, groups } from "../explain/findings.ts";
import type { Stop } from "../explain/guards.ts";
import type { Phrase } from "../explain/phrase.ts";
import { resourceOf } from "../lifecycle/resource-type.ts";
import { declaredIn } from "../program/manifest/declared.ts";
import { examineManifest } from "../program/manifest/document.ts";
import { type Annotation, fileFrom } from "./forms/annotations.ts";

/** Where a manifest declares its resources, by kind and name. */
export type ManifestPlaces = ReadonlyMap<string, Pick<Annotation, "file" | "line" | "column">>;

const run = promisify(execFile);

/** A repository with large files has archives of some hundred megabytes. */
const maxArchiveBytes = 1024 * 1024 * 1024;

/** The level of each group that isn't only a notice. */
const levels: Readonly<Partial<Record<Group, Annotation["level"]>>> = {
  refused: "error",
  loses: "warning",
  administrators: "warning",
  secrets: "warning",
};

/**
 * Finds where a manifest declares its resources.
 *
 * @param file the manifest's path
 * @param root the folder that file names are relative to
 * @returns nothing if a program would refuse the manifest
 */
export function placesIn(file: string, root: string): ManifestPlaces {
  const known = { unknown: "it is not given", isSecret: false } as const;
  const { placed } = examineManifest(file, { settings: () => known, variables: () => known });
  if (placed === undefined) {
    return new Map();
  }
  return new Map(
    declaredIn(placed.manifest, placed.lists).map(({ kind, name, path: at, whole }) => {
      const { file, line, column } = placed.placeAt(whole ?? at, whole === undefined);
      return [`${kind} ${name}`, { file: fileFrom(root, path.resolve(file)), line, column }];
    }),
  );
}

/**
 * Finds the same in an earlier revision, where what is removed now is still declared.
 *
 * @param revision a revision of the Git repository that contains the manifest
 * @throws Error if Git can't read it
 */
export async function placesAt(revision: string, file: string, root: string): Promise<ManifestPlaces> {
  const folder = await mkdtemp(path.join(tmpdir(), "roster-base-"));
  try {
    const cwd = path.dirname(file);
    // In a folder, it writes that folder alone.
    const options = { cwd, encoding: "buffer", maxBuffer: maxArchiveBytes } as const;
    const { stdout } = await run("git", ["archive", "--format=tar", revision], options);
    await writeFile(path.join(folder, "base.tar"), stdout);
    await run("tar", ["-xf", "base.tar"], { cwd: folder });
    const here = path.dirname(path.resolve(file));
    const places = placesIn(path.join(folder, path.basename(file)), folder);
    return new Map(
      [...places].map(([key, place]) => [key, { ...place, file: fileFrom(root, path.join(here, place.file)) }]),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What annotations are made of. */
export interface Annotated {
  readonly explanation: Explanation;
  readonly stops: readonly Stop[];
  /** The manifest's path from the root. */
  readonly manifest: string;
  /** Where the manifest declares resources now, and where it did before. */
  readonly places: readonly ManifestPlaces[];
  /** Converts a sentence to text. */
  readonly shown: (text: Phrase) => string;
}

/** Makes annotations. What has no line in the manifest is about the whole file. */
export function annotationsFor({ explanation, stops, manifest, places, shown }: Annotated): Annotation[] {
  const placeOf = (urn: string | undefined) => {
    const resource = urn === undefined ? undefined : resourceOf(urn);
    const key = `${resource?.kind} ${resource?.name}`;
    return places.map((known) => known.get(key)).find((place) => place !== undefined) ?? { file: manifest };
  };
  const one = (level: Annotation["level"], title: string, code: string) => (about: { text: Phrase; urn?: string }) => {
    return { level, ...placeOf(about.urn), title, message: shown(about.text), code: `roster-${code}` };
  };
  return [
    ...stops.map(({ guard, text }) => one("error", `Stopped by ${guard}`, "stopped")({ text })),
    ...explanation.errors.map((error) => one("error", "The preview failed", "failed")({ text: [{ quoted: error }] })),
    ...explanation.findings.map((finding) =>
      one(levels[finding.group] ?? "notice", groups[finding.group], finding.group)(finding),
    ),
    ...explanation.notTried.map(one("warning", "Not tried", "not-tried")),
    ...explanation.outside.map(one("notice", "Changed outside the stack", "outside")),
  ];
}
