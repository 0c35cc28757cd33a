/** The examples of a Pulumi package schema, in TypeScript and YAML, from those of the kinds. */
import ts from "typescript";
import { stringify } from "yaml";

/** @typedef {import("../../../provider/dist/lifecycle/interface.d.ts").Lifecycle} Lifecycle */

/**
 * A value of an example: a constant, a list, a map, or a reference to a resource.
 *
 * @typedef {string | number | boolean | readonly Value[] | { readonly [name: string]: Value } | Reference} Value
 */

/** The name of a variable with a resource, and of the output that is meant; without one, the resource itself. */
class Reference {
  /**
   * @param {string} variable
   * @param {string} [output]
   */
  constructor(variable, output) {
    this.variable = variable;
    this.output = output;
  }
}

/**
 * @typedef {object} Declaration
 * @property {string} [variable]
 * @property {string} kind
 * @property {string} name
 * @property {Readonly<Record<string, Value>>} args
 * @property {Readonly<Record<string, Value>>} options
 */

/**
 * @typedef {object} Program
 * @property {readonly Declaration[]} declarations
 * @property {Readonly<Record<string, Reference>>} outputs by name
 */

/**
 * The description of each kind with its example, by kind.
 *
 * @param {readonly Lifecycle[]} lifecycles
 * @param {string} packageName of the TypeScript SDK
 * @returns {Record<string, string>}
 */
export function describedByExample(lifecycles, packageName) {
  const programs = lifecycles.map(({ kind, documentation: { example, portableExample = example } }) => ({
    kind,
    program: programOf(kind, portableExample),
  }));
  const own = programs.flatMap(({ kind, program }) => program.declarations.filter((each) => each.kind === kind));
  const known = new Map(own.map((declaration) => [declaration.variable, declaration]));
  const described = lifecycles.map(({ kind, documentation }, at) => {
    const program = completed(programs[at].program, known);
    return [kind, `${documentation.summary}\n\n${shortcodes(inTypeScript(program, packageName), inYaml(program))}`];
  });
  return Object.fromEntries(described);
}

/**
 * An example between the marks by which the registry and the generators of SDKs choose languages.
 *
 * @param {string} typescript
 * @param {string} yaml
 */
function shortcodes(typescript, yaml) {
  const blocks = `\`\`\`typescript\n${typescript}\`\`\`\n\`\`\`yaml\n${yaml}\`\`\``;
  return `{{% examples %}}\n## Example Usage\n\n{{% example %}}\n${blocks}\n{{% /example %}}\n{{% /examples %}}`;
}

/**
 * @param {string} kind
 * @param {string} source
 * @returns {Program}
 */
function programOf(kind, source) {
  const file = ts.createSourceFile(`${kind}.ts`, source, ts.ScriptTarget.Latest, true);
  const declarations = [];
  const outputs = {};
  for (const statement of file.statements) {
    const [variable, expression] = ts.isVariableStatement(statement)
      ? [statement.declarationList.declarations[0].name.text, statement.declarationList.declarations[0].initializer]
      : [undefined, statement.expression];
    if (ts.isNewExpression(expression)) {
      const [name, args, { dependsOn } = {}] = expression.arguments.map(readValue);
      const options = dependsOn === undefined ? {} : { dependsOn: [dependsOn].flat() };
      declarations.push({ variable, kind: expression.expression.text, name, args, options });
    } else {
      outputs[variable] = readValue(expression);
    }
  }
  return { declarations, outputs };
}

/**
 * @param {ts.Expression} node
 * @returns {Value}
 * @throws {Error} if an example uses more of TypeScript than other languages have
 */
function readValue(node) {
  if (ts.isStringLiteral(node)) {
    return node.text;
  }
  if (ts.isNumericLiteral(node)) {
    return Number(node.text);
  }
  if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
    return node.kind === ts.SyntaxKind.TrueKeyword;
  }
  if (ts.isIdentifier(node)) {
    return new Reference(node.text);
  }
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    return new Reference(node.expression.text, node.name.text);
  }
  if (ts.isArrayLiteralExpression(node)) {
    return node.elements.map(readValue);
  }
  if (ts.isObjectLiteralExpression(node) && node.properties.every(ts.isPropertyAssignment)) {
    return Object.fromEntries(node.properties.map(({ name, initializer }) => [name.text, readValue(initializer)]));
  }
  throw new Error(`An example has ${node.getText()}, which other languages don't: write a \`portableExample\`.`);
}

