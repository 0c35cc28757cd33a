import path from "node:path";
import { defineConfig } from "vitest/config";

/** Set by scripts/trials.mjs, which also says which trials to run. */
const isTrials = process.env.ROSTER_TRIALS !== undefined;

/** Each of these sets what its whole process has: mocks and settings of Pulumi's runtime, or variables of the environment. */
const apart = [
  "test/unit/{command-stack,driver,from-manifest,inherited-names,installed,lookups,mocks,program,proxy,resource}.test.ts",
  "test/tidy/resources.test.ts",
];

const ofPlugin = "test/e2e/plugin/**/*.test.ts";
/** What only programs in TypeScript pass on: the names of earlier versions, and the places of a manifest. */
const ofDynamic = ["test/protocol/{earlier-names,places}.test.ts"];

export default defineConfig({
  test: {
    // The real engine, a real service and a real database start in these tests; the machine may be busy.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Two more than the processors that it is measured on: some files wait for what takes its time.
    maxWorkers: 4,
    // Nobody's own log-ins are used or written: the folder is created by nobody.
    env: { XDG_CONFIG_HOME: path.join(import.meta.dirname, ".roster", "nobody") },
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
          name: "code",
          include: ["test/{unit,tidy}/**/*.test.ts"],
          exclude: apart,
          globalSetup: ["test/template-database.ts"],
          // As above: most of these files take less than to load what they look at.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "engine",
          include: ["test/{e2e,protocol}/**/*.test.ts"],
          exclude: [ofPlugin],
          globalSetup: ["test/template-database.ts"],
          // As above: what costs most is in processes of its own, and a process for each file would take a second more.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "plugin",
          // What the dynamic provider does, the plugin does as well: one suite for both. And what only the plugin does.
          include: [
            "test/protocol/**/*.test.ts",
            "test/e2e/{adoption,lifecycle,printed-errors,replacement,secrets,unknowns}.test.ts",
            ofPlugin,
            ...(isTrials ? ["trials/{f1,f2,f8,f9,f10}-*.trial.ts", "trials/preview.trial.ts"] : []),
          ],
          exclude: ofDynamic,
          env: { FRONT_UNDER_TEST: "native" },
          globalSetup: ["test/template-database.ts"],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "others",
          include: ["test/!(contract|model|unit|tidy|e2e|protocol)/**/*.test.ts", ...apart],
          globalSetup: ["test/template-database.ts"],
        },
      },
    ],
  },
});
