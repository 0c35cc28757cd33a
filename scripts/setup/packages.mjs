/** The npm packages, Node.js 26 among them. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { paths } from "../environment.mjs";
import { ProgramError, run } from "../processes.mjs";
import { withProgress } from "../progress.mjs";
import { SetUpError } from "./set-up-error.mjs";

const oldestNode = 20;
const neededNode = 26;
const stamp = path.join(paths.checkout, "node_modules", ".roster-packages");

/** @throws {SetUpError} when the Node.js that runs the set-up is too old, or the system is not served */
export function checkNode() {
  const major = Number.parseInt(process.versions.node, 10);
  if (major < oldestNode) {
    throw new SetUpError(
      `Node.js ${oldestNode} or newer is needed to start with; this is ${process.versions.node}. Install a newer one, with npm.`,
    );
  }
  if (process.platform === "win32") {
    throw new SetUpError("The set-up serves Linux and macOS. On Windows, run it in the Windows Subsystem for Linux.");
  }
}

/**
 * Installs what the lock file names, unless that is what was installed last.
 *
 * @throws {SetUpError}
 */
export async function setUpPackages() {
  const wanted = packagesHash();
  if (readStamp() === wanted) {
    return;
  }

  const env = environmentOfNpm();
  await run("npm", ["--version"], { env }).catch(() => {
    throw new SetUpError("npm is not on PATH. It comes with Node.js; some systems package it separately, as `npm`.");
  });
  // Not `npm ci`: it refuses a lock file that lacks another system's optional packages.
  // `install --no-save` obeys the lock file just as well, and does not write it.
  const args = ["install", "--no-save", "--include=dev", "--no-audit", "--no-fund", "--no-progress"];
  await withProgress("installing the packages with npm", () => run("npm", args, { cwd: paths.checkout, env })).catch(
    (error) => {
      if (!(error instanceof ProgramError)) {
        throw error;
      }
      throw new SetUpError(`npm ${args.join(" ")} ${error.outcome}:\n${error.tail()}`);
    },
  );
  await checkInstalledNode();
  fs.writeFileSync(stamp, `${wanted}\n`);
}

/** @throws {SetUpError} when the Node.js among the packages doesn't run or is too old */
async function checkInstalledNode() {
  const advice =
    "npm installs it as the package `node`, whose install script fetches the binary. If npm is told not to run " +
    "install scripts, run: npm rebuild node --ignore-scripts=false";
  const version = await run(paths.node, ["--version"]).catch((error) => {
    throw new SetUpError(`The Node.js ${neededNode} among the packages doesn't run: ${error.message}.\n${advice}`);
  });
  if (Number.parseInt(version.slice(1), 10) < neededNode) {
    throw new SetUpError(`The Node.js among the packages is ${version.trim()}, not ${neededNode}.\n${advice}`);
  }
}

/**
 * npm must not run on the very Node.js it may be replacing, which `npm run` puts first on PATH.
 */
function environmentOfNpm() {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return { ...process.env, PATH: folders.filter((folder) => folder !== paths.programs).join(path.delimiter) };
}

function packagesHash() {
  const { workspaces } = JSON.parse(fs.readFileSync(path.join(paths.checkout, "package.json"), "utf8"));
  const files = [
    "package.json",
    "package-lock.json",
    ...workspaces.map((/** @type {string} */ workspace) => path.join(workspace, "package.json")),
  ];
  const hash = createHash("sha256");
  // Which binaries are installed depends on these, and a checkout may be used from more than one.
  hash.update(`${process.platform} ${process.arch}\n`);
  for (const file of files) {
    const content = fs.existsSync(path.join(paths.checkout, file))
      ? fs.readFileSync(path.join(paths.checkout, file))
      : "";
    hash.update(`${file}\n`).update(content);
  }
  return hash.digest("hex");
}

function readStamp() {
  // The stamp tells what was installed, but not that somebody removed it since.
  if (!fs.existsSync(paths.node)) {
    return undefined;
  }
  try {
    return fs.readFileSync(stamp, "utf8").trim();
  } catch {
    return undefined;
  }
}
