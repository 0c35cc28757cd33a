/** Which arguments an API key accepts, by its kind and format. */
import type { components } from "./generated/openapi.ts";

type Kind = components["schemas"]["ApiKeyKind"];
type Format = components["schemas"]["ApiKeyFormat"];

/** Whether the client makes the secret of a key of this kind; otherwise, the service generates it. */
export function isClientSecret(kind: Kind): boolean {
  return kind === "webapi";
}

/** Whether a key of this kind can have this format; a client-made secret has the client's form. */
export function isFormatOf(kind: Kind, format: Format): boolean {
  return format === "opaque" || !isClientSecret(kind);
}

/** The role that the owner of a key must have; undefined if any role will do. */
export function requiredOwnerRole(format: Format): "api_user" | undefined {
  return format === "jwt" ? "api_user" : undefined;
}

/** Whether a key must have an owner. */
export function needsOwner(kind: Kind, format: Format): boolean {
  return kind === "user" || requiredOwnerRole(format) !== undefined;
}
