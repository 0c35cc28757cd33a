/**
 * Generates the Node.js, Python and Go SDKs of a Pulumi schema, each into a folder of its language's name:
 *
 *     node scripts/generate-sdks.mjs <schema.json> <folder>
 *
 * `pulumi package gen-sdk` does it where the CLI comes with the vendor's language hosts, and a program of our own with
 * the same generators where they were built from source.
 */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { engineEnvironment } from "./environment.mjs";
import { ProgramError, run } from "./processes.mjs";
import { setUpLanguages } from "./setup/languages.mjs";
import { setUp } from "./setup.mjs";

/**
 * Generates the SDKs. What the folders of the languages had is replaced.
 *
 * @param {string} schema
 * @param {string} folder
 * @throws {import("./processes.mjs").ProgramError} with what is wrong with the schema
 */
export async function generateSdks(schema, folder) {
  const { binFolder, sdkGenerator } = await setUpLanguages();
  if (sdkGenerator !== undefined) {
    await run(sdkGenerator, [schema, folder]);
    return;
  }
  const env = engineEnvironment({ binFolder });
  for (const language of ["nodejs", "python", "go"]) {
    const args = ["package", "gen-sdk", path.resolve(schema), "--language", language, "--out", path.resolve(folder)];
    await run(path.join(binFolder, "pulumi"), args, { env });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [schema, folder] = process.argv.slice(2);
  if (schema === undefined || folder === undefined) {
    process.stderr.write("Usage: node scripts/generate-sdks.mjs <schema.json> <folder>\n");
    process.exit(2);
  }
  await setUp({ build: false, languages: true });
  try {
    await generateSdks(schema, folder);
  } catch (error) {
    if (!(error instanceof ProgramError)) {
      throw error;
    }
    process.stderr.write(`${error.output}${error.message}\n`);
    process.exit(1);
  }
}
