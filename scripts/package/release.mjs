/** The files of a release, from what is compiled. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { paths } from "../environment.mjs";
import { packNpmPackages, stageNpmPackages } from "./npm-packages.mjs";
import { packPlugin, stagePlugin } from "./plugin.mjs";

/** Where the engine may run, as it names systems in what it downloads. The plugin is the same for all of them. */
const platforms = ["darwin", "linux", "windows"].flatMap((system) => [`${system}-amd64`, `${system}-arm64`]);

/**
 * Writes the files of a release into a folder, and replaces what it had. The same sources give the same bytes.
 *
 * @param {string} folder
 * @param {readonly string[]} [others] folders with further packages for npm
 * @returns {Promise<import("./release.d.mts").ReleasedFile[]>}
 */
export async function buildRelease(folder, others = []) {
  const staging = fs.mkdtempSync(path.join(os.tmpdir(), "roster-release-"));
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  try {
    const packages = await stageNpmPackages(path.join(staging, "npm"));
    await packNpmPackages([...Object.values(packages), ...others], folder);
    const plugin = path.join(staging, "plugin");
    stagePlugin(packages, plugin);
    const { version } = JSON.parse(fs.readFileSync(path.join(plugin, "package.json"), "utf8"));
    const [first, ...same] = platforms.map((platform) =>
      path.join(folder, `pulumi-resource-roster-v${version}-${platform}.tar.gz`),
    );
    await packPlugin(plugin, first);
    for (const archive of same) {
      fs.copyFileSync(first, archive);
    }
    fs.copyFileSync(
      path.join(paths.checkout, "provider/plugin/generated/schema.json"),
      path.join(folder, "schema.json"),
    );
    fs.writeFileSync(path.join(folder, `pulumi-roster_${version}_checksums.txt`), checksums(folder));
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
  return filesIn(folder).map((name) => ({ name, bytes: fs.statSync(path.join(folder, name)).size }));
}

/**
 * The SHA-256 of each file, as `sha256sum --check` reads it.
 *
 * @param {string} folder
 */
function checksums(folder) {
  const lines = filesIn(folder).map((name) => {
    const hash = createHash("sha256").update(fs.readFileSync(path.join(folder, name)));
    return `${hash.digest("hex")}  ${name}\n`;
  });
  return lines.join("");
}

/** @param {string} folder */
function filesIn(folder) {
  return fs.readdirSync(folder).sort();
}
