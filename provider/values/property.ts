/**
 * What the properties of a kind say of themselves: each is a zod schema with a sentence, and with what else is peculiar to
 * it. Everything else is made from that: the classes of a program, the tables of the documentation, and the schemas.
 */
import { z } from "zod";

/** What a property says of itself, besides its type. */
export type Property = {
  /** What it means, in a sentence. */
  readonly description?: string;
  /**
   * What a change of the argument does: it `replaces` the object, is `refused`, or does an `act`, once whenever the value
   * changes after the creation. By default, it changes the object in place.
   */
  readonly change?: "replaces" | "refused" | "action";
  /** Whether its value is a secret. */
  readonly secret?: boolean;
  /** The argument that this output repeats under its own name; it is as secret as that. */
  readonly repeats?: string;
  /** The kind whose resources can be given in place of the value, which is an id. */
  readonly reference?: string;
  /** The TypeScript type of the values that can be given as well, where not only an id can. */
  readonly alternatives?: string;
  /** The name of the property's type, where programs use it by itself. */
  readonly typeName?: string;
  /** Whether a program gives the value as it is, because it is needed before any output is known. */
  readonly plain?: boolean;
  /** The TypeScript types, where they can't be told from the schema. */
  readonly types?: { readonly args: string; readonly output: string };
};

/** What a property says of itself, for `meta`. */
export function property(description: string, more: Omit<Property, "description">): Property {
  return { description, ...more };
}

/** What a property says of itself; what is peculiar to its type counts too where it may be left out. */
export function propertyOf(schema: z.core.$ZodType): Property {
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  const inner: Property = isWrapped ? propertyOf(schema.unwrap()) : {};
  return { ...inner, ...z.globalRegistry.get(schema) };
}

/** The names of the properties that say something of themselves. */
export function namesOf(shape: z.ZodRawShape, says: (property: Property) => boolean): string[] {
  return Object.keys(shape).filter((name) => says(propertyOf(shape[name] ?? z.unknown())));
}

/** The outputs that repeat an argument, and which. */
export function repeatsIn(outputs: z.ZodRawShape): Readonly<Record<string, string>> {
  const repeated = Object.entries(outputs).map(([name, schema]) => [name, propertyOf(schema).repeats] as const);
  return Object.fromEntries(repeated.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
