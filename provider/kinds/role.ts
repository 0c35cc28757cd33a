/** A role of an organization's own. */
import { builtInRoleValues, isBuiltInRole } from "roster-schema";
import { defineLifecycle } from "../lifecycle/lifecycle.ts";
import { property } from "../values/property.ts";
import { creationTime, permissions, reference, sameSet, text } from "../values/property-types.ts";
import { roleAnswer } from "../wire/generated/answers.ts";

/** The arguments of a role. */
export const roleShape = {
  organization: reference("Organization").meta(property("The organization that has the role.", { change: "replaces" })),
  name: text(64)
    .refine((name) => !isBuiltInRole(name.trim().toLowerCase()), {
      error: `${builtInRoleValues.join(", ")} are built in: use another name`,
    })
    .describe("1 to 64 characters, unique in the organization, and not the name of a built-in role."),
  permissions: permissions
    .refine((given) => !given.includes("api:call"), {
      error: "only the built-in role api_user can have api:call",
    })
    .describe("What the role allows: never more than the stack's own token may do, and not `api:call`."),
};

/** The lifecycle of an organization's own role. */
export const roleLifecycle = defineLifecycle({
  kind: "Role",
  documentation: {
    summary: "A role of an organization's own. Built-in roles exist without being declared; use their names.",
    example:
      'const releaser = new Role("releaser", { organization: acme, name: "Releaser", permissions: ["flows:read", "flows:run"] });',
    operation: "createRole",
  },
  existence: { readPermission: "roles:read", organization: "organization" },
  args: roleShape,
  outputs: { createdAt: creationTime },
  same: { permissions: sameSet },
  remote: roleAnswer,
  collection: ({ organization }) => `/v1/organizations/${organization}/roles`,
  naturalKey: ({ name }) => ({ name }),
  item: (id) => `/v1/roles/${id}`,
  settable: ({ name, permissions }) => ({ name, permissions }),
  readArgs: ({ organization, name, permissions }) => ({ organization, name, permissions }),
  readOutputs: ({ createdAt }) => ({ createdAt }),
});
