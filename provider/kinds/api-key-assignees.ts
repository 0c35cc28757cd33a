/** The users that a stack attaches an API key to, as one resource. */
import { z } from "zod";
import { defineSetLifecycle } from "../sets/lifecycle.ts";
import { property } from "../values/property.ts";
import { reference, setAddress } from "../values/property-types.ts";
import { apiKeyAssignmentAnswer } from "../wire/generated/answers.ts";

/** Whether an assignee must be a member or can be external. */
type Assignee = "member" | "external";

/** The arguments of a set of assignees. */
export const apiKeyAssigneesShape = {
  key: reference("ApiKey").meta(property("The key.", { change: "replaces" })),
  assignees: z.record(setAddress, z.enum(["member", "external"])).meta({
    description:
      "The users who get the key, by address in any case: a list of members, or a map of each address to `member` or to " +
      "`external`. A person who is invited to the organization gets the key with the membership. An external user does not have " +
      "to be a member, and receives a link by mail to accept the key.",
    types: {
      args: 'pulumi.Input<readonly string[] | Readonly<Record<string, "member" | "external">>>',
      output: 'Readonly<Record<string, "member" | "external">>',
    },
  }),
};

/** The lifecycle of a set of assignees. */
export const apiKeyAssigneesLifecycle = defineSetLifecycle({
  kind: "ApiKeyAssignees",
  documentation: {
    summary:
      "Every user to whom this stack attaches an API key, as one resource. Deleting it detaches the key, which stays.",
    example: 'new ApiKeyAssignees("storefront", { key: storefront, assignees: assigneesFromCsv("members.csv") });',
    operation: "createApiKeyAssignment",
  },
  existence: { readPermission: "keys:read", isPermanent: true },
  args: apiKeyAssigneesShape,
  container: "key",
  entries: "assignees",
  toMap: (given) => (Array.isArray(given) ? Object.fromEntries(given.map((address) => [address, "member"])) : given),
  remote: apiKeyAssignmentAnswer,
  collection: ({ key }) => `/v1/api-keys/${String(key)}/assignments`,
  queries: [{}],
  item: (id) => `/v1/api-key-assignments/${id}`,
  settable: () => ({}),
  createOnly: (_args, value: Assignee) => ({ external: value === "external" }),
  readValue: ({ external }): Assignee => (external ? "external" : "member"),
  isFixed: (before, after) => before !== after,
});
