/** The contract, loaded from `openapi.yaml`. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parse } from "yaml";

/** The contract's text, as it is published. */
export const contractText: string = readFileSync(
  createRequire(import.meta.url).resolve("roster-schema/openapi.yaml"),
  "utf8",
);

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses?: object }>>>>;
}

// The document shares its parts through anchors, more often than the parser's guard against bombs expects.
const document = parse(contractText, { maxAliasCount: -1 }) as Document;

const paths = Object.entries(document.paths).map(([path, operations]) => [
  // A colon begins a parameter for the router, unless there are two.
  path.replaceAll(":", "::"),
  Object.fromEntries(Object.entries(operations).map(([method, operation]) => [method, withoutAnswers(operation)])),
]);

/**
 * The contract without its answers, for routing and for validating requests.
 *
 * Answers are made by typed code and checked against the contract in tests; serializers compiled from it would only
 * drop what they don't know, in silence.
 */
export const requestSchemas: object = { ...document, paths: Object.fromEntries(paths) };

function withoutAnswers<Part extends { readonly responses?: object }>(part: Part): Part {
  return part.responses === undefined
    ? part
    : { ...part, responses: { default: { description: "See the contract." } } };
}
