/** Generated from provider/kinds by `npm run generate`; never edited. */
import type * as pulumi from "@pulumi/pulumi";
import type { Schemas } from "roster-schema";
import type { Reference } from "../arguments.ts";
import { RosterResource } from "../resource.ts";
import type { Organization } from "./organization.ts";
import type { AdoptionArgs } from "./shared.ts";
import type { User } from "./user.ts";

/** The arguments of {@link AccessToken}. */
export interface AccessTokenArgs extends AdoptionArgs {
  /** The organization that the token manages. Changing it replaces the resource. */
  organization: Reference<Organization>;
  /**
   * The system user that the token acts as: one whose `homeOrganization` is the organization, and who is a member of
   * it. The token stops with the user. Changing it replaces the resource.
   */
  user: Reference<User>;
  /** 1 to 200 characters, unique among the active tokens of the organization's system users. */
  name: pulumi.Input<string>;
  /**
   * What the token can do: at most what its user's role can, and never more than the stack's own token may do. A
   * wider role doesn't widen it.
   */
  permissions: pulumi.Input<readonly pulumi.Input<Schemas["Permission"]>[]>;
  /**
   * Where the token authenticates from: 1 to 100 addresses such as `203.0.113.7` and ranges (CIDR) such as
   * `2001:db8::/48`, in any order. If omitted, it authenticates from anywhere.
   */
  allowedIps?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /** A date (the token is valid through that day) or a time, UTC. It can be changed until it has passed. */
  endDate?: pulumi.Input<string>;
  /** Gives the token a new secret. Set or change it to any text or number to do so once; at creation it does nothing. */
  rotate?: pulumi.Input<string | number>;
  /** When the token is rotated, and for how long the previous secret works. */
  rotation?: pulumi.Input<{
    /** The age, such as `90d`, at which the next `up` rotates a secret. At least `1m`, and longer than the overlap. */
    every?: pulumi.Input<string>;
    /** How long the previous secret works after a rotation, such as `12h`; `0s` ends it at once. If omitted, `24h`. */
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
  /** Whether the state keeps the secret, as the output `token`. If omitted, it does; `false` requires `deliverTo`. */
  storeSecret?: pulumi.Input<boolean>;
  /** `revoked` ends the token permanently, and keeps it in the stack as a record. The default is `active`. */
  state?: pulumi.Input<Schemas["ApiKeyState"]>;
}

/**
 * An access token of a system user, with which a pipeline manages one organization. It can do what `permissions`
 * says, as long as its user's role can, and needs no external API access. Its plaintext is the secret output
 * `token`, and only the stack's state contains it: the service has a hash. With `deliverTo` and `storeSecret:
 * false`, it is in a file instead. Deleting the token revokes it, unless it has expired; it stays listed as a
 * record. People make their tokens on their own page.
 *
 * @example
 * ```ts
 * const robot = new User("pipeline", { email: "pipeline@acme.example", kind: "system", homeOrganization: acme });
 * const member = new Membership("pipeline", { organization: acme, user: robot, role: "administrator" });
 * const pipeline = new AccessToken(
 *   "pipeline",
 *   { organization: acme, user: robot, name: "Pipeline", permissions: ["members:read", "members:manage"] },
 *   { dependsOn: member },
 * );
 * export const pipelineToken = pipeline.token;
 * ```
 * @see schema/openapi.yaml, `createAccessToken`
 */
export class AccessToken extends RosterResource {
  /** The organization that the token manages. */
  declare readonly organization: pulumi.Output<string>;
  /**
   * The system user that the token acts as: one whose `homeOrganization` is the organization, and who is a member of
   * it. The token stops with the user.
   */
  declare readonly user: pulumi.Output<string>;
  /** 1 to 200 characters, unique among the active tokens of the organization's system users. */
  declare readonly name: pulumi.Output<string>;
  /**
   * What the token can do: at most what its user's role can, and never more than the stack's own token may do. A
   * wider role doesn't widen it.
   */
  declare readonly permissions: pulumi.Output<Schemas["Permission"][]>;
  /**
   * Where the token authenticates from: 1 to 100 addresses such as `203.0.113.7` and ranges (CIDR) such as
   * `2001:db8::/48`, in any order. If omitted, it authenticates from anywhere.
   */
  declare readonly allowedIps: pulumi.Output<string[] | undefined>;
  /** A date (the token is valid through that day) or a time, UTC. It can be changed until it has passed. */
  declare readonly endDate: pulumi.Output<string | undefined>;
  /** Gives the token a new secret. Set or change it to any text or number to do so once; at creation it does nothing. */
  declare readonly rotate: pulumi.Output<string | number | undefined>;
  /** When the token is rotated, and for how long the previous secret works. */
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
  /** Whether the state keeps the secret, as the output `token`. If omitted, it does; `false` requires `deliverTo`. */
  declare readonly storeSecret: pulumi.Output<boolean | undefined>;
  /** `revoked` ends the token permanently, and keeps it in the stack as a record. */
  declare readonly state: pulumi.Output<Schemas["ApiKeyState"]>;
  /** The plaintext of the secret. Adopted tokens have none, nor do tokens with `storeSecret: false`. */
  declare readonly token: pulumi.Output<string>;
  /** Whether the stack has the plaintext of a secret that works. */
  declare readonly tokenAvailable: pulumi.Output<boolean>;
  /** The plaintext of the previous secret, as long as it works. */
  declare readonly previousToken: pulumi.Output<string | undefined>;
  /** When the previous secret ends; `holdWhileUsed` can postpone that. RFC 3339, UTC. */
  declare readonly previousTokenExpiresAt: pulumi.Output<string | undefined>;
  /** Whether the end of the previous secret is postponed, because it is in use. */
  declare readonly previousTokenHeld: pulumi.Output<boolean>;
  /** The first characters of the plaintext. */
  declare readonly prefix: pulumi.Output<string>;
  /** Identifies the secret in lists and logs. */
  declare readonly fingerprint: pulumi.Output<string>;
  /** The number of secrets that the token has had, up to the one that the stack has. */
  declare readonly generation: pulumi.Output<number>;
  /** When that secret was made. RFC 3339, UTC. */
  declare readonly rotatedAt: pulumi.Output<string>;
  /** The time from which `up` rotates the token, with `rotation.every`. RFC 3339, UTC. */
  declare readonly rotatesAt: pulumi.Output<string | undefined>;
  /** The actual status, whereas `state` is the declared one: `active`, `expired` or `revoked`. */
  declare readonly status: pulumi.Output<Schemas["ApiKeyStatus"]>;
  /** RFC 3339, UTC. */
  declare readonly createdAt: pulumi.Output<string>;
  /** As of the last refresh. RFC 3339, UTC. */
  declare readonly lastUsedAt: pulumi.Output<string | undefined>;
  /** RFC 3339, UTC. */
  declare readonly revokedAt: pulumi.Output<string | undefined>;

  constructor(name: string, args: AccessTokenArgs, options?: pulumi.CustomResourceOptions) {
    super("AccessToken", name, args, options);
  }
}
