/** Measures how long the engine alone takes on this machine now, to compare a run of the tests with. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { engineEnvironment, paths } from "./environment.mjs";
import { run } from "./processes.mjs";

/**
 * Runs `pulumi up` of a stack without resources, in a folder of its own.
 *
 * @returns {Promise<number>} how many seconds it took
 * @throws {import("./processes.mjs").ProgramError}
 */
export async function timeEmptyUp() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "roster-empty-"));
  try {
    fs.symlinkSync(path.join(paths.checkout, "node_modules"), path.join(folder, "node_modules"));
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: empty\nruntime: nodejs\n");
    fs.writeFileSync(path.join(folder, "index.js"), "");
    const own = { home: path.join(folder, ".home"), backend: path.join(folder, ".state"), passphrase: "of a test" };
    const options = { cwd: folder, env: engineEnvironment(own) };
    await run("pulumi", ["stack", "init", "empty", "--non-interactive"], options);
    const startedAt = performance.now();
    await run("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive"], options);
    return (performance.now() - startedAt) / 1000;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
