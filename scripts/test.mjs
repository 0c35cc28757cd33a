/**
 * Lint, types, packages, and every test:
 *
 *     npm test                      all of them, with the dynamic provider
 *     npm test -- --project plugin  those that are about every front, with the native plugin
 *     npm test -- <arguments>       what vitest makes of the arguments
 *
 * At the end it names the ten slowest files, and compares the duration with that of an `up` of an empty stack. The last line says
 * how many tests passed and failed.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { timeEmptyUp } from "./empty-up.mjs";
import { engineEnvironment, paths } from "./environment.mjs";
import { run, runVisibly } from "./processes.mjs";
import { setUp } from "./setup.mjs";

/** What became of each file, and what it took; left there for whoever wants to look closer. */
const report = path.join(paths.roster, "tests.json");
const reporter = fileURLToPath(new URL("counting-reporter.mjs", import.meta.url));
const given = process.argv.slice(2);
const args = given.length === 0 ? ["--project", "!plugin"] : given;
// Tests that an argument leaves out are skipped on purpose.
const isFiltered = args.some((arg) => /^(-t|--testNamePattern)/.test(arg));

const isAboutPlugin = given.some((arg) => arg.includes("plugin"));
await setUp({ build: false, tests: true, languages: isAboutPlugin });
const startedAt = performance.now();
const { PATH, NODE_COMPILE_CACHE } = engineEnvironment();
const temporary = fs.mkdtempSync(path.join(temporaryFolder(), "roster-tests-"));
// PostgreSQL, which doesn't run as root, has its folder within.
fs.chmodSync(temporary, 0o711);
process.on("exit", () => fs.rmSync(temporary, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => process.exit(1));
}
const env = { ...process.env, PATH, NODE_COMPILE_CACHE, TMPDIR: temporary };
const options = { cwd: paths.checkout, env };

/** @type {string[]} */
const failures = [];
let passed = 0;
/** @type {import("./counting-reporter.mjs").FileCosts[]} */
let files = [];

// Each of them uses one processor.
const [, , isCompiled] = await Promise.all([check("biome", "check", "."), check("knip"), check("tsc", "--build")]);
if (!isCompiled) {
  // The tests would run against what was compiled before.
  failures.push("vitest, which was not started");
} else {
  await Promise.all(["schema", "provider", "service", "policy"].map((published) => check("publint", published)));
  heading("vitest");
  await runTests();
}

if (given.length === 0 && files.length > 0) {
  await sayCosts();
}
if (failures.length > 0) {
  process.stdout.write(`\nFailed:\n${failures.map((failure) => `  ${failure}\n`).join("")}`);
}
process.stdout.write(`\n${passed} passed, ${failures.length} failed\n`);
process.exit(failures.length > 0 ? 1 : 0);

async function runTests() {
  fs.rmSync(report, { force: true });
  const status = await runVisibly("vitest", ["run", "--reporter=default", `--reporter=${reporter}`, ...args], {
    ...options,
    env: { ...env, ROSTER_TEST_COUNTS: report },
  });
  /** @type {import("./counting-reporter.mjs").Counts} */
  const counts = fs.existsSync(report)
    ? JSON.parse(fs.readFileSync(report, "utf8"))
    : { passed: 0, failed: [], skipped: [], files: [] };
  passed = counts.passed;
  files = counts.files;
  const failed = [...counts.failed];
  if (!isFiltered) {
    failed.push(...counts.skipped.map((name) => `skipped: ${name}`));
  }
  if (passed + failed.length === 0) {
    failed.push("vitest, which ran no test");
  }
  if (status !== 0 && failed.length === 0) {
    failed.push(`vitest, which ended with ${status}`);
  }
  failures.push(...failed);
}

/**
 * Runs a program that finds mistakes, and prints what it found once it has ended.
 *
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<boolean>} whether it found nothing
 */
async function check(program, ...args) {
  const command = [program, ...args].join(" ");
  try {
    await run(program, args, options);
    heading(command);
    return true;
  } catch (error) {
    heading(command);
    const { message, output } = /** @type {import("./processes.mjs").ProgramError} */ (error);
    process.stdout.write(`${output}${message}\n`);
    failures.push(command);
    return false;
  }
}

/** What the run took, and where: a test that became slow is seen before everybody waits for it. */
async function sayCosts() {
  const seconds = (performance.now() - startedAt) / 1000;
  heading("the ten slowest files");
  const slowest = files.toSorted((one, other) => other.seconds - one.seconds).slice(0, 10);
  process.stdout.write("seconds  of the processor  file\n");
  for (const { file, seconds, processorSeconds } of slowest) {
    const shown = [seconds.toFixed(1).padStart(7), (processorSeconds?.toFixed(1) ?? "unknown").padStart(16), file];
    process.stdout.write(`${shown.join("  ")}\n`);
  }
  const emptyUp = await timeEmptyUp().catch((error) => {
    failures.push(`an up of an empty stack: ${error.message}`);
  });
  if (emptyUp === undefined) {
    return;
  }
  process.stdout.write(
    `\nEverything took ${seconds.toFixed(0)} s, ${(seconds / emptyUp).toFixed(0)} times an up of an empty stack (${emptyUp.toFixed(1)} s). All files: ${path.relative(paths.checkout, report)}\n`,
  );
}

/**
 * Where the tests keep what they throw away, thousands of small files of databases and stacks: in memory, if there is enough of it.
 */
function temporaryFolder() {
  const inMemory = "/dev/shm";
  const enough = 4 * 1024 ** 3;
  if (!fs.existsSync(inMemory) || os.freemem() < 2 * enough) {
    return os.tmpdir();
  }
  const { bavail, bsize } = fs.statfsSync(inMemory);
  return bavail * bsize < enough ? os.tmpdir() : inMemory;
}

/** @param {string} text */
function heading(text) {
  process.stdout.write(`\n== ${text}\n`);
}
