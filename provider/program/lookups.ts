/**
 * Look-ups, which read existing objects while the program runs. Each has a form for outputs, which waits for the resources that its
 * arguments come from and for those in `dependsOn`. At preview, its result is unknown until all of them exist.
 */
import * as pulumi from "@pulumi/pulumi";
import {
  apiKeyKindValues,
  apiKeyStatusValues,
  emailFault,
  membershipStatusValues,
  type Schemas,
  storageFault,
  verificationOutcomeValues,
} from "roster-schema";
import { z } from "zod";
import { ApiError, DeclarationError } from "../errors.ts";
import { reference } from "../values/property-types.ts";
import { clientOf } from "../wire/client.ts";
import {
  apiKeyAnswer,
  auditEntryAnswer,
  membershipAnswer,
  messageAnswer,
  organizationAnswer,
  roleAnswer,
  userAnswer,
} from "../wire/generated/answers.ts";
import type { Reference } from "./arguments.ts";
import type { ApiKey, Organization, User } from "./generated/index.ts";
import { Lookup, listFromMock } from "./lookup.ts";
import { programConnection } from "./program.ts";

const [inOrganization, ofKey, ofUser] = [reference("Organization"), reference("ApiKey"), reference("User")];
const someText = z.string().min(1, "it must not be empty");

/** Which organization: the one with this slug, or with this id. */
export type OrganizationQuery = { readonly slug: string } | { readonly id: string };

const organizations = new Lookup<OrganizationQuery, Schemas["Organization"]>(
  "getOrganization",
  [{ slug: someText }, { id: inOrganization }],
  (query) =>
    "id" in query
      ? one(`/v1/organizations/${encodeURIComponent(query.id)}`, organizationAnswer)
      : only("/v1/organizations", query, organizationAnswer),
);

/**
 * Looks up an open organization.
 *
 * @throws ApiError `not_found` if it does not exist, or if the token can't read it
 */
export async function getOrganization(query: OrganizationQuery): Promise<Schemas["Organization"]> {
  return organizations.plain(query);
}

/** {@link getOrganization}, for outputs. */
export function getOrganizationOutput(
  query: { readonly slug: pulumi.Input<string> } | { readonly id: pulumi.Input<string> },
  options?: pulumi.InvokeOutputOptions,
): pulumi.Output<Schemas["Organization"]> {
  return organizations.output(query, options);
}

/** Which user: the one with this address, in any case, or with this id. */
export type UserQuery = { readonly email: string } | { readonly id: string };

const users = new Lookup<UserQuery, Schemas["User"]>("getUser", [{ email: someText }, { id: ofUser }], (query) =>
  "id" in query ? one(`/v1/users/${encodeURIComponent(query.id)}`, userAnswer) : only("/v1/users", query, userAnswer),
);

/**
 * Looks up a user.
 *
 * @throws ApiError `not_found` if it does not exist, or if the token can't read it
 */
export async function getUser(query: UserQuery): Promise<Schemas["User"]> {
  return users.plain(query);
}

/** {@link getUser}, for outputs. */
export function getUserOutput(
  query: { readonly email: pulumi.Input<string> } | { readonly id: pulumi.Input<string> },
  options?: pulumi.InvokeOutputOptions,
): pulumi.Output<Schemas["User"]> {
  return users.output(query, options);
}

/** Which role: one of an organization by its name, built-in ones included, or any by its id. */
export type RoleQuery = { readonly organization: string; readonly name: string } | { readonly id: string };

const roles = new Lookup<RoleQuery, Schemas["Role"]>(
  "getRole",
  [{ organization: inOrganization, name: someText }, { id: reference("Role") }],
  (query) =>
    "id" in query
      ? one(`/v1/roles/${encodeURIComponent(query.id)}`, roleAnswer)
      : only(placeIn(query.organization, "roles"), { name: query.name }, roleAnswer),
);

/**
 * Looks up a role.
 *
 * @throws ApiError `not_found` if it does not exist, or if the token can't read it
 */
export async function getRole(query: RoleQuery): Promise<Schemas["Role"]> {
  return roles.plain(query);
}

/** {@link getRole}, for outputs. */
export function getRoleOutput(
  query:
    | { readonly organization: Reference<Organization>; readonly name: pulumi.Input<string> }
    | { readonly id: pulumi.Input<string> },
  options?: pulumi.InvokeOutputOptions,
): pulumi.Output<Schemas["Role"]> {
  return roles.output(query, options);
}

/** Which memberships of an organization: all, or those with a status. */
export interface MembershipsQuery {
  readonly organization: string;
  readonly status?: Schemas["MembershipStatus"];
}

const memberships = new Lookup<MembershipsQuery, Schemas["Membership"][]>(
  "getMemberships",
  [{ organization: inOrganization, status: z.enum(membershipStatusValues).optional() }],
  ({ organization, status }) => client().list(placeIn(organization, "members"), { status }, membershipAnswer),
  listFromMock,
);

/** Lists the memberships of an organization. By default, the list includes ended ones; `status` filters it. */
export async function getMemberships(query: MembershipsQuery): Promise<Schemas["Membership"][]> {
  return memberships.plain(query);
}

/** {@link getMemberships}, for outputs. */
export function getMembershipsOutput(
  query: {
    readonly organization: Reference<Organization>;
    readonly status?: pulumi.Input<Schemas["MembershipStatus"]>;
  },
  options?: pulumi.InvokeOutputOptions,
): pulumi.Output<Schemas["Membership"][]> {
  return memberships.output(query, options);
}

