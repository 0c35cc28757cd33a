/** A person or a system user. */
import { systemRoleValues, userKindValues, userStateValues, userStatusValues } from "roster-schema";
import { z } from "zod";
import { defineLifecycle } from "../lifecycle/lifecycle.ts";
import { property } from "../values/property.ts";
import {
  creationTime,
  email,
  namedTime,
  reference,
  resendInvite,
  resetPassword,
  sameEmail,
  text,
} from "../values/property-types.ts";
import { containsUnknown } from "../values/unknown.ts";
import type { Client } from "../wire/client.ts";
import { organizationAnswer, userAnswer } from "../wire/generated/answers.ts";

/** The arguments of a user. */
export const userShape = {
  email: email.describe(
    "The address, unique in the service regardless of case. A person's new address takes effect once it is confirmed.",
  ),
  givenName: text(200).optional().describe("1 to 200 characters. If omitted, the person sets it."),
  familyName: text(200).optional().describe("1 to 200 characters. If omitted, the person sets it."),
  kind: z
    .enum(userKindValues)
    .default("person")
    .meta(
      property("A person, or a system user (a robot), which gets no mail and has no password.", {
        change: "refused",
      }),
    ),
  homeOrganization: reference("Organization")
    .optional()
    .meta(
      property(
        "The organization whose administrators manage the user. After it is closed, the user can have another one.",
        { change: "refused" },
      ),
    ),
  systemRole: z
    .enum(systemRoleValues)
    .default("none")
    .describe("`super_admin` may do everything; only the service owner can give it."),
  invite: z
    .boolean()
    .optional()
    .describe("Whether a person is mailed the link that sets up the account, at creation. If omitted, it is mailed."),
  state: z
    .enum(userStateValues)
    .default("active")
    .meta(property("`inactive` stops the user's keys at once.", { defaultEvenIfAdopted: true })),
  resendInvite,
  resetPassword,
};

/** The lifecycle of a user. */
export const userLifecycle = defineLifecycle({
  kind: "User",
  documentation: {
    summary:
      "A person or a system user. Deleting it deactivates the user; users are never removed, because the audit refers to them.",
    example: 'const ada = new User("ada", { email: "ada@example.com", homeOrganization: acme });',
    operation: "createUser",
  },
  existence: { readPermission: "users:read", organization: "homeOrganization", isPermanent: true },
  args: userShape,
  outputs: {
    status: z
      .enum(userStatusValues)
      .describe(
        "The actual status, whereas `state` is the declared one: `invited`, `active`, `inactive` or `blocked`.",
      ),
    inviteSentAt: namedTime.optional(),
    inviteExpiresAt: namedTime.optional(),
    createdAt: creationTime,
  },
  subjects: { email: "email" },
  rules: [
    {
      needs: ["kind", "invite"],
      check: ({ kind, invite }) =>
        kind === "system" && invite === true
          ? { property: "invite", reason: "a system user receives no mail: remove it" }
          : undefined,
    },
  ],
  mutableWhen: { homeOrganization: isClosed },
  refuseReplacing: ({ email: address, homeOrganization: from }, { email, homeOrganization }) =>
    from !== undefined && !containsUnknown(homeOrganization) && homeOrganization !== from && sameEmail(address, email)
      ? {
          property: "homeOrganization",
          reason:
            "replacing a user restores the account with the same address, which keeps its home organization until that is closed: undo the change",
        }
      : undefined,
  same: { email: sameEmail },
  remote: userAnswer,
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
  // An unconfirmed address is nevertheless the declared one. Names that the stack doesn't declare belong to the person.
  readArgs: ({ email, pendingEmail, givenName, familyName, kind, homeOrganization, systemRole, state }, declared) => ({
    email: pendingEmail ?? email,
    givenName: declared.givenName === undefined ? null : givenName,
    familyName: declared.familyName === undefined ? null : familyName,
    kind,
    homeOrganization,
    systemRole,
    state,
  }),
  readOutputs: ({ status, inviteSentAt, inviteExpiresAt, createdAt }) => ({
    status,
    inviteSentAt,
    inviteExpiresAt,
    createdAt,
  }),
});

/** Whether an organization is closed, so that its users can have another home organization. */
async function isClosed(client: Client, id: unknown): Promise<boolean> {
  if (typeof id !== "string") {
    return false;
  }
  const found = await client.get(`/v1/organizations/${id}`, organizationAnswer);
  return found?.body.status === "closed";
}