/**
 * A program with the resources that it refers to and doesn't declare, each before what refers to it.
 *
 * @param {Program} program
 * @param {ReadonlyMap<string | undefined, Declaration>} known
 * @returns {Program}
 */
function completed({ declarations, outputs }, known) {
  const all = new Set();
  const own = new Set(declarations.map(({ variable }) => variable));
  const add = (declaration) => {
    for (const variable of referencesIn([declaration.args, declaration.options])) {
      const needed = own.has(variable) ? undefined : known.get(variable);
      if (needed !== undefined) {
        add(needed);
      } else if (!own.has(variable)) {
        throw new Error(`No kind's example declares ${variable}: write a \`portableExample\`.`);
      }
    }
    all.add(declaration);
  };
  declarations.forEach(add);
  return { declarations: [...all], outputs };
}

/**
 * @param {Value} value
 * @returns {string[]}
 */
function referencesIn(value) {
  if (value instanceof Reference) {
    return [value.variable];
  }
  return typeof value === "object" ? Object.values(value).flatMap(referencesIn) : [];
}

/**
 * @param {Program} program
 * @param {string} packageName
 */
function inTypeScript({ declarations, outputs }, packageName) {
  const lines = declarations.map(({ variable, kind, name, args, options }) => {
    const given = Object.keys(options).length === 0 ? [args] : [args, options];
    const texts = [JSON.stringify(name), ...given.map((each, at) => literal(each, at === 0 ? "id" : undefined))];
    return `${variable === undefined ? "" : `const ${variable} = `}new roster.${kind}(${texts.join(", ")});\n`;
  });
  const exported = Object.entries(outputs).map(
    ([name, { variable, output }]) => `export const ${name} = ${variable}.${output};\n`,
  );
  return [`import * as roster from "${packageName}";\n\n`, ...lines, ...exported].join("");
}

/**
 * @param {Value} value
 * @param {string | undefined} output what a reference to a resource as a whole means; undefined if it is the resource
 * @param {string} [indent]
 * @returns {string}
 */
function literal(value, output, indent = "") {
  if (value instanceof Reference) {
    return [value.variable, value.output ?? output].filter((part) => part !== undefined).join(".");
  }
  if (Array.isArray(value)) {
    return `[${value.map((each) => literal(each, output, indent)).join(", ")}]`;
  }
  if (typeof value !== "object") {
    return JSON.stringify(value);
  }
  const inner = `${indent}    `;
  const members = Object.entries(value).map(([name, each]) => {
    const key = /^[a-zA-Z]\w*$/.test(name) ? name : JSON.stringify(name);
    return `${inner}${key}: ${literal(each, output, inner)},\n`;
  });
  return `{\n${members.join("")}${indent}}`;
}

/** @param {Program} program */
function inYaml({ declarations, outputs }) {
  const keys = keysOf(declarations);
  const interpolated = (value, output) => {
    if (value instanceof Reference) {
      const parts = [keys.get(value.variable), value.output ?? output].filter((part) => part !== undefined);
      return `\${${parts.join(".")}}`;
    }
    if (Array.isArray(value)) {
      return value.map((each) => interpolated(each, output));
    }
    return typeof value === "object"
      ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, interpolated(each, output)]))
      : value;
  };
  const resources = declarations.map((declaration) => {
    const { kind, name, args, options } = declaration;
    const key = keys.get(declaration);
    return [
      key,
      {
        type: `roster:${kind}`,
        ...(key !== name && { name }),
        properties: interpolated(args, "id"),
        ...(Object.keys(options).length > 0 && { options: interpolated(options) }),
      },
    ];
  });
  const exported = Object.entries(outputs).map(([name, value]) => [name, interpolated(value)]);
  return stringify(
    { resources: Object.fromEntries(resources), ...(exported.length > 0 && { outputs: Object.fromEntries(exported) }) },
    { lineWidth: 0 },
  );
}

/**
 * The key of each declaration in YAML, which is also the key of its variable. Resources of several kinds can have the same name in a
 * program, but not the same key.
 *
 * @param {readonly Declaration[]} declarations
 * @returns {Map<Declaration | string | undefined, string>}
 */
function keysOf(declarations) {
  const keys = new Map();
  const taken = new Set(declarations.map(({ variable }) => variable));
  for (const declaration of declarations) {
    const { variable, kind, name } = declaration;
    const key = variable ?? (taken.has(name) ? `${name}${kind}` : name);
    taken.add(key);
    keys.set(declaration, key).set(variable, key);
  }
  return keys;
}
