/** A vitest reporter that writes what became of each test to the file ROSTER_TEST_COUNTS names. */
import fs from "node:fs";

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {string[]} failed a line for each test, and for each file or suite that failed around its tests
 * @property {string[]} skipped also those marked todo
 * @property {FileCosts[]} files
 */

/**
 * What a test file took, as test/costs/each-file.ts has it.
 *
 * @typedef {object} FileCosts
 * @property {string} file
 * @property {number} seconds
 * @property {number} [processorSeconds] of its process and of all that it started
 * @property {Readonly<Record<string, number>>} [started] how often it started what costs seconds
 */

export default class CountingReporter {
  /**
   * @param {ReadonlyArray<import("vitest/node").TestModule>} modules
   * @param {ReadonlyArray<{ message: string }>} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    /** @type {Counts} */
    const counts = {
      passed: 0,
      failed: unhandledErrors.map(({ message }) => `unhandled: ${message}`),
      skipped: [],
      files: [],
    };
    for (const module of modules) {
      const { duration } = module.diagnostic();
      counts.files.push({ file: module.relativeModuleId, seconds: duration / 1000, ...module.meta().costs });
      // A file that can't be loaded has no tests, and errors of its own; so has one whose hooks fail.
      for (const around of [module, ...module.children.allSuites()]) {
        const name = around.type === "module" ? "" : ` > ${around.fullName}`;
        for (const { message } of around.errors()) {
          counts.failed.push(`${module.relativeModuleId}${name}: ${message}`);
        }
      }
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        const name = `${module.relativeModuleId} > ${test.fullName}`;
        if (state === "passed") {
          counts.passed++;
        } else if (state === "skipped") {
          counts.skipped.push(name);
        }
        // A test that is still pending when the run is over never ran to its end.
        else {
          counts.failed.push(name);
        }
      }
    }
    fs.writeFileSync(/** @type {string} */ (process.env.ROSTER_TEST_COUNTS), JSON.stringify(counts));
  }
}
