/**
 * Property values on the wire between the engine and a plugin. Values that are more than JSON are objects with a signature.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go
 */
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isRecord, type PropertyMap } from "../values/property-map.ts";

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** The place of a value in properties, such as `["members", "ada@example.com"]`. */
export type Path = readonly string[];

/** Properties without signatures, and where they are secret. */
export interface Received {
  readonly values: PropertyMap;
  readonly secrets: readonly Path[];
}

/** Reads properties that the engine has sent. */
export function received(struct: Struct | undefined): Received {
  const secrets: Path[] = [];
  const values = plain(struct?.toJavaScript() ?? {}, [], secrets);
  return { values: isRecord(values) ? values : {}, secrets };
}

/** Properties to send to the engine. A secret whose place has moved makes the whole property secret. */
export function sent(values: PropertyMap, secrets: readonly Path[]): Struct {
  const marked: Record<string, unknown> = { ...values };
  for (const [name = "", ...rest] of secrets) {
    if (Object.hasOwn(marked, name) && marked[name] !== undefined) {
      marked[name] = withSecret(marked[name], rest) ?? secret(values[name]);
    }
  }
  // What is undefined is not there; a struct has no such thing.
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(marked)) as Record<string, JavaScriptValue>);
}

/** @param secrets gets the places of secret values */
function plain(value: unknown, path: Path, secrets: Path[]): unknown {
  if (Array.isArray(value)) {
    return value.map((one, at) => plain(one, [...path, String(at)], secrets));
  }
  if (!isRecord(value)) {
    return value;
  }
  const signature = value[signatureKey];
  if (signature === secretSignature) {
    secrets.push(path);
    return plain(value.value, path, []);
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one, [...path, name], secrets)]));
}

/** @returns the value with a secret inside it; undefined if it has nothing there */
function withSecret(value: unknown, [name, ...rest]: Path): unknown {
  if (isSecret(value)) {
    return value;
  }
  if (name === undefined) {
    return secret(value);
  }
  if (Array.isArray(value)) {
    const inner = withSecret(value[Number(name)], rest);
    return value[Number(name)] === undefined ? undefined : inner && value.with(Number(name), inner);
  }
  if (!isRecord(value) || !Object.hasOwn(value, name)) {
    return undefined;
  }
  const inner = withSecret(value[name], rest);
  return inner === undefined ? undefined : { ...value, [name]: inner };
}

function secret(value: unknown): object {
  return { [signatureKey]: secretSignature, value };
}

function isSecret(value: unknown): boolean {
  return isRecord(value) && value[signatureKey] === secretSignature;
}
