/**
 * Ids that a person can write, such as `acme/members/ada@example.com`, for everything that is imported or read by id. The service's
 * own ids can be used as well.
 */
import { isDeepStrictEqual } from "node:util";
import { DeclarationError } from "../errors.ts";
import type { PropertyMap } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import { lifecycleOf } from "./registry.ts";

/** The ids of a kind. */
interface Form {
  /** An example, for messages and for the documentation. */
  readonly example: string;
  readonly pattern: RegExp;
  /** The id that the pattern takes apart. */
  id(parts: readonly string[]): string;
  /** The arguments by which the object is found. @param parts what the pattern has found */
  args(client: Client, parts: readonly string[]): Promise<PropertyMap>;
}

const forms: Readonly<Record<string, Form>> = {
  Organization: {
    example: "acme",
    pattern: /^([^/]+)$/,
    id: ([slug]) => `${slug}`,
    args: (_client, [slug]) => Promise.resolve({ slug }),
  },
  OrganizationProfile: {
    example: "acme/profile",
    pattern: /^([^/]+)\/profile$/,
    id: ([slug]) => `${slug}/profile`,
    args: async (client, [slug = ""]) => ({ organization: await organizationOf(client, slug) }),
  },
  Role: {
    example: "acme/roles/Releaser",
    pattern: /^([^/]+)\/roles\/(.+)$/s,
    id: ([slug, name]) => `${slug}/roles/${name}`,
    args: inOrganization("name"),
  },
  User: {
    example: "ada@example.com",
    pattern: /^([^/]+@[^/]+)$/,
    id: ([email]) => `${email}`,
    args: (_client, [email]) => Promise.resolve({ email }),
  },
  Membership: {
    example: "acme/members/ada@example.com",
    pattern: /^([^/]+)\/members\/([^/]+)$/,
    id: ([slug, email]) => `${slug}/members/${email}`,
    args: inOrganization("email"),
  },
  ApiKey: {
    example: "acme/keys/Storefront",
    pattern: /^([^/]+)\/keys\/(.+)$/s,
    id: ([slug, name]) => `${slug}/keys/${name}`,
    args: inOrganization("name"),
  },
  ApiKeyAssignment: {
    example: "acme/keys/Storefront/assignees/ada@example.com",
    pattern: /^([^/]+\/keys\/.+)\/assignees\/([^/]+)$/s,
    id: ([key, email]) => `${key}/assignees/${email}`,
    args: async (client, [key = "", email]) => ({ key: await serviceIdOf(client, "ApiKey", key), email }),
  },
  AccessToken: {
    example: "acme/tokens/Pipeline",
    pattern: /^([^/]+)\/tokens\/(.+)$/s,
    id: ([slug, name]) => `${slug}/tokens/${name}`,
    args: inOrganization("name"),
  },
  OrganizationMembers: {
    example: "acme/members",
    pattern: /^([^/]+)\/members$/,
    id: ([slug]) => `${slug}/members`,
    args: async (client, [slug = ""]) => ({ organization: await organizationOf(client, slug) }),
  },
  ApiKeyAssignees: {
    example: "acme/keys/Storefront/assignees",
    pattern: /^([^/]+\/keys\/.+)\/assignees$/s,
    id: ([key]) => `${key}/assignees`,
    args: async (client, [key = ""]) => ({ key: await serviceIdOf(client, "ApiKey", key) }),
  },
};

/**
 * Finds the id of an object in the service; for a set, the id of the organization or of the key that its entries are of.
 *
 * @param id a readable id, or the service's own
 * @throws DeclarationError if the id has another form, or if there is no such object that the token can read
 */
export async function serviceIdOf(client: Client, kind: string, id: string): Promise<string> {
  if (/^[a-z]{3}_[0-9a-f]{32}$/.test(id)) {
    return id;
  }
  const { example, pattern, args } = formOf(kind);
  const [, ...parts] = pattern.exec(id) ?? [];
  if (parts.length === 0) {
    throw new DeclarationError(
      `${JSON.stringify(id)} is not an id of the kind ${kind}. Use an id such as ${example}, or the value of its \`id\` output.`,
    );
  }
  const found = await lifecycleOf(kind).findId(client, await args(client, parts));
  if (found === undefined) {
    throw notFound(kind, id);
  }
  return found;
}

/** An object of the service, and what its readable id consists of. */
export interface Identified {
  /** The service's own id. */
  readonly id: string;
  /** The slug of its organization and its name, for example; for an assignment, the readable id of its key and the address. */
  readonly parts: readonly string[];
}

/**
 * The ids by which the objects of a list are imported, in its order: readable ones, and the service's own where a readable one would not
 * find the object, because it has another form or because another object of the list has it as well.
 */
export function importIds(kind: string, objects: readonly Identified[]): string[] {
  const { pattern, id: idOf } = formOf(kind);
  const readable = objects.map(({ parts }) => {
    const id = idOf(parts);
    const [, ...found] = pattern.exec(id) ?? [];
    return isDeepStrictEqual(found, parts) ? id : undefined;
  });
  // Addresses are found regardless of their case.
  const counts = new Map<string, number>();
  for (const id of readable) {
    const key = id?.toLowerCase() ?? "";
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return readable.map((id, at) =>
    id !== undefined && counts.get(id.toLowerCase()) === 1 ? id : (objects[at]?.id ?? ""),
  );
}

/** The error of an object that can't be found by an id. */
export function notFound(kind: string, id: string): DeclarationError {
  return new DeclarationError(`The ${kind} ${id} does not exist, or roster:token can't read it.`);
}

/** Finds an object of an organization by one more argument. */
function inOrganization(argument: string): Form["args"] {
  return async (client, [slug = "", value]) => ({
    organization: await organizationOf(client, slug),
    [argument]: value,
  });
}

function formOf(kind: string): Form {
  const form = forms[kind];
  if (form === undefined) {
    throw new Error(`${kind} has no readable ids.`);
  }
  return form;
}

function organizationOf(client: Client, slug: string): Promise<string> {
  return serviceIdOf(client, "Organization", slug);
}
