/**
 * The metadata of properties: each property is a zod schema with a description and further metadata. Everything else is generated
 * from that: the classes of a program, the tables of the documentation, and the schemas.
 */
import { z } from "zod";

/** The metadata of a property, in addition to its type. */
export type Property = {
  /** Its meaning, in a sentence. */
  readonly description?: string;
  /**
   * What a change of the argument does: it `replaces` the object, is `refused`, or performs an `action`, once whenever the
   * value changes after the creation. By default, it changes the object in place.
   */
  readonly change?: "replaces" | "refused" | "action";
  /** Whether its default also applies to an adopted object, which otherwise keeps what the program leaves out. */
  readonly defaultEvenIfAdopted?: boolean;
  /** Whether its value is a secret. */
  readonly secret?: boolean;
  /** The argument that this output repeats under another name. It is secret if the argument is. */
  readonly repeats?: string;
  /** Whether this output never changes once it has a value, no matter who updates the object. */
  readonly stable?: boolean;
  /** The kind whose resources can be passed in place of the value, which is an id. */
  readonly reference?: string;
  /** The TypeScript type of the values that can be passed in addition to ids. */
  readonly alternatives?: string;
  /** The name of the property's type, if it is exported. */
  readonly typeName?: string;
  /** Whether a program must pass a plain value, because it is needed before any output is known. */
  readonly plain?: boolean;
  /** The TypeScript types, if they can't be derived from the schema. */
  readonly types?: { readonly args: string; readonly output: string };
  /** The same as schemas, for other languages. A function, so that what copies the metadata leaves them out. */
  readonly forms?: () => { readonly args: z.core.$ZodType; readonly output: z.core.$ZodType };
  /** The name of its type in other languages, for an object, or an enumeration that the contract doesn't name. */
  readonly schemaName?: string;
};

/** The metadata of a property, for `meta`. */
export function property(description: string, more: Omit<Property, "description">): Property {
  return { description, ...more };
}

/** The metadata of a property, including that of its type if the property is optional. */
export function propertyOf(schema: z.core.$ZodType): Property {
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  const inner: Property = isWrapped ? propertyOf(schema.unwrap()) : {};
  return { ...inner, ...z.globalRegistry.get(schema) };
}

/** The names of the properties whose metadata matches a condition. */
export function namesOf(shape: z.ZodRawShape, says: (property: Property) => boolean): string[] {
  return Object.keys(shape).filter((name) => says(propertyOf(shape[name] ?? z.unknown())));
}

/** The outputs that repeat an argument, each with that argument. */
export function repeatsIn(outputs: z.ZodRawShape): Readonly<Record<string, string>> {
  const repeated = Object.entries(outputs).map(([name, schema]) => [name, propertyOf(schema).repeats] as const);
  return Object.fromEntries(repeated.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
