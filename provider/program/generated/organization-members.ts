/** Generated from provider/kinds by `npm run generate`; never edited. */
import type * as pulumi from "@pulumi/pulumi";
import type { OrganizationRole, Schemas } from "roster-schema";
import type { Reference } from "../arguments.ts";
import { RosterSet } from "../resource.ts";
import type { Organization } from "./organization.ts";
import type { Role } from "./role.ts";
import type { SetArgs } from "./shared.ts";

/** The role of a member: a built-in one by its name, a name from the set's `roles`, or a Role. */
export type MemberRole = pulumi.Input<OrganizationRole | (string & {})> | Role;

/**
 * A member of a set, by its role. The names are used if an account is created; `was` is the person's previous
 * address.
 */
export type MemberArgs =
  | MemberRole
  | {
      /** The role of a member: a built-in one by its name, a name from the set's `roles`, or a Role. */
      role: MemberRole;
      /** 1 to 200 characters, used if an account is created. If omitted, the person sets it. */
      givenName?: pulumi.Input<string>;
      /** 1 to 200 characters, used if an account is created. If omitted, the person sets it. */
      familyName?: pulumi.Input<string>;
      /** The previous address of the same person, whose account gets the new one. */
      was?: pulumi.Input<string>;
    };

/** The arguments of {@link OrganizationMembers}. */
export interface OrganizationMembersArgs extends SetArgs {
  /** The organization that they are members of. Changing it replaces the resource. */
  organization: Reference<Organization>;
  /**
   * The members, by address in any case: a role, or `{ role, givenName, familyName, was }`. The names are used if an
   * account is created. `was` is the previous address of the same person, whose account gets the new one.
   */
  members: pulumi.Input<Readonly<Record<string, MemberArgs>>>;
  /**
   * Names for roles of the organization's own, to use in `members`, as in a CSV file. None can be the name of a
   * built-in role.
   */
  roles?: Readonly<Record<string, pulumi.Input<OrganizationRole | (string & {})> | Role>>;
  /**
   * What to do at creation if no user has an address: fail, create an account, or invite the person. The default is
   * `fail`.
   */
  onUnknownUser?: pulumi.Input<Schemas["OnUnknownUser"]>;
  /**
   * What the set does with the accounts that it makes: `leave`, the default, makes them and no more; `manage` also
   * changes their names, and deactivates the account of a person who is removed, unless something else holds it.
   */
  accounts?: pulumi.Input<"leave" | "manage">;
  /**
   * The number of administrators that `authoritative` must list, and that a change of `additive` must leave. The
   * default is `1`.
   */
  minAdmins?: pulumi.Input<number>;
}

/**
 * Many members of an organization, as one resource. Deleting it ends the memberships that it created, and releases
 * those that it adopted.
 *
 * @example
 * ```ts
 * new OrganizationMembers("staff", { organization: acme, members: membersFromCsv("members.csv") });
 * ```
 * @see schema/openapi.yaml, `createMembership`
 */
export class OrganizationMembers extends RosterSet {
  /** The organization that they are members of. */
  declare readonly organization: pulumi.Output<string>;
  /**
   * The members, by address in any case: a role, or `{ role, givenName, familyName, was }`. The names are used if an
   * account is created. `was` is the previous address of the same person, whose account gets the new one.
   */
  declare readonly members: pulumi.Output<
    Readonly<
      Record<
        string,
        | string
        | { readonly role: string; readonly givenName?: string; readonly familyName?: string; readonly was?: string }
      >
    >
  >;
  /**
   * Names for roles of the organization's own, to use in `members`, as in a CSV file. None can be the name of a
   * built-in role.
   */
  declare readonly roles: pulumi.Output<Readonly<Record<string, string>> | undefined>;
  /** What to do at creation if no user has an address: fail, create an account, or invite the person. */
  declare readonly onUnknownUser: pulumi.Output<Schemas["OnUnknownUser"]>;
  /**
   * What the set does with the accounts that it makes: `leave`, the default, makes them and no more; `manage` also
   * changes their names, and deactivates the account of a person who is removed, unless something else holds it.
   */
  declare readonly accounts: pulumi.Output<"leave" | "manage" | undefined>;
  /** The number of administrators that `authoritative` must list, and that a change of `additive` must leave. */
  declare readonly minAdmins: pulumi.Output<number>;
  /**
   * `additive` manages the users that it lists; `authoritative` also removes the users that the last refresh found
   * and that it doesn't list.
   */
  declare readonly mode: pulumi.Output<"additive" | "authoritative">;
  /**
   * Addresses, such as `ada@example.com` or `*@example.com`, that `authoritative` keeps if they aren't listed. If
   * another stack has taken over one that you remove, the set leaves it to that stack.
   */
  declare readonly ignore: pulumi.Output<string[] | undefined>;
  /** The fraction of the set that may be removed at once, from 0 to 1. Five can always be removed. */
  declare readonly maxRemovalFraction: pulumi.Output<number>;
  /**
   * Mails everybody in the set who has not accepted yet a new link; the previous one stops working. Set or change it
   * to any text or number to do so once; at creation it does nothing.
   */
  declare readonly resendInvite: pulumi.Output<string | number | undefined>;
  /** The ids of the accounts that the set manages, by address; for `accounts: manage`. */
  declare readonly accountIds: pulumi.Output<Readonly<Record<string, string>> | undefined>;

  constructor(name: string, args: OrganizationMembersArgs, options?: pulumi.CustomResourceOptions) {
    super("OrganizationMembers", name, args, options);
  }
}
