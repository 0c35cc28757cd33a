/** The contract, loaded from `openapi.yaml`. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { load } from "js-yaml";

/** The text of the contract. */
export const contractText: string = readFileSync(
  createRequire(import.meta.url).resolve("roster-schema/openapi.yaml"),
  "utf8",
);

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses?: object }>>>>;
}

// The package `yaml`, which keeps every position, takes five times as long: a sixth of a second of each start.
const document = load(contractText) as Document;

const paths = Object.entries(document.paths).map(([path, operations]) => [
  // For the router, a colon starts a parameter; two colons are a literal colon.
  path.replaceAll(":", "::"),
  Object.fromEntries(Object.entries(operations).map(([method, operation]) => [method, withoutAnswers(operation)])),
]);

/**
 * The contract without its responses, for routing and validating requests.
 *
 * Typed code creates the responses, and tests check them against the contract. Serializers compiled from the contract would
 * silently drop unknown members.
 */
export const requestSchemas: object = { ...document, paths: Object.fromEntries(paths) };

function withoutAnswers<Part extends { readonly responses?: object }>(part: Part): Part {
  return part.responses === undefined
    ? part
    : { ...part, responses: { default: { description: "See the contract." } } };
}
