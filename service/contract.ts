import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parse } from "yaml";

/** The contract's text, as it is published. */
export const contractText: string = readFileSync(
  createRequire(import.meta.url).resolve("roster-schema/openapi.yaml"),
  "utf8",
);

interface Document {
  readonly paths: Record<string, Record<string, { responses?: object }>>;
}

/**
 * The contract without its answers, for routing and for validating requests.
 *
 * Answers are made by typed code and checked against the contract in tests; serializers compiled from it would only
 * drop what they don't know, in silence.
 */
export function requestSchemas(): object {
  // The document shares its parts through anchors, more often than the parser's guard against bombs expects.
  const document = parse(contractText, { maxAliasCount: -1 }) as Document;
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    if (operation.responses !== undefined) operation.responses = { default: { description: "See the contract." } };
  }
  // A colon begins a parameter for the router, unless there are two.
  const paths = Object.entries(document.paths).map(([path, operations]) => [path.replaceAll(":", "::"), operations]);
  return { ...document, paths: Object.fromEntries(paths) };
}

/** What an e-mail address looks like, by the contract. */
export const emailPattern: RegExp = new RegExp(
  (parse(contractText, { maxAliasCount: -1 }) as { components: { schemas: { Email: { pattern: string } } } }).components
    .schemas.Email.pattern,
);
