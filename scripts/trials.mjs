/**
 * Runs the trials of faults with all their seeds, says what became of each, and writes trials/report.json; all of them, where they
 * pass, also into docs/reliability.md:
 *
 *     npm run trials                       all of them
 *     npm run trials -- --only F1,F2       some of them
 *     npm run trials -- --seed 17          from that seed on; 1 unless given
 *     npm run trials -- --seeds 1          so many seeds of each
 */
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { engineEnvironment, paths } from "./environment.mjs";
import { runVisibly } from "./processes.mjs";
import { setUp } from "./setup.mjs";

const usage = "Usage: npm run trials -- [--only F1,F2] [--seed <n>] [--seeds <n>]";
const folder = path.join(paths.checkout, "trials");
/** Faults that a test of `npm test` tries as a whole, without seeds; trials/reporter.ts reports it. */
const tests = new Map([["f22", "test/contract/permissions.test.ts"]]);

const asked = readArguments();
const { only, seed = "1", seeds } = asked;
const files = filesOf(only);
await setUp({ tests: true });
const env = {
  ...process.env,
  PATH: engineEnvironment().PATH,
  ROSTER_TRIALS: "full",
  ROSTER_TRIALS_WHOLE: String(Object.keys(asked).length === 0),
  ROSTER_TRIALS_SEED: seed,
  ...(seeds !== undefined && { ROSTER_TRIALS_SEEDS: seeds }),
};
const reporter = path.join(folder, "reporter.ts");
process.exit(await runVisibly("vitest", ["run", `--reporter=${reporter}`, ...files], { cwd: paths.checkout, env }));

function readArguments() {
  try {
    const number = /^[1-9]\d{0,8}$/;
    const { values } = parseArgs({
      options: { only: { type: "string" }, seed: { type: "string" }, seeds: { type: "string" } },
    });
    for (const name of /** @type {const} */ (["seed", "seeds"])) {
      const value = values[name];
      if (value !== undefined && !number.test(value)) throw new Error(`--${name} is a whole number from 1 on`);
    }
    return values;
  } catch (error) {
    return end(`${/** @type {Error} */ (error).message}\n${usage}`);
  }
}

/**
 * The files of the trials that are asked for: `f1-….trial.ts` has those of F1, and `fuzz.trial.ts` that of fuzz.
 *
 * @param {string | undefined} only
 */
function filesOf(only) {
  const all = fs.readdirSync(folder).filter((file) => file.endsWith(".trial.ts"));
  if (only === undefined) return [...all.map((file) => `trials/${file}`), ...tests.values()];
  return only.split(",").map((id) => {
    // A second trial of a fault is in the same file.
    const [fault = ""] = id.trim().toLowerCase().split(" ");
    const file = all.find((name) => name.split(/[-.]/)[0] === fault);
    if (file !== undefined) return `trials/${file}`;
    return tests.get(fault) ?? end(`There is no trial ${id}.\n${usage}`);
  });
}

/**
 * @param {string} message
 * @returns {never}
 */
function end(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
