/** What the caller may not declare in a manifest, as far as the service says what the caller may do. */
import type * as pulumi from "@pulumi/pulumi";
import type { Schemas } from "roster-schema";
import { z } from "zod";
import { type ManifestProblem, RosterError } from "../../errors.ts";
import type { Fault } from "../../issues.ts";
import { denialsFor } from "../../kinds/rights.ts";
import type { PropertyMap } from "../../values/property-map.ts";
import { type Client, clientOf } from "../../wire/client.ts";
import { programConnection, stackId } from "../program.ts";
import { namesOfResource } from "../resource.ts";
import { declaredIn } from "./declared.ts";
import type { PlacedManifest } from "./document.ts";

/** The deadline of lists of what the stack has; nothing is refused without them. */
const listTimeoutMs = 5000;

const anyObject = z.record(z.string(), z.unknown());
const listedEntry = z.object({ externalId: z.string() });
const listedObject = z.object({ externalId: z.string(), object: anyObject });

/** The statuses of objects that a refresh removes from the state. */
const gone: ReadonlySet<unknown> = new Set(["removed", "cancelled", "closed"]);

/**
 * Finds what the service would refuse of a manifest because of who the caller is. What the stack has made as it is declared is not
 * changed, and may be declared by anybody.
 *
 * @param existing the id of the organization, if the manifest doesn't declare it
 * @returns nothing if the service doesn't say
 */
export async function deniedIn(
  manifest: Pick<PlacedManifest, "manifest" | "lists">,
  existing: string | undefined,
  parent: pulumi.Resource | undefined,
): Promise<(Fault | ManifestProblem)[]> {
  const client = clientOf(programConnection());
  const self = await client.service.selfIfKnown();
  if (self === undefined || self.caller.serviceOwner) {
    return [];
  }
  try {
    return await deniedTo(self, manifest, existing, new StackObjects(client, parent));
  } catch (error) {
    if (error instanceof RosterError) {
      return [];
    }
    throw error;
  }
}

async function deniedTo(
  self: Schemas["Self"],
  { manifest, lists }: Pick<PlacedManifest, "manifest" | "lists">,
  existing: string | undefined,
  objects: StackObjects,
): Promise<(Fault | ManifestProblem)[]> {
  const { name: prefix, organization, roles } = manifest;
  const declared = "existing" in organization ? undefined : organization;
  const made = declared && (await objects.find("Organization", prefix, "/v1/organizations"));
  const adopted = declared && self.organizations.find(({ slug }) => slug === declared.slug)?.id;
  const organizationId = existing ?? made?.id ?? adopted;
  const collections = collectionsOf(String(organizationId));
  // A role that isn't made yet has no id, and is not a built-in one either.
  const roleId = async (role: string) => (await objects.listed("Role", `${prefix}-${role}`))?.id ?? role;
  const idsOf = async (names: readonly string[]) =>
    Object.fromEntries(await Promise.all(names.map(async (role) => [role, await roleId(role)])));
  const faults: (Fault | ManifestProblem)[] = [];
  for (const { kind, name, path, whole, args, placeOf } of declaredIn(manifest, lists)) {
    if (organizationId === undefined && kind !== "Organization") {
      // Nobody may do anything yet in an organization that isn't there.
      break;
    }
    const role = typeof args.role === "string" && Object.hasOwn(roles, args.role) ? args.role : undefined;
    const now = {
      ...args,
      ...(role !== undefined && { role: await roleId(role) }),
      ...(kind === "OrganizationMembers" && { roles: await idsOf(Object.keys(roles)) }),
    };
    const change = { kind, organization: organizationId, now };
    const isDenied = denialsFor(self, { ...change, before: undefined }).length > 0;
    const before = await objects.before(kind, name, isDenied, collections);
    const found = denialsFor(self, { ...change, before });
    faults.push(
      ...found.map(({ property, reason }) => {
        const place = property === undefined ? undefined : placeOf?.(property.replace(/^members\./, ""));
        if (place !== undefined) {
          return { ...place, reason };
        }
        return property === undefined
          ? { path: whole ?? path, reason, atName: whole === undefined }
          : { path: [...path, ...property.split(".")], reason };
      }),
    );
  }
  return faults;
}

