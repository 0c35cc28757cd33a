/**
 * Every row has its place in docs/features.md, a test that shows it, and a real `up` among those tests; a missing one fails by
 * name.
 */
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { ceilings } from "../costs/ceilings.ts";
import { type Exceptions, faultsOf } from "./exceptions.ts";
import { filesUnder, nodesOf, parse, read } from "./sources.ts";

const counts = { X: 3, M: 19, C: 19, E: 14, T: 11, A: 9, S: 4, P: 5, G: 6, N: 6 };
const rows = Object.entries(counts).flatMap(([letter, count]) =>
  Array.from({ length: count }, (_, at) => `${letter}${at + 1}`),
);

/** Rows that the API, the pages or the provider's own protocol show: no run of the engine would show more of them. */
const withoutStack: Exceptions = {
  X3: "people sign up on a page, without any organization",
  C14: "people set up their accounts, and log in, on pages",
  T2: "it is about the service and its backups",
  T5: "the provider notices it: test/protocol has two states of one stack",
  T7: "people follow links on pages",
  T8: "it says who governs an account",
  T9: "the provider, the service and the readers of files each refuse an address by themselves",
  T10: "it is about requests that are refused, disks, connections and clocks",
  T11: "it is about what databases, backups and files hold",
  P1: "it is about requests of the API",
  G4: "it is about what is found without a stack",
  P3: "whose permissions apply is the same in every preview: test/protocol has that of an auditor",
};

/** The rows that the titles of a file's tests start with. */
function shownIn(source: ts.SourceFile): string[] {
  return nodesOf(source).flatMap((node) => {
    if (!ts.isCallExpression(node) || rootOf(node.expression) !== "test") {
      return [];
    }
    const [title] = node.arguments;
    const text =
      title !== undefined && (ts.isStringLiteralLike(title) || ts.isTemplateExpression(title))
        ? title.getText(source)
        : "";
    // One test shows several rows where they share the steps of a stack.
    const [first = ""] = /^["'`](?:[XMCETASPGN]\d+ )+/.exec(text) ?? [];
    return first.match(/[XMCETASPGN]\d+/g) ?? [];
  });
}

/** The name that a call starts from: `test` of `test.each(cases)`. */
function rootOf(expression: ts.Expression): string | undefined {
  if (ts.isCallExpression(expression) || ts.isPropertyAccessExpression(expression)) {
    return rootOf(expression.expression);
  }
  return ts.isIdentifier(expression) ? expression.text : undefined;
}

/** The rows that a document has a line for. */
function listedIn(text: string): string[] {
  return [...text.matchAll(/^\| ([XMCETASPGN]\d+) \| [^|]+ \| [^|]+ \|$/gm)].map(([, row = ""]) => row);
}

const features = listedIn(read("docs/features.md"));
const shown = new Set(filesUnder("test", /\.test\.ts$/).flatMap((file) => shownIn(parse(file))));
const running = Object.entries(ceilings).flatMap(([file, { engine = 0 }]) => (engine > 0 ? [file] : []));
const applied = new Set(running.flatMap((file) => shownIn(parse(file))));

describe("what there is, is found", () => {
  test("a title, however the test is made", () => {
    const text = `
test("M1 one", () => {});
test.each([1])("M2 of %s", () => {});
test(\`M3 of \${name}\`, () => {});
describe("M4 is no test", () => {});
test("about M5", () => {});
test("M6, and no title of that row", () => {});
test("M7 M8 two at once, unlike M9", () => {});
`;
    expect(shownIn(parse("some.test.ts", text))).toEqual(["M1", "M2", "M3", "M7", "M8"]);
  });

  test("a line, with its place", () => {
    expect(listedIn("| M1 | what | `where` |\n| M2 | what |\n| M3 | what | |\nM4\n")).toEqual(["M1"]);
  });
});

test.each(rows)("%s has one line in docs/features.md", (row) => {
  expect(features.filter((listed) => listed === row)).toEqual([row]);
});

test("docs/features.md lists no row that there isn't", () => {
  expect(features.filter((row) => !rows.includes(row))).toEqual([]);
});

test.each(rows)("%s has a test whose title starts with it", (row) => {
  expect([...shown]).toContain(row);
});

test.each(rows.filter((row) => withoutStack[row] === undefined))(
  "%s has such a test in a file that runs the engine",
  (row) => {
    expect([...applied]).toContain(row);
  },
);

test("no row that a stack shows is said to be without one", () => {
  expect(faultsOf(withoutStack, (row) => rows.includes(row) && !applied.has(row))).toEqual([]);
});
