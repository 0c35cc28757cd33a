/**
 * Everything a checkout needs before it can run: packages, Node.js 26, the Pulumi CLI with its
 * plugins, and the compiled code. What is there already is left alone.
 *
 *     npm run setup
 *
 * Runs on Node.js 20, and before any package is installed.
 */
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { paths } from "./environment.mjs";
import { endWithChildren } from "./processes.mjs";
import { say } from "./progress.mjs";
import { setUpBrowser } from "./setup/browser.mjs";
import { setUpBuild } from "./setup/build.mjs";
import { pinnedVersion, setUpEngine } from "./setup/engine.mjs";
import { setUpGoSdk } from "./setup/go-sdk.mjs";
import { buildLanguages, setUpLanguages } from "./setup/languages.mjs";
import { checkNode, setUpPackages } from "./setup/packages.mjs";
import { setUpPostgres } from "./setup/postgres.mjs";
import { setUpPythonSdk } from "./setup/python-sdk.mjs";
import { setUpRandomPlugin } from "./setup/random-plugin.mjs";
import { SetUpError } from "./setup/set-up-error.mjs";

/**
 * Sets up what is missing; says nothing when nothing is. On failure tells the person, and ends
 * the process with 1.
 *
 * @param {object} [options]
 * @param {boolean} [options.engine] false leaves the engine out
 * @param {boolean} [options.build] false leaves the compiling out
 * @param {boolean} [options.tests] true adds what only the tests need: PostgreSQL and a browser
 * @param {boolean} [options.languages] true adds the engine's hosts of more languages
 */
export async function setUp({ engine = true, build = true, tests = false, languages = false } = {}) {
  const stopListening = endWithChildren(() => say("interrupted; the next run continues from here"));
  try {
    checkNode();
    await setUpPackages();
    if (engine) {
      await setUpEngineAndPlugin(languages, tests);
    }
    if (build) {
      await setUpBuild();
    }
    if (tests) {
      await setUpPostgres();
      await setUpBrowser();
    }
    if (tests && languages) {
      await setUpPythonSdk();
      await setUpGoSdk();
    }
  } catch (error) {
    if (!(error instanceof SetUpError)) {
      throw error;
    }
    process.stderr.write(`\nThe set-up failed.\n${error.message}\n`);
    process.exit(1);
  } finally {
    stopListening();
  }
}

/**
 * @param {boolean} languages
 * @param {boolean} tests next to a CLI that has to be built, the hosts cost little, and the tests of the plugin need them
 */
async function setUpEngineAndPlugin(languages, tests) {
  const version = pinnedVersion();
  const alongside = (/** @type {[string, string]} */ ...folders) => buildLanguages(version, ...folders);
  const engine = await setUpEngine(version, languages || tests ? alongside : undefined);
  const randomPlugin = await setUpRandomPlugin(engine.binFolder);
  keepEngine({ version, ...engine, randomPlugin });
  if (languages) {
    await setUpLanguages({ version, ...engine });
  }
}

/** @param {import("./environment.d.mts").Engine} engine */
function keepEngine(engine) {
  const text = `${JSON.stringify(engine, null, 2)}\n`;
  fs.mkdirSync(paths.roster, { recursive: true });
  if (fs.existsSync(paths.engine) && fs.readFileSync(paths.engine, "utf8") === text) {
    return;
  }
  // Renamed into place, because another process may be reading it.
  const next = `${paths.engine}.${process.pid}`;
  fs.writeFileSync(next, text);
  fs.renameSync(next, paths.engine);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await setUp();
  say("done");
}
