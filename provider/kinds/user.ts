import type * as pulumi from "@pulumi/pulumi";
import { type Schemas, systemRoleValues, userKindValues, userStateValues, userStatusValues } from "roster-schema";
import { z } from "zod";
import type { AdoptionArgs } from "../lifecycle/adoption.ts";
import { defineLifecycle } from "../lifecycle/lifecycle.ts";
import { rememberAddress } from "../program/declared.ts";
import { idOf, type Reference, RosterResource } from "../program/resource.ts";
import {
  email,
  identifier,
  isoTime,
  resendInvite,
  resetPassword,
  sameEmail,
  text,
  timeDescription,
} from "../values/property-types.ts";
import { containsUnknown } from "../values/unknown.ts";
import type { Client } from "../wire/client.ts";
import type { Pinned } from "../wire/pinned.ts";
import type { Organization } from "./organization.ts";

/** What a user's arguments must look like. */
export const userShape = {
  email: email.describe("The address, unique in the service in any case."),
  givenName: text(200).optional().describe("1 to 200 characters. If omitted, the person sets it."),
  familyName: text(200).optional().describe("1 to 200 characters. If omitted, the person sets it."),
  kind: z
    .enum(userKindValues)
    .default("person")
    .describe("A person, or a system user (robot), which gets no mail and has no password. For good."),
  homeOrganization: identifier("org", "an Organization")
    .optional()
    .describe("The organization whose administrators manage the user. For good, while it is open."),
  systemRole: z.enum(systemRoleValues).default("none").describe("super_admin is the service owner's to give."),
  invite: z
    .boolean()
    .optional()
    .describe("Whether a person is mailed the link that sets up the account, at creation; true by default."),
  state: z.enum(userStateValues).default("active").describe("inactive stops the user's keys at once."),
  resendInvite,
  resetPassword,
};

/** A user as the contract has it. */
export const userRemote = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  email: z.string(),
  pendingEmail: z.string().nullable(),
  givenName: z.string().nullable(),
  familyName: z.string().nullable(),
  kind: z.enum(userKindValues),
  homeOrganization: z.string().nullable(),
  systemRole: z.enum(systemRoleValues),
  state: z.enum(userStateValues),
  status: z.enum(userStatusValues),
  inviteSentAt: isoTime.nullable(),
  inviteExpiresAt: isoTime.nullable(),
  createdAt: isoTime,
  updatedAt: isoTime,
});

const organizationStatus = z.object({ status: z.string() });

true satisfies Pinned<z.infer<typeof userRemote>, Schemas["User"]>;

/** The life of a user. Deleting one deactivates: users stay, for the audit. */
export const userLifecycle = defineLifecycle({
  kind: "User",
  existence: { reading: "users:read", organization: "homeOrganization", isKept: true },
  args: userShape,
  rules: [
    {
      needs: ["kind", "invite"],
      check: ({ kind, invite }) =>
        kind === "system" && invite === true
          ? { property: "invite", reason: "a system user gets no mail: leave it out" }
          : undefined,
    },
  ],
  replaceOn: [],
  forGood: ["kind", "homeOrganization"],
  released: { homeOrganization: isClosed },
  replacing: ({ email: address, homeOrganization: from }, { email, homeOrganization }) =>
    from !== undefined && !containsUnknown(homeOrganization) && homeOrganization !== from && sameEmail(address, email)
      ? {
          property: "homeOrganization",
          reason:
            "replacing a user brings back the account of the same address, whose home organization stays while that is open: undo the change",
        }
      : undefined,
  same: { email: sameEmail },
  acts: ["resendInvite", "resetPassword"],
  outputs: {
    status: "What is, where `state` is what was asked for: invited, active, inactive or blocked.",
    inviteSentAt: timeDescription,
    inviteExpiresAt: timeDescription,
    createdAt: timeDescription,
  },
  remote: userRemote,
  collection: () => "/v1/users",
  naturalKey: ({ email }) => ({ email }),
  item: (id) => `/v1/users/${id}`,
  settable: (args) => ({
    email: args.email,
    givenName: args.givenName ?? null,
    familyName: args.familyName ?? null,
    homeOrganization: args.homeOrganization ?? null,
    systemRole: args.systemRole,
    state: args.state,
  }),
  createOnly: ({ kind, invite }) => ({ kind, invite }),
  // An address that is not confirmed yet is what was asked for all the same, and names that the stack doesn't give are the
  // person's own.
  observe: ({ email, pendingEmail, givenName, familyName, kind, homeOrganization, systemRole, state }, declared) => ({
    email: pendingEmail ?? email,
    givenName: declared.givenName === undefined ? null : givenName,
    familyName: declared.familyName === undefined ? null : familyName,
    kind,
    homeOrganization,
    systemRole,
    state,
  }),
  describe: ({ status, inviteSentAt, inviteExpiresAt, createdAt }) => ({
    status,
    inviteSentAt,
    inviteExpiresAt,
    createdAt,
  }),
});

