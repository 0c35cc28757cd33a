import type { FastifyRequest, FastifySchemaValidationError } from "fastify";
import { type FieldError, Refusal } from "./problems.ts";

const maxErrors = 100;

const parts = [
  { part: "params", in: "path", data: (request: FastifyRequest) => request.params },
  { part: "querystring", in: "query", data: (request: FastifyRequest) => request.query },
  { part: "headers", in: "header", data: (request: FastifyRequest) => request.headers },
  { part: "body", in: "body", data: (request: FastifyRequest) => request.body },
] as const;

interface Validator {
  (data: unknown): unknown;
  errors?: FastifySchemaValidationError[] | null;
}

/** Options for Ajv: every error at once, nothing coerced and nothing dropped in silence. */
export const validatorOptions = {
  allErrors: true,
  // The wrong keyword's schema comes with each error, so that the message can say what is allowed.
  verbose: true,
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: true,
  allowUnionTypes: true,
} as const;

/** Query parameters are text on the wire: those that the contract has as integers become numbers, if they look so. */
export function readIntegers(request: FastifyRequest): void {
  const schema = request.routeOptions.schema?.querystring as { properties?: Record<string, { type?: unknown }> };
  const query = request.query as Record<string, unknown>;
  for (const [name, { type }] of Object.entries(schema?.properties ?? {})) {
    const value = query[name];
    if (type === "integer" && typeof value === "string" && /^-?\d{1,9}$/.test(value)) query[name] = Number(value);
  }
}

/**
 * Checks what the contract's schemas can't say: that a body is there where one is needed, in JSON, and nowhere else, and
 * that the database takes the text in it and in the query.
 *
 * @param isStored whether the body's text may come to the database; of a batch it does as that of each of its requests.
 * @throws Refusal `invalid_request`, `unsupported_media_type`.
 */
export function checkContent(request: FastifyRequest, isStored: boolean): void {
  const { body, query } = request;
  const { schema } = request.routeOptions;
  if (schema?.body !== undefined) {
    if (body === undefined) {
      const detail = "a body is required";
      throw new Refusal("invalid_request", "The request needs a body in JSON.", {
        errors: [{ in: "body", pointer: "", detail }],
      });
    }
    if (request.mediaType !== "application/json") throw unsupportedMediaType();
  } else if (schema !== undefined && body !== undefined) {
    // Pages, which have no schema, take forms.
    throw invalidRequest([{ in: "body", pointer: "", detail: "must be left out: this operation has none" }]);
  }
  const detail = "must be well-formed Unicode without the character U+0000";
  const errors = [
    ...unstorableText(query).map((pointer): FieldError => ({ in: "query", pointer, detail })),
    ...(isStored ? unstorableText(body) : []).map((pointer): FieldError => ({ in: "body", pointer, detail })),
  ];
  if (errors.length > 0) throw invalidRequest(errors);
}

/** The refusal of a body in another form than JSON. */
export function unsupportedMediaType(): Refusal {
  return new Refusal("unsupported_media_type", "Send the body as `Content-Type: application/json`.");
}

/** The refusal of a request with everything in it that doesn't fit the contract. */
export function refusalOfValidation(request: FastifyRequest): Refusal {
  const errors = parts.flatMap(({ part, in: place, data }) => {
    const validator = validatorOf(request, part);
    if (validator === undefined || validator(data(request)) === true) return [];
    const described = describeAll(validator.errors ?? [], place);
    // Node has header names in lower case; the contract writes Idempotency-Key and If-Match.
    const named = (pointer: string) => pointer.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
    return place === "header" ? described.map((error) => ({ ...error, pointer: named(error.pointer) })) : described;
  });
  return invalidRequest(errors.slice(0, maxErrors));
}

/** The refusal of a request, naming each wrong place. */
export function invalidRequest(errors: readonly FieldError[]): Refusal {
  const [first] = errors;
  const where = first === undefined ? "" : `: ${first.in} ${first.pointer || "as a whole"} ${first.detail}`;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : "";
  return new Refusal("invalid_request", `The request doesn't fit the contract${where}${more}.`, { errors });
}

function validatorOf(request: FastifyRequest, part: (typeof parts)[number]["part"]): Validator | undefined {
  const found = request.getValidationFunction(part) as Validator | Record<string, Validator> | undefined;
  // A body's validators are kept by media type.
  return typeof found === "object" ? found["application/json"] : found;
}

function describeAll(errors: readonly FastifySchemaValidationError[], place: FieldError["in"]): FieldError[] {
  const details = new Map<string, string[]>();
  for (const error of errors) {
    // An anyOf is wrong because each of its branches is: those are the ones that say what is allowed.
    if (error.keyword === "anyOf") continue;
    const pointer = pointerOf(error);
    const detail = describe(error);
    const known = details.get(pointer) ?? [];
    if (!known.includes(detail)) details.set(pointer, [...known, detail]);
  }
  return [...details].map(([pointer, all]) => ({ in: place, pointer, detail: all.join(", or ") }));
}

function pointerOf({ instancePath, params }: FastifySchemaValidationError): string {
  const member = params.missingProperty ?? params.additionalProperty;
  if (typeof member !== "string") return instancePath;
  return `${instancePath}/${member.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** What is allowed at a wrong place; the wrong value itself may be a secret, and stays out. */
function describe(error: FastifySchemaValidationError): string {
  const { keyword, params } = error;
  const schema = ("parentSchema" in error ? error.parentSchema : {}) as { properties?: object; enum?: unknown[] };
  switch (keyword) {
    case "required":
      return "is required";
    case "additionalProperties":
      return `is not known here; known are ${Object.keys(schema.properties ?? {}).join(", ")}`;
    case "enum":
      return `must be one of ${(schema.enum ?? []).join(", ")}`;
    case "type":
      return `must be ${[params.type].flat().join(" or ")}`;
    case "pattern":
      return `must match ${String(params.pattern)}`;
    case "minLength":
      return `must have at least ${String(params.limit)} characters`;
    case "maxLength":
      return `must have at most ${String(params.limit)} characters`;
    case "minItems":
    case "minProperties":
      return `must have at least ${String(params.limit)} ${keyword === "minItems" ? "items" : "members"}`;
    case "maxItems":
      return `must have at most ${String(params.limit)} items`;
    case "uniqueItems":
      return "must not hold an item twice";
    default:
      return error.message ?? `must satisfy ${keyword}`;
  }
}

/** Pointers to texts that no database column takes; walked without recursion, because a body may be deep. */
function unstorableText(from: unknown): string[] {
  const wrong: string[] = [];
  const stack: { readonly value: unknown; readonly pointer: string }[] = [{ value: from, pointer: "" }];
  for (let next = stack.pop(); next !== undefined && wrong.length < maxErrors; next = stack.pop()) {
    const { value, pointer } = next;
    if (typeof value === "string" && /[\0\p{Surrogate}]/u.test(value)) wrong.push(pointer);
    if (typeof value !== "object" || value === null) continue;
    // Deeper than the contract's deepest, the schema refuses it anyway.
    if (pointer.split("/").length > 8) continue;
    for (const [member, item] of Object.entries(value)) stack.push({ value: item, pointer: `${pointer}/${member}` });
  }
  return wrong;
}
