/** Set up for every test file, in vitest.config.mts: what the file cost goes to the reporter. */
import { afterAll } from "vitest";
import { type Counts, processorSeconds, startedSoFar } from "./counts.ts";

declare module "vitest" {
  interface TaskMeta {
    /** Of a test file. */
    costs?: { readonly started: Counts; readonly processorSeconds: number | undefined };
  }
}

// The first hook that is defined is the last one to run.
// biome-ignore lint/correctness/noEmptyPattern: vitest wants a pattern here, and nothing of it is used.
afterAll(({}, suite) => {
  suite.file.meta.costs = { started: startedSoFar(), processorSeconds: processorSeconds() };
});
