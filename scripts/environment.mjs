/**
 * One home for the paths and for the environment in which the Pulumi engine runs.
 *
 * Runs on Node.js 20, and before any package is installed.
 */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const roster = path.join(checkout, ".roster");

/** Every path the scripts share, absolute. What lies under `.roster` belongs to this checkout and is never committed. */
export const paths = Object.freeze({
  checkout,
  /** The installed packages' programs; Node.js 26 is one of them. */
  programs: path.join(checkout, "node_modules", ".bin"),
  node: path.join(checkout, "node_modules", ".bin", "node"),
  roster,
  /** The data directory of the reference service. */
  serviceData: path.join(roster, "service"),
  /** Made by the service on its first start, mode 0600. */
  ownerToken: path.join(roster, "service", "owner-token"),
  serviceLog: path.join(roster, "service.log"),
  /** Where the service that was started last can be reached; one line. */
  endpoint: path.join(roster, "endpoint"),
  /** Pulumi's file backend: the stacks' states. */
  state: path.join(roster, "state"),
  pulumiHome: path.join(roster, "pulumi"),
  /** What Node.js keeps of the packages that the engine's processes load. */
  compileCache: path.join(roster, "compile-cache"),
  /** Encrypts the secrets in the states; made once, mode 0600. */
  passphrase: path.join(roster, "passphrase"),
  /** What the last set-up found or made; see {@link readEngine}. */
  engine: path.join(roster, "engine.json"),
});

/** The name of the root stack. */
export const rootStack = "dev";

/**
 * Where the engine and the plugin of `@pulumi/random` are, as the last set-up left them.
 *
 * @returns {import("./environment.d.mts").Engine}
 * @throws {Error} when no set-up has completed in this checkout
 */
export function readEngine() {
  let text;
  try {
    text = fs.readFileSync(paths.engine, "utf8");
  } catch {
    throw new Error("The Pulumi engine is not set up in this checkout. Run: npm run setup");
  }
  return JSON.parse(text);
}

/**
 * The environment for a child process that runs the Pulumi engine, or a test that does.
 * Makes the folders and the passphrase it names, so that the engine can be started at once.
 *
 * @param {import("./environment.d.mts").EngineEnvironmentOptions} [options]
 * @returns {Record<string, string>}
 */
export function engineEnvironment(options = {}) {
  const engine = readEngine();
  const { base = process.env, home = paths.pulumiHome, backend = paths.state, passphrase } = options;
  const { binFolder = engine.binFolder } = options;

  fs.mkdirSync(backend, { recursive: true });
  linkPlugin(home, engine.randomPlugin);

  // node_modules/.bin comes first because the engine, its language host and the dynamic
  // provider start whatever `node` the PATH gives them, and need the one among the packages.
  const folders = [paths.programs, binFolder, ...engine.extraFolders, base.PATH ?? ""];
  /** @type {Record<string, string | undefined>} */
  const environment = {
    ...base,
    PATH: folders.filter((folder) => folder !== "").join(path.delimiter),
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_HOME: home,
    PULUMI_SKIP_UPDATE_CHECK: "1",
    // Every run starts at least two processes of Node.js, which compile the same packages again each time.
    NODE_COMPILE_CACHE: base.NODE_COMPILE_CACHE ?? paths.compileCache,
    // `npm run check` checks the programs' types. The engine would do so again in every folder that is new to it.
    PULUMI_NODEJS_TRANSPILE_ONLY: base.PULUMI_NODEJS_TRANSPILE_ONLY ?? "true",
    // There are no credentials to keep, so the engine need not ask the system's key store.
    PULUMI_CREDENTIAL_STORE: "plaintext",
    // A passphrase of the user's own would win over ours, and fail to decrypt our state.
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphrase === undefined ? passphraseFile() : undefined,
  };
  return Object.fromEntries(
    Object.entries(environment).filter(/** @returns {entry is [string, string]} */ (entry) => entry[1] !== undefined),
  );
}

/**
 * What tells the provider where the service is and who asks: the user's own settings, else
 * those of the service that `npm start` runs here; nothing where neither is there.
 *
 * @returns {{ ROSTER_ENDPOINT?: string, ROSTER_TOKEN?: string }}
 */
export function serviceAccess() {
  const { ROSTER_ENDPOINT = readLine(paths.endpoint), ROSTER_TOKEN = readLine(paths.ownerToken) } = process.env;
  return { ...(ROSTER_ENDPOINT && { ROSTER_ENDPOINT }), ...(ROSTER_TOKEN && { ROSTER_TOKEN }) };
}

/** @param {string} file */
function readLine(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim() : undefined;
}

/** The file with this checkout's passphrase, made on first use. */
function passphraseFile() {
  fs.mkdirSync(paths.roster, { recursive: true });
  try {
    fs.writeFileSync(paths.passphrase, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") {
      throw error;
    }
  }
  return paths.passphrase;
}

/**
 * Puts a plugin where the engine looks for it by version. A plugin on PATH would be found too,
 * but the engine then adds a warning to every preview. The engine skips linked folders, hence
 * a real folder with a link in it.
 *
 * @param {string} home
 * @param {import("./environment.d.mts").Plugin} plugin
 */
function linkPlugin(home, plugin) {
  const folder = path.join(home, "plugins", `resource-${plugin.name}-v${plugin.version}`);
  const link = path.join(folder, `pulumi-resource-${plugin.name}`);
  if (linkTarget(link) === plugin.executable) {
    return;
  }
  fs.mkdirSync(folder, { recursive: true });
  // Replaced by renaming, because another process may be starting the plugin just now.
  const next = `${link}.${process.pid}`;
  fs.rmSync(next, { force: true });
  fs.symlinkSync(plugin.executable, next);
  fs.renameSync(next, link);
}

/** @param {string} link */
function linkTarget(link) {
  try {
    return fs.readlinkSync(link);
  } catch {
    return undefined;
  }
}
