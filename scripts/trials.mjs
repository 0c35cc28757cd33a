/**
 * Runs the trials of faults, says what became of each, and writes trials/report.json; a whole run that passes also writes its
 * figures into docs/reliability.md:
 *
 *     npm run trials                       every trial with all its seeds
 *     npm run trials -- --short            every trial with its first seeds
 *     npm run trials -- --only F1,F2       some trials
 *     npm run trials -- --seed 17          starts at that seed; the default is 1
 *     npm run trials -- --seeds 1          tries that many seeds of each
 *
 * The last line says how many tests passed and failed.
 */
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { engineEnvironment, paths } from "./environment.mjs";
import { runVisibly } from "./processes.mjs";
import { setUp } from "./setup.mjs";

const usage = "Usage: npm run trials -- [--short] [--only F1,F2] [--seed <n>] [--seeds <n>]";
const folder = path.join(paths.checkout, "trials");
/** Tests that belong to the trials: F22 as it is, the others with more runs of their properties; trials/reporter.ts reports them. */
const tests = new Map([
  ["f22", "test/contract/permissions.test.ts"],
  ["audit-chain", "test/unit/audit-chain.test.ts"],
  ["batches", "test/model/batches.test.ts"],
  ["rotation", "test/model/rotation.test.ts"],
  ["secret-format", "test/unit/secret-format.test.ts"],
]);
/** Trials that have no short run: this one sets up Python. */
const onlyFull = ["fuzz.trial.ts"];

const asked = readArguments();
const { only, short: isShort = false, seed = "1", seeds } = asked;
const files = filesOf(only, isShort);
await setUp({ tests: true });
const { PATH, NODE_COMPILE_CACHE } = engineEnvironment();
const env = {
  ...process.env,
  PATH,
  NODE_COMPILE_CACHE,
  ROSTER_TRIALS: isShort ? "short" : "full",
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
      options: {
        only: { type: "string" },
        short: { type: "boolean" },
        seed: { type: "string" },
        seeds: { type: "string" },
      },
    });
    for (const name of /** @type {const} */ (["seed", "seeds"])) {
      const value = values[name];
      if (value !== undefined && !number.test(value)) {
        throw new Error(`--${name} is a whole number from 1 on`);
      }
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
 * @param {boolean} isShort
 */
function filesOf(only, isShort) {
  const all = fs
    .readdirSync(folder)
    .filter((file) => file.endsWith(".trial.ts") && !(isShort && onlyFull.includes(file)));
  // `npm test` runs the others as they are, so a short run leaves them to it.
  if (only === undefined) {
    return [...all.map((file) => `trials/${file}`), ...(isShort ? [] : tests.values())];
  }
  return only.split(",").map((id) => {
    // A second trial of a fault is in the same file.
    const [fault = ""] = id.trim().toLowerCase().split(" ");
    const file = all.find((name) => name.split(/[-.]/)[0] === fault);
    if (file !== undefined) {
      return `trials/${file}`;
    }
    return tests.get(fault) ?? end(`Unknown ${isShort ? "short " : ""}trial: ${id}.\n${usage}`);
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
