/** The packages that a package needs at run time, as they are installed from the lock file. */
import fs from "node:fs";
import path from "node:path";
import { paths } from "../environment.mjs";

/**
 * The dependencies of an installed package, and theirs. Peers are left to who asks: they are not the package's to bring.
 *
 * @param {string} folder of the package
 * @param {readonly string[]} excluded names of dependencies that are left out, with theirs
 * @returns {Record<string, string>} their folders, by their places below a folder that has them all, such as `node_modules/axios`
 * @throws {Error} if one isn't installed, or if two have the same place
 */
export function productionPackages(folder, excluded) {
  /** @type {Record<string, string>} */
  const found = {};
  const pending = [folder];
  for (const dependent of pending) {
    const { dependencies = {} } = JSON.parse(fs.readFileSync(path.join(dependent, "package.json"), "utf8"));
    for (const name of Object.keys(dependencies).filter((each) => !excluded.includes(each))) {
      const installed = installedFor(dependent, name);
      // What is installed for a workspace alone has its place below that workspace, which is the archive's root.
      const place = path.relative(installed.startsWith(folder) ? folder : paths.checkout, installed);
      if (found[place] === undefined) {
        found[place] = installed;
        pending.push(installed);
      } else if (found[place] !== installed) {
        throw new Error(`${name} is needed in two versions at one place: ${found[place]} and ${installed}.`);
      }
    }
  }
  return found;
}

/**
 * Where Node.js finds a package for another one.
 *
 * @param {string} dependent
 * @param {string} name
 */
function installedFor(dependent, name) {
  for (let folder = dependent; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const installed = path.join(folder, "node_modules", name);
    if (fs.existsSync(path.join(installed, "package.json"))) {
      return installed;
    }
  }
  throw new Error(`${name} isn't installed. Run: npm run setup`);
}
