/**
 * The archive of the plugin: the executables, the compiled provider, and the packages that it needs at run time. All of it is
 * JavaScript, so every system gets the same archive, with the executables of all.
 */
import fs from "node:fs";
import path from "node:path";
import { create } from "tar";
import { paths } from "../environment.mjs";
import { productionPackages } from "./production-packages.mjs";

const provider = path.join(paths.checkout, "provider");
/** Of Pulumi's SDK, the plugin uses the messages of the engine's protocol alone. The rest of it takes 80 MB with what it needs. */
const ofPulumi = ["package.json", "LICENSE", "proto"];
/** Only programs use it. */
const ofPrograms = "@pulumi/random";
/** Types and source maps, which nothing reads at run time. */
const unused = /\.([cm]?ts|map)$/;

/**
 * Puts what the archive has into a folder.
 *
 * @param {Readonly<Record<string, string>>} packages the folders of the project's own packages, by name
 * @param {string} folder
 */
export function stagePlugin(packages, folder) {
  copy(packages["pulumi-roster"], folder);
  // The engine looks for its executable in the archive's root.
  for (const executable of ["pulumi-resource-roster", "pulumi-resource-roster.cmd"]) {
    fs.copyFileSync(path.join(provider, "bin", executable), path.join(folder, executable));
  }
  for (const [place, source] of Object.entries(productionPackages(provider, [ofPrograms]))) {
    const own = packages[place.replace("node_modules/", "")];
    copy(own ?? source, path.join(folder, place));
  }
  const pulumi = "node_modules/@pulumi/pulumi";
  for (const part of ofPulumi) {
    copy(path.join(paths.checkout, pulumi, part), path.join(folder, pulumi, part));
  }
}

/**
 * Copies a file or folder, without what nothing reads, and without the packages in it.
 *
 * @param {string} from
 * @param {string} to
 */
function copy(from, to) {
  const filter = (/** @type {string} */ source) =>
    !unused.test(source) && path.basename(path.relative(from, source)) !== "node_modules";
  fs.cpSync(fs.realpathSync(from), to, { recursive: true, filter });
}

/**
 * Writes the archive, the same bytes for the same content: the entries are sorted, and have no owner and no time of their own.
 *
 * @param {string} folder
 * @param {string} archive
 */
export async function packPlugin(folder, archive) {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
  const native = files.find((file) => file.endsWith(".node"));
  if (native !== undefined) {
    throw new Error(`${native} runs on one system only, and the archive is for all of them.`);
  }
  await create({ file: archive, cwd: folder, gzip: { level: 9 }, portable: true, mtime: new Date(0) }, files);
}
