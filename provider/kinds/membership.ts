import type * as pulumi from "@pulumi/pulumi";
import { membershipStatusValues, onUnknownUserValues, type Schemas, userStatusValues } from "roster-schema";
import { z } from "zod";
import type { AdoptionArgs } from "../lifecycle/adoption.ts";
import { defineLifecycle } from "../lifecycle/lifecycle.ts";
import { addressOf, afterUsers, declare } from "../program/declared.ts";
import { idOf, type Reference, RosterResource } from "../program/resource.ts";
import {
  email,
  identifier,
  isBuiltInRole,
  isoTime,
  oneOfUserAndEmail,
  resendInvite,
  roleReference,
  sameEmail,
  timeDescription,
} from "../values/property-types.ts";
import type { Pinned } from "../wire/pinned.ts";
import type { Organization } from "./organization.ts";
import { keepsPerson } from "./person.ts";
import type { Role } from "./role.ts";
import type { User } from "./user.ts";

/** What a membership's arguments must look like. */
export const membershipShape = {
  organization: identifier("org", "an Organization").describe("The organization."),
  user: identifier("usr", "a User").optional().describe("Who."),
  email: email.optional().describe("Who, by address. One of `user` and `email` is given."),
  role: roleReference.describe("A built-in role by name, or the organization's own."),
  onUnknownUser: z
    .enum(onUnknownUserValues)
    .default("fail")
    .describe("What to do where nobody has the address, at creation: fail, create an account, or invite."),
  resendInvite,
};

/** A membership as the contract has it. */
export const membershipRemote = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  organization: z.string(),
  user: z.string().nullable(),
  email: z.string(),
  role: z.string(),
  status: z.enum(membershipStatusValues),
  userStatus: z.enum(userStatusValues).nullable(),
  apiKeyCount: z.number().int(),
  operational: z.boolean(),
  createdAt: isoTime,
  updatedAt: isoTime,
  endedAt: isoTime.nullable(),
});

true satisfies Pinned<z.infer<typeof membershipRemote>, Schemas["Membership"]>;

/** The life of a membership. */
export const membershipLifecycle = defineLifecycle({
  kind: "Membership",
  existence: { reading: "members:read", organization: "organization" },
  args: membershipShape,
  rules: [oneOfUserAndEmail],
  replaceOn: ["organization", "user", "email"],
  keeps: keepsPerson,
  replacing: ({ organization: from, role: before }, { organization, role }) =>
    organization !== from && role === before && !isBuiltInRole(role)
      ? {
          property: "role",
          reason: `it is a role of ${String(from)}: give one of the new organization's, or a built-in one`,
        }
      : undefined,
  same: { email: sameEmail },
  acts: ["resendInvite"],
  advice: [
    {
      where: "status",
      is: "left",
      say: "The person has left, and is not invited again by itself: set or change `resendInvite`, or take the resource out.",
    },
    {
      where: "status",
      is: "expired",
      say: "Nobody accepted the invitation in time: set or change `resendInvite` to send a new one.",
    },
  ],
  outputs: {
    userId: "The user's id, however it was declared; none until an invitation is accepted.",
    status: "pending, active, expired or left.",
    userStatus: "The user's own status.",
    apiKeyCount: "How many active keys of the organization are assigned to the user.",
    operational: "Whether the user can work: an active member with a usable account and an active key.",
    createdAt: timeDescription,
  },
  repeats: { userId: "user" },
  remote: membershipRemote,
  collection: ({ organization }) => `/v1/organizations/${organization}/members`,
  naturalKey: ({ user, email }) => ({ user, email }),
  item: (id) => `/v1/members/${id}`,
  settable: ({ role }) => ({ role }),
  createOnly: ({ user, email, onUnknownUser }) => ({ user, email, onUnknownUser }),
  // A membership hangs on its user: one that was declared by address stays so when the user's address changes.
  observe: ({ organization, user, role }, declared) => ({
    organization,
    ...(declared.user === undefined ? {} : { user }),
    role,
  }),
  describe: ({ user, status, userStatus, apiKeyCount, operational, createdAt }) => ({
    userId: user,
    status,
    userStatus,
    apiKeyCount,
    operational,
    createdAt,
  }),
  isGone: ({ status }) => status === "removed" || status === "cancelled",
});

/** The arguments of a {@link Membership}: `user` or `email` says who. */
export interface MembershipArgs extends AdoptionArgs {
  /** Changing it replaces the membership. */
  organization: Reference<Organization>;
  /** Who. Naming another person replaces the membership. */
  user?: Reference<User>;
  /** Who, by address. Naming another person replaces the membership; one whose address changes stays. */
  email?: pulumi.Input<string>;
  /** A built-in role by name, or the organization's own. Changed in place. */
  role: pulumi.Input<Exclude<Schemas["BuiltInRole"], "super_admin"> | (string & {})> | Role;
  /** What to do where nobody has the address, at creation: fail by default, create an account, or invite. */
  onUnknownUser?: pulumi.Input<Schemas["OnUnknownUser"]>;
  /** Sends a new invitation, once whenever it is set or changed after the creation; any text or number. */
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
  declare readonly organization: pulumi.Output<string>;
  declare readonly user: pulumi.Output<string | undefined>;
  declare readonly email: pulumi.Output<string | undefined>;
  declare readonly role: pulumi.Output<string>;
  declare readonly resendInvite: pulumi.Output<string | number | undefined>;
  /** The user's id, however it was declared; none until an invitation is accepted. */
  declare readonly userId: pulumi.Output<string | undefined>;
  declare readonly status: pulumi.Output<Schemas["MembershipStatus"]>;
  declare readonly userStatus: pulumi.Output<Schemas["UserStatus"] | undefined>;
  /** How many active keys of the organization are assigned to the user. */
  declare readonly apiKeyCount: pulumi.Output<number>;
  /** Whether the user can work: an active member with a usable account and an active key. */
  declare readonly operational: pulumi.Output<boolean>;
  /** RFC 3339, UTC. */
  declare readonly createdAt: pulumi.Output<string>;

  constructor(name: string, args: MembershipArgs, options?: pulumi.CustomResourceOptions) {
    const { organization, user, role } = args;
    declare(organization, [addressOf(user, args.email)], { by: `Membership ${name}`, isSet: false });
    super(
      membershipLifecycle,
      name,
      { ...args, organization: idOf(organization), user: idOf(user), role: idOf(role) },
      afterUsers([args.email], options),
    );
  }
}
