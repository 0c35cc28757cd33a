/** The files of a stack of the native plugin: the one that `pulumi import` takes, and a program in Pulumi YAML. */
import { Document, isMap, isScalar, visit } from "yaml";
import type { Estate } from "../estate/estate.ts";
import { nativeTokenOf } from "../lifecycle/resource-type.ts";
import { isRecord } from "../values/property-map.ts";
import { type ImportedResource, importedResources, Reference } from "./resources.ts";
import { type Export, type ExportOptions, leftOutLines } from "./selection.ts";

/** The name of the file that `pulumi import --file` takes. */
export const importFile = "import.json";

/** The name of the program, which is its project's file as well. */
const programFile = "Pulumi.yaml";

/**
 * Makes the file that `pulumi import --file` takes. The same organization gives the same file, byte for byte.
 *
 * @see https://www.pulumi.com/docs/iac/guides/migration/import/
 */
export function exportImportFile(estate: Estate, options: ExportOptions): Export {
  const { resources, leftOut } = importedResources(estate, options);
  const all = resources.map(({ kind, name, importId }) => ({ type: nativeTokenOf(kind), name, id: importId }));
  return { files: new Map([[importFile, `${JSON.stringify({ resources: all }, undefined, 2)}\n`]]), leftOut };
}

/**
 * Makes a program in Pulumi YAML that declares what the import file imports, by the same names and as it is. The same organization gives
 * the same file, byte for byte. No secret of a key or token is in it.
 */
export function exportProgram(estate: Estate, options: ExportOptions): Export {
  const { resources, leftOut, lookedUp } = importedResources(estate, options);
  const { id, slug } = estate.organization;
  const names = new Map(resources.map((resource) => [resource.id, resource.name]));
  if (lookedUp !== undefined) {
    names.set(id, lookedUp);
  }
  const lookup = { "fn::invoke": { function: tokenOf("getOrganization"), arguments: { slug } } };
  const program = {
    name: slug,
    runtime: "yaml",
    ...(lookedUp !== undefined && { variables: { [lookedUp]: lookup } }),
    resources: Object.fromEntries(resources.map((resource) => [resource.name, declarationOf(resource, names)])),
  };
  const comment = [
    `Written by \`roster export ${slug} --format yaml-program\`. It declares everything as it is, once \`pulumi import --file ${importFile}\``,
    `has imported it. \`roster export ${slug} --format import\` writes that file.`,
    ...leftOutLines(leftOut),
  ];
  return { files: new Map([[programFile, programText(program, comment.join("\n"))]]), leftOut };
}

/** A resource, as a program in YAML declares it. `pulumi import` protects what it imports, so the program does, too. */
function declarationOf(
  { kind, args, dependsOn, ignored }: ImportedResource,
  names: ReadonlyMap<string, string>,
): object {
  return {
    type: tokenOf(kind),
    properties: written(args, names),
    options: {
      ...(dependsOn.length > 0 && { dependsOn: dependsOn.map((id) => `\${${names.get(id)}}`) }),
      ...(ignored.length > 0 && { ignoreChanges: ignored }),
      protect: true,
    },
  };
}

/** How a program in YAML names a kind or a function of the package. */
function tokenOf(name: string): string {
  return `roster:${name}`;
}

/** Values as a program in YAML has them, which would expand `${`, and reads `$$` as `$`. */
function written(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (value instanceof Reference) {
    return `\${${names.get(value.id)}.${value.output}}`;
  }
  if (typeof value === "string") {
    return /\$[${]/.test(value) ? value.replaceAll("$", () => "$$") : value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => written(item, names));
  }
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, written(inner, names)]))
    : value;
}

function programText(program: object, comment: string): string {
  // The engine reads YAML 1.1 in part, such as its numbers.
  const document = new Document(program, { compat: "yaml-1.1", aliasDuplicateObjects: false });
  document.commentBefore = comment.replace(/^/gm, " ");
  visit(document, {
    Seq(_key, list) {
      list.flow = list.items.every((item) => isScalar(item));
    },
    Pair(_key, { key, value }) {
      if (isScalar(key) && key.value === "options" && isMap(value)) {
        value.flow = true;
      }
    },
  });
  return document.toString({ lineWidth: 0 });
}
