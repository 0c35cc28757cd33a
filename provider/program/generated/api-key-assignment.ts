/** Generated from provider/kinds by `npm run generate`; never edited. */
import type * as pulumi from "@pulumi/pulumi";
import type { Schemas } from "roster-schema";
import type { Reference } from "../arguments.ts";
import { RosterResource } from "../resource.ts";
import type { ApiKey } from "./api-key.ts";
import type { AdoptionArgs } from "./shared.ts";
import type { User } from "./user.ts";

/** The arguments of {@link ApiKeyAssignment}. */
export interface ApiKeyAssignmentArgs extends AdoptionArgs {
  /** The key. Changing it replaces the resource. */
  key: Reference<ApiKey>;
  /** The user who gets the key. Set either `user` or `email`. Changing it replaces the resource. */
  user?: Reference<User>;
  /**
   * The user, by address. An assignment stays when the address of its user changes. Changing it replaces the
   * resource.
   */
  email?: pulumi.Input<string>;
  /**
   * Whether a person who is not a member can get the key, by accepting a mailed link. It can't be changed. The
   * default is `false`.
   */
  external?: pulumi.Input<boolean>;
  /**
   * Sends a new invitation; the link before it stops working. Set or change it to any text or number to do so once;
   * at creation it does nothing.
   */
  resendInvite?: pulumi.Input<string | number>;
}

/**
 * An API key attached to a user. Deleting it detaches the key, which stays.
 *
 * @example
 * ```ts
 * new ApiKeyAssignment("ada-storefront", { key: storefront, user: ada });
 * ```
 * @see schema/openapi.yaml, `createApiKeyAssignment`
 */
export class ApiKeyAssignment extends RosterResource {
  /** The key. */
  declare readonly key: pulumi.Output<string>;
  /** The user who gets the key. Set either `user` or `email`. */
  declare readonly user: pulumi.Output<string | undefined>;
  /** The user, by address. An assignment stays when the address of its user changes. */
  declare readonly email: pulumi.Output<string | undefined>;
  /** Whether a person who is not a member can get the key, by accepting a mailed link. */
  declare readonly external: pulumi.Output<boolean>;
  /**
   * Sends a new invitation; the link before it stops working. Set or change it to any text or number to do so once;
   * at creation it does nothing.
   */
  declare readonly resendInvite: pulumi.Output<string | number | undefined>;
  /** The key's organization. */
  declare readonly organization: pulumi.Output<string>;
  /** The user's id, however the user was declared; none until an invited or external person has accepted. */
  declare readonly userId: pulumi.Output<string | undefined>;
  /** `pending`, `active` or `expired`. */
  declare readonly status: pulumi.Output<Schemas["ApiKeyAssignmentStatus"]>;
  /** RFC 3339, UTC. */
  declare readonly createdAt: pulumi.Output<string>;

  constructor(name: string, args: ApiKeyAssignmentArgs, options?: pulumi.CustomResourceOptions) {
    super("ApiKeyAssignment", name, args, options);
  }
}