function collectionsOf(organizationId: string): Readonly<Record<string, string>> {
  const organization = `/v1/organizations/${organizationId}`;
  return {
    Organization: "/v1/organizations",
    Role: `${organization}/roles`,
    User: "/v1/users",
    Membership: `${organization}/members`,
    ApiKey: `${organization}/api-keys`,
    AccessToken: `${organization}/access-tokens`,
  };
}

/** The objects that the stack has in the service. */
class StackObjects {
  readonly #client: Client;
  readonly #parent: pulumi.Resource | undefined;
  #live: Promise<ReadonlyMap<string, PropertyMap>> | undefined;

  constructor(client: Client, parent: pulumi.Resource | undefined) {
    this.#client = client;
    this.#parent = parent;
  }

  /** The object of a resource, if it has not ended. */
  async listed(kind: string, name: string): Promise<PropertyMap | undefined> {
    this.#live ??= this.#list();
    const [live, { externalId, earlier }] = [await this.#live, await namesOfResource(kind, name, this.#parent)];
    return live.get(externalId) ?? live.get(earlier);
  }

  /** What a resource has in the service before a change; of what could be denied, also if the object has ended. */
  async before(
    kind: string,
    name: string,
    mayBeDenied: boolean,
    collections: Readonly<Record<string, string>>,
  ): Promise<PropertyMap | undefined> {
    // A set of which nothing would be denied if it were new is not denied otherwise.
    switch (kind) {
      case "OrganizationMembers":
        return mayBeDenied ? await this.members(name, `${collections.Membership}`) : undefined;
      case "ApiKeyAssignees":
        return mayBeDenied ? await this.assignees(name) : undefined;
      default:
        return mayBeDenied ? await this.find(kind, name, collections[kind]) : await this.listed(kind, name);
    }
  }

  /**
   * The same, also if the object has ended and the state still has it, such as an expired key.
   *
   * @param collection where objects of the kind are listed; undefined if they are listed only while they are live
   */
  async find(kind: string, name: string, collection: string | undefined): Promise<PropertyMap | undefined> {
    const listed = await this.listed(kind, name);
    if (listed !== undefined || collection === undefined) {
      return listed;
    }
    const { externalId } = await namesOfResource(kind, name, this.#parent);
    const found = await this.#client.list(collection, { externalId }, anyObject, listTimeoutMs);
    return found.find(({ status }) => !gone.has(status));
  }

  /**
   * The members of a set that the stack has, as its arguments before; undefined if it has none. Those who left by themselves are in it.
   *
   * @param collection where the members of the organization are listed
   */
  async members(name: string, collection: string): Promise<PropertyMap | undefined> {
    const { externalId } = await namesOfResource("OrganizationMembers", name, this.#parent);
    const prefix = `${externalId}/`;
    const query = { externalIdPrefix: prefix, status: "all" };
    const found = await this.#client.list(collection, query, anyObject, listTimeoutMs);
    // The rest is the declared address, also of a person who has another one by now.
    const entries = found
      .filter(({ status }) => !gone.has(status))
      .map((member) => [String(member.externalId).slice(prefix.length), member.role]);
    return entries.length === 0 ? undefined : { members: Object.fromEntries(entries) };
  }

  /** The assignees of a key that the stack has; undefined if it has none. Who they are says nothing about permissions. */
  async assignees(name: string): Promise<PropertyMap | undefined> {
    const { externalId } = await namesOfResource("ApiKeyAssignees", name, this.#parent);
    const query = { externalIdPrefix: `${externalId}/` };
    const [found] = await this.#client.list("/v1/managed-objects", query, listedEntry, listTimeoutMs);
    return found === undefined ? undefined : {};
  }

  async #list(): Promise<ReadonlyMap<string, PropertyMap>> {
    const query = { externalIdPrefix: `${stackId()}/`, entries: "omit", include: "object" };
    const items = await this.#client.list("/v1/managed-objects", query, listedObject, listTimeoutMs);
    return new Map(items.map(({ externalId, object }) => [externalId, object]));
  }
}
