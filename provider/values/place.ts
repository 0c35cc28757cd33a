/** Where a manifest declares a resource. The program sends it with the inputs, and the provider stores it nowhere. */
import { createHash } from "node:crypto";
import { z } from "zod";

/** The input of a resource with its {@link DeclaredPlace}. `check` takes it out of the inputs, so it is not in the state. */
export const placeInput = "__place";

/** The place at which a manifest declares a resource. */
export interface DeclaredPlace {
  /** The place, as messages name it, such as `teams/red.yaml:3:5: users.ada`. */
  readonly text: string;
  /** The absolute path of the file. */
  readonly file: string;
  /** The {@link textHash} of the file. */
  readonly sha256: string;
}

const declaredPlace: z.ZodType<DeclaredPlace> = z.object({ text: z.string(), file: z.string(), sha256: z.string() });

/** @returns the place in the inputs of a resource; undefined if they have none */
export function declaredPlaceIn(inputs: Readonly<Record<string, unknown>>): DeclaredPlace | undefined {
  return declaredPlace.safeParse(inputs[placeInput]).data;
}

/** The SHA-256 of a text, in hexadecimal digits. */
export function textHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
