/** The contract, loaded from `openapi.yaml`: its text, and its operations for the server. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { load } from "js-yaml";

/** The text of the contract. */
export const contractText: string = readFileSync(
  createRequire(import.meta.url).resolve("roster-schema/openapi.yaml"),
  "utf8",
);

/** An operation of the contract, as the server routes it and validates its requests. */
export interface Operation {
  /** Its `operationId`. */
  readonly id: string;
  readonly method: string;
  /** The path, with `:name` for a parameter and `::` for a colon. */
  readonly url: string;
  readonly schema: OperationSchema;
}

/**
 * What a request is validated against. Typed code creates the responses, and tests check them against the contract: serializers compiled
 * from the contract would silently drop unknown members.
 */
interface OperationSchema {
  readonly operationId: string;
  readonly params?: ParametersSchema;
  readonly querystring?: ParametersSchema;
  readonly headers?: ParametersSchema;
  /** The schema of each media type. */
  readonly body?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
}

interface ParametersSchema {
  readonly type: "object";
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
}

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: object;
}

type PathItem = Readonly<Record<string, unknown>> & { readonly parameters?: readonly Parameter[] };

interface DescribedOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
}

// The package `yaml`, which keeps every position, takes five times as long: a sixth of a second of each start.
const document = load(contractText) as { readonly paths: Readonly<Record<string, PathItem>> };

/** The operations, in the contract's order. */
export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, item]) => {
  // For the router, a colon starts a parameter; two colons are a literal colon.
  const url = path.replaceAll(":", "::").replaceAll(/\{(\w+)\}/g, ":$1");
  const { parameters: shared = [], ...described } = item;
  return Object.entries(described).map(([method, operation]): Operation => {
    const { operationId, parameters = [], requestBody } = operation as DescribedOperation;
    const body = resolved(requestBody) as DescribedOperation["requestBody"];
    const schema = {
      operationId,
      ...parametersSchemas(resolved([...shared, ...parameters]) as readonly Parameter[]),
      ...(body !== undefined && { body: { content: body.content } }),
    };
    return { id: operationId, method: method.toUpperCase(), url, schema };
  });
});

/** The schemas of parameters, by the name that the server has for their place. */
function parametersSchemas(parameters: readonly Parameter[]): Partial<OperationSchema> {
  const places = { params: "path", querystring: "query", headers: "header" } as const;
  const schemas = Object.entries(places).flatMap(([name, place]) => {
    const own = parameters.filter((parameter) => parameter.in === place);
    const properties = Object.fromEntries(own.map((parameter) => [parameter.name, parameter.schema]));
    const required = own.filter((parameter) => parameter.required === true).map((parameter) => parameter.name);
    return own.length === 0
      ? []
      : [[name, { type: "object", properties, required } satisfies ParametersSchema] as const];
  });
  return Object.fromEntries(schemas);
}

/** A part of the document, with the parts that it references in place of each `$ref`. No schema of a request references itself. */
function resolved(part: unknown): unknown {
  if (Array.isArray(part)) {
    return part.map(resolved);
  }
  if (typeof part !== "object" || part === null) {
    return part;
  }
  if ("$ref" in part) {
    return resolved(partAt(String(part.$ref)));
  }
  return Object.fromEntries(Object.entries(part).map(([name, member]) => [name, resolved(member)]));
}

/** The part that a reference such as `#/components/schemas/Role` points to. */
function partAt(reference: string): unknown {
  let part: unknown = document;
  for (const name of reference.split("/").slice(1)) {
    part = (part as Readonly<Record<string, unknown>>)[name];
  }
  return part;
}
