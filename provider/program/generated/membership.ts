/** Generated from provider/kinds by `npm run generate`; never edited. */
import type * as pulumi from "@pulumi/pulumi";
import type { OrganizationRole, Schemas } from "roster-schema";
import type { Reference } from "../arguments.ts";
import { RosterResource } from "../resource.ts";
import type { Organization } from "./organization.ts";
import type { Role } from "./role.ts";
import type { AdoptionArgs } from "./shared.ts";
import type { User } from "./user.ts";

/** The arguments of {@link Membership}. */
export interface MembershipArgs extends AdoptionArgs {
  /** The organization that the user is a member of. Changing it replaces the resource. */
  organization: Reference<Organization>;
  /** The member. Set either `user` or `email`. Changing it replaces the resource. */
  user?: Reference<User>;
  /**
   * The member, by address. A membership stays when the address of its user changes. Changing it replaces the
   * resource.
   */
  email?: pulumi.Input<string>;
  /** A built-in role by its name, or a role of the organization's own. */
  role: pulumi.Input<OrganizationRole | (string & {})> | Role;
  /**
   * What to do at creation if no user has the address: fail, create an account, or invite the person. The default is
   * `fail`.
   */
  onUnknownUser?: pulumi.Input<Schemas["OnUnknownUser"]>;
  /** For `onUnknownUser: create`: 1 to 200 characters, used if an account is created. If omitted, the person sets it. */
  givenName?: pulumi.Input<string>;
  /** For `onUnknownUser: create`: 1 to 200 characters, used if an account is created. If omitted, the person sets it. */
  familyName?: pulumi.Input<string>;
  /**
   * Sends a new invitation; the link before it stops working. Set or change it to any text or number to do so once;
   * at creation it does nothing.
   */
  resendInvite?: pulumi.Input<string | number>;
}

/**
 * A user's role in an organization. Deleting it ends the membership; the user's account stays.
 *
 * @example
 * ```ts
 * new Membership("ada", { organization: acme, user: ada, role: "administrator" });
 * ```
 * @see schema/openapi.yaml, `createMembership`
 */
export class Membership extends RosterResource {
  /** The organization that the user is a member of. */
  declare readonly organization: pulumi.Output<string>;
  /** The member. Set either `user` or `email`. */
  declare readonly user: pulumi.Output<string | undefined>;
  /** The member, by address. A membership stays when the address of its user changes. */
  declare readonly email: pulumi.Output<string | undefined>;
  /** A built-in role by its name, or a role of the organization's own. */
  declare readonly role: pulumi.Output<string>;
  /** What to do at creation if no user has the address: fail, create an account, or invite the person. */
  declare readonly onUnknownUser: pulumi.Output<Schemas["OnUnknownUser"]>;
  /** For `onUnknownUser: create`: 1 to 200 characters, used if an account is created. If omitted, the person sets it. */
  declare readonly givenName: pulumi.Output<string | undefined>;
  /** For `onUnknownUser: create`: 1 to 200 characters, used if an account is created. If omitted, the person sets it. */
  declare readonly familyName: pulumi.Output<string | undefined>;
  /**
   * Sends a new invitation; the link before it stops working. Set or change it to any text or number to do so once;
   * at creation it does nothing.
   */
  declare readonly resendInvite: pulumi.Output<string | number | undefined>;
  /** The user's id, however the member was declared; none until an invitation is accepted. */
  declare readonly userId: pulumi.Output<string | undefined>;
  /** `pending`, `active`, `expired` or `left`. */
  declare readonly status: pulumi.Output<Schemas["MembershipStatus"]>;
  /** The status of the user's account. */
  declare readonly userStatus: pulumi.Output<Schemas["UserStatus"] | undefined>;
  /** The number of active keys of the organization that are assigned to the user. */
  declare readonly apiKeyCount: pulumi.Output<number>;
  /** Whether the user can work: an active member with a usable account and an active key. */
  declare readonly operational: pulumi.Output<boolean>;
  /** RFC 3339, UTC. */
  declare readonly createdAt: pulumi.Output<string>;

  constructor(name: string, args: MembershipArgs, options?: pulumi.CustomResourceOptions) {
    super("Membership", name, args, options);
  }
}
