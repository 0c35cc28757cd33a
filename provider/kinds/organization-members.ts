import * as pulumi from "@pulumi/pulumi";
import { onUnknownUserValues, type Schemas } from "roster-schema";
import { z } from "zod";
import { idOf, type Reference } from "../program/resource.ts";
import { byAddress, RosterSet, type SetArgs } from "../program/set-resource.ts";
import { defineSetLifecycle } from "../sets/lifecycle.ts";
import {
  identifier,
  isBuiltInRole,
  isRole,
  organizationRoles,
  roleReference,
  setAddress,
  text,
} from "../values/property-types.ts";
import { isUnknown, unknownValue } from "../values/unknown.ts";
import { isRecord, type Values } from "../values/values.ts";
import { membershipRemote } from "./membership.ts";
import type { Organization } from "./organization.ts";
import type { Role } from "./role.ts";

/** What a set of members has for an address. */
type Member = string | { readonly role: string; readonly givenName?: string; readonly familyName?: string };

const member = z.union(
  [z.string(), z.strictObject({ role: z.string(), givenName: text(200).optional(), familyName: text(200).optional() })],
  "it must be a role, or an object with `role`, and with `givenName` and `familyName` if you like",
);

/** A name for a role of the organization's own. One that is a role by itself would hide who is given that other role. */
const roleName = z
  .string()
  .refine((name) => !isRole(name) && name !== "super_admin", "this is a role already: use another name");

/** What the arguments of a set of members must look like. */
export const organizationMembersShape = {
  organization: identifier("org", "an Organization").describe("The organization."),
  members: z
    .record(setAddress, member)
    .describe(
      "Who, by address: a role, or `{role, givenName, familyName}`, whose names are for an account that is made.",
    ),
  roles: z
    .record(roleName, roleReference)
    .optional()
    .describe("Names for roles of the organization's own, to use in `members`."),
  onUnknownUser: z
    .enum(onUnknownUserValues)
    .default("fail")
    .describe("What to do where nobody has an address, at creation: fail, create an account, or invite."),
  minAdmins: z
    .number()
    .int()
    .min(0)
    .default(1)
    .describe("How many administrators authoritative has to list, and a change of additive has to leave."),
};

/** The life of a set of members. */
export const organizationMembersLifecycle = defineSetLifecycle({
  kind: "OrganizationMembers",
  existence: { reading: "organization:read", organization: "organization", isKept: true },
  args: organizationMembersShape,
  container: "organization",
  entries: "members",
  remote: membershipRemote,
  collection: ({ organization }) => `/v1/organizations/${String(organization)}/members`,
  // Those that have ended stay listed for good, and are no part of it; but who left is not taken for somebody new.
  queries: [{ status: "active" }, { status: "pending" }, { status: "expired" }, { status: "left" }],
  item: (id) => `/v1/members/${id}`,
  wrong({ roles = {} }, value: Member) {
    const { role, at } = roleOfMember(value);
    const names = [...organizationRoles, ...Object.keys(roles)];
    return Object.hasOwn(roles, role) || isRole(role)
      ? undefined
      : { at, reason: `there is no such role; there are ${names.join(", ")}, and \`roles\` gives others a name` };
  },
  refuse: ({ members, roles, minAdmins, mode }, before) => {
    const administrators = countAdministrators({ members, roles });
    const earlier = countAdministrators(before);
    if (administrators === undefined || typeof minAdmins !== "number" || administrators >= minAdmins) {
      return undefined;
    }
    // Those of an additive set needn't be all that there are.
    return mode === "authoritative" || administrators < (earlier ?? 0)
      ? {
          property: "minAdmins",
          reason: `this leaves ${administrators} administrators, and minAdmins requires ${minAdmins}: list another, or set minAdmins to ${administrators} if others administer the organization`,
        }
      : undefined;
  },
  replacing: (before, args) => {
    const earlier = new Set(rolesGiven(before).map(([, id]) => id));
    const [place] = rolesGiven(args).find(([, id]) => earlier.has(id) && !isBuiltInRole(id)) ?? [];
    return before.organization === args.organization || place === undefined
      ? undefined
      : {
          property: place,
          reason: `it is a role of ${String(before.organization)}: give one of the new organization's`,
        };
  },
  settable: (args, value) => ({ role: roleOf(args, value) }),
  createOnly: ({ onUnknownUser }, value) => ({ onUnknownUser, ...namesOf(value) }),
  observe: ({ role }, args, declared) => {
    if (declared !== undefined && roleOf(args, declared) === role) {
      return declared;
    }
    const [name] = Object.entries(rolesIn(args)).find(([, id]) => id === role) ?? [role];
    return typeof declared === "object" ? { ...declared, role: name } : name;
  },
  comesFirst: ({ role }) => role === "administrator",
  isOver: ({ status }) => status === "left",
  isGone: ({ status }) => status === "removed" || status === "cancelled",
});

