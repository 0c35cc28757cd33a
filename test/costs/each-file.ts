/** Set up for every test file, in vitest.config.mts: what the file costs goes to the reporter, and what it starts is kept within its ceilings. */
import path from "node:path";
import { afterAll } from "vitest";
import { exceeded } from "./ceilings.ts";
import { type Costs, takeCosts } from "./counts.ts";

declare module "vitest" {
  interface TaskMeta {
    /** Of a test file. */
    costs?: Costs;
  }
}

// The first hook that is defined is the last one to run.
// biome-ignore lint/correctness/noEmptyPattern: vitest wants a pattern here, and nothing of it is used.
afterAll(({}, suite) => {
  const costs = takeCosts();
  suite.file.meta.costs = costs;
  const problem = exceeded(path.relative(path.join(__dirname, "../.."), suite.file.filepath), costs.started);
  if (problem !== undefined) {
    throw new Error(problem);
  }
});
