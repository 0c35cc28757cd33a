/** Every setting that the code reads, and every code of a refusal, is in the documents, and the documents name no other. */
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { problemTypes } from "../../service/problems.ts";
import { filesUnder, nodesOf, parse, read } from "./sources.ts";

/** The settings that the first column of a document's tables names. */
function listedIn(document: string, setting: RegExp): string[] {
  const cells = [...document.matchAll(/^\| *(`[^|]+) *\|/gm)].map(([, cell = ""]) => cell);
  return cells.flatMap((cell) => cell.match(setting) ?? []).toSorted();
}

/** The properties that the schema of the service's environment has. */
function readByService(): string[] {
  const source = parse("service/configuration.ts");
  const environment = nodesOf(source)
    .filter(ts.isVariableDeclaration)
    .find(({ name }) => name.getText(source) === "environment");
  return nodesOf(environment ?? source)
    .filter(ts.isPropertyAssignment)
    .map(({ name }) => name.getText(source))
    .filter((name) => /^[A-Z][A-Z_]+$/.test(name))
    .toSorted();
}

/** The keys of the stack's configuration that the provider reads, as literals of its code. */
function readByProvider(): string[] {
  const literals = filesUnder("provider", /\.ts$/).flatMap((file) => nodesOf(parse(file)).filter(ts.isStringLiteral));
  return [...new Set(literals.map(({ text }) => text).filter((text) => /^roster:[a-zA-Z]+$/.test(text)))].toSorted();
}

describe("what there is, is found", () => {
  test("in a table", () => {
    expect(listedIn("| `A_B`, `C_D` | `E_F` |\n| none | `G_H` |\n", /[A-Z]+_[A-Z]+/g)).toEqual(["A_B", "C_D"]);
  });

  test("in the code", () => {
    expect(readByService()).toContain("ROSTER_PUBLIC_URL");
    expect(readByProvider()).toContain("roster:endpoint");
  });
});

test("docs/service.md lists the settings of the service", () => {
  expect(listedIn(read("docs/service.md"), /\b[A-Z]+_[A-Z_]+\b/g)).toEqual(readByService());
});

test("docs/guides/configuration.md lists the configuration of a stack", () => {
  expect(listedIn(read("docs/guides/configuration.md"), /\broster:[a-zA-Z]+/g)).toEqual(readByProvider());
});

test("docs/guides/errors.md lists the codes of refusals, each with its status", () => {
  const lines = [...read("docs/guides/errors.md").matchAll(/^\| `(\w+)` \| (\d+) \| [^|]+ \|$/gm)];
  const listed = lines.map(([, code, status]) => [code, Number(status)]);
  const codes = Object.entries(problemTypes).map(([code, { status }]) => [code, status]);
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(codes));
  expect(listed).toHaveLength(codes.length);
});
