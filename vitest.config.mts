import { configDefaults, defineConfig } from "vitest/config";

/** Trials that only `npm run trials` has, because they take more than Node.js and npm. */
const onlyTrials = ["trials/fuzz.trial.ts"];
const isTrials = process.env.ROSTER_TRIALS === "full";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "trials/*.trial.ts"],
    exclude: [...configDefaults.exclude, ...(isTrials ? [] : onlyTrials)],
    // The real engine, a real service and a real database start in these tests; the machine may be busy.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Most of a test of the engine is waiting for several processes in turn.
    maxWorkers: 2,
    globalSetup: "test/template-database.ts",
    setupFiles: ["test/costs/each-file.ts", "test/portability/each-file.ts"],
  },
});
