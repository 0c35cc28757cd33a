/** The properties that every kind has, in addition to those of adoption. */
import { z } from "zod";
import { text } from "../values/property-types.ts";

/** Every managed object has an externalId, which the stack makes: see external-id.ts. */
export const externalId = text(512).optional().describe("The stack's identifier for the object in the service.");

/** The inputs that the provider computes; a difference in them is not a change of the program. */
const madeInputs: ReadonlySet<string> = new Set(["externalId", "adopts"]);

/** Whether an input is an argument of the program. */
export function isArgument(name: string): boolean {
  return !madeInputs.has(name);
}

/** The outputs that every object has. */
export const sharedOutputs = {
  adopted: z.boolean().describe("Whether the object existed before the stack took it over."),
  etag: z
    .string()
    .describe(
      "The version of the object's settable properties. If it has changed since, an update is refused unless the declared ones are the same.",
    ),
};
