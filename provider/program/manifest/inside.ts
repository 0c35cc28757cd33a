/**
 * Keeps the files that a manifest reads in the manifest's folder: whoever writes a manifest may not be allowed to read the files of the
 * machine that reads it, such as a pipeline's, and messages quote what files contain.
 */
import { realpathSync } from "node:fs";
import path from "node:path";

/** @returns what is wrong with a path as it is written; undefined if nothing is */
export function mayLeadOut(written: string): string | undefined {
  return path.isAbsolute(written) || written.split(/[\\/]/).includes("..")
    ? `${written} may lead out of the manifest's folder: move the file into that folder`
    : undefined;
}

/**
 * Follows links, which can lead out of the folder as well.
 *
 * @param folder the manifest's folder
 * @param name the file as messages name it
 * @param real its path without links
 * @returns what is wrong; undefined if nothing is
 */
export function leadsOut(folder: string, name: string, real: string): string | undefined {
  const way = path.relative(realPath(folder) ?? folder, real);
  return path.isAbsolute(way) || way.split(path.sep)[0] === ".."
    ? `${name} leads out of the manifest's folder: move the file into that folder`
    : undefined;
}

/** @returns the path of a file without links; undefined if it doesn't exist, or the caller may not know */
export function realPath(file: string): string | undefined {
  try {
    return realpathSync.native(file);
  } catch {
    return undefined;
  }
}
