import { defineConfig } from "vitest/config";

/** Set by scripts/trials.mjs, which also says which trials to run. */
const isTrials = process.env.ROSTER_TRIALS !== undefined;

export default defineConfig({
  test: {
    // The real engine, a real service and a real database start in these tests; the machine may be busy.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // One more than the processors that it is measured on: some files wait for what takes its time.
    maxWorkers: 3,
    setupFiles: ["test/costs/each-file.ts", "test/portability/each-file.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "service",
          include: ["test/{contract,model}/**/*.test.ts", ...(isTrials ? ["trials/*.trial.ts"] : [])],
          globalSetup: ["test/template-database.ts", "test/contract/support/shared-cluster.ts"],
          // Loading the service takes longer than many of these files, so one process runs one after another.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "others",
          include: ["test/!(contract|model)/**/*.test.ts"],
          globalSetup: ["test/template-database.ts"],
        },
      },
    ],
  },
});
