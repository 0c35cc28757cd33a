/**
 * Measures, prints a table, and writes bench/report.json:
 *
 *     npm run bench                        every row
 *     npm run bench -- --only <name>,…     some of them
 */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { engineEnvironment, paths } from "./environment.mjs";
import { runVisibly } from "./processes.mjs";
import { setUp } from "./setup.mjs";

await setUp({ tests: true });
const main = path.join(paths.checkout, "bench", "main.ts");
const env = { ...process.env, PATH: engineEnvironment().PATH };
// The tests' own support, which the benchmark shares, is in no package that says which kind of module it is.
const quietly = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON";
const modules = `--import=${pathToFileURL(path.join(paths.checkout, "bench", "modules.mjs"))}`;
process.exit(
  await runVisibly(paths.node, [quietly, modules, main, ...process.argv.slice(2)], { cwd: paths.checkout, env }),
);
