/**
 * Examples in documents are right: TypeScript by the compiler, manifests by the package's own reader, and programs in Pulumi YAML by
 * the plugin's schema.
 */
import path from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as provider from "../../provider/index.ts";
import { packageSchema } from "../../provider/plugin/schema.ts";
import { parseManifest } from "../../provider/program/manifest/document.ts";
import { codeBlocksIn, documents } from "./markdown.ts";
import { read, root } from "./sources.ts";

/** An example, with the document and the line that it is at. */
interface Example {
  readonly place: string;
  readonly text: string;
}

function examplesIn(...languages: readonly string[]): Example[] {
  return documents.flatMap((document) =>
    codeBlocksIn(read(document))
      .filter(({ language }) => languages.includes(language))
      .map(({ text, line }) => ({ place: `${document}:${line}`, text })),
  );
}

/** What an example may use without declaring it: the package, Pulumi, and a few resources by the names that the documents give them. */
const surroundings = `
import * as pulumiModule from "@pulumi/pulumi";
import * as roster from "pulumi-roster";
declare global {
  const pulumi: typeof pulumiModule;
${Object.keys(provider)
  .map((name) => `  const ${name}: typeof roster.${name};`)
  .join("\n")}
  const acme: roster.Organization;
  const ada: roster.User;
  const releaseManager: roster.Role;
  const storefront: roster.ApiKey;
}
`;

/** What the compiler finds wrong with programs, each as `place: message`. */
function faultsIn(examples: readonly Example[]): string[] {
  const virtual = new Map(examples.map(({ place, text }, at) => [at, { place, text }]));
  const nameOf = (at: number) => path.join(root, "test", `example-${at}.ts`);
  const files = new Map([...virtual].map(([at, { text }]) => [nameOf(at), `${text}\nexport {};\n`]));
  files.set(path.join(root, "test", "surroundings.ts"), surroundings);
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    types: ["node"],
    typeRoots: [path.join(root, "node_modules/@types")],
    // The generated SDK has the same classes, and isn't there. What it has exactly, the tests of its languages show.
    paths: { "pulumi-roster-sdk": [path.join(root, "provider/dist/index.d.ts")] },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.getSourceFile = (file, version, ...rest) => {
    const text = files.get(file);
    return text === undefined ? getSourceFile(file, version, ...rest) : ts.createSourceFile(file, text, version, true);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((file, at) => {
    const place = virtual.get(at)?.place ?? "the surroundings";
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => `${place}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
  });
}

/** What is wrong with a manifest; one that leaves out what every manifest begins with is an excerpt. */
function faultsInManifest(text: string): string | undefined {
  const head = /^organization:/m.test(text) ? "" : "organization: { slug: acme, name: Acme }\n";
  const name = /^name:/m.test(text) ? "" : "name: acme\n";
  try {
    parseManifest(path.join(root, "examples/acme/roster.yaml"), `${text}${head}${name}`);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** What is wrong with a program in Pulumi YAML. */
function faultsInProgram(text: string): string[] {
  const { resources } = parse(text) as { resources: Record<string, { type: string; properties: object }> };
  const specs = JSON.parse(packageSchema()).resources as Record<string, ResourceSpec>;
  return Object.entries(resources).flatMap(([name, { type, properties }]) => {
    const spec = specs[type.replace("roster:", "roster:index:")];
    if (spec === undefined) {
      return [`${name}: ${type} is unknown`];
    }
    const given = Object.keys(properties);
    return [
      ...given.filter((property) => !(property in spec.inputProperties)).map((each) => `${name}: ${each} is unknown`),
      ...(spec.requiredInputs ?? [])
        .filter((each) => !given.includes(each))
        .map((each) => `${name}: ${each} is missing`),
    ];
  });
}

/** What a package schema says of a resource. */
interface ResourceSpec {
  readonly inputProperties: Readonly<Record<string, unknown>>;
  readonly requiredInputs?: readonly string[];
}

describe("what is wrong, is found", () => {
  test("in a program", () => {
    const [fault, ...others] = faultsIn([
      { place: "right", text: 'new Role("releaser", { organization: acme, name: "Releaser", permissions: [] });' },
      { place: "wrong", text: 'new Role("releaser", { organization: acme, name: 5, permissions: [] });' },
    ]);
    expect(fault).toBe("wrong: Type 'number' is not assignable to type 'Input<string>'.");
    expect(others).toEqual([]);
  });

  test("in a manifest", () => {
    expect(faultsInManifest("roles:\n  releaser: { permissions: [flows:run] }\n")).toBeUndefined();
    expect(faultsInManifest("roles:\n  releaser: { permission: [flows:run] }\n")).toContain("unknown property");
  });

  test("in a program in Pulumi YAML", () => {
    const wrong =
      "resources:\n  a: { type: roster:Role, properties: { named: x, permissions: [] } }\n  b: { type: roster:Rôle }\n";
    expect(faultsInProgram(wrong)).toEqual([
      "a: named is unknown",
      "a: organization is missing",
      "a: name is missing",
      "b: roster:Rôle is unknown",
    ]);
  });
});

test("the examples in TypeScript have no faults", () => {
  const examples = examplesIn("ts", "typescript");
  expect(examples).not.toEqual([]);
  expect(faultsIn(examples)).toEqual([]);
});

const inYaml = examplesIn("yaml");
const programs = inYaml.filter(({ text }) => /^runtime: yaml$/m.test(text));
const manifests = inYaml.filter((example) => !programs.includes(example));

test("there are manifests", () => {
  expect(manifests.map(({ place }) => place)).toContainEqual(expect.stringMatching(/^README\.md:/));
});

test.each(manifests)("the manifest at $place is right", ({ text }) => {
  expect(faultsInManifest(text)).toBeUndefined();
});

test("there are programs in Pulumi YAML", () => {
  expect(programs.map(({ place }) => place)).toContainEqual(expect.stringMatching(/^docs\/_index\.md:/));
});

test.each(programs)("the program at $place is right", ({ text }) => {
  expect(faultsInProgram(text)).toEqual([]);
});
