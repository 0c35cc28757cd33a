/** Set up for every test file, in vitest.config.mts: what the file costs goes to the reporter, and what it starts is kept within its ceilings. */
import path from "node:path";
import { afterAll } from "vitest";
import { exceeded } from "./ceilings.ts";
import { type Counts, processorSeconds, startedSince } from "./counts.ts";

declare module "vitest" {
  interface TaskMeta {
    /** Of a test file. */
    costs?: { readonly started: Counts; readonly processorSeconds: number | undefined };
  }
}

// Files may share a process. The first file of one is charged with what its start took.
const before = startedSince();
const isFirst = Object.values(before).every((count) => count === 0);
const secondsBefore = isFirst ? 0 : (processorSeconds() ?? 0);

// The first hook that is defined is the last one to run.
// biome-ignore lint/correctness/noEmptyPattern: vitest wants a pattern here, and nothing of it is used.
afterAll(({}, suite) => {
  const started = startedSince(before);
  const seconds = processorSeconds();
  suite.file.meta.costs = {
    started,
    processorSeconds: seconds === undefined ? undefined : seconds - secondsBefore,
  };
  const problem = exceeded(path.relative(path.join(__dirname, "../.."), suite.file.filepath), started);
  if (problem !== undefined) throw new Error(problem);
});
