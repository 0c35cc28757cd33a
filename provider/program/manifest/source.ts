/** The files of a manifest, and the places in them. */
import path from "node:path";
import { type Document, parseDocument, type YAMLError } from "yaml";
import { ManifestError, type ManifestProblem } from "../../errors.ts";
import { type Fault, pathText } from "../../issues.ts";
import { portablePath } from "../../kinds/logo-file.ts";
import { type DeclaredPlace, textHash } from "../../values/place.ts";
import { isRecord } from "../../values/property-map.ts";
import { isUnknown, isUnknownAt } from "../../values/unknown.ts";
import { Lines, readTextFile } from "../text-file.ts";
import { type ExpandedValues, expandedValues } from "./expansion.ts";
import { includedFiles } from "./include.ts";
import { sectionsByName } from "./schema.ts";
import type { OutsideValues } from "./settings.ts";
import { alteredNumbers, hintAt, offsetIn, type PlacedFault, unusable, unusableCodes } from "./yaml.ts";
import { inYamlWords } from "./yaml-words.ts";

/** A file of a manifest. */
export interface Source extends ExpandedValues {
  /** Its path, as messages name it. */
  readonly file: string;
  readonly text: string;
  readonly document: Document;
  readonly lines: Lines;
  /** The hash of the text. */
  readonly sha256: string;
}

/** A file that may have errors of syntax. */
type Parsed = Omit<Source, keyof ExpandedValues> & { readonly faults: readonly PlacedFault[] };

/** The manifest itself, and the files that it includes. */
export type Sources = readonly [own: Source, ...included: Source[]];

/**
 * Reads the files of a manifest.
 *
 * @param file the path of the manifest
 * @param text its text
 * @param outside where values come from that are expanded
 * @throws ManifestError if a file can't be read, or is not YAML; it lists every such problem
 */
export function readSources(file: string, text: string, outside: OutsideValues | undefined): Sources {
  const own = parse(file, text);
  if (own.faults.length > 0) {
    throw new ManifestError(problemsIn(own, own.faults));
  }
  const { files, faults } = includedFiles(file, own.document.toJS({ maxAliasCount: -1 }), Buffer.byteLength(text));
  const problems = problemsIn(
    own,
    faults.map(({ path, reason }) => ({ path, reason, offset: offsetIn(own.document, path) })),
  );
  const included: Parsed[] = [];
  for (const file of files) {
    try {
      included.push(parse(file, readTextFile(file, "the manifest")));
    } catch (error) {
      if (!(error instanceof ManifestError)) {
        throw error;
      }
      problems.push(...error.problems);
    }
  }
  problems.push(...included.flatMap((each) => problemsIn(each, each.faults)));
  if (problems.length > 0) {
    throw new ManifestError(problems);
  }
  const expanded = (each: Parsed): Source => ({ ...each, ...expandedValues(each.document, each.text, outside) });
  return [expanded(own), ...included.map((each) => withFilesFrom(path.dirname(file), expanded(each)))];
}

/** A fault, and the file that it is in. */
export interface SourceFault extends Fault {
  readonly source: Source;
}

/**
 * Gives faults their places: by file, in the order of the places.
 *
 * @param more further faults of a file, to which those that are given are known
 */
export function placedFaults(
  sources: Sources,
  faults: readonly SourceFault[],
  more: (source: Source, found: readonly PlacedFault[]) => readonly PlacedFault[] = () => [],
): ManifestProblem[] {
  return sources.flatMap((source) => {
    const found = faults.filter((fault) => fault.source === source).map((fault) => placed(source, fault));
    return problemsIn(source, [...found, ...more(source, found)]);
  });
}

/** Where a value of a file is, or its name; if it is missing, where the map is that lacks it. */
export function placeIn(source: Source, of: Fault["path"], atName?: boolean): DeclaredPlace {
  const { file, sha256 } = source;
  return { text: `${positionText(source, of, atName)}: ${pathText(of)}`, file: path.resolve(file), sha256 };
}

/** The file, line and column of a value or its name, such as `teams/red.yaml:3:5`. */
export function positionText(source: Source, path: Fault["path"], atName?: boolean): string {
  const { file, line, column } = positionIn(source, path, atName);
  return `${file}:${line}:${column}`;
}

/** The same, apart. */
export function positionIn(
  { file, lines, document }: Source,
  path: Fault["path"],
  atName?: boolean,
): Pick<ManifestProblem, "file" | "line" | "column"> {
  return { file, ...lines.positionAt(offsetIn(document, path, atName)) };
}

/**
 * The error that lists faults, and what was found wrong while the files were read: by file, in the order of the places.
 *
 * @param inLists what is wrong in the CSV files of the manifest, which comes last
 */
export function errorIn(
  sources: Sources,
  faults: readonly SourceFault[],
  inLists: readonly ManifestProblem[] = [],
): ManifestError {
  const here = placedFaults(sources, faults, (source, found) => [
    ...source.faults,
    ...alteredNumbers(source.document).filter(({ offset }) => !found.some((one) => one.offset === offset)),
  ]);
  // Two sections can list people from the same file.
  const there = new Map(inLists.map((problem) => [JSON.stringify(problem), problem]));
  return new ManifestError(
    [...here, ...there.values()],
    there.size === 0 ? "the manifest" : "the manifest and its CSV files",
  );
}

