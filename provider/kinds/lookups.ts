/**
 * The functions that read from the service while a program runs, each described once: what it is asked, what it answers, and
 * where that is in the service. The functions themselves are generated from this.
 */
import {
  apiKeyKindValues,
  apiKeyStatusValues,
  emailFault,
  membershipStatusFilterValues,
  storageFault,
  verificationOutcomeValues,
} from "roster-schema";
import { z } from "zod";
import { ApiError, DeclarationError } from "../errors.ts";
import type { Lookup } from "../lifecycle/lookup.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { reference } from "../values/property-types.ts";
import type { Client } from "../wire/client.ts";
import {
  apiKeyAnswer,
  auditEntryAnswer,
  membershipAnswer,
  messageAnswer,
  organizationAnswer,
  roleAnswer,
  userAnswer,
} from "../wire/generated/answers.ts";

const someText = z.string().min(1, "it must not be empty");
const organization = reference("Organization");

/** Every one of them. */
export const lookups: readonly Lookup[] = [
  {
    name: "getOrganization",
    summary: "Looks up an open organization.",
    query: { type: "OrganizationQuery", meaning: "An organization, by its slug or by its id." },
    shapes: [
      { slug: someText.describe("The organization's slug.") },
      { id: organization.describe("The organization, by its id.") },
    ],
    answers: "Organization",
    isList: false,
    ask: (client, query) => one(client, "/v1/organizations", "/v1/organizations", query, organizationAnswer),
  },
  {
    name: "getUser",
    summary: "Looks up a user.",
    query: { type: "UserQuery", meaning: "A user, by their address in any case, or by their id." },
    shapes: [
      { email: someText.describe("The user's address, in any case.") },
      { id: reference("User").describe("The user, by their id.") },
    ],
    answers: "User",
    isList: false,
    ask: (client, query) => one(client, "/v1/users", "/v1/users", query, userAnswer),
  },
  {
    name: "getRole",
    summary: "Looks up a role.",
    query: {
      type: "RoleQuery",
      meaning: "A role: one of an organization by its name, built-in roles included, or any role by its id.",
    },
    shapes: [
      {
        organization: organization.describe("The organization in which the name is looked up."),
        name: someText.describe("The role's name, such as `administrator`."),
      },
      { id: reference("Role").describe("The role, by its id.") },
    ],
    answers: "Role",
    isList: false,
    ask: (client, { organization: place, ...query }) =>
      one(client, "/v1/roles", placeIn(place, "roles"), query, roleAnswer),
  },
  {
    name: "getMemberships",
    summary:
      "Lists the memberships of an organization: by default those that have not ended, which are pending, active or expired.",
    query: {
      type: "MembershipsQuery",
      meaning: "The memberships of an organization: those that have not ended, those with a status, or `all`.",
    },
    shapes: [
      {
        organization: organization.describe("The organization whose members are listed."),
        status: z
          .enum(membershipStatusFilterValues)
          .optional()
          .describe("The status of the memberships, or `all`. If omitted, those that have not ended are listed."),
      },
    ],
    answers: "Membership",
    isList: true,
    ask: (client, query) => allIn(client, "members", query, membershipAnswer),
  },
  {
    name: "getApiKeys",
    summary:
      "Lists the API keys of an organization, never their secrets, including revoked and expired keys unless the query names a status.",
    query: {
      type: "ApiKeysQuery",
      meaning: "The API keys of an organization: all, or those of a kind, of an owner, or with a status.",
    },
    shapes: [
      {
        organization: organization.describe("The organization whose keys are listed."),
        kind: z.enum(apiKeyKindValues).optional().describe("The kind of the keys. If omitted, every kind."),
        owner: reference("User").optional().describe("The user who owns the keys. If omitted, any user or none."),
        status: z.enum(apiKeyStatusValues).optional().describe("The status of the keys. If omitted, any status."),
      },
    ],
    answers: "ApiKey",
    isList: true,
    ask: (client, query) => allIn(client, "api-keys", query, apiKeyAnswer),
  },
  {
    name: "getMessages",
    summary:
      "Lists the verified calls of user-defined APIs, oldest first: those of an organization, or only those of the caller's own " +
      "keys, depending on what the token may read.",
    query: {
      type: "MessagesQuery",
      meaning: "The messages of an organization: all, or those of a key, of an owner's keys, or with an outcome.",
    },
    shapes: [
      {
        organization: organization.describe("The organization whose messages are listed."),
        key: reference("ApiKey").optional().describe("The key that was used. If omitted, any key."),
        owner: reference("User").optional().describe("The user who owns the key that was used. If omitted, any user."),
        outcome: z
          .enum(verificationOutcomeValues)
          .optional()
          .describe("The outcome of the verification. If omitted, either."),
      },
    ],
    answers: "Message",
    isList: true,
    ask: (client, query) => allIn(client, "messages", query, messageAnswer),
  },
  {
    name: "getAuditEntries",
    summary:
      "Lists the audit entries of an organization, oldest first. If you note the `hash` of the entry with the highest `sequence` " +
      "elsewhere, it shows later whether the entries up to that one are still the same.",
    query: {
      type: "AuditEntriesQuery",
      meaning: "The audit entries of an organization: all, or those about the object with an id.",
    },
    shapes: [
      {
        organization: organization.describe("The organization whose entries are listed."),
        object: someText
          .optional()
          .describe("The id of the object that the entries are about. If omitted, any object."),
      },
    ],
    answers: "AuditEntry",
    isList: true,
    ask: (client, query) => allIn(client, "audit-entries", query, auditEntryAnswer),
  },
];