/** Whether an organization is closed: its users can get another home. */
async function isClosed(client: Client, id: unknown): Promise<boolean> {
  if (typeof id !== "string") return false;
  const found = await client.get(`/v1/organizations/${id}`, organizationStatus);
  return found?.body.status === "closed";
}

/** The arguments of a {@link User}. */
export interface UserArgs extends AdoptionArgs {
  /** The address, unique in the service in any case. A person's change takes effect when the new one is confirmed. */
  email: pulumi.Input<string>;
  /** 1 to 200 characters. If omitted, the person sets it. */
  givenName?: pulumi.Input<string>;
  /** 1 to 200 characters. If omitted, the person sets it. */
  familyName?: pulumi.Input<string>;
  /** A person, the default, or a system user (robot), which gets no mail and has no password. Set for good. */
  kind?: pulumi.Input<Schemas["UserKind"]>;
  /** The organization whose administrators manage this user. Set for good; another one takes the place of one that is closed. */
  homeOrganization?: Reference<Organization>;
  /** none by default; super_admin is the service owner's to give. */
  systemRole?: pulumi.Input<Schemas["SystemRole"]>;
  /** Whether a person is mailed the link that sets up the account, at creation; true by default. */
  invite?: pulumi.Input<boolean>;
  /** active by default; inactive stops the user's keys at once. */
  state?: pulumi.Input<Schemas["UserState"]>;
  /** Sends a new invitation, once whenever it is set or changed after the creation; any text or number. */
  resendInvite?: pulumi.Input<string | number>;
  /** Mails the person a link to choose a new password, once whenever it is set or changed after the creation. */
  resetPassword?: pulumi.Input<string | number>;
}

/**
 * A person or a system user. Deleting it deactivates it; users are never deleted.
 *
 * @example
 * ```ts
 * const ada = new User("ada", { email: "ada@example.com", homeOrganization: acme });
 * ```
 * @see schema/openapi.yaml, `createUser`
 */
export class User extends RosterResource {
  declare readonly email: pulumi.Output<string>;
  declare readonly givenName: pulumi.Output<string | undefined>;
  declare readonly familyName: pulumi.Output<string | undefined>;
  declare readonly kind: pulumi.Output<Schemas["UserKind"]>;
  declare readonly homeOrganization: pulumi.Output<string | undefined>;
  declare readonly systemRole: pulumi.Output<Schemas["SystemRole"]>;
  declare readonly state: pulumi.Output<Schemas["UserState"]>;
  declare readonly resendInvite: pulumi.Output<string | number | undefined>;
  declare readonly resetPassword: pulumi.Output<string | number | undefined>;
  /** What is, where `state` is what was asked for. */
  declare readonly status: pulumi.Output<Schemas["UserStatus"]>;
  /** RFC 3339, UTC. */
  declare readonly inviteSentAt: pulumi.Output<string | undefined>;
  /** RFC 3339, UTC. */
  declare readonly inviteExpiresAt: pulumi.Output<string | undefined>;
  /** RFC 3339, UTC. */
  declare readonly createdAt: pulumi.Output<string>;

  constructor(name: string, args: UserArgs, options?: pulumi.CustomResourceOptions) {
    super(userLifecycle, name, { ...args, homeOrganization: idOf(args.homeOrganization) }, options);
    rememberAddress(this, args.email);
  }
}
