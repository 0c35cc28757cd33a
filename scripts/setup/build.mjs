/** Compiling the packages. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { paths } from "../environment.mjs";
import { ProgramError, run } from "../processes.mjs";
import { withProgress } from "../progress.mjs";
import { SetUpError } from "./set-up-error.mjs";

const stamp = path.join(paths.checkout, "node_modules", ".roster-build");
const packages = ["schema", "provider", "service"];

/**
 * Compiles, unless nothing was touched since it was compiled last. `tsc --build` would find that
 * out too, but takes seconds to.
 *
 * @throws {SetUpError} with the compiler's errors
 */
export async function setUpBuild() {
  const wanted = sourcesHash();
  if (isBuilt() && readStamp() === wanted) {
    return;
  }
  const tsc = path.join(paths.checkout, "node_modules", "typescript", "bin", "tsc");
  try {
    // Not the tests: what is wrong in one of them must not keep the service from starting.
    await withProgress("compiling", () => run(paths.node, [tsc, "--build", ...packages], { cwd: paths.checkout }));
  } catch (error) {
    if (error instanceof ProgramError) {
      throw new SetUpError(`tsc --build ${error.outcome}:\n${error.tail(40)}`);
    }
    throw error;
  }
  fs.writeFileSync(stamp, `${wanted}\n`);
}

function isBuilt() {
  return packages.every((name) => fs.existsSync(path.join(paths.checkout, name, "dist")));
}

function readStamp() {
  return fs.existsSync(stamp) ? fs.readFileSync(stamp, "utf8").trim() : undefined;
}

function sourcesHash() {
  const hash = createHash("sha256");
  const atRoot = fs.readdirSync(paths.checkout).filter((name) => /^tsconfig.*\.json$/.test(name));
  for (const file of [...atRoot, ...packages.flatMap(sourcesIn)].sort()) {
    const { size, mtimeMs } = fs.statSync(path.join(paths.checkout, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/**
 * @param {string} folder relative to the checkout
 * @returns {string[]}
 */
function sourcesIn(folder) {
  const absolute = path.join(paths.checkout, folder);
  if (!fs.existsSync(absolute)) {
    return [];
  }
  return fs.readdirSync(absolute, { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      return ["dist", "node_modules"].includes(entry.name) ? [] : sourcesIn(name);
    }
    return /\.ts$|^tsconfig.*\.json$|^openapi\.yaml$/.test(entry.name) ? [name] : [];
  });
}
