/** The names that the engine and the service have for a kind. */

const dynamicPrefix = "pulumi-nodejs:dynamic/roster:";
const nativePrefix = "roster:index:";

/** The type of a kind, such as `User`, in programs that use the dynamic provider. */
export function resourceTypeOf(kind: string): string {
  return `${dynamicPrefix}${kind}`;
}

/** How the native plugin names a kind, such as `User`, or a function, such as `getUser`. */
export function nativeTokenOf(name: string): string {
  return `${nativePrefix}${name}`;
}

/** A type without the prefix of its front, which is the same for every front; any other type unchanged. */
export function withoutFront(type: string): string {
  const kind = kindOfType(type);
  return kind === undefined ? type : `roster:${kind}`;
}

/** A type of this package as the dynamic provider has it; any other type unchanged. */
export function asDynamic(type: string): string {
  const kind = kindOfType(type);
  return kind === undefined ? type : resourceTypeOf(kind);
}

/** A type of this package as the native plugin has it; any other type unchanged. */
export function asNative(type: string): string {
  const kind = kindOfType(type);
  return kind === undefined ? type : nativeTokenOf(kind);
}

/** The text in the state of a resource with which the SDK's host loads the dynamic provider. */
export function providerStringOf(kind: string): string {
  return `exports.handler=()=>require("pulumi-roster/driver").driver(${JSON.stringify(kind)})`;
}

/** The kind of a type; undefined if it is not a type of this package. */
export function kindOfType(type: string): string | undefined {
  const prefix = [dynamicPrefix, nativePrefix].find((one) => type.startsWith(one));
  return prefix === undefined ? undefined : type.slice(prefix.length);
}

/** The kind and the name of the resource with a URN; undefined if it is not one of this package. */
export function resourceOf(urn: string): { readonly kind: string; readonly name: string } | undefined {
  const [, , types = "", ...name] = urn.split("::");
  // The types of its parents come first.
  const kind = kindOfType(types.split("$").at(-1) ?? "");
  return kind === undefined ? undefined : { kind, name: name.join("::") };
}

/** The service's name for the objects of a kind, such as `api_key` for `ApiKey`. */
export function objectKindOf(kind: string): string {
  return kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();
}
