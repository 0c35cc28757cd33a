/** `npm run bench` starts, and its document says what each measurement does. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { root } from "./sources.ts";

test("the measurements are those of docs/performance.md", () => {
  const modules = pathToFileURL(path.join(root, "bench/modules.mjs")).href;
  const args = [`--import=${modules}`, path.join(root, "bench/main.ts"), "--only", "nothing"];
  const { status, stdout, stderr } = spawnSync(paths.node, args, { cwd: root, encoding: "utf8" });
  expect(status, stderr).toBe(2);
  const [, names = ""] = /The measurements are (.*)\./.exec(stdout) ?? [];
  const [, table = ""] = readFileSync(path.join(root, "docs/performance.md"), "utf8").split("## What the rows are");
  const rows = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(names.split(", ")).toEqual(rows);
});
