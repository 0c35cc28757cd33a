/** Merges the files of a manifest: sections by the names of their entries, each of which is declared once. */
import type { Fault } from "../../issues.ts";
import { isRecord, type PropertyMap } from "../../values/property-map.ts";
import { recordOf } from "./entries.ts";
import { sectionNames, sectionsByName } from "./schema.ts";
import { positionText, type Source, type SourceFault, type Sources } from "./source.ts";

/** A manifest whose files have been merged. */
export interface MergedManifest {
  /** The values, with secrets in plaintext. */
  readonly plain: unknown;
  /** The values, without secrets. */
  readonly checked: unknown;
  /** What is declared in two files. */
  readonly faults: readonly SourceFault[];
  /** The file in which the value at a path is, or the entry that lacks it. */
  sourceOf(path: Fault["path"]): Source;
}

/** Merges the files of a manifest. If something is declared twice, the first declaration counts. */
export function merged(sources: Sources): MergedManifest {
  const [own, ...included] = sources;
  const owners = new Map<string, Source>();
  const faults: SourceFault[] = [];
  for (const source of sources) {
    for (const path of entriesOf(source)) {
      const name = JSON.stringify(path);
      const first = owners.get(name);
      owners.set(name, first ?? source);
      if (first !== undefined) {
        const what = path.length === 1 ? "this section" : JSON.stringify(path[1]);
        faults.push({
          source,
          path,
          reason: `${what} is already declared at ${positionText(first, path, true)}`,
          atName: true,
        });
      }
    }
  }
  return {
    plain: withSections(own.plain, ...included.map(({ plain }) => plain)),
    checked: withSections(own.checked, ...included.map(({ checked }) => checked)),
    faults,
    sourceOf: ([section, entry]) =>
      owners.get(JSON.stringify([section, entry])) ?? owners.get(JSON.stringify([section])) ?? own,
  };
}

/** The first of several values, with the sections of the others. */
export function withSections(first: unknown, ...others: readonly unknown[]): unknown {
  if (!isRecord(first)) {
    return first;
  }
  const all = [first, ...others.map(recordOf)];
  const sections = sectionNames.flatMap((section): [string, unknown][] => {
    const values = all.map((each) => each[section]).filter((value) => value !== undefined);
    const maps = values.filter(isRecord);
    return sectionsByName.includes(section) && maps.length > 0
      ? [[section, allEntries(maps)]]
      : values.slice(0, 1).map((value) => [section, value]);
  });
  return { ...first, ...Object.fromEntries(sections) };
}

/** The entries of several maps, in their order. */
function allEntries(maps: readonly PropertyMap[]): PropertyMap {
  const entries = new Map<string, unknown>();
  for (const [name, value] of maps.flatMap((map) => Object.entries(map))) {
    if (!entries.has(name)) {
      entries.set(name, value);
    }
  }
  return Object.fromEntries(entries);
}

/** The paths of what a file declares: the entries of its sections, or a section that isn't made of entries. */
function entriesOf({ checked }: Source): string[][] {
  const sections: PropertyMap = recordOf(checked);
  return sectionNames.flatMap((section) => {
    const value = sections[section];
    if (sectionsByName.includes(section)) {
      return Object.keys(recordOf(value)).map((entry) => [section, entry]);
    }
    return value === undefined ? [] : [[section]];
  });
}
