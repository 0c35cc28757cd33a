/** The text of an exported manifest. */
import { Document, isMap, isScalar, isSeq, type Node, visit } from "yaml";
import type { PropertyMap } from "../values/property-map.ts";

type Entries = readonly (readonly [name: string, entry: PropertyMap])[];

/** A manifest whose sections are lists of entries with their names. */
export interface ExportedManifest {
  readonly name: string;
  readonly organization: PropertyMap;
  readonly roles: Entries;
  readonly users: Entries;
  readonly members: Entries;
  readonly people?: PropertyMap;
  readonly apiKeys: Entries;
  readonly accessTokens: Entries;
}

/** Sections whose entries take one line each. */
const onOneLine: readonly string[] = ["users", "members"];

/**
 * Writes a manifest. The entries of a section are in the order of their names. Empty sections are left out.
 *
 * @param comment the lines at its beginning
 */
export function manifestText(manifest: ExportedManifest, comment: string): string {
  const { name, organization, roles, users, members, people, apiKeys, accessTokens } = manifest;
  const sections = Object.entries({ roles, users, members, apiKeys, accessTokens }).flatMap(([section, entries]) =>
    entries.length === 0 ? [] : [[section, new Map(entries.toSorted(byName))] as const],
  );
  // A map keeps the order of names such as `1`, which an object doesn't.
  const head: [string, unknown][] = [
    ["name", name],
    ["organization", organization],
  ];
  const document = new Document(
    new Map([...head, ...sections, ...(people === undefined ? [] : [["people", people] as const])]),
  );
  document.commentBefore = comment.replace(/^/gm, " ");
  visit(document, {
    Scalar(key, scalar) {
      if (key !== "key" && typeof scalar.value === "string") {
        // The manifest would expand it.
        scalar.value = scalar.value.replaceAll("${", () => `$\${`);
      }
    },
    Seq(_key, list) {
      list.flow = list.items.every((item) => isScalar(item));
    },
  });
  for (const section of onOneLine) {
    inOneLine(document.get(section));
  }
  return document.toString({ lineWidth: 0 });
}

function inOneLine(section: unknown): void {
  for (const { value } of isMap<Node, Node>(section) ? section.items : []) {
    if (isMap(value) || isSeq(value)) {
      value.flow = true;
    }
  }
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
