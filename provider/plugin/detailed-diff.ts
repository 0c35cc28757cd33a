/** The differences that the engine shows, each at the path of the value that differs. */
import { isDeepStrictEqual } from "node:util";
import { PropertyDiff } from "@pulumi/pulumi/proto/provider_pb.js";
import { isArgument } from "../lifecycle/properties.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import { containsUnknown, isUnknown } from "../values/unknown.ts";

const { Kind } = PropertyDiff;

/** Changed arguments. */
interface Changed {
  readonly state: PropertyMap;
  readonly inputs: PropertyMap;
  /** The names of the arguments that differ. */
  readonly names: readonly string[];
  /** Those that replace the object. */
  readonly replaces: readonly string[];
}

/**
 * The differences, by path in the engine's syntax, such as `members["ada@example.com"]`. What isn't an argument, such as the object's
 * name in the service, is left out: the engine would take it for a change that `replaceOnChanges: ["*"]` is about.
 */
export function detailedDiff({ state, inputs, names, replaces }: Changed): Map<string, PropertyDiff> {
  const found = new Map<string, PropertyDiff>();
  for (const name of names.filter(isArgument)) {
    const isReplacing = replaces.includes(name);
    for (const [path, kind] of differences(name, state[name], inputs[name])) {
      const diff = new PropertyDiff();
      diff.setKind(isReplacing ? replacing[kind] : kind);
      found.set(path, diff);
    }
  }
  return found;
}

type Kind = PropertyDiff.Kind;

const replacing: Readonly<Record<Kind, Kind>> = {
  [Kind.ADD]: Kind.ADD_REPLACE,
  [Kind.ADD_REPLACE]: Kind.ADD_REPLACE,
  [Kind.DELETE]: Kind.DELETE_REPLACE,
  [Kind.DELETE_REPLACE]: Kind.DELETE_REPLACE,
  [Kind.UPDATE]: Kind.UPDATE_REPLACE,
  [Kind.UPDATE_REPLACE]: Kind.UPDATE_REPLACE,
};

function differences(path: string, before: unknown, now: unknown): [string, Kind][] {
  if (isDeepStrictEqual(before, now) && !containsUnknown(now)) {
    return [];
  }
  if (before === undefined || now === undefined) {
    return [[path, before === undefined ? Kind.ADD : Kind.DELETE]];
  }
  if (isUnknown(now) || !isRecord(before) || !isRecord(now)) {
    return [[path, Kind.UPDATE]];
  }
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].flatMap((name) => differences(memberPath(path, name), before[name], now[name]));
}

function memberPath(path: string, name: string): string {
  return /^\w+$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}