function rolesIn({ roles }: Values): Values {
  return isRecord(roles) ? roles : {};
}

/** The role that is written for an address, and where it stands under the address. */
function roleOfMember(value: Member): { role: string; at: "" | ".role" } {
  return typeof value === "string" ? { role: value, at: "" } : { role: value.role, at: ".role" };
}

/** The roles that a set gives, each with its place in the arguments: by name, and to members directly. */
function rolesGiven({ roles, members }: Values): [place: string, role: string][] {
  const named = rolesIn({ roles });
  const direct = Object.entries(isRecord(members) ? (members as Record<string, Member>) : {}).flatMap(
    ([address, value]): [string, string][] => {
      const { role, at } = roleOfMember(value);
      return Object.hasOwn(named, role) || isUnknown(role) ? [] : [[`members.${address}${at}`, role]];
    },
  );
  return [...Object.entries(named).map(([name, id]): [string, string] => [`roles.${name}`, String(id)]), ...direct];
}

function roleOf(args: Values, value: Member): string {
  const { role } = roleOfMember(value);
  const roles = rolesIn(args);
  return Object.hasOwn(roles, role) ? String(roles[role]) : role;
}

function namesOf(value: Member): Values {
  return typeof value === "string" ? {} : { givenName: value.givenName, familyName: value.familyName };
}

/** How many members are administrators; undefined where that can't be told yet. */
function countAdministrators({ members, roles }: Values): number | undefined {
  if (!isRecord(members) || isUnknown(roles)) {
    return undefined;
  }
  let count = 0;
  for (const value of Object.values(members) as Member[]) {
    const role = isUnknown(value) ? unknownValue : roleOf({ roles }, value);
    // A role of the organization's own is none, also where its id isn't known yet.
    const isOwn = isRecord(roles) && Object.hasOwn(roles, roleOfMember(value).role);
    if (isUnknown(role) && !isOwn) {
      return undefined;
    }
    count += role === "administrator" ? 1 : 0;
  }
  return count;
}

/** A role of a member: a built-in one by name, a name of the set's `roles`, or a Role. */
export type MemberRole = pulumi.Input<Exclude<Schemas["BuiltInRole"], "super_admin"> | (string & {})> | Role;

/** What a set of members has for an address in a program. The names are for an account that is made. */
export type MemberArgs =
  | MemberRole
  | {
      readonly role: MemberRole;
      readonly givenName?: pulumi.Input<string>;
      readonly familyName?: pulumi.Input<string>;
    };

/** The arguments of {@link OrganizationMembers}. */
export interface OrganizationMembersArgs extends SetArgs {
  /** Changing it replaces the set. */
  organization: Reference<Organization>;
  /** Who, by address, in any case. */
  members: pulumi.Input<Readonly<Record<string, MemberArgs>>>;
  /** Names for roles of the organization's own, to use in `members`: a CSV file has names. None is a built-in role's. */
  roles?: Readonly<Record<string, Reference<Role>>>;
  /** What to do where nobody has an address, at creation: fail by default, create an account, or invite. */
  onUnknownUser?: pulumi.Input<Schemas["OnUnknownUser"]>;
  /** How many administrators `authoritative` has to list, and a change of `additive` has to leave; 1 by default. */
  minAdmins?: pulumi.Input<number>;
}

/**
 * Many members of an organization, as one resource. Deleting it ends what it made, and lets go of what it adopted.
 *
 * @example
 * ```ts
 * new OrganizationMembers("staff", { organization: acme, members: membersFromCsv("members.csv") });
 * ```
 * @see schema/openapi.yaml, `createMembership`
 */
export class OrganizationMembers extends RosterSet {
  declare readonly organization: pulumi.Output<string>;
  declare readonly members: pulumi.Output<
    Readonly<Record<string, string | { role: string; givenName?: string; familyName?: string }>>
  >;
  declare readonly roles: pulumi.Output<Readonly<Record<string, string>> | undefined>;
  declare readonly mode: pulumi.Output<"additive" | "authoritative">;

  constructor(name: string, args: OrganizationMembersArgs, options?: pulumi.CustomResourceOptions) {
    const { organization, members, roles = {} } = args;
    const given = {
      ...args,
      organization: idOf(organization),
      members: byAddress(`OrganizationMembers ${name}`, members, memberOf),
      roles: args.roles && Object.fromEntries(Object.entries(roles).map(([role, given]) => [role, idOf(given)])),
    };
    const lifecycle = organizationMembersLifecycle;
    super({ lifecycle, name, container: organization, entries: members }, given, options);
  }
}

function memberOf(member: MemberArgs): unknown {
  return isReference(member) ? idOf(member) : { ...member, role: idOf(member.role) };
}

function isReference(member: MemberArgs): member is MemberRole {
  return (
    typeof member === "string" ||
    member instanceof Promise ||
    pulumi.Output.isInstance(member) ||
    pulumi.CustomResource.isInstance(member)
  );
}
