/**
 * What the declaration of an adopted object leaves out. It stays as it is: it gets no default, it is not compared, and it is not
 * sent.
 *
 * @see docs/decisions/0042-organization-profiles.md
 */
import { z } from "zod";
import { namesOf } from "../values/property.ts";
import { declaredPart, type PropertyMap } from "../values/property-map.ts";
import { wantsAdoption } from "./adoption.ts";

/** The input that lists the arguments with a default that a program leaves out. Preview doesn't display it. */
export const leftOutInput = "__leftOut";

/** Whether what the inputs of a resource leave out stays as it is: it adopts an object, or did so when it was created. */
export function leavesOmitted(inputs: PropertyMap): boolean {
  return wantsAdoption(inputs) || Array.isArray(inputs[leftOutInput]);
}

/** The arguments with a default that a program leaves out, so that the adopted object keeps its values. */
export function leftOutOf({ [leftOutInput]: names }: PropertyMap): readonly unknown[] {
  return Array.isArray(names) ? names : [];
}

/** The arguments that an adopted object keeps if the program leaves them out, although a new object would have a default. */
export function keptArguments(shape: z.ZodRawShape): readonly string[] {
  const evenSo = new Set(namesOf(shape, ({ defaultEvenIfAdopted }) => defaultEvenIfAdopted === true));
  return Object.keys(shape).filter((name) => hasDefault(shape[name]) && !evenSo.has(name));
}

function hasDefault(schema: z.core.$ZodType | undefined): boolean {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
}

/**
 * Removes the defaults of what the program leaves out.
 *
 * @param kept see {@link keptArguments}
 * @param checked the arguments, with all defaults
 */
export function withoutDefaults(
  kept: readonly string[],
  given: PropertyMap,
  checked: PropertyMap,
): Record<string, unknown> {
  const leftOut = kept.filter((name) => given[name] === undefined);
  const rest = Object.entries(checked).filter(([name]) => !leftOut.includes(name));
  return {
    ...Object.fromEntries(rest.map(([name, value]) => [name, declaredPart(value, given[name])])),
    [leftOutInput]: leftOut,
  };
}

/** Values by argument, without the members of maps that the inputs leave as they are. */
export function comparable(values: PropertyMap, inputs: PropertyMap): PropertyMap {
  return leavesOmitted(inputs)
    ? Object.fromEntries(Object.entries(values).map(([name, value]) => [name, declaredPart(value, inputs[name])]))
    : values;
}

/**
 * The values that a kind makes of its arguments, without those of arguments and members that the inputs leave as they are.
 *
 * @param make gets the arguments with all defaults, as for a new object
 */
export function declaredValues(
  shape: z.ZodRawShape,
  inputs: PropertyMap,
  make: (args: PropertyMap) => PropertyMap,
): PropertyMap {
  if (!leavesOmitted(inputs)) {
    return make(inputs);
  }
  const kept = keptArguments(shape);
  const filled = kept.map((name) => [name, z.safeParse(shape[name] ?? z.unknown(), inputs[name]).data ?? inputs[name]]);
  const values = make({ ...inputs, ...Object.fromEntries(filled) });
  const declared = Object.entries(values).filter(([name]) => !kept.includes(name) || inputs[name] !== undefined);
  return comparable(Object.fromEntries(declared), inputs);
}

/**
 * The observed arguments of an adopted object, for the state: those that are declared, and those of which a new object would have
 * a default, because the outputs have a value in any case.
 */
export function observedArgs(shape: z.ZodRawShape, observed: PropertyMap, args: PropertyMap): PropertyMap {
  const entries = Object.entries(observed).map(([name, value]) => {
    return [name, args[name] === undefined && !hasDefault(shape[name]) ? null : value];
  });
  return Object.fromEntries(entries);
}
