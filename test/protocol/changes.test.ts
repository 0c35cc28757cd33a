/** What a change of each argument means for each kind of resource, one at a time, on the provider's own protocol. */
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { useService } from "../e2e/fixtures.ts";
import { type Declaration, kinds, surroundings } from "../e2e/kinds.ts";
import { useProtocolStack } from "./fixtures.ts";

const service = useService();
// Some of the values are refused by the service: what is asked here is what the provider plans.
const stack = useProtocolStack(service, "changes", { dryRun: "false" });
const declarations = [...surroundings, ...kinds.map(({ declaration }) => withLogo(declaration))];

beforeAll(async () => {
  await stack.up(declarations);
});

test("nothing is planned where nothing changes", async () => {
  expect(await stack.preview(declarations)).toEqual([]);
});

test("what an earlier version of the package has written is no change, and a refresh writes it anew", async () => {
  const versions = () =>
    new Set(
      [...stack.state.values()].flatMap(({ inputs, outputs }) =>
        [inputs, outputs].map(({ __stateVersion }) => __stateVersion),
      ),
    );
  const written = versions();
  for (const name of stack.state.keys()) {
    stack.rewrite(name, (stored) => {
      const { __stateVersion: _inputs, ...inputs } = stored.inputs;
      const { __stateVersion: _outputs, adopted: _adopted, ...outputs } = stored.outputs;
      return { ...stored, inputs, outputs };
    });
  }
  expect(versions()).toEqual(new Set([undefined]));
  expect(await stack.preview(declarations)).toEqual([]);
  await stack.refresh();
  expect(versions()).toEqual(written);
  expect(await stack.preview(declarations)).toEqual([]);
});

test.each(kinds)(
  "what a later version of the package has written of $declaration.kind is left alone, and the message says so",
  async ({ declaration: { kind, name } }) => {
    const written = stack.stored(name);
    stack.rewrite(name, (stored) => ({ ...stored, outputs: { ...stored.outputs, __stateVersion: 99 } }));
    const message = `this ${kind} was written by a later version of pulumi-roster (its state version is 99, and this version`;
    await expect(stack.preview(declarations)).rejects.toThrow(message);
    stack.rewrite(name, () => written);
  },
);

describe.each(kinds)("$declaration.kind", ({ declaration: { name }, changes }) => {
  const all = Object.entries(changes);
  const [planned, refused] = [
    all.filter(([, { is }]) => is !== "refused"),
    all.filter(([, { is }]) => is === "refused"),
  ];

  function changed(argument: string, value: unknown): Declaration[] {
    return declarations.map((declaration) =>
      declaration.name === name ? { ...declaration, args: { ...declaration.args, [argument]: value } } : declaration,
    );
  }

  test.each(planned)("changes %s as described: in place, or by replacement", async (argument, { to, is }) => {
    expect(await stack.preview(changed(argument, to))).toEqual([`${is} ${name}`]);
  });

  test.each(refused)("refuses to change %s, by its name", async (argument, { to }) => {
    // It may be refused for something else beside.
    const named = new RegExp(`^check of \\S+::${name}: (.*; )?${argument}: `);
    await expect(stack.preview(changed(argument, to))).rejects.toThrow(named);
  });
});

/** With its logo where the tests have it: this provider runs in the checkout, not beside a program. */
function withLogo(declaration: Declaration): Declaration {
  const { logo } = declaration.args;
  if (logo === undefined) {
    return declaration;
  }
  const file = path.join(paths.checkout, "test/e2e/programs/kinds", String(logo));
  return { ...declaration, args: { ...declaration.args, logo: file } };
}
