/** Generated from provider/kinds by `npm run generate`; never edited. */
import type * as pulumi from "@pulumi/pulumi";
import type { Schemas } from "roster-schema";
import type { Reference } from "../arguments.ts";
import { RosterResource } from "../resource.ts";
import type { Organization } from "./organization.ts";
import type { AdoptionArgs } from "./shared.ts";
import type { User } from "./user.ts";

/** The arguments of {@link ApiKey}. */
export interface ApiKeyArgs extends AdoptionArgs {
  /** The organization that the key authenticates. Changing it replaces the resource. */
  organization: Reference<Organization>;
  /** 1 to 200 characters, unique among the organization's active keys; include the integration and the environment. */
  name: pulumi.Input<string>;
  /**
   * What calls with the key: a server, a Web API (with a secret that the client made), or a user. Changing it
   * replaces the resource.
   */
  kind: pulumi.Input<Schemas["ApiKeyKind"]>;
  /**
   * The format of the secret; `jwt` requires an owner with the role `api_user`. Changing it replaces the resource.
   * The default is `opaque`.
   */
  format?: pulumi.Input<Schemas["ApiKeyFormat"]>;
  /** The user who owns the key; the key stops with the user. Changing it replaces the resource. */
  owner?: Reference<User>;
  /**
   * What the key can do. If omitted at creation, it has the permissions that the owner has then, or none if the key
   * has no owner; if omitted later, they stay as they are.
   */
  permissions?: pulumi.Input<readonly pulumi.Input<Schemas["Permission"]>[]>;
  /**
   * Where the key authenticates from: 1 to 100 addresses such as `203.0.113.7` and ranges (CIDR) such as
   * `2001:db8::/48`, in any order. If omitted, it authenticates from anywhere.
   */
  allowedIps?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /** A date (the key is valid through that day) or a time, UTC. It can be changed until it has passed. */
  endDate?: pulumi.Input<string>;
  /**
   * For kind `webapi`: a secret of your own, made from 128 random bits or more; 16 to 512 visible ASCII characters.
   * Changing it ends the previous one.
   */
  secret?: pulumi.Input<string>;
  /** Gives the key a new secret. Set or change it to any text or number to do so once; at creation it does nothing. */
  rotate?: pulumi.Input<string | number>;
  /** When the key is rotated, and for how long the previous secret works. */
  rotation?: pulumi.Input<{
    /** The age, such as `90d`, at which the next `up` rotates a secret. At least `1m`, and longer than the overlap. */
    every?: pulumi.Input<string>;
    /**
     * How long the previous secret works after a rotation, such as `12h`; `0s` ends it at once. If omitted, `24h`, or
     * `0s` after a change of `secret`.
     */
    overlap?: pulumi.Input<string>;
  }>;
  /** Whether rotation is on hold: a rotation that is due waits. */
  holdRotation?: pulumi.Input<boolean>;
  /**
   * Postpones the end of the previous secret, and with it the next rotation, for as long as that secret was used
   * within this time, such as `1h`. For rotations with an overlap.
   */
  holdWhileUsed?: pulumi.Input<string>;
  /** Writes each secret to a file, at creation and at every rotation. A relative path is from the program's folder. */
  deliverTo?: pulumi.Input<{
    /**
     * The file, which holds the secret and nothing else. It is written whole or not at all, and only its owner can read
     * it (mode 0600).
     */
    file: pulumi.Input<string>;
  }>;
  /** Whether the state keeps the secret, as the output `key`. If omitted, it does; `false` requires `deliverTo`. */
  storeSecret?: pulumi.Input<boolean>;
  /** `revoked` ends the key permanently, and keeps it in the stack as a record. The default is `active`. */
  state?: pulumi.Input<Schemas["ApiKeyState"]>;
}

/**
 * An API key. Its plaintext is the secret output `key`, and only the stack's state contains it: the service has a
 * hash. With `deliverTo` and `storeSecret: false`, it is in a file instead. Deleting the key revokes it, unless it
 * has expired; it stays listed as a record.
 *
 * @example
 * ```ts
 * const storefront = new ApiKey("storefront", { organization: acme, name: "Storefront (production)", kind: "server" });
 * export const storefrontKey = storefront.key;
 * ```
 * @see schema/openapi.yaml, `createApiKey`
 */
