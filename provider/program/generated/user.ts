/** Generated from provider/kinds by `npm run generate`; never edited. */
import type * as pulumi from "@pulumi/pulumi";
import type { Schemas } from "roster-schema";
import type { Reference } from "../arguments.ts";
import { RosterResource } from "../resource.ts";
import type { Organization } from "./organization.ts";
import type { AdoptionArgs } from "./shared.ts";

/** The arguments of {@link User}. */
export interface UserArgs extends AdoptionArgs {
  /** The address, unique in the service regardless of case. A person's new address takes effect once it is confirmed. */
  email: pulumi.Input<string>;
  /** 1 to 200 characters. If omitted, the person sets it. */
  givenName?: pulumi.Input<string>;
  /** 1 to 200 characters. If omitted, the person sets it. */
  familyName?: pulumi.Input<string>;
  /**
   * A person, or a system user (a robot), which gets no mail and has no password. It can't be changed. The default is
   * `person`.
   */
  kind?: pulumi.Input<Schemas["UserKind"]>;
  /**
   * The organization whose administrators manage the user. After it is closed, the user can have another one. It
   * can't be changed.
   */
  homeOrganization?: Reference<Organization>;
  /** `super_admin` may do everything; only the service owner can give it. The default is `none`. */
  systemRole?: pulumi.Input<Schemas["SystemRole"]>;
  /** Whether a person is mailed the link that sets up the account, at creation. If omitted, it is mailed. */
  invite?: pulumi.Input<boolean>;
  /** `inactive` stops the user's keys at once. The default is `active`. */
  state?: pulumi.Input<Schemas["UserState"]>;
  /**
   * Sends a new invitation; the link before it stops working. Set or change it to any text or number to do so once;
   * at creation it does nothing.
   */
  resendInvite?: pulumi.Input<string | number>;
  /**
   * Mails the person a link to choose a new password. Set or change it to any text or number to do so once; at
   * creation it does nothing.
   */
  resetPassword?: pulumi.Input<string | number>;
}

/**
 * A person or a system user. Deleting it deactivates the user; users are never removed, because the audit refers to
 * them.
 *
 * @example
 * ```ts
 * const ada = new User("ada", { email: "ada@example.com", homeOrganization: acme });
 * ```
 * @see schema/openapi.yaml, `createUser`
 */
export class User extends RosterResource {
  /** The address, unique in the service regardless of case. A person's new address takes effect once it is confirmed. */
  declare readonly email: pulumi.Output<string>;
  /** 1 to 200 characters. If omitted, the person sets it. */
  declare readonly givenName: pulumi.Output<string | undefined>;
  /** 1 to 200 characters. If omitted, the person sets it. */
  declare readonly familyName: pulumi.Output<string | undefined>;
  /** A person, or a system user (a robot), which gets no mail and has no password. */
  declare readonly kind: pulumi.Output<Schemas["UserKind"]>;
  /** The organization whose administrators manage the user. After it is closed, the user can have another one. */
  declare readonly homeOrganization: pulumi.Output<string | undefined>;
  /** `super_admin` may do everything; only the service owner can give it. */
  declare readonly systemRole: pulumi.Output<Schemas["SystemRole"]>;
  /** Whether a person is mailed the link that sets up the account, at creation. If omitted, it is mailed. */
  declare readonly invite: pulumi.Output<boolean | undefined>;
  /** `inactive` stops the user's keys at once. */
  declare readonly state: pulumi.Output<Schemas["UserState"]>;
  /**
   * Sends a new invitation; the link before it stops working. Set or change it to any text or number to do so once;
   * at creation it does nothing.
   */
  declare readonly resendInvite: pulumi.Output<string | number | undefined>;
  /**
   * Mails the person a link to choose a new password. Set or change it to any text or number to do so once; at
   * creation it does nothing.
   */
  declare readonly resetPassword: pulumi.Output<string | number | undefined>;
  /** The actual status, whereas `state` is the declared one: `invited`, `active`, `inactive` or `blocked`. */
  declare readonly status: pulumi.Output<Schemas["UserStatus"]>;
  /** RFC 3339, UTC. */
  declare readonly inviteSentAt: pulumi.Output<string | undefined>;
  /** RFC 3339, UTC. */
  declare readonly inviteExpiresAt: pulumi.Output<string | undefined>;
  /** RFC 3339, UTC. */
  declare readonly createdAt: pulumi.Output<string>;

  constructor(name: string, args: UserArgs, options?: pulumi.CustomResourceOptions) {
    super("User", name, args, options);
  }
}