/** Which API keys of an organization: all, or those with a kind, an owner (a user's id) and a status. All filters are optional. */
export interface ApiKeysQuery {
  readonly organization: string;
  readonly kind?: Schemas["ApiKeyKind"];
  readonly owner?: string;
  readonly status?: Schemas["ApiKeyStatus"];
}

const apiKeys = new Lookup<ApiKeysQuery, Schemas["ApiKey"][]>(
  "getApiKeys",
  [
    {
      organization: inOrganization,
      kind: z.enum(apiKeyKindValues).optional(),
      owner: ofUser.optional(),
      status: z.enum(apiKeyStatusValues).optional(),
    },
  ],
  ({ organization, ...query }) => client().list(placeIn(organization, "api-keys"), query, apiKeyAnswer),
  listFromMock,
);

/** Lists the API keys of an organization, without their secrets. By default, the list includes revoked and expired keys; `status` filters it. */
export async function getApiKeys(query: ApiKeysQuery): Promise<Schemas["ApiKey"][]> {
  return apiKeys.plain(query);
}

/** {@link getApiKeys}, for outputs. */
export function getApiKeysOutput(
  query: {
    readonly organization: Reference<Organization>;
    readonly kind?: pulumi.Input<Schemas["ApiKeyKind"]>;
    readonly owner?: Reference<User>;
    readonly status?: pulumi.Input<Schemas["ApiKeyStatus"]>;
  },
  options?: pulumi.InvokeOutputOptions,
): pulumi.Output<Schemas["ApiKey"][]> {
  return apiKeys.output(query, options);
}

/** Which messages of an organization: all, or those with a key, an owner of keys and an outcome. All filters are optional. */
export interface MessagesQuery {
  readonly organization: string;
  readonly key?: string;
  readonly owner?: string;
  readonly outcome?: Schemas["VerificationOutcome"];
}

const messages = new Lookup<MessagesQuery, Schemas["Message"][]>(
  "getMessages",
  [
    {
      organization: inOrganization,
      key: ofKey.optional(),
      owner: ofUser.optional(),
      outcome: z.enum(verificationOutcomeValues).optional(),
    },
  ],
  ({ organization, ...query }) => client().list(placeIn(organization, "messages"), query, messageAnswer),
  listFromMock,
);

/**
 * Lists the verified calls of user-defined APIs, oldest first: all those of an organization, or only those of the caller's own
 * keys, depending on the permissions of the token.
 */
export async function getMessages(query: MessagesQuery): Promise<Schemas["Message"][]> {
  return messages.plain(query);
}

/** {@link getMessages}, for outputs. */
export function getMessagesOutput(
  query: {
    readonly organization: Reference<Organization>;
    readonly key?: Reference<ApiKey>;
    readonly owner?: Reference<User>;
    readonly outcome?: pulumi.Input<Schemas["VerificationOutcome"]>;
  },
  options?: pulumi.InvokeOutputOptions,
): pulumi.Output<Schemas["Message"][]> {
  return messages.output(query, options);
}

/** Which audit entries of an organization: all, or those about one object, by its id. */
export interface AuditEntriesQuery {
  readonly organization: string;
  readonly object?: string;
}

const auditEntries = new Lookup<AuditEntriesQuery, Schemas["AuditEntry"][]>(
  "getAuditEntries",
  [{ organization: inOrganization, object: someText.optional() }],
  ({ organization, object }) => client().list(placeIn(organization, "audit-entries"), { object }, auditEntryAnswer),
  listFromMock,
);

/**
 * Lists the audit entries of an organization, oldest first. If you store the `hash` of the entry with the highest `sequence`, you can
 * verify later that the entries up to that one are unchanged.
 */
export async function getAuditEntries(query: AuditEntriesQuery): Promise<Schemas["AuditEntry"][]> {
  return auditEntries.plain(query);
}

/** {@link getAuditEntries}, for outputs. */
export function getAuditEntriesOutput(
  query: {
    readonly organization: Reference<Organization>;
    readonly object?: pulumi.Input<string>;
  },
  options?: pulumi.InvokeOutputOptions,
): pulumi.Output<Schemas["AuditEntry"][]> {
  return auditEntries.output(query, options);
}

function client() {
  return clientOf(programConnection());
}

function placeIn(organization: string, collection: string): string {
  return `/v1/organizations/${encodeURIComponent(organization)}/${collection}`;
}

async function one<Item>(path: string, item: z.ZodType<Item>): Promise<Item> {
  return (await client().find(path, item)).body;
}

async function only<Item>(path: string, query: Readonly<Record<string, string>>, item: z.ZodType<Item>): Promise<Item> {
  for (const [name, value] of Object.entries(query)) {
    const fault = name === "email" ? emailFault(value) : storageFault(value);
    if (fault !== undefined) throw new DeclarationError(`No object can be found: the ${name} ${fault}.`);
  }
  const [found] = await client().list(path, query, item);
  if (found !== undefined) {
    return found;
  }
  throw new ApiError("GET", `${path}?${new URLSearchParams(query)}`, {
    type: "urn:roster:problem:not_found",
    title: "Not found",
    status: 404,
    code: "not_found",
    detail: `The object does not exist, or roster:token can't read it.${atPreview()}`,
    requestId: "",
    retryable: false,
  });
}

/** A hint at preview: an object that the same program creates can be looked up only after its creation. */
function atPreview(): string {
  return pulumi.runtime.isDryRun()
    ? " If this program creates it, use the form for outputs (get…Output) with outputs of its resource or with `dependsOn`."
    : "";
}
