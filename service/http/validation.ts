/** Checks requests against the contract, and describes what is wrong with them. */
import type { FastifyReply, FastifyRequest, FastifySchemaValidationError } from "fastify";
import { storageFault, textFaults } from "roster-schema";
import { type FieldError, invalidRequest, Refusal } from "../problems.ts";

/** The maximum number of errors in one answer. */
export const maxErrors = 100;

/**
 * The maximum number of values in a body or query, counting members and items at every depth. Valid requests have fewer:
 * the largest is a batch of 200 requests that each create an API key with 100 address ranges. In a sequence of 2,000, each has 25.
 */
export const maxValues = 50_000;

/** The maximum nesting depth of values; valid requests use a third of it. */
export const maxDepth = 32;

/** The maximum length at which an answer repeats a name from the request, and a pointer of such names. */
const maxToldName = 100;
const maxToldPointer = 300;

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

/**
 * The options for Ajv: report every error, and neither coerce nor drop values. Ajv collects errors without a limit, so
 * `checkContent` must first limit the number of values.
 */
export const validatorOptions = {
  allErrors: true,
  // Errors must include the schema, so that the message can say what is allowed.
  verbose: true,
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: true,
  allowUnionTypes: true,
  // Optimizing the code of the validators is a third of what making them takes, at each start, and saves nothing that can be measured.
  code: { optimize: false },
  formats: Object.fromEntries(
    Object.entries(textFaults).map(([name, faultOf]) => [name, (text: string) => faultOf(text) === undefined]),
  ),
} as const;

/** Converts query parameters to numbers if the contract defines them as integers. */
export function readIntegers(request: FastifyRequest): void {
  const schema = request.routeOptions.schema?.querystring as { properties?: Record<string, { type?: unknown }> };
  const query = request.query as Record<string, unknown>;
  for (const [name, { type }] of Object.entries(schema?.properties ?? {})) {
    const value = query[name];
    if (type === "integer" && typeof value === "string" && /^-?\d{1,9}$/.test(value)) {
      query[name] = Number(value);
    }
  }
}

/**
 * Checks what the contract's schemas can't express: a JSON body is present if and only if the operation takes one, the
 * number of values is limited, the database can store the texts, and no member has a name that JavaScript could take for
 * the prototype of an object.
 *
 * @param isStored whether the database may store the body's texts; the texts of a batch are checked with its requests.
 * @throws Refusal `invalid_request`, `unsupported_media_type`.
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Prototype_Pollution_Prevention_Cheat_Sheet.html
 */
export function checkContent(request: FastifyRequest, isStored: boolean): void {
  const { body, query } = request;
  const { schema } = request.routeOptions;
  if (schema?.body !== undefined) {
    if (body === undefined) {
      const detail = "a body is required";
      throw new Refusal("invalid_request", "The request needs a JSON body.", {
        errors: [{ in: "body", pointer: "", detail }],
      });
    }
    if (request.mediaType !== "application/json") {
      throw unsupportedMediaType();
    }
  } else if (schema !== undefined && body !== undefined) {
    // Pages, which have no schema, take forms.
    throw invalidRequest([{ in: "body", pointer: "", detail: "must be omitted: this operation takes no body" }]);
  }
  const errors = [
    ...contentErrors(query, { in: "query", isStored: true, isJson: false }),
    ...contentErrors(body, { in: "body", isStored, isJson: schema?.body !== undefined }),
  ];
  if (errors.length > 0) {
    throw invalidRequest(errors);
  }
}

/**
 * Refuses a compressed body before it is read.
 *
 * @throws Refusal `unsupported_media_type`
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3-9
 */
export function refuseEncoded({ headers }: FastifyRequest, reply: FastifyReply): void {
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  const codings = (headers["content-encoding"] ?? "").split(",").map((coding) => coding.trim().toLowerCase());
  if (!hasBody || codings.every((coding) => coding === "" || coding === "identity")) {
    return;
  }
  reply.header("accept-encoding", "identity");
  throw new Refusal("unsupported_media_type", "The body is encoded (`Content-Encoding`). Send it uncompressed.");
}

