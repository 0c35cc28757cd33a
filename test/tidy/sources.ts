/** The files of this repository, as the tests of its tidiness read them. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** The repository's folder. */
export const root = path.resolve(__dirname, "../..");

const notOurs = new Set(["node_modules", "dist", ".git", ".roster", ".pulumi"]);

/** The files under a folder or the file itself, from the repository's folder on, without what is installed or built. */
export function filesUnder(place: string, extension = /./): string[] {
  const absolute = path.join(root, place);
  if (!existsSync(absolute)) {
    return [];
  }
  if (!statSync(absolute).isDirectory()) {
    return extension.test(place) ? [place] : [];
  }
  const found = readdirSync(absolute, { withFileTypes: true }).flatMap((entry) => {
    const inside = path.posix.join(place, entry.name);
    return notOurs.has(entry.name) ? [] : entry.isDirectory() ? filesUnder(inside) : [inside];
  });
  return found.filter((file) => extension.test(file)).toSorted();
}

/** The text of a file. */
export function read(file: string): string {
  return readFileSync(path.join(root, file), "utf8");
}

const parsed = new Map<string, ts.SourceFile>();

/** A file of TypeScript or JavaScript as the compiler reads it; without a text, the repository's, which is read once. */
export function parse(file: string, text?: string): ts.SourceFile {
  const known = text === undefined ? parsed.get(file) : undefined;
  const source = known ?? ts.createSourceFile(file, text ?? read(file), ts.ScriptTarget.Latest, true);
  if (text === undefined) {
    parsed.set(file, source);
  }
  return source;
}

/** Every node of a file, the outer before the inner. */
export function nodesOf(node: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (each: ts.Node) => {
    nodes.push(each);
    ts.forEachChild(each, visit);
  };
  visit(node);
  return nodes;
}

/** Where a node is, as a person would look for it: `file:line`. */
export function placeOf(source: ts.SourceFile, node: ts.Node): string {
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`;
}

const imported = new WeakMap<ts.SourceFile, readonly string[]>();

/** What a file imports, re-exports or requires, as it is written; comments and other strings don't count. */
export function importsOf(source: ts.SourceFile): readonly string[] {
  const known = imported.get(source);
  if (known !== undefined) {
    return known;
  }
  const specifiers = nodesOf(source).flatMap((node) => {
    const specifier = specifierOf(node);
    return specifier !== undefined && ts.isStringLiteralLike(specifier) ? [specifier.text] : [];
  });
  imported.set(source, specifiers);
  return specifiers;
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return node.moduleSpecifier;
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return node.argument.literal;
  }
  if (ts.isExternalModuleReference(node)) {
    return node.expression;
  }
  if (ts.isCallExpression(node)) {
    const { expression } = node;
    const named = ts.isPropertyAccessExpression(expression) ? expression.expression : expression;
    const loads =
      expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(named) && named.text === "require");
    return loads ? node.arguments[0] : undefined;
  }
  return undefined;
}

const packages: Readonly<Record<string, string>> = {
  "pulumi-roster": "provider",
  "roster-service": "service",
  "roster-schema": "schema",
  "roster-policy": "policy",
};

/** What an import leads to: a path in the repository, or undefined where it is somebody else's package. */
export function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) {
    return path.posix.join(path.posix.dirname(file), specifier);
  }
  const [name = "", ...rest] = specifier.split("/");
  const folder = packages[name];
  return folder === undefined ? undefined : path.posix.join(folder, ...rest);
}

/** The package from npm that an import leads to; undefined for what is ours or part of Node.js. */
export function packageOf(specifier: string): string | undefined {
  if (/^(\.|node:)/.test(specifier)) {
    return undefined;
  }
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  return name in packages ? undefined : name;
}

/** The folder of the repository that an import leads to, if any. */
export function folderOf(file: string, specifier: string): string | undefined {
  return targetOf(file, specifier)?.split("/")[0];
}

/** Where files of code are that a tool has written. */
export const generated = "schema/generated/";

/** Code of ours, in either language. */
export const code = /\.(ts|mts|cts|js|mjs|cjs)$/;
