/**
 * What a change would be refused for, as far as the service says what the caller may do: told before anything is sent. Only what is
 * certain is refused here; the service knows the rest.
 *
 * @see docs/decisions/0046-denied-at-preview.md
 */
import { isDeepStrictEqual } from "node:util";
import { beyond, builtInRoles, isBuiltInRole, permissionValues, type Schemas } from "roster-schema";
import { wantsAdoption } from "../lifecycle/adoption.ts";
import { isRecord, type PropertyMap, withoutNulls } from "../values/property-map.ts";
import { sameEmail, sameSet } from "../values/property-types.ts";
import { containsUnknown, isUnknown } from "../values/unknown.ts";
import type { Client } from "../wire/client.ts";

type Permission = Schemas["Permission"];
type Self = Schemas["Self"];

/** Who calls, and what they may do. */
type Caller = Pick<Self, "caller" | "organizations">;

/** A change of an object, or its creation. */
export interface Change {
  readonly kind: string;
  /** The id of the object's organization, if the arguments don't contain it; it may be unknown. */
  readonly organization?: unknown;
  /** The object or its arguments before; undefined at creation. */
  readonly before: PropertyMap | undefined;
  /** The declared arguments. */
  readonly now: PropertyMap;
}

/** Why a change would be refused. */
export interface Denial {
  /** The argument that is refused; undefined if the whole change is. */
  readonly property?: string;
  readonly reason: string;
}

/** The argument that stands for the whole object of a kind. */
export const scopeArguments: Readonly<Record<string, string>> = {
  Organization: "slug",
  OrganizationProfile: "organization",
  Role: "organization",
  User: "homeOrganization",
  Membership: "organization",
  ApiKey: "organization",
  ApiKeyAssignment: "key",
  AccessToken: "organization",
  OrganizationMembers: "organization",
  ApiKeyAssignees: "key",
};

/** Somebody who may do nothing. */
const nobody: Caller = { caller: { kind: "user", id: "", user: null, serviceOwner: false }, organizations: [] };

/**
 * Finds what the service would refuse about a change because of who the caller is. It asks the service only if somebody could be
 * refused, and finds nothing if the service doesn't answer.
 */
export async function denials(client: () => Client, change: Change): Promise<Denial[]> {
  const mayBeDenied = (rules[change.kind]?.(change, new Rights(nobody, undefined)) ?? []).length > 0;
  const self = mayBeDenied ? await client().service.selfIfKnown() : undefined;
  return self === undefined ? [] : denialsFor(self, change);
}

/**
 * What the service would refuse about a change by a certain caller. Nothing is certain about an organization in which the caller may
 * do nothing: the service answers as if it weren't there, and says what to do.
 */
export function denialsFor(self: Caller, change: Change): Denial[] {
  const { kind, now, organization = now.organization ?? now.homeOrganization } = change;
  const rights = new Rights(self, organization);
  return self.caller.serviceOwner || rights.isReader || rights.isElsewhere ? [] : (rules[kind]?.(change, rights) ?? []);
}

/** The permissions to change something that a stack manages. */
const changing: readonly Permission[] = [
  "organization:update",
  "subscription:update",
  "members:manage",
  "users:create",
  "users:manage",
  "roles:assign",
  "roles:manage",
  "keys:create",
  "keys:assign",
  "keys:revoke",
];

/** Whether a caller can read members and change nothing in any organization, as `auditor`. */
export function onlyReads(self: Caller): boolean {
  return !self.caller.serviceOwner && new Rights(self, undefined).isReader;
}

/** What the caller may do in an organization; if that isn't known, in any of those in which the caller may do something. */
class Rights {
  readonly #self: Caller;
  readonly #isKnown: boolean;
  readonly #organizations: Self["organizations"];
  readonly #permissions: ReadonlySet<Permission>;
  readonly #where: string;

  constructor(self: Caller, organization: unknown) {
    this.#self = self;
    this.#isKnown = typeof organization === "string" && !isUnknown(organization);
    this.#organizations = self.organizations.filter(({ id }) => !this.#isKnown || id === organization);
    this.#permissions = new Set(this.#organizations.flatMap(({ permissions }) => permissions));
    const [first, ...others] = this.#organizations;
    this.#where = first === undefined || others.length > 0 ? "any organization" : first.slug || first.id;
  }

  /** Whether the organization is known, and not one of the caller's. */
  get isElsewhere(): boolean {
    return this.#isKnown && this.#organizations.length === 0;
  }

  /** Whether the caller can read everything and change nothing, as `auditor`: the preview then shows what another caller would do. */
  get isReader(): boolean {
    return this.has("members:read") && !changing.some((permission) => this.has(permission));
  }

  has(permission: Permission): boolean {
    return this.#permissions.has(permission);
  }

  /** @param needed one of these is enough; the message names the last one */
  requires(act: string, needed: readonly [Permission, ...Permission[]], property?: string): Denial[] {
    const permission = needed.at(-1) ?? needed[0];
    return needed.some((one) => this.has(one))
      ? []
      : [
          at(
            property,
            `${act} requires the permission ${permission} in ${this.#where}, ${this.#lacking(permission)}. ${askAdministrator}`,
          ),
        ];
  }