function placeIn(organization: unknown, collection: string): string {
  return `/v1/organizations/${encodeURIComponent(String(organization))}/${collection}`;
}

async function allIn(
  client: Client,
  collection: string,
  { organization: place, ...query }: PropertyMap,
  item: z.ZodType,
): Promise<unknown> {
  return await client.list(placeIn(place, collection), query as Readonly<Record<string, string>>, item);
}

/**
 * The object with an id, or the only one that a query finds.
 *
 * @param items where objects are, by their ids
 * @param place where the query is asked
 */
async function one(
  client: Client,
  items: string,
  place: string,
  { id, ...query }: PropertyMap,
  item: z.ZodType,
): Promise<unknown> {
  if (id !== undefined) {
    return (await client.find(`${items}/${encodeURIComponent(String(id))}`, item)).body;
  }
  const asked = query as Readonly<Record<string, string>>;
  for (const [name, value] of Object.entries(asked)) {
    const fault = name === "email" ? emailFault(value) : storageFault(value);
    if (fault !== undefined) {
      throw new DeclarationError(`Nothing can be found: the ${name} ${fault}.`);
    }
  }
  const [found] = await client.list(place, asked, item);
  if (found !== undefined) {
    return found;
  }
  throw new ApiError("GET", `${place}?${new URLSearchParams(asked)}`, {
    type: "urn:roster:problem:not_found",
    title: "Not found",
    status: 404,
    code: "not_found",
    detail: "The object does not exist, or roster:token can't read it.",
    requestId: "",
    retryable: false,
  });
}

/** @param name such as `getRole` */
export function lookupOf(name: string): Lookup {
  const lookup = lookups.find((candidate) => candidate.name === name);
  if (lookup === undefined) {
    throw new Error(`pulumi-roster has no function ${name}.`);
  }
  return lookup;
}

/** The properties by which a look-up finds the one object of a kind, other than by its id, such as `slug` of an organization. */
export function identifyingArguments(kind: string): string[] {
  const ofKind = lookups.filter(({ answers, isList }) => answers === kind && !isList);
  return ofKind.flatMap(({ shapes }) => shapes.flatMap(Object.keys)).filter((name) => name !== "id");
}
