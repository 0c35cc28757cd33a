/** The packages that are published on npm: each as npm would pack it, with the license. */
import fs from "node:fs";
import path from "node:path";
import { paths } from "../environment.mjs";
import { run } from "../processes.mjs";

/**
 * Copies the published files of each workspace into a folder of its package's name.
 *
 * @param {string} folder
 * @returns {Promise<Record<string, string>>} the folders, by the packages' names
 */
export async function stageNpmPackages(folder) {
  const { workspaces } = JSON.parse(fs.readFileSync(path.join(paths.checkout, "package.json"), "utf8"));
  const listed = await npm("pack", "--dry-run", ...workspaces.map((/** @type {string} */ each) => `./${each}`));
  const folders = workspaces.map((/** @type {string} */ workspace, /** @type {number} */ at) => {
    const { name, files } = listed[at];
    const staged = path.join(folder, name);
    for (const { path: file } of files) {
      fs.cpSync(path.join(paths.checkout, workspace, file), path.join(staged, file));
    }
    fs.copyFileSync(path.join(paths.checkout, "LICENSE"), path.join(staged, "LICENSE"));
    return [name, staged];
  });
  return Object.fromEntries(folders);
}

/**
 * @param {readonly string[]} folders of the packages
 * @param {string} destination
 */
export async function packNpmPackages(folders, destination) {
  await npm("pack", "--pack-destination", destination, ...folders);
}

/**
 * @param {...string} args
 * @returns {Promise<{ name: string, files: { path: string }[] }[]>}
 */
async function npm(...args) {
  const output = await run("npm", [...args, "--json", "--ignore-scripts"], { cwd: paths.checkout });
  return JSON.parse(output);
}