  /**
   * Refuses to give a role.
   *
   * @param role its name, if it is built in, or its id
   * @param isAdopted whether a member may have the role already
   */
  refuseRole(role: unknown, property: string, isAdopted = false): Denial[] {
    if (typeof role !== "string" || isUnknown(role)) {
      return [];
    }
    if (this.#givesFewRoles && !isAdopted && role !== "member" && role !== "viewer") {
      const lacking = this.#lacking("roles:assign");
      return [
        at(
          property,
          `without the permission roles:assign, ${lacking}, you can give only the roles member and viewer in ${this.#where}. ${askAdministrator}`,
        ),
      ];
    }
    return isBuiltInRole(role) ? this.refuseExceeding(`the role ${role}`, builtInRoles[role], property, [role]) : [];
  }

  /**
   * Refuses to give permissions that the caller doesn't have.
   *
   * @param roles the roles that may be meant: `api_user` and `viewer` can be given without their permissions
   */
  refuseExceeding(what: string, given: unknown, property: string, roles: readonly string[] = []): Denial[] {
    const exempt = [
      ...(roles.includes("api_user") && this.has("roles:assign") ? builtInRoles.api_user : []),
      ...(roles.includes("viewer") && this.#givesFewRoles ? builtInRoles.viewer : []),
    ];
    const permissions = Array.isArray(given) ? permissionValues.filter((one) => given.includes(one)) : [];
    const exceeding = beyond(permissions, new Set([...this.#permissions, ...exempt]));
    return exceeding.length === 0
      ? []
      : [
          at(
            property,
            `${what} exceeds your own permissions in ${this.#where} by ${exceeding.join(", ")}, and nobody can give more than they ` +
              `have. ${askAdministrator}`,
          ),
        ];
  }

  /** Whether the caller can manage members but not assign roles, as `customer_admin` can. */
  get #givesFewRoles(): boolean {
    return this.has("members:manage") && !this.has("roles:assign");
  }

  /** Says that the caller lacks a permission, and why. */
  #lacking(permission: Permission): string {
    const { kind } = this.#self.caller;
    if (kind === "api_key") {
      return "which your API key doesn't have";
    }
    const roles = this.#organizations.map(({ role }) => role ?? "");
    const [role = ""] = roles;
    if (roles.length !== 1 || !isBuiltInRole(role)) {
      return "which you don't have";
    }
    return builtInRoles[role].includes(permission)
      ? "which your access token leaves out"
      : `which your role ${role} doesn't have`;
  }
}

const askAdministrator = "Ask an administrator of the organization.";

function at(property: string | undefined, reason: string): Denial {
  return property === undefined ? { reason } : { property, reason };
}

function ownersOnly(act: string, property?: string): Denial[] {
  return [at(property, `only the service owner can ${act}. Ask the service owner.`)];
}

const rules: Readonly<Record<string, (change: Change, rights: Rights) => Denial[]>> = {
  Organization: ({ before, now }, rights) => {
    if (before === undefined) {
      // An organization that exists may be adopted by its administrators.
      return wantsAdoption(now) ? [] : ownersOnly("create an organization");
    }
    const [was, is] = [subscriptionOf(before), subscriptionOf(now)];
    return [
      ...changedIn(before, now, ["features"]).flatMap((name) => ownersOnly("change what is switched on", name)),
      ...changedIn(before, now, ["allowedJoinPolicies"]).flatMap((name) => ownersOnly("allow ways to join", name)),
      ...changedIn(was, is, ["billing", "stripeSubscription"]).flatMap((name) =>
        ownersOnly("link a subscription", `subscription.${name}`),
      ),
      ...changedIn(was, is, ["plan"]).flatMap((name) =>
        rights.requires("changing the plan", ["subscription:update"], `subscription.${name}`),
      ),
      ...changedIn(before, now, ["slug", "name", "websiteUrl", "joinPolicies", "settings"]).flatMap((name) =>
        rights.requires("changing the organization", ["organization:update"], name),
      ),
    ];
  },
  OrganizationProfile: ({ before, now }, rights) => {
    const profile = ["name", "websiteUrl", "logo", "joinPolicies"];
    return before !== undefined && changedIn(before, now, profile).length === 0
      ? []
      : rights.requires("changing the organization", ["organization:update"]);
  },
  Role: ({ before, now }, rights) => {
    if (before !== undefined && changedIn(before, now, ["name", "permissions"]).length === 0) {
      return [];
    }
    const denied = rights.requires(before === undefined ? "creating a role" : "changing a role", ["roles:manage"]);
    return denied.length > 0 ? denied : rights.refuseExceeding("the role", now.permissions, "permissions");
  },
  User: ({ before, now }, rights) => {
    // An account that exists is adopted under the rules of a change, which depend on the account.
    if (before === undefined && wantsAdoption(now)) {
      return [];
    }
    const { systemRole = "none", homeOrganization } = now;
    const hasSystemRole = before === undefined ? systemRole !== "none" && !isUnknown(systemRole) : false;
    const isGiven = hasSystemRole || changedIn(before ?? now, now, ["systemRole"]).length > 0;
    const ofOwner = isGiven ? ownersOnly("give or take a system role", "systemRole") : [];
    if (before === undefined) {
      return [
        ...(homeOrganization === undefined
          ? ownersOnly("create a user without a homeOrganization")
          : rights.requires("creating a user", ["users:create"])),
        ...ofOwner,
      ];
    }
    const was = { ...before, email: before.pendingEmail ?? before.email };
    const changed = changedIn(was, now, ["email", "givenName", "familyName", "state", "resetPassword"]);
    return [...changed.flatMap((name) => rights.requires("changing a user", ["users:manage"], name)), ...ofOwner];
  },
  Membership: ({ before, now }, rights) => {
    if (before === undefined) {
      const denied = rights.requires("adding a member", ["members:manage"]);
      return denied.length > 0 ? denied : rights.refuseRole(now.role, "role", wantsAdoption(now));
    }
    if (changedIn(before, now, ["role"]).length === 0) {
      return [];
    }
    const denied = rights.requires("changing a member's role", ["members:manage", "roles:assign"], "role");
    const earlier = String(before.role);
    const [refusal] = [
      ...denied,
      ...rights.refuseRole(now.role, "role"),
      ...(isBuiltInRole(earlier)
        ? rights.refuseExceeding(`the member's role ${earlier}`, builtInRoles[earlier], "role", [earlier])
        : []),
    ];
    return refusal === undefined ? [] : [refusal];
  },
  ApiKey: (change, rights) => {
    // Which role the owner has isn't known here.
    const roles = change.now.owner === undefined ? [] : ["api_user", "viewer"];
    return issuing(change, rights, { noun: "an API key", word: "key", roles });
  },
  AccessToken: (change, rights) =>
    issuing(change, rights, { noun: "an access token", word: "token", roles: ["api_user", "viewer"] }),
  ApiKeyAssignment: attaching,
  OrganizationMembers: ({ before, now }, rights) => {
    const [was, is] = [rolesOf(before ?? {}), rolesOf(now)];
    const changed = Object.entries(is).filter(([address, role]) => was[address] !== role);
    const isAdding = changed.some(([address]) => was[address] === undefined);
    const denied = isAdding ? rights.requires("adding a member", ["members:manage"]) : [];
    return denied.length > 0
      ? denied
      : changed.flatMap(([address, role]) => rights.refuseRole(role, `members.${address}`, wantsAdoption(now)));
  },
  ApiKeyAssignees: attaching,
};

function issuing(
  { before, now }: Change,
  rights: Rights,
  { noun, word, roles }: { readonly noun: string; readonly word: string; readonly roles: readonly string[] },
): Denial[] {
  const exceeding = () => rights.refuseExceeding(`the ${word}`, now.permissions, "permissions", roles);
  if (before === undefined) {
    const denied = rights.requires(`creating ${noun}`, ["keys:create"]);
    return denied.length > 0 || wantsAdoption(now) ? denied : exceeding();
  }
  const isRotated = Number(now.generation) > Number(before.generation);
  return [
    ...(changedIn(before, now, ["permissions"]).length > 0 ? exceeding() : []),
    ...(now.state === "revoked" && before.state === "active"
      ? rights.requires(`revoking ${noun}`, ["keys:revoke"], "state")
      : []),
    ...(isRotated ? rights.requires(`rotating ${noun}`, ["keys:revoke"], "rotation") : []),
  ];
}

function attaching({ before }: Change, rights: Rights): Denial[] {
  return before === undefined ? rights.requires("attaching an API key", ["keys:assign"]) : [];
}

/** The arguments among these that a change gives another value. One that is no longer declared is not changed by that. */
function changedIn(before: PropertyMap, now: PropertyMap, names: readonly string[]): string[] {
  return names.filter((name) => {
    const [was, is] = [before[name], now[name]];
    const isSame = name === "email" ? sameEmail(was, is) : sameSet(was, is) || isDeepStrictEqual(known(was), known(is));
    return is !== undefined && !containsUnknown(is) && !isSame;
  });
}

/** A value as the engine has it: without nulls. */
function known(value: unknown): PropertyMap {
  return withoutNulls({ value });
}

function subscriptionOf({ subscription }: PropertyMap): PropertyMap {
  return isRecord(subscription) ? subscription : {};
}

/** The role of each member of a set, by address. */
function rolesOf({ members, roles }: PropertyMap): Record<string, unknown> {
  const named = isRecord(roles) ? roles : {};
  const entries = Object.entries(isRecord(members) ? members : {}).map(([address, value]) => {
    const role = isRecord(value) ? value.role : value;
    return [address, typeof role === "string" && Object.hasOwn(named, role) ? named[role] : role];
  });
  return Object.fromEntries(entries);
}
