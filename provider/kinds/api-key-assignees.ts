/** The users that a stack attaches an API key to, as one resource. */
import { z } from "zod";
import { defineSetLifecycle } from "../sets/lifecycle.ts";
import { property } from "../values/property.ts";
import { email, reference, setAddress } from "../values/property-types.ts";
import { apiKeyAssignmentAnswer } from "../wire/generated/answers.ts";

/** Whether an assignee must be a member, or can be external. */
export type As = z.infer<typeof as>;

/** The value of an assignee in a set: that, and the person's previous address. */
export type Assignee = As | { readonly as: As; readonly was?: string | undefined };

/** The schema of {@link As}. */
export const as = z.enum(["member", "external"]).meta(
  property("Whether an assignee must be a member of the organization, or can be external.", {
    schemaName: "AssigneeKind",
  }),
);

const assignee = z.union(
  [
    as,
    z
      .strictObject({
        as,
        was: email.optional().describe("The previous address of the same person, whose account gets the new one."),
      })
      .meta(property("A user who gets an API key, by address.", { schemaName: "Assignee" })),
  ],
  "it must be `member`, `external`, or an object with `as` and, optionally, `was`",
);

/** The type of an entry in programs. */
const entryType = '"member" | "external" | { readonly as: "member" | "external"; readonly was?: string }';

/** The arguments of a set of assignees. */
export const apiKeyAssigneesShape = {
  key: reference("ApiKey").meta(property("The key.", { change: "replaces" })),
  assignees: z.record(setAddress, assignee).meta({
    description:
      "The users who get the key, by address in any case: a list of members, or a map of each address to `member`, to " +
      "`external` or to `{ as, was }`. `was` is the previous address of the same person, whose account gets the new one. A person who is invited to the organization gets the key with the membership. An external user does not have " +
      "to be a member, and receives a link by mail to accept the key.",
    types: {
      args: `pulumi.Input<readonly string[] | Readonly<Record<string, ${entryType}>>>`,
      output: `Readonly<Record<string, ${entryType}>>`,
    },
    forms: () => {
      const map = z.record(z.string(), assignee);
      return { args: z.union([z.array(z.string()), map]), output: map };
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
    portableExample:
      'const staff = new OrganizationMembers("staff", {\n' +
      "  organization: acme,\n" +
      '  members: { "ada@acme.example": "editor" },\n' +
      '  onUnknownUser: "create",\n' +
      "});\n" +
      "new ApiKeyAssignees(\n" +
      '  "storefront",\n' +
      '  { key: storefront, assignees: { "ada@acme.example": "member", "dev@partner.example": "external" } },\n' +
      "  { dependsOn: staff },\n" +
      ");",
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
  createOnly: (_args, value: Assignee) => ({ external: asOf(value) === "external" }),
  readValue: ({ external }, _args, declared): Assignee => {
    const now: As = external ? "external" : "member";
    return declared !== undefined && asOf(declared) === now ? declared : now;
  },
  // A key that waits for a membership comes with the invitation to that.
  waitsFor: ({ external, status }) => (external && status !== "active" ? "acceptance" : undefined),
  withoutWas: asOf,
  isFixed: (before, after) => asOf(before) !== asOf(after),
});

function asOf(value: Assignee): As {
  return typeof value === "string" ? value : value.as;
}
