/** The kinds whose objects can be listed, each described once: what a list can be limited to, and where it is in the service. */
import type { Schemas } from "roster-schema";
import { z } from "zod";
import type { Client } from "../wire/client.ts";
import {
  accessTokenAnswer,
  apiKeyAnswer,
  apiKeyAssignmentAnswer,
  membershipAnswer,
  organizationAnswer,
  roleAnswer,
  userAnswer,
} from "../wire/generated/answers.ts";
import { type Identified, importIds, notFound, serviceIdOf } from "./readable-ids.ts";

/** An object of a list. */
export interface ListedObject extends Identified {
  /** The name by which people know it: an address for a user or a membership. */
  readonly name: string;
}

/** A list of the objects of a kind. */
export interface Listing {
  readonly kind: string;
  /** What is listed, in a sentence. */
  readonly summary: string;
  /** What the list can, or must, be limited to. */
  readonly shape: z.ZodRawShape;
  /** @param query checked */
  list(client: Client, query: Query): Promise<readonly ListedObject[]>;
}

type Query = Readonly<Record<string, string | undefined>>;

const text = z.string().min(1, "it must not be empty");
const organization = text.describe("The organization, by its slug or by its id.");

/** Every one of them. What has ended is not listed, because it can't be imported. */
export const listings: readonly Listing[] = [
  {
    kind: "Organization",
    summary: "The open organizations that the token can read.",
    shape: {},
    list: async (client) => {
      const all = await client.list("/v1/organizations", {}, organizationAnswer);
      return all.filter(({ status }) => status !== "closed").map(({ id, slug }) => ({ id, parts: [slug], name: slug }));
    },
  },
  {
    kind: "Role",
    summary: "The organization's own roles, without the built-in ones.",
    shape: { organization },
    list: async (client, query) => {
      const { path, slug } = await organizationOf(client, query);
      const roles = await client.list(`${path}/roles`, {}, roleAnswer);
      return roles.filter(({ builtIn }) => !builtIn).map(({ id, name }) => ({ id, parts: [slug, name], name }));
    },
  },
  {
    kind: "User",
    summary: "The users that the token can read, inactive ones included.",
    shape: {
      homeOrganization: text
        .optional()
        .describe("The organization that the users are at home in, by its slug or by its id. If omitted, any or none."),
    },
    list: async (client, { homeOrganization }) => {
      const home = homeOrganization && (await serviceIdOf(client, "Organization", homeOrganization));
      const users = await client.list("/v1/users", { homeOrganization: home }, userAnswer);
      return users.map(({ id, email }) => ({ id, parts: [email], name: email }));
    },
  },
  {
    kind: "Membership",
    summary: "The memberships that have not ended, invitations included.",
    shape: { organization },
    list: async (client, query) => {
      const { path, slug } = await organizationOf(client, query);
      const members = await client.list(`${path}/members`, {}, membershipAnswer);
      return members.map(({ id, email }) => ({ id, parts: [slug, email], name: email }));
    },
  },
  {
    kind: "ApiKey",
    summary:
      "The organization's active API keys, without those from before the service supported several keys for each owner.",
    shape: { organization },
    list: async (client, query) => {
      const { path, slug } = await organizationOf(client, query);
      return (await activeKeys(client, path)).map(({ id, name }) => ({ id, parts: [slug, name], name }));
    },
  },
  {
    kind: "ApiKeyAssignment",
    summary: "The assignments of the organization's active API keys, offers that have not been accepted included.",
    shape: {
      organization,
      key: text
        .optional()
        .describe(
          "The API key that is assigned, by its name or by its id. If omitted, every key, which takes a request for each.",
        ),
    },
    list: async (client, { key, ...query }) => {
      const { path, slug } = await organizationOf(client, query);
      const keys = (await activeKeys(client, path)).filter(
        ({ id, name }) => key === undefined || [id, name].includes(key),
      );
      if (key !== undefined && keys.length === 0) {
        throw notFound("ApiKey", key);
      }
      const ids = importIds(
        "ApiKey",
        keys.map(({ id, name }) => ({ id, parts: [slug, name] })),
      );
      const assigned = keys
        .map((each, at) => ({ ...each, readableId: ids[at] ?? "" }))
        .filter(({ assigneeCount }) => assigneeCount > 0);
      const found = await client.forAll(assigned, async ({ id, name, readableId }) => {
        const assignments = await client.list(`/v1/api-keys/${id}/assignments`, {}, apiKeyAssignmentAnswer);
        return assignments.map((each) => ({
          id: each.id,
          parts: [readableId, each.email],
          name: `${name}: ${each.email}`,
        }));
      });
      return found.flat();
    },
  },
  {
    kind: "AccessToken",
    summary: "The active access tokens of the organization's system users.",
    shape: { organization },
    list: async (client, query) => {
      const { path, slug } = await organizationOf(client, query);
      const tokens = await client.list(
        `${path}/access-tokens`,
        { kind: "system", status: "active" },
        accessTokenAnswer,
      );
      return tokens.map(({ id, name }) => ({ id, parts: [slug, name], name }));
    },
  },
];

/** @throws DeclarationError if it doesn't exist, or the token can't read it */
async function organizationOf(client: Client, { organization: given = "" }: Query) {
  const id = await serviceIdOf(client, "Organization", given);
  const path = `/v1/organizations/${id}`;
  if (id !== given) {
    return { path, slug: given };
  }
  const found = await client.get(path, organizationAnswer);
  if (found === undefined) {
    throw notFound("Organization", given);
  }
  return { path, slug: found.body.slug };
}

async function activeKeys(client: Client, organization: string): Promise<Schemas["ApiKey"][]> {
  const keys = await client.list(`${organization}/api-keys`, { status: "active" }, apiKeyAnswer);
  return keys.filter(({ legacy }) => !legacy);
}
