/**
 * Runs a program with the Pulumi engine on this checkout's own backend, against the service `npm start` runs:
 *
 *     npm run pulumi -- preview
 *     npm run roster -- orphans
 */
import fs from "node:fs";
import path from "node:path";
import { engineEnvironment, paths, rootStack, serviceAccess } from "./environment.mjs";
import { run, runVisibly } from "./processes.mjs";
import { setUp } from "./setup.mjs";

const rosterCommand = path.join(paths.checkout, "provider", "dist", "command", "main.js");

await setUp();
const env = { ...engineEnvironment(), ...serviceAccess() };
await selectRootStack();
const [program = "", ...args] = process.argv.slice(2);
const command = program === "roster" ? [paths.node, rosterCommand, ...args] : [program, ...args];
process.exit(await runVisibly(command[0], command.slice(1), { cwd: paths.checkout, env }));

/** Makes the root stack, unless the person has one selected. */
async function selectRootStack() {
  if (!fs.existsSync(path.join(paths.checkout, "Pulumi.yaml"))) {
    return;
  }
  const options = { cwd: paths.checkout, env };
  try {
    await run("pulumi", ["stack", "--show-name", "--non-interactive"], options);
  } catch {
    await runVisibly("pulumi", ["stack", "select", rootStack, "--create", "--non-interactive"], options);
  }
}
