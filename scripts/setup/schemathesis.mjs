/** Schemathesis, which makes requests out of the contract, for the trial that fuzzes the API. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { paths } from "../environment.mjs";
import { ProgramError, run } from "../processes.mjs";
import { withProgress } from "../progress.mjs";
import { makeOnce } from "./cache.mjs";
import { SetUpError } from "./set-up-error.mjs";

const requirements = path.join(paths.checkout, "trials", "requirements.txt");
const printVersion =
  "from sys import *; version_info >= (3, 11) or exit('Python is ' + version); print(*version_info[:2], sep='.')";

/**
 * The Python of a virtual environment with what trials/requirements.txt lists, by version and hash.
 *
 * @returns {Promise<string>}
 * @throws {SetUpError}
 */
export async function setUpSchemathesis() {
  const packages = createHash("sha256").update(fs.readFileSync(requirements)).digest("hex").slice(0, 12);
  try {
    // A virtual environment ends with the Python that it was made of.
    const version = (await run("python3", ["-c", printVersion])).trim();
    const name = `schemathesis-${packages}-python-${version}-${process.platform}-${process.arch}`;
    const folder = await makeOnce(name, (partial) =>
      withProgress("getting Schemathesis for the trial of the API", () => install(partial)),
    );
    return pythonOf(folder);
  } catch (error) {
    if (!(error instanceof ProgramError)) {
      throw error;
    }
    throw new SetUpError(
      `The trial of the API needs Schemathesis, and it can't be set up: ${error.message}.\n${error.tail(3)}\n`.trimEnd() +
        "\nInstall Python 3.11 or newer with its module venv (Debian's packages are python3 and python3-venv), see that it\n" +
        "is python3 on PATH and that its pip reaches PyPI, and run this again.",
    );
  }
}

/** @param {string} folder */
async function install(folder) {
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
