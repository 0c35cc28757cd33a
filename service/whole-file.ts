/** Writes files atomically. */
import { randomBytes } from "node:crypto";
import { link, rm } from "node:fs/promises";

/**
 * Makes a file that appears whole or not at all, and never over another.
 *
 * @param write makes and fills the temporary file whose path it gets, beside the one that is to be.
 * @throws the system's error: EEXIST where there is a file already.
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
