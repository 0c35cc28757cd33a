/**
 * Runs the Pulumi engine on this checkout's own backend, against the service `npm start` runs:
 *
 *     npm run pulumi -- preview
 */
import fs from "node:fs";
import path from "node:path";
import { engineEnvironment, paths, rootStack, serviceAccess } from "./environment.mjs";
import { run, runVisibly } from "./processes.mjs";
import { setUp } from "./setup.mjs";

await setUp();
const env = { ...engineEnvironment(), ...serviceAccess() };
await selectRootStack();
process.exit(await runVisibly("pulumi", process.argv.slice(2), { cwd: paths.checkout, env }));

/** Makes the root stack, unless the person has one selected. */
async function selectRootStack() {
  if (!fs.existsSync(path.join(paths.checkout, "Pulumi.yaml"))) return;
  const options = { cwd: paths.checkout, env };
  try {
    await run("pulumi", ["stack", "--show-name", "--non-interactive"], options);
  } catch {
    await runVisibly("pulumi", ["stack", "select", rootStack, "--create", "--non-interactive"], options);
  }
}
