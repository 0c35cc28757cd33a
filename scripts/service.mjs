/**
 * Runs the reference service alone, until it is stopped:
 *
 *     npm run service
 */
import path from "node:path";
import { paths } from "./environment.mjs";
import { runVisibly } from "./processes.mjs";
import { setUp } from "./setup.mjs";

await setUp({ engine: false });
const main = path.join(paths.checkout, "service", "dist", "main.js");
const env = { ...process.env, ROSTER_DATA_DIR: process.env.ROSTER_DATA_DIR ?? paths.serviceData };
process.exit(await runVisibly(paths.node, [main, ...process.argv.slice(2)], { cwd: paths.checkout, env }));
