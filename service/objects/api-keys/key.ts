/** What API keys and the access tokens of system users have in common: both are stored as keys, and follow the same rules. */
import type { Schemas } from "roster-schema";
import type { Managed, Resource } from "../../managed/resource.ts";
import { Refusal } from "../../problems.ts";
import type { StoredKeyKind } from "../../rows/tables.ts";

/** The members that both have in the contract. */
export interface KeyMembers
  extends Managed,
    Pick<
      Schemas["ApiKey"],
      | "organization"
      | "name"
      | "permissions"
      | "allowedIps"
      | "prefix"
      | "fingerprint"
      | "generation"
      | "rotatedAt"
      | "secretUsed"
      | "previousSecret"
      | "endDate"
      | "state"
      | "status"
      | "createdAt"
      | "updatedAt"
      | "lastUsedAt"
      | "revokedAt"
    > {}

/** An API key, or an access token as a key. */
export interface Key extends KeyMembers {
  /** The system user of an access token. */
  readonly owner: string | null;
  readonly kind: StoredKeyKind;
  readonly format: Schemas["ApiKeyFormat"];
}

/** What distinguishes API keys from access tokens. */
export interface KeyKind<T extends KeyMembers> {
  readonly resource: Resource<T>;
  /** The name in messages after the first mention: `key` or `token`. */
  readonly word: string;
  /** What the user that it belongs to is in messages. */
  readonly holder: string;
  /** Whether one can be made and rotated only if the organization has external API access. */
  readonly needsApiAccess: boolean;
  /** The scope of the names and externalIds in an organization. */
  scopeOf(organization: string): string;
  keyOf(item: T): Key;
}

/** What messages call a key, and the user that it belongs to. */
export type KeyWords = Pick<KeyKind<KeyMembers>, "word" | "holder">;

/** The refusal of an action that requires an active key or token. */
export function notActive(
  { word, resource }: Pick<KeyWords, "word"> & { readonly resource: Pick<Resource<Managed>, "kind"> },
  { id, status }: Pick<Key, "id" | "status">,
  advice: string,
): Refusal {
  return new Refusal("key_not_active", `The ${word} is ${status}. ${advice}`, {
    dependsOn: [{ kind: resource.kind, id }],
  });
}
