/** Generated from provider/kinds by `npm run generate`; never edited. */
import type * as pulumi from "@pulumi/pulumi";
import type { Schemas } from "roster-schema";
import type { Reference } from "../arguments.ts";
import { RosterResource } from "../resource.ts";
import type { Organization } from "./organization.ts";
import type { AdoptionArgs } from "./shared.ts";

/** The arguments of {@link Role}. */
export interface RoleArgs extends AdoptionArgs {
  /** The organization that has the role. Changing it replaces the resource. */
  organization: Reference<Organization>;
  /** 1 to 64 characters, unique in the organization, and not the name of a built-in role. */
  name: pulumi.Input<string>;
  /** What the role allows: never more than the stack's own token may do, and not `api:call`. */
  permissions: pulumi.Input<readonly pulumi.Input<Schemas["Permission"]>[]>;
}

/**
 * A role of an organization's own. Built-in roles exist without being declared; use their names.
 *
 * @example
 * ```ts
 * const releaser = new Role("releaser", { organization: acme, name: "Releaser", permissions: ["flows:read", "flows:run"] });
 * ```
 * @see schema/openapi.yaml, `createRole`
 */
export class Role extends RosterResource {
  /** The organization that has the role. */
  declare readonly organization: pulumi.Output<string>;
  /** 1 to 64 characters, unique in the organization, and not the name of a built-in role. */
  declare readonly name: pulumi.Output<string>;
  /** What the role allows: never more than the stack's own token may do, and not `api:call`. */
  declare readonly permissions: pulumi.Output<Schemas["Permission"][]>;
  /** RFC 3339, UTC. */
  declare readonly createdAt: pulumi.Output<string>;

  constructor(name: string, args: RoleArgs, options?: pulumi.CustomResourceOptions) {
    super("Role", name, args, options);
  }
}