/** The refusal of a body that can't be read. @param detail follows "The body" */
export function invalidBody(detail: string): Refusal {
  return new Refusal("invalid_request", `The body ${detail}.`, { errors: [{ in: "body", pointer: "", detail }] });
}

/** The refusal of a body that isn't JSON. */
export function unsupportedMediaType(): Refusal {
  return new Refusal("unsupported_media_type", "Send the body as `Content-Type: application/json`.");
}

/** The refusal of a request that doesn't match the contract, with its errors up to the maximum. */
export function refusalOfValidation(request: FastifyRequest): Refusal {
  const errors: FieldError[] = [];
  for (const { part, in: place, data } of parts) {
    const validator = validatorOf(request, part);
    if (validator === undefined || validator(data(request)) === true) {
      continue;
    }
    const described = describeFirst(validator.errors ?? [], place, maxErrors - errors.length);
    // The validator keeps its latest errors, which reference the body.
    validator.errors = null;
    // Node.js has header names in lower case; the contract has Idempotency-Key and If-Match.
    const named = (pointer: string) => pointer.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
    errors.push(
      ...(place === "header" ? described.map((error) => ({ ...error, pointer: named(error.pointer) })) : described),
    );
  }
  return invalidRequest(errors);
}

function validatorOf(request: FastifyRequest, part: (typeof parts)[number]["part"]): Validator | undefined {
  const found = request.getValidationFunction(part) as Validator | Record<string, Validator> | undefined;
  // Validators of bodies are stored by media type.
  return typeof found === "object" ? found["application/json"] : found;
}

/** Describes the first wrong places, and reads no more errors than necessary. */
function describeFirst(
  errors: readonly FastifySchemaValidationError[],
  place: FieldError["in"],
  maxPlaces: number,
): FieldError[] {
  const details = new Map<string, string[]>();
  for (const error of errors) {
    // Skip anyOf itself: the errors of its branches say what is allowed.
    if (error.keyword === "anyOf") {
      continue;
    }
    const pointer = pointerOf(error);
    const known = details.get(pointer);
    if (known === undefined && details.size >= maxPlaces) {
      break;
    }
    const detail = describe(error);
    if (known === undefined) {
      details.set(pointer, [detail]);
    } else if (!known.includes(detail)) {
      known.push(detail);
    }
  }
  return [...details].map(([pointer, all]) => ({ in: place, pointer, detail: all.join(", or ") }));
}

function pointerOf({ instancePath, params }: FastifySchemaValidationError): string {
  const member = params.missingProperty ?? params.additionalProperty;
  return told(typeof member === "string" ? `${instancePath}/${pointerPart(member)}` : instancePath);
}

