/** Exceptions have reasons and are needed, those of knip among them. */
import { expect, test } from "vitest";
import { type Exceptions, faultsOf } from "./exceptions.ts";
import { read } from "./sources.ts";

test("an exception without a reason, or that nothing needs, is told by its name", () => {
  const exceptions = { "a.ts": "it is made by a tool", "b.ts": "", "c.ts": "legacy" };
  expect(faultsOf(exceptions, () => true)).toEqual(["b.ts: give a reason", "c.ts: give a reason"]);
  expect(faultsOf(exceptions, (name) => name === "b.ts")).toEqual([
    "a.ts: no longer needed, take it off the list",
    "b.ts: give a reason",
    "c.ts: give a reason",
    "c.ts: no longer needed, take it off the list",
  ]);
});

/** What knip doesn't report. */
const ignoredByKnip: Exceptions = {
  "ignoreBinaries: pg_config":
    "PostgreSQL is installed by the operating system, and a test that has none downloads one",
  "ignoreDependencies: @pulumi/random": "the provider needs it, and the tests of this folder mean the provider's",
  "ignoreDependencies: gitlab-ci-local": "its command checks the pipeline for GitLab; it isn't imported",
  "ignoreDependencies: pulumi-roster-sdk": "an example imports it, and the test of that example generates it",
};

/** What knip ignores in a workspace, as `option: entry`. */
function ignoredIn(workspace: object): string[] {
  return Object.entries(workspace).flatMap(([option, entries]) =>
    option.startsWith("ignore") ? [entries].flat().map((entry) => `${option}: ${entry}`) : [],
  );
}

const { workspaces, ...everywhere } = JSON.parse(read("knip.json"));

test("what knip ignores has a reason, and is still ignored", () => {
  const ignored = Object.values<object>(workspaces).flatMap(ignoredIn);
  expect(ignored.filter((entry) => !(entry in ignoredByKnip))).toEqual([]);
  expect(faultsOf(ignoredByKnip, (name) => ignored.includes(name))).toEqual([]);
});

test("knip fails for what it ignores, or is pointed at, without need, and names it", () => {
  expect(everywhere).toMatchObject({ treatConfigHintsAsErrors: true });
});
