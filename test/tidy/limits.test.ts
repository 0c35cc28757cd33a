/** Limits on everything: how long a file and a function may be, and what never stays in. */
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { code, filesUnder, nodesOf, parse, placeOf, read } from "./sources.ts";

const maxFileLines = 400;
const maxFunctionLines = 70;

/** In a comment before what it excuses, or first in a function's body, it lifts the limit and says why, in words. */
const excuse = /tidy: long because \S+ \S+/;

function linesOf(text: string): number {
  return text.replace(/\n$/, "").split("\n").length;
}

/** What is too long in a file, as `file:line is N lines`, and whether an excuse is not needed any more. */
function tooLong(source: ts.SourceFile): string[] {
  const first = source.statements[0];
  const top = source.text.slice(0, first?.getStart(source) ?? source.text.length);
  const lines = linesOf(source.text);
  const all = [{ place: source.fileName, lines, most: maxFileLines, comments: top }];
  for (const node of nodesOf(source)) {
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
      const lines = linesOf(node.getText(source));
      all.push({ place: placeOf(source, node), lines, most: maxFunctionLines, comments: commentsOf(source, node) });
    }
  }
  const long = all.filter(({ lines, most }) => lines > most);
  const excused = long.filter(({ comments }) => excuse.test(comments));
  const excuses = source.text.split("\n").filter((line) => /^\s*(\/\/|\/?\*).*tidy: long because/.test(line));
  return [
    ...long.filter((each) => !excused.includes(each)).map(({ place, lines }) => `${place} is ${lines} lines`),
    ...(excuses.length > excused.length ? [`${source.fileName} is excused more often than it is long`] : []),
  ];
}

/** The comments before a function, or the statement that it is the value of, and those that its body begins with. */
function commentsOf(source: ts.SourceFile, node: ts.SignatureDeclaration): string {
  let outer: ts.Node = node;
  while (
    outer.parent !== undefined &&
    !ts.isSourceFile(outer.parent) &&
    outer.getStart(source) > outer.parent.getStart(source)
  ) {
    if (ts.isStatement(outer) || ts.isClassElement(outer) || ts.isPropertyAssignment(outer)) {
      break;
    }
    outer = outer.parent;
  }
  const before = source.text.slice(outer.getFullStart(), outer.getStart(source));
  const body = "body" in node ? node.body : undefined;
  if (body === undefined || !ts.isBlock(body as ts.Node)) {
    return before;
  }
  const { statements } = body as ts.Block;
  const start = (body as ts.Block).getStart(source) + 1;
  return before + source.text.slice(start, statements[0]?.getStart(source) ?? start);
}

/** Where a file uses the type `any`; in JavaScript, in a JSDoc comment. */
function anys(source: ts.SourceFile): string[] {
  const nodes = nodesOf(source);
  // A node has every comment before it here; the compiler's own functions give the last one only.
  const commentsOfNode = (node: ts.Node) =>
    "jsDoc" in node ? ((node.jsDoc as readonly ts.Node[] | undefined) ?? []) : [];
  const docs = /\.[cm]?js$/.test(source.fileName) ? nodes.flatMap(commentsOfNode) : [];
  const used = new Set([...nodes, ...docs.flatMap(nodesOf)].filter(({ kind }) => kind === ts.SyntaxKind.AnyKeyword));
  return [...used].map((node) => placeOf(source, node));
}

const leftOut = new Set(["only", "skip", "todo", "skipIf", "runIf", "fails"]);

/** Where tests are left out, or leave others out. */
function leavesOut(source: ts.SourceFile): string[] {
  return nodesOf(source)
    .filter(
      (node) =>
        (ts.isPropertyAccessExpression(node) && leftOut.has(node.name.text) && startsAtTest(node)) ||
        (ts.isCallExpression(node) &&
          ts.isIdentifier(node.expression) &&
          /^(xit|xtest|xdescribe|fit|fdescribe)$/.test(node.expression.text)),
    )
    .map((node) => placeOf(source, node));
}

function startsAtTest(node: ts.PropertyAccessExpression): boolean {
  let inner: ts.Expression = node;
  while (ts.isPropertyAccessExpression(inner) || ts.isCallExpression(inner)) {
    inner = inner.expression;
  }
  return ts.isIdentifier(inner) && ["test", "it", "describe", "suite", "bench", "context"].includes(inner.text);
}

/** What is meant to be done later belongs elsewhere. Written so that it doesn't find itself. */
const later = /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/;

/** A key of the service's own, a JWT, and a private key. */
const secrets = [
  /\brst_[a-z]+_[0-9A-Za-z]{49}(?![0-9A-Za-z])/,
  /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/=]{16}/,
];

function linesThat(matches: (line: string) => boolean, files: readonly string[]): string[] {
  return files.flatMap((file) =>
    read(file)
      .split("\n")
      .flatMap((line, at) => (matches(line) ? [`${file}:${at + 1}`] : [])),
  );
}

