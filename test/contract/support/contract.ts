import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { LightMyRequestResponse } from "fastify";
import type { operations } from "roster-schema";
import { expect } from "vitest";
import { parse } from "yaml";
import { contractText } from "../../../service/http/contract.ts";

/** The identifier of an operation of the contract. */
export type OperationId = keyof operations;

interface Schema {
  type?: unknown;
  properties?: object;
  additionalProperties?: unknown;
  unevaluatedProperties?: boolean;
  allOf?: { $ref?: string }[];
}

interface Header {
  readonly required?: boolean;
  readonly schema: Schema & { readonly $ref?: string };
}

interface Reference {
  readonly $ref?: string;
}

interface Response {
  readonly headers?: Record<string, Header | Reference>;
  readonly content?: Record<string, { readonly schema: Schema }>;
}

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
}

interface Operation {
  readonly id: OperationId;
  readonly method: string;
  readonly path: string;
  /** Those of its path included. */
  readonly parameters: readonly Parameter[];
  readonly hasBody: boolean;
  /** Whether the body may hold what the contract doesn't know, as its format is somebody else's. */
  readonly isOpenBody: boolean;
  readonly takesToken: boolean;
  readonly responses: Readonly<Record<string, Response>>;
}

interface Method {
  readonly operationId: OperationId;
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: object;
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, Response | Reference>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Method | readonly (Parameter | Reference)[]>>>>;
  readonly components: {
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly headers: Readonly<Record<string, Header>>;
    readonly responses: Readonly<Record<string, Response>>;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
}

const document: Document = parse(contractText, { maxAliasCount: -1 });

/** Every operation of the contract. */
export const contract: ReadonlyMap<OperationId, Operation> = new Map(
  Object.entries(document.paths).flatMap(([path, { parameters: ofPath = [], ...methods }]) =>
    Object.entries(methods as Record<string, Method>).map(([method, { operationId, responses, ...rest }]) => {
      const operation: Operation = {
        id: operationId,
        method: method.toUpperCase(),
        path,
        parameters: [ofPath as readonly Parameter[], rest.parameters ?? []].flat().map(resolve<Parameter>),
        hasBody: rest.requestBody !== undefined,
        isOpenBody: operationId === "reportLeakedSecrets",
        takesToken: rest.security === undefined,
        responses: Object.fromEntries(
          Object.entries(responses).map(([status, response]) => [status, resolve<Response>(response)]),
        ),
      };
      return [operationId, operation] as const;
    }),
  ),
);

/** Headers of any HTTP answer, of which the contract says nothing. */
const headersOfHttp = new Set(["connection", "content-length", "content-type", "date", "transfer-encoding"]);

const ajv = makeValidator();
const validators = new Map<string, ValidateFunction>();

/**
 * Fails unless an answer is one that the contract has for the operation: status, headers, media type and body.
 *
 * @param isRateLimited whether the service limits the rate of requests, and says so in headers.
 */
export function expectInContract(
  operationId: OperationId,
  response: Pick<LightMyRequestResponse, "statusCode" | "headers" | "body">,
  isRateLimited: boolean,
): void {
  const operation = contract.get(operationId);
  const { statusCode: status } = response;
  const documented = operation?.responses[status] ?? (status >= 500 ? operation?.responses.default : undefined);
  expect(
    documented,
    `${operationId} answered ${status}, which the contract doesn't have: ${response.body}`,
  ).toBeDefined();
  if (documented === undefined) {
    return;
  }
  expectHeaders(`${operationId} ${status}`, documented, response, isRateLimited);
  if (documented.content === undefined) {
    expect(response.body).toBe("");
    return;
  }
  const given = String(response.headers["content-type"]).split(";")[0] ?? "";
  expect(Object.keys(documented.content), `${operationId} ${status} answered ${given}`).toContain(given);
  const [mediaType, media] = [given, documented.content[given] ?? { schema: {} }];
  const body = mediaType.endsWith("json") ? JSON.parse(response.body) : response.body;
  const validate = validatorOf(`${operationId} ${status} ${mediaType}`, media.schema);
  expect(validate(body), `${operationId} ${status}: ${ajv.errorsText(validate.errors)} in ${response.body}`).toBe(true);
  if (mediaType.startsWith("application/problem")) {
    expect(body.requestId).toBe(response.headers["request-id"]);
    expect(body.status).toBe(status);
  }
}

function expectHeaders(
  where: string,
  documented: Response,
  { headers }: Pick<LightMyRequestResponse, "headers">,
  isRateLimited: boolean,
): void {
  const known = new Set(headersOfHttp);
  for (const [name, reference] of Object.entries(documented.headers ?? {})) {
    const { required = false, schema } = resolve<Header>(reference);
    known.add(name.toLowerCase());
    const text = headers[name.toLowerCase()];
    if (text === undefined) {
      const isExpected = required || (isRateLimited && name.startsWith("RateLimit-"));
      expect(isExpected, `${where} has no header ${name}`).toBe(false);
      continue;
    }
    const value = schema.type === "integer" ? Number(text) : text;
    const validate = validatorOf(`header ${name} ${JSON.stringify(schema)}`, schema);
    expect(validate(value), `${where}: ${ajv.errorsText(validate.errors)} in header ${name}: ${text}`).toBe(true);
  }
  const unknown = Object.keys(headers).filter((name) => !known.has(name));
  expect(unknown, `${where} has headers that the contract doesn't have`).toEqual([]);
}

/** What a reference to one of the document's components means, and anything else itself. */
function resolve<T extends object>(value: T | Reference): T {
  if (!("$ref" in value) || value.$ref === undefined) {
    return value as T;
  }
  const [, , group = "", name = ""] = value.$ref.split("/");
  const found = (document.components as unknown as Record<string, Record<string, T>>)[group]?.[name];
  if (found === undefined) {
    throw new Error(`the contract has no ${value.$ref}`);
  }
  return found;
}

function validatorOf(id: string, schema: Schema): ValidateFunction {
  const known = validators.get(id);
  if (known !== undefined) {
    return known;
  }
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
    if (isClosed || schema.allOf !== undefined) {
      schema.unevaluatedProperties = false;
    }
  }
  for (const [name, schema] of Object.entries(schemas)) {
    made.addSchema(schema, `#/components/schemas/${name}`);
  }
  return made;
}
