/** Programs by their path. */
import fs from "node:fs";

/**
 * Whether a file is there that this user may run.
 *
 * @param {string} file
 */
export function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
