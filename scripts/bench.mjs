/**
 * Measures, prints a table, and writes bench/report.json:
 *
 *     npm run bench                        every row
 *     npm run bench -- --only <name>,…     some of them
 */
import path from "node:path";
import { engineEnvironment, paths } from "./environment.mjs";
import { runVisibly } from "./processes.mjs";
import { setUp } from "./setup.mjs";

await setUp({ tests: true });
const main = path.join(paths.checkout, "bench", "main.ts");
const env = { ...process.env, PATH: engineEnvironment().PATH };
process.exit(await runVisibly(paths.node, [main, ...process.argv.slice(2)], { cwd: paths.checkout, env }));
