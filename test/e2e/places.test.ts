/** Where a program may be: its provider is found wherever its packages are. */
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { stackOfTest } from "./fixtures.ts";
import { nowhere } from "./service.ts";
import type { Layout } from "./stack.ts";

describe("the provider is found", () => {
  test.each<[place: string, layout: Layout]>([
    // A program below its project's folder that is run from elsewhere is also in delivery.test.ts.
    ["with the packages of a workspace, hoisted to its root", { project: "packages/access" }],
    ["with all of these", { project: "packages/access", main: "sub", from: tmpdir() }],
  ])("%s", async (_place, layout) => {
    // Nobody is asked at preview.
    const stack = await stackOfTest("test/e2e/programs/changes", nowhere, layout);
    // A default in the preview was filled in by the provider itself.
    const { globex } = await stack.previewedInputs();
    expect(globex?.joinPolicies).toEqual(["existing", "invite", "create"]);
  });
});
