/** What is generated from another file is what would be generated now. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { filesUnder, read, root } from "./sources.ts";

test("npm run generate would change nothing", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/generate.mjs", "--check"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(status, `${stdout}${stderr}`).toBe(0);
});

test("every generated file says so, and is one that npm run generate makes", () => {
  const generator = read("scripts/generate.mjs");
  const folders = ["schema/generated", "provider/wire/generated", "provider/program/generated"];
  for (const folder of folders) {
    const generated = filesUnder(folder);
    expect(generated).not.toEqual([]);
    for (const file of generated) {
      const [head] = readFileSync(path.join(root, file), "utf8").split("\n");
      expect(head).toMatch(/^\/\*.* Generated from \S+ by `npm run generate`; never edited\. \*\/$/);
      expect(generator).toMatch(new RegExp(`["\`]${folder}/`));
    }
  }
  const everywhere = filesUnder(".", /\.ts$/).filter((file) => file.includes("/generated/"));
  expect(everywhere.filter((file) => !folders.includes(path.posix.dirname(file)))).toEqual([]);
});

test("the files of the schema package that others may import are there", () => {
  const { exports } = JSON.parse(read("schema/package.json"));
  const files = Object.values(exports).filter((target) => typeof target === "string");
  expect(files).not.toEqual([]);
  for (const file of files) {
    expect(filesUnder("schema")).toContain(path.posix.join("schema", file));
  }
});
