/** A user's role in an organization. */
import { isOrganizationRole, membershipStatusValues, onUnknownUserValues, userStatusValues } from "roster-schema";
import { z } from "zod";
import { defineLifecycle } from "../lifecycle/lifecycle.ts";
import { property } from "../values/property.ts";
import {
  creationTime,
  email,
  oneOfUserAndEmail,
  reference,
  resendInvite,
  roleReference,
  sameEmail,
  text,
} from "../values/property-types.ts";
import { membershipAnswer } from "../wire/generated/answers.ts";
import { samePersonArgs } from "./person.ts";

/** A name of the account that is created with a membership. Later, the account has its own. */
const newAccountsName = text(200)
  .optional()
  .describe(
    "For `onUnknownUser: create`: 1 to 200 characters, used if an account is created. If omitted, the person sets it.",
  );

/** The arguments of a membership. */
export const membershipShape = {
  organization: reference("Organization").meta(
    property("The organization that the user is a member of.", { change: "replaces" }),
  ),
  user: reference("User")
    .optional()
    .meta(property("The member. Set either `user` or `email`.", { change: "replaces" })),
  email: email.optional().meta(
    property("The member, by address. A membership stays when the address of its user changes.", {
      change: "replaces",
    }),
  ),
  role: roleReference.describe("A built-in role by its name, or a role of the organization's own."),
  onUnknownUser: z
    .enum(onUnknownUserValues)
    .default("fail")
    .meta(
      property("What to do at creation if no user has the address: fail, create an account, or invite the person.", {
        defaultEvenIfAdopted: true,
      }),
    ),
  givenName: newAccountsName,
  familyName: newAccountsName,
  resendInvite,
};

/** The lifecycle of a membership. */
export const membershipLifecycle = defineLifecycle({
  kind: "Membership",
  documentation: {
    summary: "A user's role in an organization. Deleting it ends the membership; the user's account stays.",
    example: 'new Membership("ada", { organization: acme, user: ada, role: "administrator" });',
    operation: "createMembership",
  },
  existence: { readPermission: "members:read", organization: "organization" },
  args: membershipShape,
  outputs: {
    userId: z
      .string()
      .optional()
      .meta(
        property("The user's id, however the member was declared; none until an invitation is accepted.", {
          repeats: "user",
          stable: true,
        }),
      ),
    status: z.enum(membershipStatusValues).describe("`pending`, `active`, `expired` or `left`."),
    userStatus: z.enum(userStatusValues).optional().describe("The status of the user's account."),
    apiKeyCount: z.int().describe("The number of active keys of the organization that are assigned to the user."),
    operational: z
      .boolean()
      .describe("Whether the user can work: an active member with a usable account and an active key."),
    createdAt: creationTime,
  },
  subjects: { within: "organization", user: "user", email: "email" },
  rules: [
    oneOfUserAndEmail,
    ...(["givenName", "familyName"] as const).map((property) => ({
      needs: [property, "onUnknownUser"] as const,
      check: ({ onUnknownUser, ...args }: MembershipDeclared) =>
        args[property] !== undefined && onUnknownUser !== "create"
          ? { property, reason: "it is used only with `onUnknownUser: create`: set that, or remove this" }
          : undefined,
    })),
  ],
  inPlaceArgs: samePersonArgs,
  refuseReplacing: ({ organization: from, role: before }, { organization, role }) =>
    organization !== from && role === before && !isOrganizationRole(role)
      ? {
          property: "role",
          reason: `it is a role of ${String(from)}: use a role of the new organization or a built-in one`,
        }
      : undefined,
  same: { email: sameEmail },
  warnings: [
    {
      property: "status",
      equals: "left",
      message:
        "The person has left and is not invited again automatically: set or change `resendInvite`, or remove the resource.",
    },
    {
      property: "status",
      equals: "expired",
      message: "The invitation expired before it was accepted: set or change `resendInvite` to send a new one.",
    },
  ],
  remote: membershipAnswer,
  collection: ({ organization }) => `/v1/organizations/${organization}/members`,
  naturalKey: ({ user, email }) => ({ user, email }),
  item: (id) => `/v1/members/${id}`,
  settable: ({ role }) => ({ role }),
  createOnly: ({ user, email, onUnknownUser, givenName, familyName }) => ({
    user,
    email,
    onUnknownUser,
    givenName,
    familyName,
  }),
  // A membership belongs to its user: if it was declared by address, it stays when the user's address changes.
  readArgs: ({ organization, user, role }, declared) => ({
    organization,
    ...(declared.user === undefined ? {} : { user }),
    role,
  }),
  readOutputs: ({ user, status, userStatus, apiKeyCount, operational, createdAt }) => ({
    userId: user,
    status,
    userStatus,
    apiKeyCount,
    operational,
    createdAt,
  }),
  isDeleted: ({ status }) => status === "removed" || status === "cancelled",
});

type MembershipDeclared = z.infer<z.ZodObject<typeof membershipShape>>;
