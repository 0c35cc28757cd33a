/** The properties that every kind has, besides those of adoption. */
import { z } from "zod";
import { text } from "../values/property-types.ts";

/** Every managed object carries the stack's own name for it: see external-id.ts. */
export const externalId = text(512).optional();

/** The inputs that no program gives, and that a program's change never means. */
const madeInputs: ReadonlySet<string> = new Set(["externalId", "adopts"]);

/** @returns whether the names of inputs that differ have one among them that a program gives. */
export function hasArgument(different: readonly string[]): boolean {
  return different.some((name) => !madeInputs.has(name));
}

/** The outputs that every object has. */
export const sharedOutputs = {
  adopted: z.boolean().describe("Whether the object existed before the stack took it over."),
  etag: z
    .string()
    .describe("The version of what can be set on the object. An update is refused if it has changed since."),
};