function placed({ document, text }: Source, { path, reason, atName }: Fault): PlacedFault {
  const offset = offsetIn(document, path, atName);
  return { path, offset, reason: `${reason}${/ text, not \w/.test(reason) ? hintAt(text, offset) : ""}` };
}

/** The problems of a file, in the order of their places. */
function problemsIn(
  { file, lines }: Pick<Source, "file" | "lines">,
  faults: readonly PlacedFault[],
): ManifestProblem[] {
  const inOrder = faults.toSorted((one, other) => one.offset - other.offset);
  // If several brackets end in one place, one fault is enough.
  const once = new Map(inOrder.map((fault) => [JSON.stringify(fault), fault]));
  return [...once.values()].map(({ offset, path, reason }) => ({
    file,
    ...lines.positionAt(offset),
    path: pathText(path),
    reason,
  }));
}

/**
 * Leaves out what is wrong with values that aren't known, and what a fault of a secret value says: it might repeat the value.
 *
 * @param values those that the faults are about
 */
export function withoutUnknown<AFault extends Fault>(
  { plain, checked }: Pick<ExpandedValues, "plain" | "checked">,
  faults: readonly AFault[],
): AFault[] {
  return faults.flatMap((fault) => {
    if (fault.atName === true || !isUnknownAt(checked, fault.path)) {
      return [fault];
    }
    return isUnknownAt(plain, fault.path) ? [] : [{ ...fault, reason: unfitSecret }];
  });
}

const unfitSecret =
  "the secret value from the stack's configuration can't be used here, because it does not have the required form";

function parse(file: string, text: string): Parsed {
  // In YAML, a single CR ends a line, but not in the library.
  const document = parseDocument(text.replace(/\r(?!\n)/g, "\n"), {
    prettyErrors: false,
    logLevel: "error",
    schema: "core",
    // A name is its text in the file, and tags have the meaning of YAML's core schema.
    stringKeys: true,
    resolveKnownTags: false,
    // Checked in `unusable`, because the library compares each name with every other.
    uniqueKeys: false,
  });
  const warnings = document.warnings.filter(({ code }) => unusableCodes.has(code));
  const errors = [...document.errors, ...warnings].filter(isFirstTooDeep()).filter(isFirstUnquoted(text));
  const faults = [
    ...errors.map((error) => ({
      offset: error.pos[0],
      path: [],
      reason: isUnquotedAt(text, error.pos[0]) ? unquoted : inYamlWords(error),
    })),
    ...unusable(document, text),
  ];
  return { file, text, document, lines: new Lines(text), sha256: textHash(text), faults };
}

/** Keeps the first problem of nesting: the number of places that the parser finds too deep depends on its remaining stack. */
function isFirstTooDeep(): (error: YAMLError) => boolean {
  let isTold = false;
  return ({ code }) => {
    if (code !== "RESOURCE_EXHAUSTION") {
      return true;
    }
    const isFirst = !isTold;
    isTold = true;
    return isFirst;
  };
}

const unquoted = `within { } or [ ], a value with \${ } needs quotes: put the whole value in quotes`;

/** Whether the parser has stopped at the bracket of an expansion. */
function isUnquotedAt(text: string, offset: number): boolean {
  return offset > 0 && text.startsWith("${", offset - 1);
}

/** Leaves out the problems after an expansion that needs quotes: the parser has lost count of the brackets. */
function isFirstUnquoted(text: string): (error: YAMLError) => boolean {
  let isTold = false;
  return ({ pos: [offset] }) => {
    const isUnquoted = isUnquotedAt(text, offset);
    const isKept = !isTold || isUnquoted;
    isTold ||= isUnquoted;
    return isKept;
  };
}

/** Makes the paths in an included file relative to the manifest's folder, from which paths are resolved later. */
function withFilesFrom(folder: string, source: Source): Source {
  const way = path.relative(folder, path.dirname(source.file));
  const rebased = (values: unknown) => {
    return mapMembers(values, (section, name) =>
      sectionsByName.includes(name) ? mapMembers(section, (entry) => withPaths(entry, way)) : withPaths(section, way),
    );
  };
  return way === "" ? source : { ...source, plain: rebased(source.plain), checked: rebased(source.checked) };
}

/** An entry whose paths are relative to another folder: where secrets are delivered, and from where people are read. */
function withPaths(entry: unknown, way: string): unknown {
  const rebased = (file: unknown) =>
    typeof file === "string" && !path.isAbsolute(file) && !isUnknown(file) ? portablePath(path.join(way, file)) : file;
  const withFile = (value: unknown) =>
    mapMembers(value, (member, name) => (name === "file" ? rebased(member) : member));
  const fileIn = (value: unknown) => (isRecord(value) ? withFile(value) : rebased(value));
  const filesIn = (from: unknown) => (Array.isArray(from) ? from.map(fileIn) : fileIn(from));
  const withFrom = (value: unknown) =>
    mapMembers(value, (member, name) => (name === "from" ? filesIn(member) : member));
  const paths: Readonly<Record<string, (value: unknown) => unknown>> = {
    deliverTo: withFile,
    from: filesIn,
    assignees: withFrom,
  };
  return mapMembers(entry, (value, name) => (Object.hasOwn(paths, name) ? paths[name]?.(value) : value));
}

function mapMembers(value: unknown, to: (member: unknown, name: string) => unknown): unknown {
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, to(member, name)]))
    : value;
}
