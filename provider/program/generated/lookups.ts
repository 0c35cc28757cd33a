/** The look-ups. Generated from provider/kinds by `npm run generate`; never edited. */
import type * as pulumi from "@pulumi/pulumi";
import type { Schemas } from "roster-schema";
import type { Reference } from "../arguments.ts";
import { lookUp, lookUpOutput } from "../lookup.ts";
import type { ApiKey } from "./api-key.ts";
import type { Organization } from "./organization.ts";
import type { Role } from "./role.ts";
import type { User } from "./user.ts";

/** An organization, by its slug or by its id. */
export type OrganizationQuery = { readonly slug: string } | { readonly id: string };

/**
 * Looks up an open organization.
 *
 * @throws ApiError `not_found` if it does not exist, or the token can't read it
 */
export async function getOrganization(query: OrganizationQuery): Promise<Schemas["Organization"]> {
  return lookUp("getOrganization", query);
}

/** {@link getOrganization}, for outputs. */
export function getOrganizationOutput(
  query:
    | {
        /** The organization's slug. */
        slug: pulumi.Input<string>;
      }
    | {
        /** The organization, by its id. */
        id: Reference<Organization>;
      },
  options?: pulumi.InvokeOutputOptions,
): pulumi.Output<Schemas["Organization"]> {
  return lookUpOutput("getOrganization", query, options);
}

/** A user, by their address in any case, or by their id. */
export type UserQuery = { readonly email: string } | { readonly id: string };

/**
 * Looks up a user.
 *
 * @throws ApiError `not_found` if it does not exist, or the token can't read it
 */
export async function getUser(query: UserQuery): Promise<Schemas["User"]> {
  return lookUp("getUser", query);
}

/** {@link getUser}, for outputs. */
export function getUserOutput(
  query:
    | {
        /** The user's address, in any case. */
        email: pulumi.Input<string>;
      }
    | {
        /** The user, by their id. */
        id: Reference<User>;
      },
  options?: pulumi.InvokeOutputOptions,
): pulumi.Output<Schemas["User"]> {
  return lookUpOutput("getUser", query, options);
}

/** A role: one of an organization by its name, built-in roles included, or any role by its id. */
export type RoleQuery = { readonly organization: string; readonly name: string } | { readonly id: string };

/**
 * Looks up a role.
 *
 * @throws ApiError `not_found` if it does not exist, or the token can't read it
 */
export async function getRole(query: RoleQuery): Promise<Schemas["Role"]> {
  return lookUp("getRole", query);
}

/** {@link getRole}, for outputs. */
export function getRoleOutput(
  query:
    | {
        /** The organization in which the name is looked up. */
        organization: Reference<Organization>;
        /** The role's name, such as `administrator`. */
        name: pulumi.Input<string>;
      }
    | {
        /** The role, by its id. */
        id: Reference<Role>;
      },
  options?: pulumi.InvokeOutputOptions,
): pulumi.Output<Schemas["Role"]> {
  return lookUpOutput("getRole", query, options);
}

/** The memberships of an organization: those that have not ended, those with a status, or `all`. */
export type MembershipsQuery = { readonly organization: string; readonly status?: Schemas["MembershipStatusFilter"] };

/**
 * Lists the memberships of an organization: by default those that have not ended, which are pending, active or
 * expired.
 */
export async function getMemberships(query: MembershipsQuery): Promise<Schemas["Membership"][]> {
  return lookUp("getMemberships", query);
}

/** {@link getMemberships}, for outputs. */
export function getMembershipsOutput(
  query: {
    /** The organization whose members are listed. */
    organization: Reference<Organization>;
    /** The status of the memberships, or `all`. If omitted, those that have not ended are listed. */
    status?: pulumi.Input<Schemas["MembershipStatusFilter"]>;
  },
  options?: pulumi.InvokeOutputOptions,
): pulumi.Output<Schemas["Membership"][]> {
  return lookUpOutput("getMemberships", query, options);
}

/** The API keys of an organization: all, or those of a kind, of an owner, or with a status. */
export type ApiKeysQuery = {
  readonly organization: string;
  readonly kind?: Schemas["ApiKeyKind"];
  readonly owner?: string;
  readonly status?: Schemas["ApiKeyStatus"];
};

/**
 * Lists the API keys of an organization, never their secrets, including revoked and expired keys unless the query
 * names a status.
 */
export async function getApiKeys(query: ApiKeysQuery): Promise<Schemas["ApiKey"][]> {
  return lookUp("getApiKeys", query);
}

/** {@link getApiKeys}, for outputs. */
export function getApiKeysOutput(
  query: {
    /** The organization whose keys are listed. */
    organization: Reference<Organization>;
    /** The kind of the keys. If omitted, every kind. */
    kind?: pulumi.Input<Schemas["ApiKeyKind"]>;
    /** The user who owns the keys. If omitted, any user or none. */
    owner?: Reference<User>;
    /** The status of the keys. If omitted, any status. */
    status?: pulumi.Input<Schemas["ApiKeyStatus"]>;
  },
  options?: pulumi.InvokeOutputOptions,
): pulumi.Output<Schemas["ApiKey"][]> {
  return lookUpOutput("getApiKeys", query, options);
}

/** The messages of an organization: all, or those of a key, of an owner's keys, or with an outcome. */
export type MessagesQuery = {
  readonly organization: string;
  readonly key?: string;
  readonly owner?: string;
  readonly outcome?: Schemas["VerificationOutcome"];
};

/**
 * Lists the verified calls of user-defined APIs, oldest first: those of an organization, or only those of the
 * caller's own keys, depending on what the token may read.
 */
export async function getMessages(query: MessagesQuery): Promise<Schemas["Message"][]> {
  return lookUp("getMessages", query);
}

/** {@link getMessages}, for outputs. */
export function getMessagesOutput(
  query: {
    /** The organization whose messages are listed. */
    organization: Reference<Organization>;
    /** The key that was used. If omitted, any key. */
    key?: Reference<ApiKey>;
    /** The user who owns the key that was used. If omitted, any user. */
    owner?: Reference<User>;
    /** The outcome of the verification. If omitted, either. */
    outcome?: pulumi.Input<Schemas["VerificationOutcome"]>;
  },
  options?: pulumi.InvokeOutputOptions,
): pulumi.Output<Schemas["Message"][]> {
  return lookUpOutput("getMessages", query, options);
}

/** The audit entries of an organization: all, or those about the object with an id. */
export type AuditEntriesQuery = { readonly organization: string; readonly object?: string };

/**
 * Lists the audit entries of an organization, oldest first. If you note the `hash` of the entry with the highest
 * `sequence` elsewhere, it shows later whether the entries up to that one are still the same.
 */
export async function getAuditEntries(query: AuditEntriesQuery): Promise<Schemas["AuditEntry"][]> {
  return lookUp("getAuditEntries", query);
}

/** {@link getAuditEntries}, for outputs. */
export function getAuditEntriesOutput(
  query: {
    /** The organization whose entries are listed. */
    organization: Reference<Organization>;
    /** The id of the object that the entries are about. If omitted, any object. */
    object?: pulumi.Input<string>;
  },
  options?: pulumi.InvokeOutputOptions,
): pulumi.Output<Schemas["AuditEntry"][]> {
  return lookUpOutput("getAuditEntries", query, options);
}
