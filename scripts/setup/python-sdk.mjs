/** Pulumi's SDK for Python, for the tests of the plugin. */
import { fileURLToPath } from "node:url";
import { setUpVirtualEnvironment } from "./python.mjs";

const requirements = fileURLToPath(new URL("../engine/python-sdk/requirements.txt", import.meta.url));

/**
 * The Python of a virtual environment with what scripts/engine/python-sdk/requirements.txt lists.
 *
 * @returns {Promise<string>}
 * @throws {import("./set-up-error.mjs").SetUpError}
 */
export function setUpPythonSdk() {
  return setUpVirtualEnvironment({
    name: "pulumi-python-sdk",
    requirements,
    purpose: "Pulumi's SDK for Python for the tests",
  });
}
