/**
 * Ids that a person can write, such as `acme/members/ada@example.com`, for everything that is imported or read by id. The service's
 * own ids can be used as well.
 */
import { DeclarationError } from "../errors.ts";
import type { PropertyMap } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import { lifecycleOf } from "./registry.ts";

/** The ids of a kind. */
interface Form {
  /** An example, for messages and for the documentation. */
  readonly example: string;
  readonly pattern: RegExp;
  /** The arguments by which the object is found. @param parts what the pattern has found */
  args(client: Client, parts: readonly string[]): Promise<PropertyMap>;
}

const forms: Readonly<Record<string, Form>> = {
  Organization: {
    example: "acme",
    pattern: /^([^/]+)$/,
    args: (_client, [slug]) => Promise.resolve({ slug }),
  },
  OrganizationProfile: {
    example: "acme/profile",
    pattern: /^([^/]+)\/profile$/,
    args: async (client, [slug = ""]) => ({ organization: await organizationOf(client, slug) }),
  },
  Role: {
    example: "acme/roles/Releaser",
    pattern: /^([^/]+)\/roles\/(.+)$/s,
    args: inOrganization("name"),
  },
  User: {
    example: "ada@example.com",
    pattern: /^([^/]+@[^/]+)$/,
    args: (_client, [email]) => Promise.resolve({ email }),
  },
  Membership: {
    example: "acme/members/ada@example.com",
    pattern: /^([^/]+)\/members\/([^/]+)$/,
    args: inOrganization("email"),
  },
  ApiKey: {
    example: "acme/keys/Storefront",
    pattern: /^([^/]+)\/keys\/(.+)$/s,
    args: inOrganization("name"),
  },
  ApiKeyAssignment: {
    example: "acme/keys/Storefront/assignees/ada@example.com",
    pattern: /^([^/]+\/keys\/.+)\/assignees\/([^/]+)$/s,
    args: async (client, [key = "", email]) => ({ key: await serviceIdOf(client, "ApiKey", key), email }),
  },
  AccessToken: {
    example: "acme/tokens/Pipeline",
    pattern: /^([^/]+)\/tokens\/(.+)$/s,
    args: inOrganization("name"),
  },
  OrganizationMembers: {
    example: "acme/members",
    pattern: /^([^/]+)\/members$/,
    args: async (client, [slug = ""]) => ({ organization: await organizationOf(client, slug) }),
  },
  ApiKeyAssignees: {
    example: "acme/keys/Storefront/assignees",
    pattern: /^([^/]+\/keys\/.+)\/assignees$/s,
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
      `${JSON.stringify(id)} is not the id of a ${kind}. Use an id such as ${example}, or the value of its \`id\` output.`,
    );
  }
  const found = await lifecycleOf(kind).findId(client, await args(client, parts));
  if (found === undefined) {
    throw notFound(kind, id);
  }
  return found;
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