describe("what is not tidy is found", () => {
  const lines = (count: number) => "  a();\n".repeat(count);

  test("a long function of any kind", () => {
    const text = `function a() {\n${lines(68)}}\nfunction b() {\n${lines(69)}}\nconst c = () => {\n${lines(69)}};
class D {\n  constructor() {\n${lines(69)}}\n  m() {\n${lines(69)}}\n  get g() {\n${lines(69)}return 1;}\n}\nconst e = async function () {\n${lines(69)}};\n`;
    expect(tooLong(parse("some.ts", text)).map((place) => place.replace(/ is .*/, ""))).toEqual([
      "some.ts",
      "some.ts:71",
      "some.ts:142",
      "some.ts:214",
      "some.ts:285",
      "some.ts:356",
      "some.ts:428",
    ]);
  });

  test("unless it says why", () => {
    const why = "// tidy: long because it is a table\n";
    expect(tooLong(parse("some.ts", `${why}function b() {\n${lines(69)}}\n`))).toEqual([]);
    expect(tooLong(parse("some.ts", `function b() {\n${why}${lines(69)}}\n`))).toEqual([]);
    expect(tooLong(parse("some.ts", `function b() {\n  a();\n${why}${lines(69)}}\n`))).toEqual([
      "some.ts:1 is 73 lines",
      "some.ts is excused more often than it is long",
    ]);
    expect(tooLong(parse("some.ts", `${why}function a() {}\nfunction b() {\n${lines(69)}}\n`))).toHaveLength(2);
    expect(tooLong(parse("some.ts", `// tidy: long because\nfunction b() {\n${lines(69)}}\n`))).toHaveLength(2);
    expect(tooLong(parse("some.ts", `// tidy: long because so\nfunction b() {\n${lines(69)}}\n`))).toHaveLength(2);
  });

  test("a long file, unless it says why before anything else", () => {
    expect(tooLong(parse("some.ts", lines(400)))).toEqual([]);
    expect(tooLong(parse("some.ts", lines(401)))).toEqual(["some.ts is 401 lines"]);
    expect(tooLong(parse("some.ts", `// tidy: long because it is a table\n${lines(401)}`))).toEqual([]);
    expect(tooLong(parse("some.ts", `a();\n// tidy: long because it is a table\n${lines(401)}`))).toHaveLength(2);
  });

  test("an excuse for what isn't long", () => {
    const why = "// tidy: long because it was a table\n";
    const excused = ["some.ts is excused more often than it is long"];
    expect(tooLong(parse("some.ts", `${why}function b() {\n${lines(68)}}\n`))).toEqual(excused);
    expect(tooLong(parse("some.ts", `${why}${lines(399)}`))).toEqual(excused);
    expect(tooLong(parse("some.ts", `const text = "tidy: long because it was a table";\n`))).toEqual([]);
  });

  test("any", () => {
    expect(anys(parse("some.ts", "// any\nconst any = 1;\nlet a: any;\nlet b = a as any[];\n"))).toEqual([
      "some.ts:3",
      "some.ts:4",
    ]);
    expect(
      anys(
        parse(
          "some.mjs",
          "/** @typedef {any} A */\n/** of any {@link any} */\nlet a;\n/**\n * @param {Map<string, any>} a */\nfunction b(a) {}\n",
        ),
      ),
    ).toEqual(["some.mjs:1", "some.mjs:5"]);
  });

  test("tests that are left out, and not what is only named like it", () => {
    const text =
      'test.only("a");\ndescribe.skip("b");\nit.todo("c");\ntest.skipIf(1)("d");\ntest.each([]).only("e");\ntest("x", () => list.skip(1));\n"test.only()";\n';
    expect(leavesOut(parse("some.ts", text))).toEqual([
      "some.ts:1",
      "some.ts:2",
      "some.ts:3",
      "some.ts:4",
      "some.ts:5",
    ]);
  });

  test("work for later, and secrets", () => {
    expect(["// TO", "// FIX"].map((start, at) => later.test(start + ["DO: x", "ME x"][at]))).toEqual([true, true]);
    expect(later.test("const todos = 1;")).toBe(false);
    const key = `rst_server_${"a1B2c3D".repeat(7)}`;
    const samples = [
      key,
      `eyJ${"a".repeat(20)}.${"b".repeat(20)}.${"c".repeat(20)}`,
      `-----BEGIN PRIVATE KEY-----${"M".repeat(20)}`,
    ];
    expect(samples.map((text) => secrets.some((secret) => secret.test(text)))).toEqual([true, true, true]);
    expect(secrets.some((secret) => secret.test("rst_server_… and eyJ"))).toBe(false);
  });
});

describe.each(["provider", "service", "policy", "scripts"])("%s/", (folder) => {
  const files = filesUnder(folder, code);

  test("has files", () => {
    expect(files).not.toEqual([]);
  });

  test(`has no file over ${maxFileLines} lines, and no function over ${maxFunctionLines}, without a reason`, () => {
    expect(files.flatMap((file) => tooLong(parse(file)))).toEqual([]);
  });
});

test("no any", () => {
  const files = ["provider", "service", "policy", "scripts", "test", "trials", "bench", "examples"].flatMap((folder) =>
    filesUnder(folder, code),
  );
  expect([...files, ...filesUnder("schema", code)].flatMap((file) => anys(parse(file)))).toEqual([]);
});

test("no test is left out", () => {
  const files = ["test", "trials", "bench"].flatMap((folder) => filesUnder(folder, code));
  expect(files.flatMap((file) => leavesOut(parse(file)))).toEqual([]);
});

const texts = filesUnder(".", /\.(ts|mts|mjs|cjs|js|json|yaml|yml|md|sql|csv|sh|mod)$|\/run$/);

test("nothing is left to be done later", () => {
  expect(texts).toContain("provider/index.ts");
  expect(linesThat((line) => later.test(line), texts)).toEqual([]);
});

test("no secret is kept in a file", () => {
  expect(linesThat((line) => secrets.some((secret) => secret.test(line)), texts)).toEqual([]);
});
