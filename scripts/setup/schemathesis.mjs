/** Schemathesis, which makes requests out of the contract, for the trial that fuzzes the API. */
import path from "node:path";
import { paths } from "../environment.mjs";
import { setUpVirtualEnvironment } from "./python.mjs";

/**
 * The Python of a virtual environment with what trials/requirements.txt lists.
 *
 * @returns {Promise<string>}
 * @throws {import("./set-up-error.mjs").SetUpError}
 */
export function setUpSchemathesis() {
  return setUpVirtualEnvironment({
    name: "schemathesis",
    requirements: path.join(paths.checkout, "trials", "requirements.txt"),
    purpose: "Schemathesis for the trial of the API",
  });
}
