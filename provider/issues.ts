/** Turns zod's issues into plain sentences, which never contain the value: it may be a secret. */
import { z } from "zod";

/** One thing that is wrong with a value. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly reason: string;
  /** Whether the name at the end of the path is wrong, rather than the value. */
  readonly atName?: boolean;
}

/** @returns a path into a value as people write it: `permissions[2]`, `users.ada.role`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, at) => (typeof key === "number" ? `[${key}]` : `${at === 0 ? "" : "."}${String(key)}`))
    .join("");
}

/**
 * Says what is wrong and what is allowed, if a schema has no message of its own; for the `error` of every parse. It leaves the message
 * empty where {@link faultsOf} knows more.
 */
export const inPlainWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined) {
    return "it is required";
  }
  switch (issue.code) {
    case "invalid_type":
      return `it must be ${words[issue.expected] ?? issue.expected}, not ${kindOf(issue.input)}`;
    case "invalid_value":
      return `it must be ${issue.values.length === 1 ? "" : "one of "}${issue.values.join(", ")}`;
    case "too_small":
      return limit("at least", Number(issue.minimum), issue.origin);
    case "too_big":
      return limit("at most", Number(issue.maximum), issue.origin);
    case "unrecognized_keys":
      return "";
    case "invalid_union": {
      const types = issue.errors.map(typeRefused);
      const others = types.filter((type) => type !== undefined);
      const isOfNone = others.length === types.length && others.length > 0;
      return isOfNone ? `it must be ${[...new Set(others)].join(" or ")}, not ${kindOf(issue.input)}` : "";
    }
    case "invalid_format":
      return issue.format === "datetime" ? "it must be a time such as 2027-06-30T12:00:00Z, in UTC" : undefined;
    default:
      return undefined;
  }
};

const words: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

function kindOf(value: unknown): string {
  if (value === null) {
    return "an empty value";
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) {
      return "infinite or NaN";
    }
    return Number.isInteger(value) ? "a number" : "a fraction";
  }
  return Array.isArray(value) ? "a list" : (words[typeof value] ?? typeof value);
}

/** The type that an option of a union has, if the value has another. */
function typeRefused(issues: readonly z.core.$ZodIssue[]): string | undefined {
  const issue = issues.find(({ code, path }) => code === "invalid_type" && path.length === 0);
  return issue?.code === "invalid_type" ? (words[issue.expected] ?? issue.expected) : undefined;
}

function limit(bound: string, count: number, origin: string): string {
  if (origin === "string") {
    return `it must have ${bound} ${count} ${count === 1 ? "character" : "characters"}`;
  }
  return origin === "array"
    ? `it must have ${bound} ${count} ${count === 1 ? "entry" : "entries"}`
    : `it must be ${bound} ${count}`;
}

/** @returns every fault that an issue stands for, with its path in the value. */
export function faultsOf(schema: z.core.$ZodType, issue: z.core.$ZodIssue): Fault[] {
  const { path } = issue;
  if (issue.code === "invalid_union" && issue.message === "") {
    // The option of the value's type; with several, the one that the value comes nearest to.
    const options = issue.errors.filter((issues) => typeRefused(issues) === undefined);
    const [nearest] = options.toSorted((one, other) => one.length - other.length);
    if (nearest === undefined) {
      return [{ path, reason: "it has none of the possible forms" }];
    }
    return nearest.flatMap((each) => faultsOf(schema, { ...each, path: [...path, ...each.path] }));
  }
  if (issue.code === "unrecognized_keys") {
    const reason = issue.message || unknownProperty(propertiesAt(schema, path));
    return issue.keys.map((key) => ({ path: [...path, key], reason, atName: true }));
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map(({ message }) => ({ path, reason: message, atName: true }));
  }
  return [{ path, reason: issue.message }];
}

/** The names of the properties that the schema allows at a path; for a union, those of all its options. */
function propertiesAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return propertiesAt(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodUnion) {
    return schema.options.flatMap((option) => propertiesAt(option, path));
  }
  const [head, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    if (head === undefined) {
      return Object.keys(schema.shape);
    }
    return Object.hasOwn(schema.shape, head) ? propertiesAt(schema.shape[String(head)], rest) : [];
  }
  if (schema instanceof z.ZodRecord) {
    return head === undefined ? [] : propertiesAt(schema.valueType, rest);
  }
  return schema instanceof z.ZodArray && head !== undefined ? propertiesAt(schema.element, rest) : [];
}

/** Says that a property is unknown, and which properties are allowed. */
export function unknownProperty(known: readonly string[]): string {
  return `unknown property; ${mustBeOneOf(known)}`;
}

/** Says which names are allowed. */
export function mustBeOneOf(names: readonly string[]): string {
  const allowed = [...new Set(names)];
  if (allowed.length === 0) {
    return "none is allowed here";
  }
  return `it must be ${allowed.length === 1 ? "" : "one of "}${allowed.join(", ")}`;
}