export class ApiKey extends RosterResource {
  /** The organization that the key authenticates. */
  declare readonly organization: pulumi.Output<string>;
  /** 1 to 200 characters, unique among the organization's active keys; include the integration and the environment. */
  declare readonly name: pulumi.Output<string>;
  /** What calls with the key: a server, a Web API (with a secret that the client made), or a user. */
  declare readonly kind: pulumi.Output<Schemas["ApiKeyKind"]>;
  /** The format of the secret; `jwt` requires an owner with the role `api_user`. */
  declare readonly format: pulumi.Output<Schemas["ApiKeyFormat"]>;
  /** The user who owns the key; the key stops with the user. */
  declare readonly owner: pulumi.Output<string | undefined>;
  /**
   * What the key can do. If omitted at creation, it has the permissions that the owner has then, or none if the key
   * has no owner; if omitted later, they stay as they are.
   */
  declare readonly permissions: pulumi.Output<Schemas["Permission"][] | undefined>;
  /**
   * Where the key authenticates from: 1 to 100 addresses such as `203.0.113.7` and ranges (CIDR) such as
   * `2001:db8::/48`, in any order. If omitted, it authenticates from anywhere.
   */
  declare readonly allowedIps: pulumi.Output<string[] | undefined>;
  /** A date (the key is valid through that day) or a time, UTC. It can be changed until it has passed. */
  declare readonly endDate: pulumi.Output<string | undefined>;
  /**
   * For kind `webapi`: a secret of your own, made from 128 random bits or more; 16 to 512 visible ASCII characters.
   * Changing it ends the previous one.
   */
  declare readonly secret: pulumi.Output<string | undefined>;
  /** Gives the key a new secret. Set or change it to any text or number to do so once; at creation it does nothing. */
  declare readonly rotate: pulumi.Output<string | number | undefined>;
  /** When the key is rotated, and for how long the previous secret works. */
  declare readonly rotation: pulumi.Output<{ readonly every?: string; readonly overlap?: string } | undefined>;
  /** Whether rotation is on hold: a rotation that is due waits. */
  declare readonly holdRotation: pulumi.Output<boolean | undefined>;
  /**
   * Postpones the end of the previous secret, and with it the next rotation, for as long as that secret was used
   * within this time, such as `1h`. For rotations with an overlap.
   */
  declare readonly holdWhileUsed: pulumi.Output<string | undefined>;
  /** Writes each secret to a file, at creation and at every rotation. A relative path is from the program's folder. */
  declare readonly deliverTo: pulumi.Output<{ readonly file: string } | undefined>;
  /** Whether the state keeps the secret, as the output `key`. If omitted, it does; `false` requires `deliverTo`. */
  declare readonly storeSecret: pulumi.Output<boolean | undefined>;
  /** `revoked` ends the key permanently, and keeps it in the stack as a record. */
  declare readonly state: pulumi.Output<Schemas["ApiKeyState"]>;
  /** The plaintext of the secret. Adopted keys have none, nor do keys with `storeSecret: false`. */
  declare readonly key: pulumi.Output<string>;
  /** Whether the stack has the plaintext of a secret that works. */
  declare readonly keyAvailable: pulumi.Output<boolean>;
  /** The plaintext of the previous secret, as long as it works. */
  declare readonly previousKey: pulumi.Output<string | undefined>;
  /** When the previous secret ends; `holdWhileUsed` can postpone that. RFC 3339, UTC. */
  declare readonly previousKeyExpiresAt: pulumi.Output<string | undefined>;
  /** Whether the end of the previous secret is postponed, because it is in use. */
  declare readonly previousKeyHeld: pulumi.Output<boolean>;
  /** The name as people see it. */
  declare readonly displayName: pulumi.Output<string>;
  /** What the key can do, as long as its owner, if it has one, can. */
  declare readonly grantedPermissions: pulumi.Output<Schemas["Permission"][]>;
  /** The first characters of a key that the service made; empty for a secret that the client made. */
  declare readonly prefix: pulumi.Output<string>;
  /** Identifies the secret in lists and logs. */
  declare readonly fingerprint: pulumi.Output<string>;
  /** The number of secrets that the key has had, up to the one that the stack has. */
  declare readonly generation: pulumi.Output<number>;
  /** When that secret was made. RFC 3339, UTC. */
  declare readonly rotatedAt: pulumi.Output<string>;
  /** The time from which `up` rotates the key, with `rotation.every`. RFC 3339, UTC. */
  declare readonly rotatesAt: pulumi.Output<string | undefined>;
  /**
   * The status of the owner's account. Until the owner has set it up, it is `invited`, and the key doesn't
   * authenticate.
   */
  declare readonly ownerStatus: pulumi.Output<Schemas["UserStatus"] | undefined>;
  /** Whether the key was created before the service supported several keys for each owner. */
  declare readonly legacy: pulumi.Output<boolean>;
  /** The actual status, whereas `state` is the declared one: `active`, `expired` or `revoked`. */
  declare readonly status: pulumi.Output<Schemas["ApiKeyStatus"]>;
  /** RFC 3339, UTC. */
  declare readonly createdAt: pulumi.Output<string>;
  /** As of the last refresh. RFC 3339, UTC. */
  declare readonly lastUsedAt: pulumi.Output<string | undefined>;
  /** RFC 3339, UTC. */
  declare readonly revokedAt: pulumi.Output<string | undefined>;
  /** The first 100 users that the key is attached to, as of the last refresh. */
  declare readonly assignees: pulumi.Output<
    { readonly user?: string; readonly email: string; readonly status: Schemas["ApiKeyAssignmentStatus"] }[]
  >;
  /** The number of users that the key is attached to. */
  declare readonly assigneeCount: pulumi.Output<number>;

  constructor(name: string, args: ApiKeyArgs, options?: pulumi.CustomResourceOptions) {
    super("ApiKey", name, args, options);
  }
}
