/** What the program knows of a declaration and the provider can't see. The program sends it with the inputs, and nothing stores it. */
import { z } from "zod";
import { isUnknown } from "./unknown.ts";

/** The input of a resource with its {@link Declaration}. `check` takes it out of the inputs, so it is not in the state. */
export const declarationInput = "__declaration";

/** A declaration, as the program has it. */
export interface Declaration {
  /** The resource, as messages name it, such as `Membership ada`. */
  readonly by: string;
  /** The arguments that the program passes as plain text. Messages may contain them; the others may be secret. */
  readonly plain?: readonly string[] | undefined;
  /** By argument: a text that stands for its value. Values with the same text are the same, whether they are known or not. */
  readonly same?: Readonly<Record<string, string>> | undefined;
  /** The address that the program passes to the user whom the declaration names. */
  readonly address?: string | undefined;
}

const declaration: z.ZodType<Declaration> = z.object({
  by: z.string(),
  plain: z.array(z.string()).optional(),
  same: z.record(z.string(), z.string()).optional(),
  address: z.string().optional(),
});

/** @returns the declaration in the inputs of a resource; undefined if they have none, as with `ignoreChanges: ["*"]` */
export function declarationIn(inputs: Readonly<Record<string, unknown>>): Declaration | undefined {
  return declaration.safeParse(inputs[declarationInput]).data;
}

/** The inputs with each unknown argument replaced by the text that stands for its value, if there is one. */
export function comparableInputs(
  inputs: Readonly<Record<string, unknown>>,
  { same = {} }: Pick<Declaration, "same">,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(inputs).map(([name, value]) => [
    name,
    isUnknown(value) ? (same[name] ?? value) : value,
  ]);
  return Object.fromEntries(entries);
}
