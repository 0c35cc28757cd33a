/** The option `replaceOnChanges`, for kinds whose inputs the engine doesn't compare: see sets/lifecycle.ts. */
import { isDeepStrictEqual } from "node:util";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import { isArgument } from "./properties.ts";

/**
 * Whether the option names a changed argument, or a changed part of it. Its paths have the engine's syntax:
 * `*`, `members`, `members["ada@example.com"].role`, `members[*].role`, `ignore[0]`.
 */
export function isAskedToReplace(name: string, state: PropertyMap, inputs: PropertyMap): boolean {
  const asked = Array.isArray(inputs.__replaceOnChanges) ? inputs.__replaceOnChanges.map(String) : [];
  return asked.map(partsOf).some(([head, ...rest]) => {
    const isMeant = head === name || (head === "*" && isArgument(name));
    return isMeant && differsAt(rest, state[name], inputs[name]);
  });
}

function partsOf(path: string): string[] {
  const parts = path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g);
  return [...parts].map(([, quoted, at, plain = ""]) => quoted?.replace(/\\(.)/g, "$1") ?? at ?? plain);
}

function differsAt([head, ...rest]: readonly string[], before: unknown, now: unknown): boolean {
  if (head === undefined) {
    return !isDeepStrictEqual(before, now);
  }
  const [was, is] = [membersOf(before), membersOf(now)];
  const names = head === "*" ? Object.keys({ ...was, ...is }) : [head];
  const memberOf = (of: PropertyMap, name: string) => (Object.hasOwn(of, name) ? of[name] : undefined);
  return names.some((name) => differsAt(rest, memberOf(was, name), memberOf(is, name)));
}

function membersOf(value: unknown): PropertyMap {
  return isRecord(value) || Array.isArray(value) ? { ...value } : {};
}
