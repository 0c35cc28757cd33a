import type * as pulumi from "@pulumi/pulumi";
import { apiKeyAssignmentStatusValues, type Schemas } from "roster-schema";
import { z } from "zod";
import type { AdoptionArgs } from "../lifecycle/adoption.ts";
import { defineLifecycle } from "../lifecycle/lifecycle.ts";
import { addressOf, afterUsers, declare } from "../program/declared.ts";
import { idOf, type Reference, RosterResource } from "../program/resource.ts";
import {
  email,
  identifier,
  isoTime,
  oneOfUserAndEmail,
  resendInvite,
  sameEmail,
  timeDescription,
} from "../values/property-types.ts";
import type { Pinned } from "../wire/pinned.ts";
import type { ApiKey } from "./api-key/api-key.ts";
import { keepsPerson } from "./person.ts";
import type { User } from "./user.ts";

/** What an assignment's arguments must look like. */
export const apiKeyAssignmentShape = {
  key: identifier("key", "an ApiKey").describe("The key."),
  user: identifier("usr", "a User").optional().describe("Who."),
  email: email.optional().describe("Who, by address. One of `user` and `email` is given."),
  external: z
    .boolean()
    .default(false)
    .describe("Whether someone who is not a member may get the key, by a mailed link, at creation."),
  resendInvite,
};

/** An assignment as the contract has it. */
export const apiKeyAssignmentRemote = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  organization: z.string(),
  key: z.string(),
  user: z.string().nullable(),
  email: z.string(),
  external: z.boolean(),
  status: z.enum(apiKeyAssignmentStatusValues),
  createdAt: isoTime,
  updatedAt: isoTime,
});

true satisfies Pinned<z.infer<typeof apiKeyAssignmentRemote>, Schemas["ApiKeyAssignment"]>;

/** The life of an assignment. */
export const apiKeyAssignmentLifecycle = defineLifecycle({
  kind: "ApiKeyAssignment",
  existence: { reading: "keys:read", organization: "organization" },
  args: apiKeyAssignmentShape,
  rules: [oneOfUserAndEmail],
  replaceOn: ["key", "user", "email"],
  forGood: ["external"],
  keeps: keepsPerson,
  same: { email: sameEmail },
  acts: ["resendInvite"],
  advice: [
    {
      where: "status",
      is: "expired",
      say: "Nobody accepted the key in time: set or change `resendInvite` to send a new invitation.",
    },
  ],
  outputs: {
    organization: "The key's organization.",
    userId: "The user's id, however it was declared; none until somebody from outside has accepted.",
    status: "pending, active or expired.",
    createdAt: timeDescription,
  },
  repeats: { userId: "user" },
  remote: apiKeyAssignmentRemote,
  collection: ({ key }) => `/v1/api-keys/${key}/assignments`,
  naturalKey: ({ user, email }) => ({ user, email }),
  item: (id) => `/v1/api-key-assignments/${id}`,
  settable: () => ({}),
  createOnly: ({ user, email, external }) => ({ user, email, external }),
  observe: ({ key, user }, declared) => ({ key, ...(declared.user === undefined ? {} : { user }) }),
  fixed: ({ external }) => ({ external }),
  describe: ({ organization, user, status, createdAt }) => ({ organization, userId: user, status, createdAt }),
});

/** The arguments of an {@link ApiKeyAssignment}: `user` or `email` says who. */
export interface ApiKeyAssignmentArgs extends AdoptionArgs {
  /** Changing it replaces the assignment. */
  key: Reference<ApiKey>;
  /** Who. Naming another person replaces the assignment. */
  user?: Reference<User>;
  /** Who, by address. Naming another person replaces the assignment; one whose address changes stays. */
  email?: pulumi.Input<string>;
  /** Whether someone who is not a member may get the key, by a mailed link, at creation; false by default. */
  external?: pulumi.Input<boolean>;
  /** Sends a new invitation, once whenever it is set or changed after the creation; any text or number. */
  resendInvite?: pulumi.Input<string | number>;
}

/**
 * An API key attached to a user. Deleting it detaches the key, which survives.
 *
 * @example
 * ```ts
 * new ApiKeyAssignment("ada-storefront", { key: storefront, user: ada });
 * ```
 * @see schema/openapi.yaml, `createApiKeyAssignment`
 */
export class ApiKeyAssignment extends RosterResource {
  declare readonly key: pulumi.Output<string>;
  declare readonly user: pulumi.Output<string | undefined>;
  declare readonly email: pulumi.Output<string | undefined>;
  declare readonly external: pulumi.Output<boolean>;
  declare readonly resendInvite: pulumi.Output<string | number | undefined>;
  /** The key's organization. */
  declare readonly organization: pulumi.Output<string>;
  /** The user's id, however it was declared; none until somebody from outside has accepted. */
  declare readonly userId: pulumi.Output<string | undefined>;
  declare readonly status: pulumi.Output<Schemas["ApiKeyAssignmentStatus"]>;
  /** RFC 3339, UTC. */
  declare readonly createdAt: pulumi.Output<string>;

  constructor(name: string, args: ApiKeyAssignmentArgs, options?: pulumi.CustomResourceOptions) {
    declare(args.key, [addressOf(args.user, args.email)], { by: `ApiKeyAssignment ${name}`, isSet: false });
    super(
      apiKeyAssignmentLifecycle,
      name,
      { ...args, key: idOf(args.key), user: idOf(args.user) },
      afterUsers([args.email], options),
    );
  }
}
