/** Everything that is exported says what it means. */
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { type Exceptions, faultsOf } from "./exceptions.ts";
import { filesUnder, generated, nodesOf, parse, placeOf } from "./sources.ts";

/** What a file exports without a docstring, as `file:line name`. What it only passes on has its own elsewhere. */
function undocumented(source: ts.SourceFile): string[] {
  return source.statements.filter(isExportedDeclaration).flatMap((statement) => {
    const documented = ts.getJSDocCommentsAndTags(statement).some((doc) => ts.isJSDoc(doc) && textOf(doc) !== "");
    return documented || isLaterOverload(source, statement)
      ? []
      : [`${placeOf(source, statement)} ${namesOf(statement)}`];
  });
}

function isExportedDeclaration(statement: ts.Statement): boolean {
  const exported =
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  return exported || ts.isExportAssignment(statement);
}

function textOf(doc: ts.JSDoc): string {
  const told = [doc.comment, ...(doc.tags ?? []).map(({ comment }) => comment)];
  return told
    .map((comment) => ts.getTextOfJSDocComment(comment) ?? "")
    .join("")
    .trim();
}

/** Of a function with several signatures, the first is the one that says what it means. */
function isLaterOverload(source: ts.SourceFile, statement: ts.Statement): boolean {
  const before = source.statements[source.statements.indexOf(statement) - 1];
  return (
    before !== undefined &&
    ts.isFunctionDeclaration(before) &&
    before.body === undefined &&
    ts.isFunctionDeclaration(statement) &&
    before.name?.text === statement.name?.text
  );
}

function namesOf(statement: ts.Statement): string {
  const declared = nodesOf(statement).find(
    (node): node is ts.NamedDeclaration & { name: ts.Identifier } =>
      "name" in node && node.name !== undefined && ts.isIdentifier(node.name as ts.Node),
  );
  return declared?.name.text ?? "default";
}

describe("a missing docstring is found", () => {
  const text = `import a from "a";
/** Said. */
export const said = 1;
export const unsaid = 2;
/* Not a docstring. */
export function wrong(): void {}
// Neither.
export class Wrong {}
/** */
export interface Empty {}
/** Said once. */
export function overloaded(a: string): void;
export function overloaded(a: number): void;
export function overloaded(a: unknown): void {}
/** @returns what it says. */
export type Said = string;
export type Unsaid = string;
/** @see elsewhere */
const kept = 3;
function inner() {}
export { kept, inner };
export * from "b";
export default kept;
`;

  test("in every form", () => {
    expect(undocumented(parse("some.ts", text))).toEqual([
      "some.ts:4 unsaid",
      "some.ts:6 wrong",
      "some.ts:8 Wrong",
      "some.ts:10 Empty",
      "some.ts:17 Unsaid",
      "some.ts:23 default",
    ]);
  });

  test("and a file's own comment doesn't stand for what comes after it", () => {
    expect(undocumented(parse("some.ts", '/** The file. */\nimport "a";\nexport const b = 1;\n'))).toEqual([
      "some.ts:3 b",
    ]);
  });
});

/** Where nothing need be explained. */
const unexplained: Exceptions = { [generated]: "a tool writes it, and takes what the contract says" };
const isExcepted = (file: string) => Object.keys(unexplained).some((place) => file.startsWith(place));

test("what need not be explained isn't", () => {
  const isNeeded = (place: string) => filesUnder(place, /\.ts$/).some((file) => undocumented(parse(file)).length > 0);
  expect(faultsOf(unexplained, isNeeded)).toEqual([]);
});

test.each(["provider", "service", "schema", "policy"])("%s/ explains what it exports", (folder) => {
  const files = filesUnder(folder, /\.ts$/).filter((file) => !isExcepted(file));
  expect(files).not.toEqual([]);
  expect(files.flatMap((file) => undocumented(parse(file)))).toEqual([]);
});
