/** Many members of an organization, as one resource. */
import { isOrganizationRole, onUnknownUserValues, organizationRoles } from "roster-schema";
import { z } from "zod";
import type { Names } from "../sets/account-rules.ts";
import { defineSetLifecycle } from "../sets/lifecycle.ts";
import { property } from "../values/property.ts";
import { isRecord, type PropertyMap, withoutUndefined } from "../values/property-map.ts";
import { email, isRole, namedRole, reference, roleReference, setAddress, text } from "../values/property-types.ts";
import { isUnknown, unknownValue } from "../values/unknown.ts";
import { membershipAnswer } from "../wire/generated/answers.ts";

/** The value of an address in a set of members. */
type Member =
  | string
  | { readonly role: string; readonly givenName?: string; readonly familyName?: string; readonly was?: string };

const memberRole = namedRole.meta({
  typeName: "MemberRole",
  description: "The role of a member: a built-in one by its name, a name from the set's `roles`, or a Role.",
});

const newAccountsName = "1 to 200 characters, used if an account is created. If omitted, the person sets it.";

const member = z
  .union(
    [
      memberRole,
      z
        .strictObject({
          role: memberRole,
          givenName: text(200).optional().describe(newAccountsName),
          familyName: text(200).optional().describe(newAccountsName),
          was: email.optional().describe("The previous address of the same person, whose account gets the new one."),
        })
        .meta(property("A member of a set, by its role.", { schemaName: "Member" })),
    ],
    "it must be a role, or an object with `role` and, optionally, `givenName`, `familyName` and `was`",
  )
  .meta({
    typeName: "MemberArgs",
    description:
      "A member of a set, by its role. The names are used if an account is created; `was` is the person's previous address.",
  });

/** A name for a role of the organization's own. The name of another role would hide which members get that role. */
const roleName = z
  .string()
  .refine(
    (name) => !isRole(name) && name !== "super_admin",
    "this is already the name or id of a role: use another name",
  );

/** The arguments of a set of members. */
export const organizationMembersShape = {
  organization: reference("Organization").meta(
    property("The organization that they are members of.", { change: "replaces" }),
  ),
  members: z
    .record(setAddress, member)
    .describe(
      "The members, by address in any case: a role, or `{ role, givenName, familyName, was }`. The names are used if an account " +
        "is created. `was` is the previous address of the same person, whose account gets the new one.",
    ),
  roles: z.record(roleName, roleReference).optional().meta({
    description:
      "Names for roles of the organization's own, to use in `members`, as in a CSV file. None can be the name of a built-in role.",
    plain: true,
  }),
  onUnknownUser: z
    .enum(onUnknownUserValues)
    .default("fail")
    .describe("What to do at creation if no user has an address: fail, create an account, or invite the person."),
  accounts: z
    .enum(["leave", "manage"])
    .optional()
    .meta(
      property(
        "What the set does with the accounts that it makes: `leave`, the default, makes them and no more; `manage` also changes their names, and " +
          "deactivates the account of a person who is removed, unless something else holds it.",
        { schemaName: "SetAccounts" },
      ),
    ),
  minAdmins: z
    .number()
    .int()
    .min(0)
    .default(1)
    .describe(
      "The number of administrators that `authoritative` must list, and that a change of `additive` must leave.",
    ),
};

