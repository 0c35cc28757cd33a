/**
 * The language hosts for Pulumi programs in YAML, Python and Go, and a program that generates SDKs, for the tests of the
 * native plugin.
 */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readEngine } from "../environment.mjs";
import { ProgramError } from "../processes.mjs";
import { withProgress } from "../progress.mjs";
import { cacheFolder, makeOnce } from "./cache.mjs";
import { isExecutable } from "./executable.mjs";
import { clearGo, goBuild, goModuleFolder } from "./go.mjs";
import { SetUpError } from "./set-up-error.mjs";

const sources = fileURLToPath(new URL("../engine", import.meta.url));
const sdk = "github.com/pulumi/pulumi/sdk/v3";
const sdkGenerator = "gen-sdk";
/** The Python host starts it, and looks for it in its own folder. */
const pythonExecutor = "pulumi-language-python-exec";

/** By the folder with the go.mod. The CLI's is first, whose modules YAML's host shares. */
const programs = [
  { source: "cli", program: `roster/scripts/engine/cli/${sdkGenerator}`, title: "the generator of SDKs" },
  {
    source: "language-host-yaml",
    program: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
    title: "Pulumi's YAML language host",
  },
  {
    source: "language-host",
    program: `${sdk}/python/cmd/pulumi-language-python`,
    title: "Pulumi's Python language host",
  },
  { source: "language-host-go", program: `${sdk}/go/pulumi-language-go`, title: "Pulumi's Go language host" },
];
const hosts = [...programs.slice(1).map(({ program }) => path.basename(program)), pythonExecutor];
/** What the set-up of the engine leaves next to the CLI. */
const ofEngine = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

/**
 * Finds a CLI that has the language hosts: the one that the set-up found or downloaded, else the same CLI in another
 * folder with hosts that are built from source.
 *
 * @param {{ version: string, binFolder: string }} [engine] by default, the one that the last set-up left
 * @returns {Promise<import("./languages.d.mts").Languages>}
 * @throws {SetUpError}
 */
export async function setUpLanguages(engine = readEngine()) {
  const binFolder = hasHosts(engine.binFolder)
    ? engine.binFolder
    : await makeOnce(nameOf(engine.version), async (partial) => {
        await buildAll(partial, engine.binFolder, partial);
        clearGo(partial);
      });
  const generator = path.join(binFolder, sdkGenerator);
  return { binFolder, ...(isExecutable(generator) && { sdkGenerator: generator }) };
}

/**
 * Builds what {@link setUpLanguages} would build later, with what Go compiled for the CLI.
 *
 * @param {string} version of the CLI
 * @param {string} binFolder of the CLI
 * @param {string} goFolder where the CLI was built
 * @throws {SetUpError}
 */
export async function buildLanguages(version, binFolder, goFolder) {
  await makeOnce(nameOf(version), (partial) => buildAll(partial, binFolder, goFolder));
}

/**
 * The vendor's bundle has them in the CLI's folder. Where a package manager installed the CLI, they may be elsewhere on PATH.
 *
 * @param {string} binFolder
 */
function hasHosts(binFolder) {
  const isInstalled = !binFolder.startsWith(cacheFolder + path.sep);
  const onPath = isInstalled ? (process.env.PATH ?? "").split(path.delimiter) : [];
  const folders = [bundleOf(binFolder), ...onPath];
  return hosts.every((host) => folders.some((folder) => isExecutable(path.join(folder, host))));
}

/**
 * Where the CLI's program is, if a link to it is in the folder that PATH names.
 *
 * @param {string} binFolder
 */
function bundleOf(binFolder) {
  return path.dirname(fs.realpathSync(path.join(binFolder, "pulumi")));
}

/**
 * The folder's name in the cache, which changes with everything that the programs are built from.
 *
 * @param {string} version
 */
function nameOf(version) {
  const hash = createHash("sha256");
  for (const source of programs.map((each) => path.join(sources, each.source))) {
    for (const file of fs.readdirSync(source, { recursive: true, encoding: "utf8" }).sort()) {
      if (/\.(mod|sum|go)$/.test(file)) {
        hash.update(`${file}\n`).update(fs.readFileSync(path.join(source, file)));
      }
    }
  }
  return `pulumi-${version}-languages-${hash.digest("hex").slice(0, 12)}-${process.platform}-${process.arch}`;
}

/**
 * @param {string} folder
 * @param {string} binFolder of the CLI
 * @param {string} goFolder
 */
async function buildAll(folder, binFolder, goFolder) {
  try {
    for (const { source, program, title } of programs) {
      const output = path.join(folder, path.basename(program));
      await withProgress(`building ${title} from source`, (setDetail) =>
        goBuild(goFolder, { source: path.join(sources, source), program, output, setDetail }),
      );
    }
    // That of the CLI's version: it imports the package from PyPI, which is as new.
    const module = await goModuleFolder(goFolder, path.join(sources, "cli"), sdk);
    const executor = path.join(folder, pythonExecutor);
    fs.copyFileSync(path.join(module, "python", "cmd", pythonExecutor), executor);
    fs.chmodSync(executor, 0o755);
  } catch (error) {
    if (!(error instanceof ProgramError)) {
      throw error;
    }
    throw new SetUpError(
      "The tests of the plugin need Pulumi's language hosts for YAML, Python and Go. The CLI in use lacks some, and " +
        `they can't be built from source: ${error.message}.\n${error.tail(5)}\n` +
        "Put the folder of a complete Pulumi installation on PATH, or install Go and let this machine reach a Go module\n" +
        "proxy, and run this again.",
    );
  }
  addEngine(binFolder, folder);
}

/**
 * The engine warns about each language host that isn't in the CLI's own folder, so the CLI joins them, without taking
 * space again.
 *
 * @param {string} binFolder
 * @param {string} folder
 */
function addEngine(binFolder, folder) {
  const bundle = bundleOf(binFolder);
  for (const name of ofEngine.filter((each) => fs.existsSync(path.join(bundle, each)))) {
    const [existing, copy] = [path.join(bundle, name), path.join(folder, name)];
    fs.rmSync(copy, { force: true });
    try {
      fs.linkSync(existing, copy);
    } catch {
      // Found on PATH, and so on another file system perhaps.
      fs.copyFileSync(existing, copy);
    }
  }
}
