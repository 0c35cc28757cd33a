/** Programs that are built from Go modules. */
import fs from "node:fs";
import path from "node:path";
import { run } from "../processes.mjs";

/**
 * @typedef {object} GoProgram
 * @property {string} source the folder with the go.mod and go.sum, which pin every module and its hash
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
  const cwd = path.join(partial, "go", path.basename(source));
  fs.mkdirSync(cwd, { recursive: true });
  for (const file of ["go.mod", "go.sum"]) {
    fs.copyFileSync(path.join(source, file), path.join(cwd, file));
  }

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
 * Removes what was only needed to build.
 *
 * @param {string} partial
 */
export function clearGo(partial) {
  fs.rmSync(path.join(partial, "go"), { recursive: true, force: true });
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
  // Without cgo a C compiler is not needed, and the result is the same with and without one.
  const env = { ...process.env, GOWORK: "off", CGO_ENABLED: "0" };
  if (!fs.existsSync(caches.GOMODCACHE)) {
    env.GOMODCACHE = path.join(partial, "go", "modules");
    // Without it Go write-protects what it downloads, and it can't be removed.
    env.GOFLAGS = `${caches.GOFLAGS} -modcacherw`.trim();
  }
  if (!fs.existsSync(caches.GOCACHE)) {
    env.GOCACHE = path.join(partial, "go", "build");
  }
  return env;
}
