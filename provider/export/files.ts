/** Writes the files of an export: whole, and over nothing. */
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { RosterError } from "../errors.ts";

/** The files of an export can't be written. */
export class ExportError extends RosterError {
  override readonly name = "ExportError";
}

/**
 * Writes files to a folder, which is made if it doesn't exist.
 *
 * @param files the texts by the names of the files
 * @param isForced whether existing files with other content are replaced
 * @returns the names of the files that were written; the others have this content already
 * @throws ExportError if a file exists and has other content, before anything is written; or if the system refuses to write
 */
export async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, string>,
  isForced: boolean,
): Promise<string[]> {
  const changed: string[] = [];
  const others: string[] = [];
  try {
    for (const [name, text] of files) {
      const existing = await readIfThere(path.join(folder, name));
      if (existing?.equals(Buffer.from(text)) !== true) {
        changed.push(name);
        others.push(...(existing === undefined ? [] : [path.join(folder, name)]));
      }
    }
    if (others.length > 0 && !isForced) {
      throw new ExportError(
        `nothing was written: ${others.join(", ")} would be replaced. Write to another folder with --out, or add --force to replace what is there.`,
      );
    }
    await mkdir(folder, { recursive: true });
    for (const name of changed) {
      await writeWhole(path.join(folder, name), files.get(name) ?? "");
    }
  } catch (error) {
    throw error instanceof ExportError ? error : new ExportError(`the export was not written: ${reasonOf(error)}.`);
  }
  return changed;
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

/** Nobody reads half a file: it is written under another name in the same folder, and then renamed. */
async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString("hex")}.partial`;
  try {
    await writeFile(temporary, text, { flag: "wx" });
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