/** The lifecycle of a set of members. */
export const organizationMembersLifecycle = defineSetLifecycle({
  kind: "OrganizationMembers",
  documentation: {
    summary:
      "Many members of an organization, as one resource. Deleting it ends the memberships that it created, and releases those " +
      "that it adopted.",
    example: 'new OrganizationMembers("staff", { organization: acme, members: membersFromCsv("members.csv") });',
    portableExample:
      'new OrganizationMembers("staff", {\n' +
      "  organization: acme,\n" +
      "  members: {\n" +
      '    "ada@acme.example": "administrator",\n' +
      '    "grace@acme.example": { role: "editor", givenName: "Grace", familyName: "Hopper" },\n' +
      "  },\n" +
      '  onUnknownUser: "create",\n' +
      "});",
    operation: "createMembership",
  },
  existence: { readPermission: "organization:read", organization: "organization", isPermanent: true },
  args: organizationMembersShape,
  container: "organization",
  entries: "members",
  remote: membershipAnswer,
  collection: ({ organization }) => `/v1/organizations/${String(organization)}/members`,
  // Ended memberships stay listed permanently, and are not part of the set; but a member who left must not appear to be new.
  queries: [{ status: "active" }, { status: "pending" }, { status: "expired" }, { status: "left" }],
  item: (id) => `/v1/members/${id}`,
  wrong({ roles = {} }, value: Member) {
    const { role, at } = roleOfMember(value);
    const names = [...organizationRoles, ...Object.keys(roles)];
    return Object.hasOwn(roles, role) || isRole(role)
      ? undefined
      : { at, reason: `it must be one of ${names.join(", ")}; use \`roles\` to name other roles` };
  },
  refuse: ({ members, roles, minAdmins, mode }, before) => {
    const administrators = countAdministrators({ members, roles });
    const earlier = countAdministrators(before);
    if (administrators === undefined || typeof minAdmins !== "number" || administrators >= minAdmins) {
      return undefined;
    }
    // An additive set doesn't have to list all administrators.
    return mode === "authoritative" || administrators < (earlier ?? 0)
      ? {
          property: "minAdmins",
          reason: `this leaves ${administrators} administrators, but minAdmins requires ${minAdmins}: list another one, or set minAdmins to ${administrators} if other users administer the organization`,
        }
      : undefined;
  },
  refuseReplacing: (before, args) => {
    const earlier = new Set(rolesGiven(before).map(([, id]) => id));
    const [place] = rolesGiven(args).find(([, id]) => earlier.has(id) && !isOrganizationRole(id)) ?? [];
    return before.organization === args.organization || place === undefined
      ? undefined
      : {
          property: place,
          reason: `it is a role of ${String(before.organization)}: use a role of the new organization`,
        };
  },
  settable: (args, value) => ({ role: roleOf(args, value) }),
  createOnly: ({ onUnknownUser }, value) => ({ onUnknownUser, ...namesOf(value) }),
  readValue: ({ role }, args, declared) => {
    if (declared !== undefined && roleOf(args, declared) === role) {
      return declared;
    }
    const [name] = Object.entries(rolesIn(args)).find(([, id]) => id === role) ?? [role];
    return typeof declared === "object" ? { ...declared, role: name } : name;
  },
  accounts: {
    isManaging: ({ accounts }) => accounts === "manage",
    makes: ({ onUnknownUser }) => (onUnknownUser === "fail" ? undefined : { invites: onUnknownUser === "invite" }),
    namesIn: (value) => namesOf(value),
    withNames: (value, names) => {
      if (typeof value === "string") {
        return value;
      }
      const { givenName, familyName, ...member } = value;
      return {
        ...member,
        ...withoutUndefined({ givenName: givenName && names.givenName, familyName: familyName && names.familyName }),
      };
    },
  },
  waitsFor: ({ status, userStatus }) =>
    status === "pending" || status === "expired"
      ? "acceptance"
      : status === "active" && userStatus === "invited"
        ? "account"
        : undefined,
  withoutWas: (value) => {
    if (typeof value === "string") {
      return value;
    }
    const { was: _was, ...member } = value;
    return Object.keys(member).length === 1 ? member.role : member;
  },
  comesFirst: ({ role }) => role === "administrator",
  hasEnded: ({ status }) => status === "left",
  isDeleted: ({ status }) => status === "removed" || status === "cancelled",
});

function rolesIn({ roles }: PropertyMap): PropertyMap {
  return isRecord(roles) ? roles : {};
}

/** The role of an entry, and its place in the entry. */
function roleOfMember(value: Member): { role: string; at: "" | ".role" } {
  return typeof value === "string" ? { role: value, at: "" } : { role: value.role, at: ".role" };
}

/** The roles that a set uses, each with its place in the arguments: those with names, and those of members. */
function rolesGiven({ roles, members }: PropertyMap): [place: string, role: string][] {
  const named = rolesIn({ roles });
  const direct = Object.entries(isRecord(members) ? (members as Record<string, Member>) : {}).flatMap(
    ([address, value]): [string, string][] => {
      const { role, at } = roleOfMember(value);
      return Object.hasOwn(named, role) || isUnknown(role) ? [] : [[`members.${address}${at}`, role]];
    },
  );
  return [...Object.entries(named).map(([name, id]): [string, string] => [`roles.${name}`, String(id)]), ...direct];
}

function roleOf(args: PropertyMap, value: Member): string {
  const { role } = roleOfMember(value);
  const roles = rolesIn(args);
  return Object.hasOwn(roles, role) ? String(roles[role]) : role;
}

function namesOf(value: Member): Names {
  return typeof value === "string" ? {} : { givenName: value.givenName, familyName: value.familyName };
}

/** The number of members who are administrators; undefined if it isn't known yet. */
function countAdministrators({ members, roles }: PropertyMap): number | undefined {
  if (!isRecord(members) || isUnknown(roles)) {
    return undefined;
  }
  let count = 0;
  for (const value of Object.values(members) as Member[]) {
    const role = isUnknown(value) ? unknownValue : roleOf({ roles }, value);
    // A role of the organization's own is not the administrator role, even if its id isn't known yet.
    const isOwn = isRecord(roles) && Object.hasOwn(roles, roleOfMember(value).role);
    if (isUnknown(role) && !isOwn) {
      return undefined;
    }
    count += role === "administrator" ? 1 : 0;
  }
  return count;
}
