/** Writes files atomically. */
import { randomBytes } from "node:crypto";
import { link, rm } from "node:fs/promises";

/**
 * Creates a file atomically, without overwriting an existing one.
 *
 * @param write creates and fills the temporary file with the given path, in the same folder.
 * @throws the system's error: EEXIST if the file already exists.
 */
export async function createWhole(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.partial`;
  try {
    await write(temporary);
    await link(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}
