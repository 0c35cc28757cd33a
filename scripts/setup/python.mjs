/** Virtual environments of Python, with packages from PyPI that are pinned by version and hash. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { ProgramError, run } from "../processes.mjs";
import { withProgress } from "../progress.mjs";
import { makeOnce } from "./cache.mjs";
import { SetUpError } from "./set-up-error.mjs";

const printVersion =
  "from sys import *; version_info >= (3, 11) or exit('Python is ' + version); print(*version_info[:2], sep='.')";

/**
 * @typedef {object} VirtualEnvironment
 * @property {string} name its folder's name begins with it
 * @property {string} requirements the file that lists every package by version and hash
 * @property {string} purpose such as "Schemathesis for the trial of the API"
 */

/**
 * Makes a virtual environment, unless it is there.
 *
 * @param {VirtualEnvironment} wanted
 * @returns {Promise<string>} its Python
 * @throws {SetUpError}
 */
export async function setUpVirtualEnvironment({ name, requirements, purpose }) {
  const packages = createHash("sha256").update(fs.readFileSync(requirements)).digest("hex").slice(0, 12);
  try {
    // A virtual environment ends with the Python that it was made of.
    const version = (await run("python3", ["-c", printVersion])).trim();
    const folder = await makeOnce(
      `${name}-${packages}-python-${version}-${process.platform}-${process.arch}`,
      (partial) => withProgress(`getting ${purpose}`, () => install(partial, requirements)),
    );
    return pythonOf(folder);
  } catch (error) {
    if (!(error instanceof ProgramError)) {
      throw error;
    }
    throw new SetUpError(
      `Python can't be set up with ${purpose}: ${error.message}.\n${error.tail(3)}\n`.trimEnd() +
        "\nInstall Python 3.11 or newer with its module venv (Debian's packages are python3 and python3-venv), see that it\n" +
        "is python3 on PATH and that its pip reaches PyPI, and run this again.",
    );
  }
}

/**
 * @param {string} folder
 * @param {string} requirements
 */
async function install(folder, requirements) {
  await run("python3", ["-m", "venv", "--clear", folder]);
  const options = ["--disable-pip-version-check", "--no-input", "--require-hashes", "--only-binary=:all:"];
  await run(pythonOf(folder), ["-m", "pip", "install", ...options, "--requirement", requirements]);
}

/**
 * The one program of a virtual environment that still runs where its folder is renamed.
 *
 * @param {string} folder
 */
function pythonOf(folder) {
  return path.join(folder, "bin", "python");
}
