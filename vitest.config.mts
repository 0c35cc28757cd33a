import { defineConfig } from "vitest/config";

/** Set by scripts/trials.mjs, which also says which trials to run. */
const isTrials = process.env.ROSTER_TRIALS !== undefined;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", ...(isTrials ? ["trials/*.trial.ts"] : [])],
    // The real engine, a real service and a real database start in these tests; the machine may be busy.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Most of a test of the engine is waiting for several processes in turn.
    maxWorkers: 2,
    globalSetup: "test/template-database.ts",
    setupFiles: ["test/costs/each-file.ts", "test/portability/each-file.ts"],
  },
});
