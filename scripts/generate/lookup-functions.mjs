/** The look-ups of a program, as functions, from what describes them. */
import { comment, Types } from "./types.mjs";

/** @typedef {import("../../provider/dist/lifecycle/lookup.d.ts").Lookup} Lookup */

/**
 * A module with two functions for each look-up: for plain values, and for outputs.
 *
 * @param {readonly Lookup[]} lookups
 * @param {import("./types.mjs").Described} described
 * @returns {string} not formatted
 */
export function lookupFunctions(lookups, described) {
  const types = new Types(described);
  types.use("roster-schema", "type Schemas");
  types.use("../lookup.ts", "lookUp");
  types.use("../lookup.ts", "lookUpOutput");
  const functions = lookups.map((lookup) => functionsOf(lookup, types));
  const head = "/** The look-ups. Generated from provider/kinds by `npm run generate`; never edited. */";
  return [head, types.imports(), "", ...functions].join("\n");
}

/**
 * @param {Lookup} lookup
 * @param {Types} types
 */
function functionsOf({ name, summary, query, shapes, answers, isList }, types) {
  const answer = `Schemas[${JSON.stringify(answers)}]${isList ? "[]" : ""}`;
  const plain = shapes.map((shape) => types.objectOf(shape, false)).join(" | ");
  const given = shapes.map((shape) => types.objectOf(shape, true)).join(" | ");
  const about = isList ? [] : ["@throws ApiError `not_found` if it does not exist, or the token can't read it"];
  return `${comment(query.meaning)}
export type ${query.type} = ${plain};

${comment(summary, ...(about.length === 0 ? [] : ["", ...about]))}
export async function ${name}(query: ${query.type}): Promise<${answer}> {
  return lookUp(${JSON.stringify(name)}, query);
}

/** {@link ${name}}, for outputs. */
export function ${name}Output(query: ${given}, options?: pulumi.InvokeOutputOptions): pulumi.Output<${answer}> {
  return lookUpOutput(${JSON.stringify(name)}, query, options);
}
`;
}
