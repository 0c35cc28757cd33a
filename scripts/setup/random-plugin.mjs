/** The plugin behind the package `@pulumi/random`. */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { paths } from "../environment.mjs";
import { ProgramError, run } from "../processes.mjs";
import { say, withProgress } from "../progress.mjs";
import { cacheFolder, makeOnce } from "./cache.mjs";
import { whyVendorUnreachable } from "./vendor.mjs";

const program = "pulumi-resource-random";
const standIn = fileURLToPath(new URL(`../random-stand-in/${program}`, import.meta.url));
const downloadTimeoutMs = 5 * 60_000;

/**
 * The official plugin, where it can be had; else the stand-in in this repository.
 *
 * @param {string} binFolder of the Pulumi CLI
 * @returns {Promise<import("../environment.d.mts").Plugin>}
 */
export async function setUpRandomPlugin(binFolder) {
  const { version } = JSON.parse(
    fs.readFileSync(path.join(paths.checkout, "node_modules", "@pulumi", "random", "package.json"), "utf8"),
  );
  const name = `random-${version}-${process.platform}-${process.arch}`;
  const official = path.join(cacheFolder, name);
  // A note that the official one was out of reach, so that it isn't asked for at every start.
  const note = `${official}.stand-in`;
  const useStandIn = { name: "random", version, executable: standIn, standIn: true };
  if (!fs.existsSync(official) && fs.existsSync(note)) {
    return useStandIn;
  }

  const why = await tryOfficial(name, version, binFolder);
  if (why === undefined) {
    fs.rmSync(note, { force: true });
    return { name: "random", version, executable: path.join(official, program), standIn: false };
  }
  say(`the official plugin of @pulumi/random ${version} could not be had: ${why}`);
  say("a STAND-IN from scripts/random-stand-in takes its place. It makes random values of the same");
  say("shape and quality, enough for the examples and the tests; do not use it for anything else.");
  if ((await whyVendorUnreachable()) !== undefined) {
    fs.mkdirSync(cacheFolder, { recursive: true });
    fs.writeFileSync(note, `${why}\nTo look for the official plugin again, delete this file and run: npm run setup\n`);
    say(`To look for the official plugin again, delete ${note}`);
  }
  return useStandIn;
}

/**
 * @param {string} name of its folder in the cache
 * @param {string} version
 * @param {string} binFolder
 * @returns {Promise<string | undefined>} why it failed
 */
async function tryOfficial(name, version, binFolder) {
  if (fs.existsSync(path.join(cacheFolder, name))) {
    return undefined;
  }
  const why = await whyVendorUnreachable();
  if (why !== undefined) {
    return why;
  }
  try {
    await makeOnce(name, (partial) =>
      withProgress(`downloading the plugin of @pulumi/random ${version}`, () => download(partial, version, binFolder)),
    );
  } catch (error) {
    if (error instanceof ProgramError) {
      return `${error.message}: ${error.tail(3)}`;
    }
    throw error;
  }
  return undefined;
}

/**
 * @param {string} folder
 * @param {string} version
 * @param {string} binFolder
 */
async function download(folder, version, binFolder) {
  const home = path.join(folder, "home");
  const env = { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "1" };
  const args = ["plugin", "install", "resource", "random", version, "--non-interactive"];
  await run(path.join(binFolder, "pulumi"), args, { env, timeoutMs: downloadTimeoutMs });
  fs.renameSync(path.join(home, "plugins", `resource-random-v${version}`, program), path.join(folder, program));
  fs.rmSync(home, { recursive: true });
}
