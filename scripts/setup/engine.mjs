/** The Pulumi CLI with its Node.js language host, in the version of the SDK. */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { paths } from "../environment.mjs";
import { ProgramError, run } from "../processes.mjs";
import { withProgress } from "../progress.mjs";
import { makeOnce } from "./cache.mjs";
import { isExecutable } from "./executable.mjs";
import { clearGo, goBuild } from "./go.mjs";
import { SetUpError } from "./set-up-error.mjs";
import { downloadPulumi, whyVendorUnreachable } from "./vendor.mjs";

const sources = fileURLToPath(new URL("../engine", import.meta.url));
const languageHost = "pulumi-language-nodejs";
/** A shell script that starts the dynamic provider of the package it is called for; part of the SDK, and of the vendor's bundle. */
const dynamicProvider = "pulumi-resource-pulumi-nodejs";
const sdkFolder = path.join(paths.checkout, "node_modules", "@pulumi", "pulumi");

/** The version the root package.json pins for the SDK; the CLI's is the same. */
export function pinnedVersion() {
  return JSON.parse(fs.readFileSync(path.join(paths.checkout, "package.json"), "utf8")).devDependencies[
    "@pulumi/pulumi"
  ];
}

/**
 * Finds the CLI, or gets it: from PATH, from the cache, from the vendor, or built from source.
 *
 * @param {string} version
 * @param {(binFolder: string, goFolder: string) => Promise<void>} [alongside] builds more where the CLI had to be built,
 *     from what Go has compiled for it
 * @returns {Promise<{ binFolder: string, extraFolders: string[] }>}
 * @throws {SetUpError} that names everything that was tried
 */
export async function setUpEngine(version, alongside = async () => {}) {
  const onPath = await findOnPath(version);
  if (typeof onPath !== "string") {
    return onPath;
  }

  const folder = await makeOnce(`pulumi-${version}-${process.platform}-${process.arch}`, async (partial) => {
    const download = await tryDownload(version, partial);
    if (download === undefined) {
      return;
    }
    const build = await tryBuild(version, partial);
    if (build === undefined) {
      await alongside(path.join(partial, "bin"), partial);
      clearGo(partial);
      return;
    }
    throw new SetUpError(
      [
        `The Pulumi CLI ${version} could not be had. Tried, in this order:`,
        `  1. pulumi on PATH: ${onPath}`,
        `  2. the official download: ${download}`,
        `  3. building it from source with Go: ${build}`,
        "Any one of these helps:",
        `  - install Pulumi ${version} and put its folder on PATH;`,
        "  - let this machine reach the vendor's download site, named in 2;",
        `  - install Go ${goVersion()} or newer, and let this machine reach a Go module proxy.`,
        "Then run: npm run setup",
      ].join("\n"),
    );
  });
  return { binFolder: path.join(folder, "bin"), extraFolders: [] };
}

/**
 * @param {string} version
 * @returns {Promise<{ binFolder: string, extraFolders: string[] } | string>} or why what is there doesn't do
 */
async function findOnPath(version) {
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const findFolder = (/** @type {string} */ program) =>
    folders.find((folder) => isExecutable(path.join(folder, program)));

  const binFolder = findFolder("pulumi");
  if (binFolder === undefined) {
    return "none found";
  }
  const pulumi = path.join(binFolder, "pulumi");
  const found = await versionOf(pulumi).catch((/** @type {ProgramError} */ error) => error);
  if (found instanceof Error) {
    return `${pulumi} ${found.outcome}`;
  }
  if (found !== version) {
    return `${pulumi} is ${found}`;
  }

  // A package manager may have put a link there; the bundle is where it points to.
  const bundle = path.dirname(fs.realpathSync(pulumi));
  const extraFolders = [];
  for (const [program, elsewhere] of [
    [languageHost, findFolder(languageHost)],
    [dynamicProvider, findFolder(dynamicProvider) ?? sdkFolder],
  ]) {
    if (isExecutable(path.join(bundle, /** @type {string} */ (program)))) {
      continue;
    }
    if (elsewhere === undefined) {
      return `${pulumi} is ${version}, but ${program} is neither in the same folder nor on PATH`;
    }
    extraFolders.push(elsewhere);
  }
  return { binFolder, extraFolders };
}

/**
 * @param {string} version
 * @param {string} partial
 * @returns {Promise<string | undefined>} why it failed
 */
async function tryDownload(version, partial) {
  const why = await whyVendorUnreachable();
  if (why !== undefined) {
    return why;
  }
  // An interrupted download may have left half of it.
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(partial);
  try {
    await withProgress(`downloading the Pulumi CLI ${version}`, () => downloadPulumi(partial));
  } catch (error) {
    if (error instanceof SetUpError) {
      return error.message;
    }
    throw error;
  }
  return undefined;
}

/**
 * @param {string} version
 * @param {string} partial
 * @returns {Promise<string | undefined>} why it failed
 */
async function tryBuild(version, partial) {
  try {
    await run("go", ["version"]);
  } catch {
    return "go is not on PATH";
  }
  const bin = path.join(partial, "bin");
  const sdk = "github.com/pulumi/pulumi/sdk/v3";
  const versionFlag = `-X ${sdk}/go/common/version.Version=${version}`;
  try {
    await withProgress(`building the Pulumi CLI ${version} from source (about 4 minutes on 2 cores)`, (setDetail) =>
      goBuild(partial, {
        source: path.join(sources, "cli"),
        program: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        output: path.join(bin, "pulumi"),
        linkerFlags: versionFlag,
        setDetail,
      }),
    );
    await withProgress("building Pulumi's Node.js language host from source", (setDetail) =>
      goBuild(partial, {
        source: path.join(sources, "language-host"),
        program: `${sdk}/nodejs/cmd/${languageHost}`,
        output: path.join(bin, languageHost),
        setDetail,
      }),
    );
    const built = await versionOf(path.join(bin, "pulumi"));
    if (built !== version) {
      return `the result calls itself ${built}; engine/cli/go.mod must pin ${version}`;
    }
  } catch (error) {
    if (error instanceof ProgramError) {
      return `${error.message}:\n${error.tail(8).replaceAll(/^/gm, "     ")}`;
    }
    throw error;
  }
  // Beside the CLI it counts as bundled. Anywhere else on PATH, the engine warns about it in every preview.
  fs.copyFileSync(path.join(sdkFolder, dynamicProvider), path.join(bin, dynamicProvider));
  fs.chmodSync(path.join(bin, dynamicProvider), 0o755);
  return undefined;
}

/** The oldest Go that builds the CLI. */
function goVersion() {
  const [, version] = /^go (\d+\.\d+)/m.exec(fs.readFileSync(path.join(sources, "cli", "go.mod"), "utf8")) ?? [];
  return version;
}

/**
 * @param {string} pulumi
 * @throws {ProgramError}
 */
async function versionOf(pulumi) {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" };
  return (await run(pulumi, ["version"], { env, timeoutMs: 30_000 })).trim().replace(/^v/, "");
}
