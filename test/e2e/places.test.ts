/** Where a program may be: its provider is found wherever its packages are. */
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { stackOfTest } from "./fixtures.ts";
import { nowhere } from "./service.ts";

// A program below its project's folder that is run from elsewhere is also in delivery.test.ts.
test("the provider is found with the packages of a workspace, hoisted to its root, by a program below its project's folder that is run from elsewhere", async () => {
  // Nobody is asked at preview.
  const layout = { project: "packages/access", main: "sub", from: tmpdir() };
  const stack = await stackOfTest("test/e2e/programs/changes", nowhere, layout);
  // A default in the preview was filled in by the provider itself.
  const { globex } = await stack.previewedInputs();
  expect(globex?.settings).toEqual({ allowExpiringJwt: false });
});

test("the provider is missed by the program itself, in one line, where only another package has it installed", async () => {
  const stack = await stackOfTest("test/e2e/programs/changes", nowhere);
  const [from, to] = [path.join(paths.checkout, "node_modules"), path.join(stack.root, "node_modules")];
  rmSync(to);
  mkdirSync(path.join(to, "access/node_modules"), { recursive: true });
  for (const name of readdirSync(from)) {
    if (name !== "pulumi-roster") {
      symlinkSync(path.join(from, name), path.join(to, name));
    }
  }
  symlinkSync(path.join(paths.checkout, "provider"), path.join(to, "access/node_modules/pulumi-roster"));
  writeFileSync(path.join(to, "access/index.js"), 'module.exports = require("pulumi-roster");');
  stack.edit("index.ts", 'from "pulumi-roster"', 'from "access"');
  const output = await stack.fail("preview");
  // The engine prints every error when it comes, and once more at the end.
  const [, summary = ""] = output.split("Diagnostics:");
  expect(summary.match(/error: /g)).toHaveLength(1);
  expect(summary).toMatch(/error: pulumi-roster is not installed where the program runs, .*npm install/);
  expect(output).not.toMatch(/Require stack|Cannot find module|^ +at /m);
});
