/** Set up for every test file, in vitest.config.mts: what the file costs goes to the reporter. */
import { afterAll } from "vitest";
import { type Counts, processorSeconds, startedSoFar } from "./counts.ts";

declare module "vitest" {
  interface TaskMeta {
    /** Of a test file. */
    costs?: { readonly started: Counts; readonly processorSeconds: number | undefined };
  }
}

// Files may share a process. The first file of one is charged with what its start took.
const before = startedSoFar();
const isFirst = Object.values(before).every((count) => count === 0);
const secondsBefore = isFirst ? 0 : (processorSeconds() ?? 0);

// The first hook that is defined is the last one to run.
// biome-ignore lint/correctness/noEmptyPattern: vitest wants a pattern here, and nothing of it is used.
afterAll(({}, suite) => {
  const now = startedSoFar();
  const seconds = processorSeconds();
  suite.file.meta.costs = {
    started: {
      engine: now.engine - before.engine,
      service: now.service - before.service,
      database: now.database - before.database,
    },
    processorSeconds: seconds === undefined ? undefined : seconds - secondsBefore,
  };
});
