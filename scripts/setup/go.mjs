/** Programs that are built from Go modules. */
import fs from "node:fs";
import path from "node:path";
import { run } from "../processes.mjs";

/** Without cgo a C compiler is not needed, and the result is the same with and without one. */
const ofEveryBuild = { GOWORK: "off", CGO_ENABLED: "0" };
/** Without it Go write-protects what it downloads, and it can't be removed. */
const removable = "-modcacherw";

/**
 * @typedef {object} GoProgram
 * @property {string} source the folder with the go.mod and go.sum, which pin every module and its hash, and with code of our own if any
 * @property {string} program the Go package of the program
 * @property {string} output
 * @property {string} [linkerFlags]
 * @property {(detail: string) => void} setDetail
 */

/**
 * Builds one program.
 *
 * @param {string} partial where what is needed meanwhile may be, until {@link clearGo}
 * @param {GoProgram} program
 * @throws {import("../processes.mjs").ProgramError}
 */
export async function goBuild(partial, { source, program, output, linkerFlags = "", setDetail }) {
  const cwd = copied(partial, source);
  let downloaded = 0;
  let compiled = 0;
  const onLine = (/** @type {string} */ line) => {
    if (line.startsWith("go: downloading")) {
      downloaded++;
    } else {
      compiled++;
    }
    setDetail(compiled > 0 ? `${compiled} packages compiled` : `${downloaded} modules downloaded`);
  };
  // -trimpath: what was compiled before an interruption is good in another folder, too.
  const flags = ["-v", "-mod=readonly", "-trimpath", "-ldflags", `-s -w ${linkerFlags}`];
  await run("go", ["build", ...flags, "-o", output, program], { cwd, env: await environmentOfGo(partial), onLine });
}

/**
 * The sources of a module that {@link goBuild} downloaded.
 *
 * @param {string} partial
 * @param {string} source
 * @param {string} module
 * @throws {import("../processes.mjs").ProgramError}
 */
export async function goModuleFolder(partial, source, module) {
  const args = ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module];
  const env = await environmentOfGo(partial);
  return (await run("go", args, { cwd: copied(partial, source), env })).trim();
}

/**
 * Removes what was only needed to build.
 *
 * @param {string} partial
 */
export function clearGo(partial) {
  fs.rmSync(path.join(partial, "go"), { recursive: true, force: true });
}

/**
 * The environment of builds whose caches are kept in a folder. What is compiled in one folder is good in another one.
 *
 * @param {string} folder
 * @returns {Promise<Record<string, string>>}
 * @throws {import("../processes.mjs").ProgramError}
 */
export async function environmentWithCaches(folder) {
  const { GOFLAGS } = JSON.parse(await run("go", ["env", "-json", "GOFLAGS"]));
  return {
    ...ofEveryBuild,
    GOMODCACHE: path.join(folder, "modules"),
    GOCACHE: path.join(folder, "build"),
    GOFLAGS: `${GOFLAGS} -trimpath ${removable}`.trim(),
  };
}

/**
 * @param {string} partial
 * @param {string} source
 */
function copied(partial, source) {
  const folder = path.join(partial, "go", path.basename(source));
  fs.cpSync(source, folder, { recursive: true });
  return folder;
}

/**
 * Somebody who has Go's caches keeps using them; for anybody else they would be 3 GB that
 * nothing ever clears away, so they are made in the temporary folder.
 *
 * @param {string} partial
 */
async function environmentOfGo(partial) {
  const caches = JSON.parse(await run("go", ["env", "-json", "GOMODCACHE", "GOCACHE", "GOFLAGS"]));
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, ...ofEveryBuild };
  if (!fs.existsSync(caches.GOMODCACHE)) {
    env.GOMODCACHE = path.join(partial, "go", "modules");
    env.GOFLAGS = `${caches.GOFLAGS} ${removable}`.trim();
  }
  if (!fs.existsSync(caches.GOCACHE)) {
    env.GOCACHE = path.join(partial, "go", "build");
  }
  return env;
}
