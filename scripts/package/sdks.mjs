/** The SDKs as their registries want them. */
import fs from "node:fs";
import path from "node:path";
import { paths } from "../environment.mjs";
import { generateSdks } from "../generate-sdks.mjs";
import { run } from "../processes.mjs";

const compiler = path.join(paths.checkout, "node_modules/typescript/bin/tsc");

/**
 * Generates the SDKs into a folder, and compiles that for Node.js.
 *
 * @param {string} folder
 * @returns {Promise<string[]>} the folders of packages for npm
 */
export async function buildSdks(folder) {
  fs.rmSync(folder, { recursive: true, force: true });
  await generateSdks(path.join(paths.checkout, "provider/plugin/generated/schema.json"), folder);
  // Its project file names the README, which is generated beside the code.
  const python = path.join(folder, "python");
  fs.copyFileSync(path.join(python, "pulumi_roster/README.md"), path.join(python, "README.md"));

  const source = path.join(folder, "nodejs");
  const built = path.join(source, "bin");
  await run(paths.node, [compiler, "--project", source]);
  for (const file of ["package.json", "README.md"]) {
    fs.copyFileSync(path.join(source, file), path.join(built, file));
  }
  const licensed = [built, python, path.join(folder, "go/roster")];
  for (const each of licensed) {
    fs.copyFileSync(path.join(paths.checkout, "LICENSE"), path.join(each, "LICENSE"));
  }
  return [built];
}
