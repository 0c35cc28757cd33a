/** Finds the files that a manifest includes. */
import { globSync, statSync } from "node:fs";
import path from "node:path";
import { type Fault, pathText } from "../../issues.ts";
import { portablePath } from "../../kinds/logo-file.ts";
import { isRecord } from "../../values/property-map.ts";
import { leadsOut, mayLeadOut, realPath } from "./inside.ts";

/** The maximum number of included files. */
const maxFiles = 1000;
/** The maximum size of all files together. */
const maxBytes = 10 * 1024 * 1024;

/**
 * Finds the files that a manifest includes, in the order of its entries; those of one pattern by code point.
 *
 * @param file the path of the manifest
 * @param value the manifest's values; an entry of `include` that isn't text is left to the schema
 * @param ownBytes the size of the manifest itself
 * @returns the paths of the files, from where the manifest's own path is from
 */
export function includedFiles(
  file: string,
  value: unknown,
  ownBytes: number,
): { readonly files: readonly string[]; readonly faults: readonly Fault[] } {
  const entries: readonly unknown[] = isRecord(value) && Array.isArray(value.include) ? value.include : [];
  const collected = new Included(file, ownBytes);
  for (const [at, entry] of entries.entries()) {
    if (typeof entry === "string" && entry !== "") {
      collected.add(entry, ["include", at]);
    }
  }
  return collected;
}

class Included {
  readonly files: string[] = [];
  readonly faults: Fault[] = [];
  readonly #folder: string;
  /** The place of each file that has been found, by its real path; undefined for the manifest itself. */
  readonly #found = new Map<string, string | undefined>();
  #bytes: number;
  #isFull = false;

  constructor(file: string, ownBytes: number) {
    this.#folder = path.dirname(file);
    this.#bytes = ownBytes;
    const own = realPath(file);
    if (own !== undefined) {
      this.#found.set(own, undefined);
    }
  }

  /** Adds the files that an entry names. */
  add(entry: string, place: Fault["path"]): void {
    if (entry.includes("${")) {
      this.#refuse(place, "the files of a manifest can't depend on the environment: write out the path");
      return;
    }
    const fault = mayLeadOut(entry);
    if (fault !== undefined) {
      this.#refuse(place, fault);
      return;
    }
    if (!/[*?[{]|[!+@]\(/.test(entry)) {
      this.#addFile(entry, place);
      return;
    }
    const matches = globSync(entry, { cwd: this.#folder }).map((match) => portablePath(match));
    const files = matches.filter((match) => !isFolder(path.join(this.#folder, match)));
    if (files.length === 0) {
      this.#refuse(place, `no file matches ${entry}`);
    }
    for (const match of files.toSorted(byCodePoint)) {
      this.#addFile(match, place);
    }
  }

  #addFile(name: string, place: Fault["path"]): void {
    if (this.#isFull) {
      return;
    }
    const file = path.join(this.#folder, name);
    const real = realPath(file);
    if (real === undefined) {
      this.#refuse(place, `the file ${name} does not exist, or can't be read`);
      return;
    }
    const fault = this.#faultOf(name, real);
    if (fault !== undefined) {
      this.#refuse(place, fault);
      return;
    }
    this.#found.set(real, pathText(place));
    this.#bytes += statSync(real).size;
    this.files.push(file);
    if (this.files.length > maxFiles || this.#bytes > maxBytes) {
      this.#isFull = true;
      const limit = this.files.length > maxFiles ? `${maxFiles} files` : `${maxBytes} bytes, the manifest included`;
      this.#refuse(place, `the included files exceed ${limit}: split the manifest`);
    }
  }

  #faultOf(name: string, real: string): string | undefined {
    if (this.#found.has(real)) {
      const before = this.#found.get(real);
      return before === undefined
        ? `${name} is the manifest itself: name the files to include, or put them into a folder`
        : `${name} is already included by ${before}`;
    }
    const isAFolder = `${name} is a folder: to include its files, write ${path.posix.join(name, "*.yaml")}`;
    return leadsOut(this.#folder, name, real) ?? (isFolder(real) ? isAFolder : undefined);
  }

  #refuse(place: Fault["path"], reason: string): void {
    this.faults.push({ path: place, reason });
  }
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** UTF-8 has the order of code points. */
function byCodePoint(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
