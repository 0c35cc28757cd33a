/** Checks the inputs of a resource against the shape of its arguments. Any value may still be unknown. */
import { z } from "zod";
import { faultsOf, inPlainWords, pathText, unknownProperty } from "../issues.ts";
import { isRecord, type PropertyMap, unusableName, unusableNames, withoutUndefined } from "../values/property-map.ts";
import { containsUnknown, isUnknownAt } from "../values/unknown.ts";

/** What is wrong with an input. */
export interface CheckFailure {
  /** The path of the input, such as `permissions[2]`. */
  readonly property: string;
  /** What is wrong, and which values are allowed. */
  readonly reason: string;
}

/** What is wrong with an input, or with the resource as a whole if the failure names no property. */
export function failureText({ property, reason }: CheckFailure): string {
  return property === "" ? reason : `${property}: ${reason}`;
}

/** Checks each argument on its own, and fills in defaults. Unknown values are accepted. */
export function checkShape(
  shape: z.ZodRawShape,
  inputs: PropertyMap,
): { checked: Record<string, unknown>; failures: CheckFailure[] } {
  const failures: CheckFailure[] = [];
  const checked: Record<string, unknown> = {};
  for (const name of Object.keys(inputs).filter((name) => !Object.hasOwn(shape, name))) {
    // A program can't set these.
    const known = Object.keys(shape).filter((name) => name !== "externalId" && name !== "adopts");
    failures.push({ property: name, reason: unknownProperty(known) });
  }
  for (const [name, schema] of Object.entries(shape)) {
    const value = Object.hasOwn(inputs, name) ? (inputs[name] ?? undefined) : undefined;
    const parsed = z.safeParse(schema, value, { error: inPlainWords });
    checked[name] = parsed.success ? parsed.data : withKnownDefaults(schema, value);
    // Unknown values can't be checked.
    const issues = (parsed.error?.issues ?? []).filter(({ path }) => !isUnknownAt(value, path));
    const faults = issues.flatMap((issue) => faultsOf(schema, issue));
    const found = faults.map(({ path, reason }) => ({ property: pathText([name, ...path]), reason }));
    // zod silently omits these from a record.
    const lost = unusableNames(value, [name]).map((path) => ({ property: pathText(path), reason: unusableName }));
    failures.push(...found, ...lost.filter(({ property }) => !found.some((fault) => fault.property === property)));
  }
  return { checked: withoutUndefined(checked), failures };
}

/** Fills in the defaults of an object that has unknown members. */
function withKnownDefaults(schema: z.core.$ZodType, value: unknown): unknown {
  if (!isRecord(value)) {
    return value;
  }
  const members = Object.entries(value);
  const parsed = z.safeParse(schema, Object.fromEntries(members.filter(([, member]) => !containsUnknown(member))));
  return parsed.success && isRecord(parsed.data) ? { ...parsed.data, ...value } : value;
}
