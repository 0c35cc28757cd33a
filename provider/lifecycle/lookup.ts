/** The description of a look-up, and the check of its arguments. */
import type { Schemas } from "roster-schema";
import { z } from "zod";
import { DeclarationError } from "../errors.ts";
import { type PropertyMap, withoutNulls } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import { checkShape, failureText } from "./shape.ts";

/** A function that reads from the service. */
export interface Lookup {
  /** The function's name, such as `getRole`. */
  readonly name: string;
  /** What it does, in a sentence or two. */
  readonly summary: string;
  /** The name of the type of its query, and what a query says. */
  readonly query: { readonly type: string; readonly meaning: string };
  /** The arguments that it takes, for each way to say what is meant. */
  readonly shapes: readonly z.ZodRawShape[];
  /** What it answers, as the contract names it; a list of that, or one. */
  readonly answers: keyof Schemas;
  readonly isList: boolean;
  /**
   * @param query checked
   * @throws ApiError `not_found` if there is nothing that the token may read
   */
  ask(client: Client, query: PropertyMap): Promise<unknown>;
}

/**
 * Checks the arguments before the request: without the argument that identifies the object, it would find any object.
 *
 * @throws DeclarationError, without the values
 */
export function checkedQuery({ name, shapes }: Lookup, query: object): PropertyMap {
  const given = withoutNulls({ ...query });
  const names = Object.keys(given);
  const shape = shapes.find((shape) => names.length > 0 && names.every((each) => Object.hasOwn(shape, each)));
  if (shape === undefined) {
    const found = names.length === 0 ? "no value was given" : `got ${named(names)}`;
    throw new DeclarationError(`${name} requires ${shapes.map(takenBy).join(" or ")}; ${found}.`);
  }
  const { checked, failures } = checkShape(shape, given);
  if (failures.length > 0) {
    throw new DeclarationError(`${name}: ${failures.map(failureText).join("\n  ")}`);
  }
  return checked;
}

/** The arguments of a shape, for messages. */
function takenBy(shape: z.ZodRawShape): string {
  const isNeeded = (name: string) => !z.safeParse(shape[name] ?? z.unknown(), undefined).success;
  const [needed, others] = [Object.keys(shape).filter(isNeeded), Object.keys(shape).filter((name) => !isNeeded(name))];
  return others.length === 0 ? named(needed) : `${named(needed)}, optionally with ${named(others)}`;
}

function named(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(" and ");
}
