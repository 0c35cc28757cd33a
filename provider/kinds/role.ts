import type * as pulumi from "@pulumi/pulumi";
import { builtInRoleValues, permissionValues, type Schemas } from "roster-schema";
import { z } from "zod";
import type { AdoptionArgs } from "../lifecycle/adoption.ts";
import { defineLifecycle } from "../lifecycle/lifecycle.ts";
import { idOf, type Reference, RosterResource } from "../program/resource.ts";
import { identifier, isoTime, permissions, sameSet, text, timeDescription } from "../values/property-types.ts";
import type { Pinned } from "../wire/pinned.ts";
import type { Organization } from "./organization.ts";

/** What a role's arguments must look like. */
export const roleShape = {
  organization: identifier("org", "an Organization").describe("The organization that has the role."),
  name: text(64)
    .refine((name) => !builtInRoleValues.some((builtIn) => builtIn === name.trim().toLowerCase()), {
      error: `${builtInRoleValues.join(", ")} are built in: use another name`,
    })
    .describe("1 to 64 characters, unique in the organization, and not a built-in role's."),
  permissions: permissions
    .refine((given) => !given.includes("api:call"), {
      error: "api:call belongs to the built-in role api_user alone",
    })
    .describe("What the role allows: never more than the stack's own token may do."),
};

/** A role as the contract has it. */
export const roleRemote = z.object({
  id: z.string(),
  externalId: z.string().nullable(),
  adopted: z.boolean(),
  organization: z.string().nullable(),
  name: z.string(),
  permissions: z.array(z.enum(permissionValues)),
  builtIn: z.boolean(),
  createdAt: isoTime.nullable(),
  updatedAt: isoTime.nullable(),
});

true satisfies Pinned<z.infer<typeof roleRemote>, Schemas["Role"]>;

/** The life of an organization's own role. */
export const roleLifecycle = defineLifecycle({
  kind: "Role",
  existence: { reading: "roles:read", organization: "organization" },
  args: roleShape,
  replaceOn: ["organization"],
  same: { permissions: sameSet },
  outputs: { createdAt: timeDescription },
  remote: roleRemote,
  collection: ({ organization }) => `/v1/organizations/${organization}/roles`,
  naturalKey: ({ name }) => ({ name }),
  item: (id) => `/v1/roles/${id}`,
  settable: ({ name, permissions }) => ({ name, permissions }),
  observe: ({ organization, name, permissions }) => ({ organization, name, permissions }),
  describe: ({ createdAt }) => ({ createdAt }),
});

/** The arguments of a {@link Role}. */
export interface RoleArgs extends AdoptionArgs {
  /** The organization that has the role. Changing it replaces the role. */
  organization: Reference<Organization>;
  /** 1 to 64 characters, unique in the organization, and not a built-in role's. */
  name: pulumi.Input<string>;
  /** What the role allows: never more than the stack's own token may do, and not `api:call`. */
  permissions: pulumi.Input<pulumi.Input<Schemas["Permission"]>[]>;
}

/**
 * A role of an organization's own. The built-in ones are there without being declared, and named as strings.
 *
 * @example
 * ```ts
 * const releaser = new Role("releaser", { organization: acme, name: "Releaser", permissions: ["flows:read", "flows:run"] });
 * ```
 * @see schema/openapi.yaml, `createRole`
 */
export class Role extends RosterResource {
  declare readonly organization: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly permissions: pulumi.Output<Schemas["Permission"][]>;
  /** RFC 3339, UTC. */
  declare readonly createdAt: pulumi.Output<string>;

  constructor(name: string, args: RoleArgs, options?: pulumi.CustomResourceOptions) {
    super(roleLifecycle, name, { ...args, organization: idOf(args.organization) }, options);
  }
}
