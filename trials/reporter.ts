/**
 * A vitest reporter that says what became of each trial, and writes trials/report.json; of a whole run that has passed, also the
 * figures in docs/reliability.md.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import type { TestCase, TestModule } from "vitest/node";
import { paths } from "../scripts/environment.mjs";
import { figuresOf, writeDocument } from "./document.ts";
import type { Result } from "./trial.ts";

/** Tests that hold a whole row of the table of faults, or properties with many runs, and are run beside the trials. */
const rows: Readonly<Record<string, Pick<Result, "id" | "title">>> = {
  "test/contract/permissions.test.ts": {
    id: "F22",
    title: "every role, every operation, own and other organization",
  },
  "test/unit/audit-chain.test.ts": { id: "audit-chain", title: "whatever is done to a sealed audit is found" },
  "test/model/batches.test.ts": { id: "batches", title: "a batch does what its requests do one after the other" },
  "test/model/rotation.test.ts": { id: "rotation", title: "never are both secrets of a rotated key dead" },
  "test/unit/secret-format.test.ts": { id: "secret-format", title: "no random text passes for a key" },
};

const report = path.join(paths.checkout, "trials/report.json");

export default class TrialsReporter {
  readonly #startedAt = performance.now();
  readonly #results: Result[] = [];

  onTestCaseResult(test: TestCase): void {
    const { trial } = test.meta();
    if (trial === undefined) {
      return;
    }
    this.#results.push(trial);
    const seconds = Math.round((test.diagnostic()?.duration ?? 0) / 1000);
    const outcome = trial.passed ? "passed" : "FAILED";
    process.stdout.write(
      `${outcome}  ${trial.id}: ${trial.title}; seeds ${trial.seeds}, ${figuresOf(trial)}; ${seconds} s\n`,
    );
    if (trial.failedSeed !== undefined) {
      for (const { message, cause } of test.result().errors ?? []) {
        process.stdout.write(`        ${message}\n        ${cause?.message?.replaceAll("\n", "\n        ") ?? ""}\n`);
      }
    }
  }

  onTestModuleEnd(module: TestModule): void {
    const row = rows[module.relativeModuleId];
    if (row === undefined) {
      return;
    }
    const tests = [...module.children.allTests()];
    const failed = tests.filter((test) => test.result().state !== "passed");
    const passed = failed.length === 0 && tests.length > 0 && module.errors().length === 0;
    const figures = { tests: tests.length, failed: failed.length };
    this.#results.push({ ...row, seeds: 1, passed, figures });
    process.stdout.write(
      `${passed ? "passed" : "FAILED"}  ${row.id}: ${row.title}; tests ${tests.length}, failed ${failed.length}; ${module.relativeModuleId}\n`,
    );
    for (const test of failed) {
      process.stdout.write(`        ${test.fullName}: ${test.result().errors?.[0]?.message ?? "not run"}\n`);
    }
  }

  onTestRunEnd(modules: readonly TestModule[], _errors: unknown, reason: string): void {
    for (const module of modules) {
      for (const { message } of module.errors()) {
        process.stdout.write(`FAILED  ${module.relativeModuleId}: ${message}\n`);
      }
    }
    const sorted = this.#results.toSorted((one, other) => one.id.localeCompare(other.id, "en", { numeric: true }));
    writeFileSync(report, `${JSON.stringify(sorted, undefined, 2)}\n`);
    process.stdout.write(`Written to ${path.relative(process.cwd(), report)}.\n`);
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === "passed").length;
    const broken = modules.filter((module) => module.errors().length > 0).length;
    process.stdout.write(`\n${passed} passed, ${tests.length - passed + broken} failed\n`);
    if (process.env.ROSTER_TRIALS_WHOLE === "true" && reason === "passed" && sorted.every(({ passed }) => passed)) {
      writeDocument(sorted, (performance.now() - this.#startedAt) / 60_000);
    }
  }
}
