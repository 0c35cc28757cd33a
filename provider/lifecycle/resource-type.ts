/** The names that the engine and the service have for a kind. */

const dynamicPrefix = "pulumi-nodejs:dynamic/roster:";

/** The engine's type of a kind, such as `User`. */
export function resourceTypeOf(kind: string): string {
  return `${dynamicPrefix}${kind}`;
}

/** The kind of a type; undefined if it is not a type of this package. */
export function kindOfType(type: string): string | undefined {
  return type.startsWith(dynamicPrefix) ? type.slice(dynamicPrefix.length) : undefined;
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