/** The name of a member as a part of a JSON pointer, shortened if it is long. */
function pointerPart(name: string): string {
  const part = name.length > maxToldName ? `${name.slice(0, maxToldName)}…` : name;
  return part.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** A pointer for an answer, shortened so that the answer can't become many times larger than the request. */
function told(pointer: string): string {
  return pointer.length > maxToldPointer ? `${pointer.slice(0, maxToldPointer)}…` : pointer;
}

/** Describes what is allowed, without the wrong value, which may be a secret. */
function describe(error: FastifySchemaValidationError): string {
  const { keyword, params } = error;
  const schema = ("parentSchema" in error ? error.parentSchema : {}) as {
    properties?: object;
    enum?: unknown[];
    format?: string;
    examples?: unknown[];
  };
  // The format's message replaces the pattern's, which is not in words.
  const fault = textFaults[schema.format ?? ""]?.(String("data" in error ? error.data : ""));
  if (fault !== undefined && ["format", "minLength", "pattern"].includes(keyword)) {
    return fault;
  }
  switch (keyword) {
    case "required":
      return "is required";
    case "additionalProperties":
      return `is not allowed here; the allowed names are ${Object.keys(schema.properties ?? {}).join(", ")}`;
    case "enum":
      return `must be one of ${(schema.enum ?? []).join(", ")}`;
    case "type":
      return `must be ${[params.type].flat().join(" or ")}`;
    case "format":
    case "pattern":
      return formText(schema.examples, String(params.pattern ?? `the format ${String(params.format)}`));
    case "minLength":
      return `must have at least ${counted(params.limit, "character")}`;
    case "maxLength":
      return `must have at most ${counted(params.limit, "character")}`;
    case "minItems":
    case "minProperties":
      return `must have at least ${counted(params.limit, keyword === "minItems" ? "item" : "member")}`;
    case "maxItems":
      return `must have at most ${counted(params.limit, "item")}`;
    case "uniqueItems":
      return "must not contain duplicate items";
    default:
      return error.message ?? `must satisfy ${keyword}`;
  }
}

/** Describes the form of a text, with examples if the contract has them. */
function formText(examples: readonly unknown[] | undefined, form: string): string {
  return `must match ${form}${examples === undefined ? "" : `, such as ${examples.join(" or ")}`}`;
}

function counted(limit: unknown, what: string): string {
  return `${String(limit)} ${what}${limit === 1 ? "" : "s"}`;
}

/** A value in a body or query, and its place. */
interface Place {
  readonly value: unknown;
  readonly within: Place | undefined;
  readonly name: string;
  readonly depth: number;
}

/**
 * Finds errors that don't depend on the schema: too many values, too deep nesting, texts that the database can't store, and
 * in JSON, members that JavaScript could take for a prototype. It doesn't recurse, because a body may be deeply nested, and
 * stops at the limits.
 */
function contentErrors(
  root: unknown,
  { in: place, isStored, isJson }: { in: "body" | "query"; isStored: boolean; isJson: boolean },
): FieldError[] {
  const errors: FieldError[] = [];
  const stack: Place[] = [{ value: root, within: undefined, name: "", depth: 0 }];
  let count = 1;
  for (let at = stack.pop(); at !== undefined && errors.length < maxErrors; at = stack.pop()) {
    const { value, depth } = at;
    const detail = isStored && typeof value === "string" ? storageFault(value) : undefined;
    if (detail !== undefined) {
      errors.push({ in: place, pointer: pointerTo(at), detail });
    }
    if (typeof value !== "object" || value === null) {
      continue;
    }
    const members = Array.isArray(value) ? undefined : Object.keys(value);
    count += members?.length ?? (value as unknown[]).length;
    if (count > maxValues) {
      return [{ in: place, pointer: pointerTo(at), detail: `exceeds the limit of ${maxValues} values in a ${place}` }];
    }
    if (depth === maxDepth) {
      return [{ in: place, pointer: pointerTo(at), detail: `is nested more than ${maxDepth} levels deep` }];
    }
    for (const name of members ?? (value as unknown[]).keys()) {
      const item = (value as Record<string | number, unknown>)[name];
      if (isJson && isPrototype(name, item) && errors.length < maxErrors) {
        const pointer = pointerTo({ within: at, name: String(name) });
        errors.push({ in: place, pointer, detail: "must be omitted: this name is reserved" });
      }
      stack.push({ value: item, within: at, name: String(name), depth: depth + 1 });
    }
  }
  return errors;
}

/** Whether JavaScript could take a member for the prototype of its object. */
function isPrototype(name: string | number, item: unknown): boolean {
  if (name === "__proto__") {
    return true;
  }
  return name === "constructor" && typeof item === "object" && item !== null && Object.hasOwn(item, "prototype");
}

function pointerTo(at: Pick<Place, "within" | "name">): string {
  return told(wholePointerTo(at));
}

function wholePointerTo({ within, name }: Pick<Place, "within" | "name">): string {
  return within === undefined ? "" : `${wholePointerTo(within)}/${pointerPart(name)}`;
}
