/** What the compiler tells a program in TypeScript, with the versions that the engine may find. */
import { symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import installed from "typescript";
import { beforeAll, describe, expect, test } from "vitest";
import { paths } from "../../scripts/environment.mjs";
import { temporaryFolder } from "../temporary-folder.ts";

const packages = path.join(paths.checkout, "node_modules");
/** The engine's own, which it takes where a program has none installed. */
const brought = createRequire(path.join(packages, "index.js"))(
  path.join(packages, "@pulumi/pulumi/vendor/typescript@3.8.3/typescript.js"),
) as typeof installed;

/** The first declaration is wrong, and the second is right. */
const wrong = `import { Organization } from "pulumi-roster";
new Organization("acme", { slug: 5, name: "Acme" }); new Organization("globex", { slug: "globex", name: "Globex" });
`;

/** What a compiler finds wrong with a program beside the packages, as the engine asks it: in the program's own file. */
function faultsIn(text: string, compiler: typeof installed): string[] {
  const folder = temporaryFolder();
  symlinkSync(packages, path.join(folder, "node_modules"));
  const file = path.join(folder, "index.ts");
  writeFileSync(file, text);
  const { ModuleKind, ModuleResolutionKind, ScriptTarget } = compiler;
  const program = compiler.createProgram([file], {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    types: [],
    target: ScriptTarget.ES2018,
    module: ModuleKind.CommonJS,
    moduleResolution: ModuleResolutionKind.NodeJs,
  });
  return program
    .getSemanticDiagnostics(program.getSourceFile(file))
    .map(({ messageText }) => compiler.flattenDiagnosticMessageText(messageText, "\n"));
}

describe("a wrong argument", () => {
  beforeAll(() => expect(brought.version).toBe("3.8.3"));

  test("is refused by TypeScript 5 and newer", () => {
    expect(faultsIn(wrong, installed)).toEqual(["Type 'number' is not assignable to type 'Input<string>'."]);
  });

  test("is not let through by the TypeScript that the engine brings: it is told that a newer one is needed", () => {
    expect(faultsIn(wrong, brought)).toEqual([
      expect.stringContaining("/needs-typescript-5-or-newer\"' has no exported"),
    ]);
  });
});
