/** The tests stay as fast as they are: what each file may start has a ceiling, and a raised one has a reason. */
import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ceilings, engineRuns, exceeded, ofFolders, pluginRuns } from "../costs/ceilings.ts";
import type { Counts } from "../costs/counts.ts";
import { faultsOf } from "./exceptions.ts";
import { root } from "./sources.ts";

const none = { engine: 0, service: 0, database: 0 };

test("a file that starts more than it may is told what, how often, and what to do", () => {
  expect(exceeded("test/unit/some.test.ts", none)).toBeUndefined();
  expect(exceeded("test/unit/some.test.ts", { ...none, engine: 1 })).toBe(
    "engine: 1 started, at most 0 allowed. Share one that is started already, or raise the ceiling in test/costs/ceilings.ts and say why.",
  );
  const [file = "", { engine = 0 } = {}] = Object.entries(ceilings).find(([, own]) => own.engine !== undefined) ?? [];
  expect(exceeded(file, { ...none, engine })).toBeUndefined();
  expect(exceeded(file, { ...none, engine: engine + 1 })).toContain(`at most ${engine} allowed.`);
});

test("every file that is named is there", () => {
  expect(Object.keys(ceilings).filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
});

test("every file that needs more than its folder says why, and every one that is named needs more", () => {
  const reasons = Object.fromEntries(Object.entries(ceilings).map(([file, { why }]) => [file, why]));
  expect(faultsOf(reasons, (file) => needsMore(file, ceilings[file] ?? {}))).toEqual([]);
  expect(needsMore("test/unit/some.test.ts", { engine: 1 })).toBe(true);
  expect(needsMore("test/contract/some.test.ts", { service: 10, database: 2 })).toBe(false);
});

/** Whether each of a file's own ceilings is above that of its folder. */
function needsMore(file: string, own: Partial<Counts>): boolean {
  const folder: Partial<Counts> = ofFolders[file.split("/")[1] ?? ""] ?? {};
  return (["engine", "service", "database"] as const).every(
    (kind) => own[kind] === undefined || own[kind] > (folder[kind] ?? 0),
  );
}

test(`all files together run the engine at most ${engineRuns} times, and ${pluginRuns} times for the plugin alone`, () => {
  const runsOf = (isMeant: (file: string) => boolean) =>
    Object.entries(ceilings).reduce((sum, [file, { engine = 0 }]) => sum + (isMeant(file) ? engine : 0), 0);
  const isOfPlugin = (file: string) => file.startsWith("test/e2e/plugin/");
  expect(runsOf((file) => !isOfPlugin(file))).toBeLessThanOrEqual(engineRuns);
  expect(runsOf(isOfPlugin)).toBeLessThanOrEqual(pluginRuns);
});
