/** What a request's body can hold, by the contract. */
import { parse } from "yaml";
import { contractText } from "../../../service/http/contract.ts";
import type { OperationId } from "./contract.ts";

/** A place in a body that holds a single value, or a list of such. */
export interface Leaf {
  readonly path: readonly string[];
  /** The schema's name, or what it bounds: `1 to 10000`; or the member's own name. */
  readonly kind: string;
  /** The schema's format, or nothing. */
  readonly format: string;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}

interface Method {
  readonly operationId?: string;
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: Schema } } };
}

const document: {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Method>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
} = parse(contractText, { maxAliasCount: -1 });

/** Every bounded value of an operation's body; neither enumerations and booleans, nor ids. */
export function leavesOfBody(operation: OperationId): Leaf[] {
  const methods = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const body = methods.find(({ operationId }) => operationId === operation)?.requestBody;
  return body === undefined ? [] : leavesOf(body.content["application/json"].schema, [], "");
}

function leavesOf(schema: Schema, path: readonly string[], name: string): Leaf[] {
  if (schema.$ref !== undefined) {
    const named = schema.$ref.split("/").at(-1) ?? "";
    return leavesOf(document.components.schemas[named] ?? {}, path, named);
  }
  const { anyOf, items, properties, format = "", minimum, maximum } = schema;
  if (anyOf !== undefined) {
    return anyOf.flatMap((each) => leavesOf(each, path, name));
  }
  if (items !== undefined) {
    return leavesOf(items, path, name);
  }
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([member, value]) => leavesOf(value, [...path, member], ""));
  }
  const isOther = schema.enum !== undefined || /^\^\(?(?:org|usr|rol|mbr|key|asg|sub)_/.test(schema.pattern ?? "");
  if (isOther || schema.type === "boolean" || schema.type === "null") {
    return [];
  }
  const range = minimum === undefined ? undefined : `${minimum} to ${maximum}`;
  return [{ path, kind: range ?? (name === "" ? (path.at(-1) ?? "") : name), format }];
}
