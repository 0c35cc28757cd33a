/** What each kind of resource is expected to do, described once; lifecycle.test.ts makes the trials of it. */

import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { paths } from "../../scripts/environment.mjs";

/** A resource as programs/kinds declares it; what stands for what in its arguments is said there. */
export interface Declaration {
  readonly kind: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly after?: readonly string[];
  readonly under?: string;
  readonly watched?: string[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly read?: unknown;
}

/** A change of one argument, and what it means for the object. */
export interface Change {
  readonly to: unknown;
  readonly is: "update" | "replace" | "refused";
}

/** What is expected of a kind. */
export interface KindDescription {
  /** Where the API has an object of this kind, by its id. */
  readonly path: string;
  readonly declaration: Declaration;
  /** Every argument, with another value. */
  readonly changes: Readonly<Record<string, Change>>;
  /** What somebody else changes through the API; an object without anything to change has none. */
  readonly drift?: Readonly<Record<string, unknown>>;
  /** What the next preview plans when somebody else has ended the object through the API. */
  readonly ended: "create" | "replace" | "update";
  /** What the API says of it after destroy: 404, or its status. */
  readonly destroyed: 404 | string;
  /** How it is there before the stack adopts it. */
  readonly existing: {
    /** Whether it is there with what it belongs to: the collection's path is its own, and the body is what it is changed to. */
    readonly isAlways?: boolean;
    /** Where it is made; `{name}` stands for the id of the resource of that name. */
    readonly collection: string;
    readonly body: Readonly<Record<string, unknown>>;
    /** What preview says that adopting changes. */
    readonly adopts: Readonly<Record<string, string>>;
  };
  /** Values that are refused as soon as they are known, and where: the place is in the argument or in a part of it. */
  readonly wrong: { readonly argument: string; readonly value: unknown; readonly place: string };
}

const logoSha256 = createHash("sha256")
  .update(readFileSync(path.join(paths.checkout, "test/e2e/programs/kinds/logo.png")))
  .digest("hex");

/** In the arguments of a declaration, stands for the resource of that name. */
export const the = (name: string) => ({ $: name });

/** What an organization needs to have, for its keys to be used. */
export const enterprise = { subscription: { plan: "enterprise" }, features: { externalApiAccess: true } };

/** What the described resources need and are not described by. */
export const surroundings: readonly Declaration[] = [
  { kind: "Organization", name: "home", args: { slug: "home", ...enterprise } },
  { kind: "Organization", name: "elsewhere", args: { slug: "elsewhere", ...enterprise } },
  {
    kind: "User",
    name: "robot",
    args: { email: "robot@kinds.example", kind: "system", homeOrganization: the("home") },
  },
  {
    kind: "User",
    name: "other",
    args: { email: "other@kinds.example", kind: "system", homeOrganization: the("home") },
  },
  {
    kind: "User",
    name: "substitute",
    args: { email: "substitute@kinds.example", kind: "system", homeOrganization: the("home") },
  },
  { kind: "Membership", name: "robot-in", args: { organization: the("home"), user: the("robot"), role: "api_user" } },
  {
    kind: "User",
    name: "steward",
    args: { email: "steward@kinds.example", kind: "system", homeOrganization: the("home") },
  },
  {
    kind: "User",
    name: "warden",
    args: { email: "warden@kinds.example", kind: "system", homeOrganization: the("home") },
  },
  {
    kind: "Membership",
    name: "steward-in",
    args: { organization: the("home"), user: the("steward"), role: "administrator" },
  },
  {
    kind: "Membership",
    name: "warden-in",
    args: { organization: the("home"), user: the("warden"), role: "administrator" },
  },
  { kind: "ApiKey", name: "spare", args: { organization: the("home"), name: "Spare", kind: "server" } },
];

/** The kinds. Each described resource stands alone: what happens to it happens to no other. */
export const kinds: readonly KindDescription[] = [
  {
    path: "/v1/organizations",
    declaration: {
      kind: "Organization",
      name: "organization",
      args: {
        slug: "initech",
        name: "Initech",
        websiteUrl: "https://initech.example",
        logo: "logo.png",
        joinPolicies: ["existing", "invite"],
        ...enterprise,
      },
    },
    changes: {
      slug: { to: "initech-corporation", is: "update" },
      name: { to: "Initech Corporation", is: "update" },
      websiteUrl: { to: undefined, is: "update" },
      logo: { to: undefined, is: "update" },
      joinPolicies: { to: ["existing"], is: "update" },
      allowedJoinPolicies: { to: ["invite", "existing"], is: "update" },
      features: { to: { externalApiAccess: false }, is: "update" },
      settings: { to: { keysPerOwner: 3, allowExpiringJwt: true }, is: "update" },
      subscription: { to: { plan: "enterprise", billing: "stripe" }, is: "update" },
    },
    drift: { name: "Somebody else's", websiteUrl: null, logo: null, settings: { allowExpiringJwt: true } },
    ended: "create",
    destroyed: "closed",
    existing: {
      collection: "/v1/organizations",
      body: { slug: "initech", name: "Initrode", ...enterprise, settings: { keysPerOwner: 2 } },
      adopts: {
        name: "Initrode => Initech",
        websiteUrl: "none => https://initech.example",
        logo: `none => {"path":"logo.png","sha256":"${logoSha256}"}`,
        joinPolicies: '["existing","invite","create"] => ["existing","invite"]',
      },
    },
    wrong: { argument: "settings", value: { keysPerOwner: 0 }, place: "settings.keysPerOwner" },
  },
  {
    path: "/v1/organization-profiles",
    declaration: {
      kind: "OrganizationProfile",
      name: "profile",
      args: {
        organization: the("home"),
        name: "Home Media",
        websiteUrl: "https://home.example",
        logo: "logo.png",
      },
    },
    changes: {
      organization: { to: the("elsewhere"), is: "replace" },
      name: { to: "Home Group", is: "update" },
      websiteUrl: { to: undefined, is: "update" },
      logo: { to: undefined, is: "update" },
      joinPolicies: { to: ["existing", "create"], is: "update" },
    },
    drift: { name: "Somebody else's", websiteUrl: null },
    // It is there as long as its organization, so ending it lets go of it.
    ended: "update",
    destroyed: "closed",
    existing: {
      isAlways: true,
      collection: "/v1/organizations/{home}/profile",
      body: { name: "Homestead" },
      adopts: {
        name: "Homestead => Home Media",
        websiteUrl: "none => https://home.example",
        logo: `none => {"path":"logo.png","sha256":"${logoSha256}"}`,
      },
    },
    wrong: { argument: "joinPolicies", value: ["existing", "beg"], place: "joinPolicies[1]" },
  },
  {
    path: "/v1/roles",
    declaration: {
      kind: "Role",
      name: "role",
      args: { organization: the("home"), name: "Releaser", permissions: ["flows:read"] },
    },
    changes: {
      organization: { to: the("elsewhere"), is: "replace" },
      name: { to: "Release manager", is: "update" },
      permissions: { to: ["flows:read", "flows:run"], is: "update" },
    },
    drift: { permissions: ["data:edit"] },
    ended: "create",
    destroyed: 404,
    existing: {
      collection: "/v1/organizations/{home}/roles",
      body: { name: "Releaser", permissions: ["data:edit"] },
      adopts: { permissions: '["data:edit"] => ["flows:read"]' },
    },
    wrong: { argument: "permissions", value: ["flows:read", "flows:walk"], place: "permissions[1]" },
  },
  {
    path: "/v1/users",
    declaration: {
      kind: "User",
      name: "user",
      args: { email: "user@kinds.example", givenName: "Una", homeOrganization: the("home"), invite: false },
    },
    changes: {
      email: { to: "una@kinds.example", is: "update" },
      givenName: { to: undefined, is: "update" },
      familyName: { to: "User", is: "update" },
      kind: { to: "system", is: "refused" },
      homeOrganization: { to: the("elsewhere"), is: "refused" },
      systemRole: { to: "super_admin", is: "update" },
      invite: { to: true, is: "update" },
      state: { to: "inactive", is: "update" },
      resendInvite: { to: 1, is: "update" },
      resetPassword: { to: "lost on a journey", is: "update" },
    },
    drift: { givenName: "Somebody" },
    ended: "update",
    destroyed: "inactive",
    existing: {
      collection: "/v1/users",
      body: { email: "User@kinds.example", homeOrganization: "{home}", invite: false, familyName: "Earlier" },
      adopts: { givenName: "none => Una" },
    },
    wrong: { argument: "email", value: "una", place: "email" },
  },
  {
    path: "/v1/members",
    declaration: {
      kind: "Membership",
      name: "membership",
      args: { organization: the("home"), user: the("other"), role: "viewer" },
    },
    changes: {
      organization: { to: the("elsewhere"), is: "replace" },
      user: { to: the("substitute"), is: "replace" },
      email: { to: "other@kinds.example", is: "refused" },
      role: { to: "editor", is: "update" },
      onUnknownUser: { to: "create", is: "update" },
      givenName: { to: "Una", is: "refused" },
      familyName: { to: "User", is: "refused" },
      resendInvite: { to: 1, is: "update" },
    },
    drift: { role: "operator" },
    ended: "create",
    destroyed: "removed",
    existing: {
      collection: "/v1/organizations/{home}/members",
      body: { user: "{other}", role: "operator" },
      adopts: { role: "operator => viewer" },
    },
    wrong: { argument: "role", value: "superviewer", place: "role" },
  },
  {
    path: "/v1/api-keys",
    declaration: {
      kind: "ApiKey",
      name: "key",
      args: {
        organization: the("home"),
        name: "Checkout",
        kind: "webapi",
        permissions: ["organization:read"],
        allowedIps: ["2001:DB8:0::/48", "203.0.113.7"],
        endDate: "2040-01-01",
      },
    },
    changes: {
      organization: { to: the("elsewhere"), is: "replace" },
      name: { to: "Checkout (production)", is: "update" },
      kind: { to: "server", is: "replace" },
      format: { to: "jwt", is: "refused" },
      owner: { to: the("robot"), is: "replace" },
      permissions: { to: ["organization:read", "members:read"], is: "update" },
      allowedIps: { to: ["203.0.113.7/32", "10.0.0.0/8"], is: "update" },
      endDate: { to: "2041-01-01", is: "update" },
      secret: { to: randomBytes(32).toString("base64url"), is: "update" },
      rotate: { to: 2, is: "update" },
      rotation: { to: { every: "90d", overlap: "1d" }, is: "update" },
      holdRotation: { to: true, is: "update" },
      holdWhileUsed: { to: "1h", is: "update" },
      deliverTo: { to: { file: "checkout.key" }, is: "update" },
      storeSecret: { to: false, is: "refused" },
      state: { to: "revoked", is: "update" },
    },
    drift: {
      name: "Somebody else's",
      permissions: ["members:read"],
      allowedIps: ["203.0.113.0/24"],
      endDate: null,
    },
    ended: "replace",
    destroyed: "revoked",
    existing: {
      collection: "/v1/organizations/{home}/api-keys",
      body: {
        name: "Checkout",
        kind: "webapi",
        permissions: ["members:read"],
        secret: randomBytes(32).toString("base64url"),
        allowedIps: ["203.0.113.7/32", "2001:db8::/48"],
      },
      adopts: { endDate: "none => 2040-01-01", permissions: '["members:read"] => ["organization:read"]' },
    },
    wrong: { argument: "endDate", value: "2020-01-01", place: "endDate" },
  },
  {
    path: "/v1/api-key-assignments",
    declaration: {
      kind: "ApiKeyAssignment",
      name: "assignment",
      args: { key: the("spare"), user: the("robot") },
      after: ["robot-in"],
    },
    changes: {
      key: { to: the("key"), is: "replace" },
      user: { to: the("other"), is: "replace" },
      email: { to: "robot@kinds.example", is: "refused" },
      external: { to: true, is: "refused" },
      resendInvite: { to: 1, is: "update" },
    },
    ended: "create",
    destroyed: 404,
    existing: { collection: "/v1/api-keys/{spare}/assignments", body: { user: "{robot}" }, adopts: {} },
    wrong: { argument: "key", value: "spare", place: "key" },
  },
  {
    path: "/v1/access-tokens",
    declaration: {
      kind: "AccessToken",
      name: "token",
      args: {
        organization: the("home"),
        user: the("steward"),
        name: "Pipeline",
        permissions: ["organization:read"],
        allowedIps: ["2001:DB8:0::/48", "203.0.113.7"],
        endDate: "2040-01-01",
      },
      after: ["steward-in"],
    },
    changes: {
      user: { to: the("warden"), is: "replace" },
      organization: { to: the("elsewhere"), is: "replace" },
      name: { to: "Pipeline (production)", is: "update" },
      permissions: { to: ["organization:read", "members:read"], is: "update" },
      allowedIps: { to: ["203.0.113.7/32", "10.0.0.0/8"], is: "update" },
      endDate: { to: "2041-01-01", is: "update" },
      rotate: { to: 2, is: "update" },
      rotation: { to: { every: "90d", overlap: "1d" }, is: "update" },
      holdRotation: { to: true, is: "update" },
      holdWhileUsed: { to: "1h", is: "update" },
      deliverTo: { to: { file: "pipeline.token" }, is: "update" },
      storeSecret: { to: false, is: "refused" },
      state: { to: "revoked", is: "update" },
    },
    drift: {
      name: "Somebody else's",
      permissions: ["members:read"],
      allowedIps: ["203.0.113.0/24"],
      endDate: null,
    },
    ended: "replace",
    destroyed: "revoked",
    existing: {
      collection: "/v1/organizations/{home}/access-tokens",
      body: {
        name: "Pipeline",
        user: "{steward}",
        permissions: ["members:read"],
        allowedIps: ["203.0.113.7/32", "2001:db8::/48"],
      },
      adopts: { endDate: "none => 2040-01-01", permissions: '["members:read"] => ["organization:read"]' },
    },
    wrong: { argument: "permissions", value: [], place: "permissions" },
  },
];
