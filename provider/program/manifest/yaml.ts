/** The YAML syntax of a manifest: what YAML allows but a manifest doesn't, and the places of values in the text. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
  type YAMLMap,
} from "yaml";
import type { Fault } from "../../issues.ts";
import { unusableName } from "../../values/property-map.ts";
import { positionAfter } from "../text-file.ts";

/** A fault with its place in the text. */
export type PlacedFault = Pick<Fault, "path" | "reason"> & { readonly offset: number };

/** The maximum number of values that aliases can repeat: enough for any manifest, and quickly exceeded by a YAML bomb. */
const maxRepeated = 10_000;

/** The codes of warnings about syntax that the library ignores. */
export const unusableCodes: ReadonlySet<string> = new Set([
  "BAD_COLLECTION_TYPE",
  "BAD_DIRECTIVE",
  "TAG_RESOLVE_FAILED",
]);

/** Finds what YAML allows but a manifest doesn't: other versions, duplicate names, and undefined or excessive aliases. */
export function unusable(document: Document, text: string): PlacedFault[] {
  const faults: PlacedFault[] = [];
  const aliases = new Aliases();
  if (document.directives?.yaml.version !== "1.2") {
    const reason = "a manifest must be YAML 1.2: remove this line";
    faults.push({ offset: Math.max(0, text.search(/^%YAML/m)), path: [], reason });
  }
  visit(document, {
    Alias(_key, node) {
      const reason = aliases.refuse(node);
      if (reason !== undefined) {
        faults.push({ offset: startOf(node) ?? 0, path: [], reason });
      }
    },
    Scalar(_key, scalar) {
      aliases.note(scalar);
    },
    Seq(_key, list) {
      aliases.note(list);
    },
    Map(_key, map, ancestors) {
      aliases.note(map);
      const outer = ancestors.filter(isPair).map(({ key }) => nameOf(key));
      const first = new Map<string, number>();
      for (const { key } of map.items.filter(({ key }) => isScalar(key))) {
        const [name, offset] = [nameOf(key), startOf(key) ?? 0];
        const refuse = (reason: string) => faults.push({ offset, path: [...outer, name], reason });
        const before = first.get(name);
        if (before !== undefined) {
          const { line } = positionAfter(text.slice(0, before));
          refuse(
            `${JSON.stringify(name)} already appears in line ${line}: names must be unique, with or without quotes, so rename or remove one`,
          );
        } else if (name === "__proto__") {
          refuse(unusableName);
        } else if (name === "<<") {
          refuse("a manifest can't merge maps (<<): write out the values, or use an alias for a whole value");
        }
        first.set(name, before ?? offset);
      }
    },
  });
  return faults;
}

/** The aliases of a document, in its order: their targets, and the size of all the values that they repeat. */
class Aliases {
  readonly #anchors = new Map<string, Node>();
  readonly #targets = new Map<Alias, Node>();
  readonly #sizes = new Map<unknown, number>();
  #repeated = 0;

  /** Notes a possible target of later aliases. */
  note(node: Node & { anchor?: string | undefined }): void {
    if (node.anchor !== undefined) {
      this.#anchors.set(node.anchor, node);
    }
  }

  /** @returns what is wrong with an alias, if anything */
  refuse(alias: Alias): string | undefined {
    const target = this.#anchors.get(alias.source);
    if (target === undefined) {
      return `the anchor &${alias.source} is not defined before this alias: put it in quotes if it is text`;
    }
    this.#targets.set(alias, target);
    const isWithin = this.#repeated <= maxRepeated;
    this.#repeated += this.#sizeOf(target);
    return isWithin && this.#repeated > maxRepeated
      ? `the aliases up to this one repeat more than ${maxRepeated} values: write out the values, or split the manifest`
      : undefined;
  }

  /** The number of values in a node, including those that its aliases repeat. */
  #sizeOf(node: unknown): number {
    const known = this.#sizes.get(node);
    if (known !== undefined) {
      return known;
    }
    // A node that contains itself is counted once.
    this.#sizes.set(node, 0);
    const parts = isAlias(node)
      ? [this.#targets.get(node)]
      : isMap(node)
        ? node.items.map(({ value }) => value)
        : isSeq(node)
          ? node.items
          : [];
    const size = parts.reduce<number>((sum, part) => sum + this.#sizeOf(part), 1);
    this.#sizes.set(node, size);
    return size;
  }
}

/**
 * Finds numbers whose value differs from their text, such as 1.10 and integers of 17 digits: a change of the text might not change
 * the value.
 */
export function alteredNumbers(document: Document): PlacedFault[] {
  const faults: PlacedFault[] = [];
  visit(document, {
    Scalar(_key, { value, source, range }, ancestors) {
      if (typeof value !== "number" || source === undefined || String(value) === source) {
        return;
      }
      const path = ancestors.filter(isPair).map(({ key }) => nameOf(key));
      const reason = `this number is read as ${value}: write that value, or use quotes if it is text`;
      faults.push({ offset: range?.[0] ?? 0, path, reason });
    },
  });
  return faults;
}

/** What to do about a null value, or a number that an expansion gave, in place of text. */
export function hintAt(text: string, offset: number): string {
  const [word] = /^(?:null|~|\$\{[^}]*\})/i.exec(text.slice(offset, offset + 1000)) ?? [];
  return word === undefined ? "" : `: put ${word} in quotes if it is text`;
}

/** The text of a map's key; empty if the key is not text, which is refused. */
function nameOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : "";
}

/** The offset of a path in the text: of its value, or of its name; if it is missing, of the name of the map that lacks it. */
export function offsetIn(document: Document, path: Fault["path"], atName = false): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const [at, segment] of path.entries()) {
    const here: unknown = isAlias(node) ? node.resolve(document) : node;
    const last = at === path.length - 1;
    if (isMap(here)) {
      const pair = pairsOf(here).get(String(segment));
      if (pair === undefined) {
        return offset;
      }
      const nameOffset = startOf(pair.key);
      offset = last && !atName ? (startOf(pair.value) ?? nameOffset ?? offset) : (nameOffset ?? offset);
      node = pair.value;
    } else if (isSeq(here)) {
      node = here.items[Number(segment)];
      offset = startOf(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

/** The pairs of maps by name: places are looked up for every entry of a section. */
const pairsByMap = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const pairs = pairsByMap.get(map) ?? new Map(map.items.toReversed().map((pair) => [nameOf(pair.key), pair]));
  pairsByMap.set(map, pairs);
  return pairs;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
