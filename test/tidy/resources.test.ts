/** Every kind of resource has all its parts; a missing one fails by name. */
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import { beforeAll, describe, expect, test } from "vitest";
import * as provider from "../../provider/index.ts";
import { lifecycles } from "../../provider/kinds/registry.ts";
import { pageOf } from "../../scripts/generate/resource-tables.mjs";
import { kinds as described } from "../e2e/kinds.ts";
import { codeBlocksIn, linksIn } from "./markdown.ts";
import { code, filesUnder, nodesOf, parse, read, root } from "./sources.ts";

const kinds = lifecycles.map(({ kind }) => kind);
/** The kinds that an example declares, by itself or by a manifest, each with the example's folder. */
const shown = new Map<string, Set<string>>();

beforeAll(async () => {
  for (const file of filesUnder("examples", code)) {
    for (const kind of constructedIn(parse(file))) {
      show(kind, file);
    }
  }
  // What a manifest declares is known by what it makes; the engine is not the point, so its answers are made up.
  pulumi.runtime.setAllConfig({
    "roster:endpoint": "http://127.0.0.1:1",
    "roster:token": "none",
    "project:checkoutSecret": "which a client has made",
  });
  for (const file of filesUnder("examples", /\.ya?ml$/).filter(
    (file) => /^name:/m.test(read(file)) && /^organization:/m.test(read(file)),
  )) {
    const mocks: pulumi.runtime.Mocks = {
      newResource: ({ type, name, inputs }) => {
        show(type.split(":").at(-1) ?? "", file);
        return { id: name, state: inputs };
      },
      call: ({ inputs }) => inputs,
    };
    await pulumi.runtime.setMocks(mocks, "project", "stack", false, "organization");
    provider.fromManifest(path.join(root, file));
    await pulumi.runtime.disconnect();
  }
});

function show(kind: string, file: string): void {
  shown.set(kind, (shown.get(kind) ?? new Set()).add(file.split("/").slice(0, 2).join("/")));
}

function constructedIn(source: ts.SourceFile): string[] {
  return nodesOf(source).flatMap((node) => {
    if (!ts.isNewExpression(node)) {
      return [];
    }
    const { expression } = node;
    const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
    return ts.isIdentifier(name) ? [name.text] : [];
  });
}

function kebabOf(kind: string): string {
  return kind.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
}

test("there are kinds, and each is in the list once", () => {
  expect(kinds).toContain("Organization");
  expect(new Set(kinds).size).toBe(kinds.length);
});

/** The file of a kind, which may be in a folder of its name. */
function fileOf(kind: string): string {
  const [file, ...others] = filesUnder("provider/kinds", /\.ts$/).filter(
    (each) => path.posix.basename(each) === `${kebabOf(kind)}.ts`,
  );
  expect(others).toEqual([]);
  return file ?? "";
}

test("every file of a kind is in the list", () => {
  const declared = filesUnder("provider/kinds", /\.ts$/).filter((file) =>
    /\bdefine(?:Set)?Lifecycle[(<]/.test(read(file)),
  );
  expect(declared.toSorted()).toEqual(kinds.map(fileOf).toSorted());
});

describe.each(kinds)("%s", (kind) => {
  test("has its file, with its shape, its lifecycle, its arguments and its class", () => {
    const camel = kind.charAt(0).toLowerCase() + kind.slice(1);
    const file = fileOf(kind);
    const folder =
      path.posix.dirname(file) === "provider/kinds" ? [file] : filesUnder(path.posix.dirname(file), /\.ts$/);
    expect(folder.map(read).join("\n")).toContain(`export const ${camel}Shape =`);
    expect(read(file)).toContain(`export const ${camel}Lifecycle =`);
    const generated = read(`provider/program/generated/${kebabOf(kind)}.ts`);
    for (const declaration of [`interface ${kind}Args `, `class ${kind} extends`]) {
      expect(generated).toContain(`export ${declaration}`);
    }
  });

  test("is exported, and its arguments too", () => {
    expect(Object.keys(provider)).toContain(kind);
    expect(read("provider/index.ts")).toContain('export * from "./program/generated/index.ts";');
    expect(read("provider/program/generated/index.ts")).toContain(`export * from "./${kebabOf(kind)}.ts";`);
  });

  test("has its page, with its arguments and outputs and an example in each language", () => {
    const page = read(pageOf(kind));
    expect(page).toMatch(new RegExp(`^# ${kind}$`, "m"));
    expect(page).toMatch(/^## Arguments$[\s\S]+^\| `\w+/m);
    expect(page).toMatch(/^## Outputs$[\s\S]+^\| `\w+/m);
    const examples = codeBlocksIn(page);
    const inTypeScript = examples.filter(({ language }) => language === "ts").map(({ text }) => text);
    expect(inTypeScript.join("\n")).toMatch(new RegExp(`\\bnew ${kind}\\(`));
    expect(examples.map(({ language }) => language)).toContain("yaml");
    expect(linksIn(read("docs/README.md")).map(({ target }) => `docs/${target}`)).toContain(pageOf(kind));
  });

  test("has an example", () => {
    expect([...(shown.get(kind) ?? [])]).not.toEqual([]);
  });

  test("has a test on the real engine", () => {
    // What is described there goes through the whole trial of a kind; a set, whose entries count, has one of its own.
    const isSet = read(fileOf(kind)).includes("defineSetLifecycle(");
    const inRows = [...read("test/e2e/rows/sets.test.ts").matchAll(/\bkind: "(\w+)"/g)].map(([, declared]) => declared);
    expect(isSet ? inRows : described.map(({ declaration }) => declaration.kind)).toContain(kind);
  });
});
