import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { LightMyRequestResponse } from "fastify";
import type { operations } from "roster-schema";
import { expect } from "vitest";
import { parse } from "yaml";
import { contractText } from "../../../service/contract.ts";

/** The identifier of an operation of the contract. */
export type OperationId = keyof operations;

interface Schema {
  type?: unknown;
  properties?: object;
  additionalProperties?: unknown;
  unevaluatedProperties?: boolean;
  allOf?: { $ref?: string }[];
}

interface Response {
  headers?: Record<string, unknown>;
  content?: Record<string, { schema: Schema }>;
  $ref?: string;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly responses: Record<string, Response>;
}

interface Document {
  paths: Record<string, Record<string, { operationId?: OperationId; responses: Record<string, Response> }>>;
  components: { responses: Record<string, Response>; schemas: Record<string, Schema> };
}

const document: Document = parse(contractText, { maxAliasCount: -1 });

/** Every operation of the contract. */
export const contract = new Map<OperationId, Operation>(
  Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { operationId, responses }]) =>
      operationId === undefined ? [] : [[operationId, { method: method.toUpperCase(), path, responses }] as const],
    ),
  ),
);

const ajv = makeValidator();
const validators = new Map<string, ValidateFunction>();

/** Fails unless an answer is one that the contract has for the operation: status, headers, media type and body. */
export function expectInContract(operationId: OperationId, response: LightMyRequestResponse): void {
  const operation = contract.get(operationId);
  const { statusCode: status } = response;
  const reference = operation?.responses[status] ?? (status >= 500 ? operation?.responses.default : undefined);
  expect(
    reference,
    `${operationId} answered ${status}, which the contract doesn't have: ${response.body}`,
  ).toBeDefined();
  if (reference === undefined) return;
  const documented = resolve(reference);
  for (const header of Object.keys(documented.headers ?? {})) {
    // Rate limits are off in most tests, and a header that says "replayed" is there only then.
    if (header.startsWith("RateLimit-") || header === "Idempotency-Replayed") continue;
    expect(response.headers, `${operationId} ${status}`).toHaveProperty(header.toLowerCase());
  }
  const [mediaType = "", media] = Object.entries(documented.content ?? {})[0] ?? [];
  if (media === undefined) {
    expect(response.body).toBe("");
    return;
  }
  expect(response.headers["content-type"]).toMatch(new RegExp(`^${mediaType.replace("+", "\\+")}(;|$)`));
  const body = mediaType.endsWith("json") ? response.json() : response.body;
  const validate = validatorOf(`${operationId} ${status}`, media.schema);
  expect(validate(body), `${operationId} ${status}: ${ajv.errorsText(validate.errors)} in ${response.body}`).toBe(true);
  if (mediaType.startsWith("application/problem")) {
    expect(body.requestId).toBe(response.headers["request-id"]);
    expect(body.status).toBe(status);
  }
}

function resolve(response: Response): Response {
  const name = response.$ref?.split("/").at(-1);
  return name === undefined ? response : (document.components.responses[name] ?? response);
}

function validatorOf(id: string, schema: Schema): ValidateFunction {
  const known = validators.get(id);
  if (known !== undefined) return known;
  const validate = ajv.compile({ ...schema, components: undefined });
  validators.set(id, validate);
  return validate;
}

function makeValidator(): Ajv2020 {
  const made = new Ajv2020({ strict: false, allErrors: true });
  // Under Node's resolution the CommonJS module is its own default export.
  (addFormats as unknown as (ajv: Ajv2020) => void)(made);
  const { schemas } = document.components;
  const extended = new Set(
    Object.values(schemas).flatMap(({ allOf = [] }) => allOf.map(({ $ref }) => $ref?.split("/").at(-1))),
  );
  for (const [name, schema] of Object.entries(schemas)) {
    // An answer may not hold what the contract doesn't know: it might be what nobody should see.
    const isClosed =
      schema.properties !== undefined && schema.additionalProperties === undefined && !extended.has(name);
    if (isClosed || schema.allOf !== undefined) schema.unevaluatedProperties = false;
  }
  for (const [name, schema] of Object.entries(schemas)) made.addSchema(schema, `#/components/schemas/${name}`);
  return made;
}
