/** Where a program may be: its provider is found wherever its packages are. */
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { type Layout, Stack } from "./stack.ts";

const program = path.join(paths.checkout, "test/e2e/programs/changes");
/** Nobody is asked at preview. */
const nowhere = { endpoint: "http://127.0.0.1:9", token: "of-a-test" };

describe("the provider is found", () => {
  const stacks: Stack[] = [];
  afterAll(() => {
    for (const stack of stacks) {
      stack.remove();
    }
  });

  test.each<[place: string, layout: Layout]>([
    ["from a program in a folder below its project's", { main: "sub" }],
    ["with -C, from elsewhere", { from: tmpdir() }],
    ["with the packages of a workspace, hoisted to its root", { project: "packages/access" }],
    ["with all of these", { project: "packages/access", main: "sub", from: tmpdir() }],
  ])("%s", async (_place, layout) => {
    const stack = new Stack(program, nowhere, layout);
    stacks.push(stack);
    await stack.init();
    const { stdout } = await stack.succeed("preview", "--json");
    const { steps } = JSON.parse(stdout) as { steps: { urn: string; newState: { inputs: Record<string, unknown> } }[] };
    // A default in the preview was filled in by the provider itself.
    const organization = steps.find(({ urn }) => urn.endsWith("::globex"));
    expect(organization?.newState.inputs.joinPolicies).toEqual(["existing", "invite", "create"]);
  });
});
