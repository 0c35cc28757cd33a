/** An API key attached to a user. */
import { apiKeyAssignmentStatusValues } from "roster-schema";
import { z } from "zod";
import { defineLifecycle } from "../lifecycle/lifecycle.ts";
import { property } from "../values/property.ts";
import {
  creationTime,
  email,
  oneOfUserAndEmail,
  reference,
  resendInvite,
  sameEmail,
} from "../values/property-types.ts";
import { apiKeyAssignmentAnswer } from "../wire/generated/answers.ts";
import { samePersonArgs } from "./person.ts";

/** The arguments of an assignment. */
export const apiKeyAssignmentShape = {
  key: reference("ApiKey").meta(property("The key.", { change: "replaces" })),
  user: reference("User")
    .optional()
    .meta(property("The user who gets the key. Set either `user` or `email`.", { change: "replaces" })),
  email: email.optional().meta(
    property("The user, by address. An assignment stays when the address of its user changes.", {
      change: "replaces",
    }),
  ),
  external: z
    .boolean()
    .default(false)
    .meta(
      property("Whether a person who is not a member can get the key, by accepting a mailed link.", {
        change: "refused",
      }),
    ),
  resendInvite,
};

/** The lifecycle of an assignment. */
export const apiKeyAssignmentLifecycle = defineLifecycle({
  kind: "ApiKeyAssignment",
  documentation: {
    summary: "An API key attached to a user. Deleting it detaches the key, which stays.",
    example: 'new ApiKeyAssignment("ada-storefront", { key: storefront, user: ada });',
    portableExample:
      'const member = new Membership("ada", { organization: acme, user: ada, role: "editor" });\n' +
      'new ApiKeyAssignment("ada-storefront", { key: storefront, user: ada }, { dependsOn: member });',
    operation: "createApiKeyAssignment",
  },
  existence: { readPermission: "keys:read", organization: "organization" },
  args: apiKeyAssignmentShape,
  outputs: {
    organization: z.string().meta(property("The key's organization.", { stable: true })),
    userId: z
      .string()
      .optional()
      .meta(
        property(
          "The user's id, however the user was declared; none until an invited or external person has accepted.",
          {
            repeats: "user",
          },
        ),
      ),
    status: z.enum(apiKeyAssignmentStatusValues).describe("`pending`, `active` or `expired`."),
    createdAt: creationTime,
  },
  subjects: { within: "key", user: "user", email: "email" },
  rules: [oneOfUserAndEmail],
  inPlaceArgs: samePersonArgs,
  same: { email: sameEmail },
  warnings: [
    {
      property: "status",
      equals: "expired",
      message:
        "The invitation expired before it was accepted. To send a new one, set or change `resendInvite`: here if the assignment is " +
        "`external`, or else of the person's membership.",
    },
  ],
  remote: apiKeyAssignmentAnswer,
  collection: ({ key }) => `/v1/api-keys/${key}/assignments`,
  naturalKey: ({ user, email }) => ({ user, email }),
  item: (id) => `/v1/api-key-assignments/${id}`,
  settable: () => ({}),
  createOnly: ({ user, email, external }) => ({ user, email, external }),
  readArgs: ({ key, user }, declared) => ({ key, ...(declared.user === undefined ? {} : { user }) }),
  readImmutableArgs: ({ external }) => ({ external }),
  readOutputs: ({ organization, user, status, createdAt }) => ({ organization, userId: user, status, createdAt }),
});
