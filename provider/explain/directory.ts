/** The names of what a preview is about: of people, roles, keys and organizations that exist, and of those that the update creates. */
import { isOrganizationRole } from "roster-schema";
import { ApiError } from "../errors.ts";
import { type Estate, findEstate } from "../estate/estate.ts";
import type { PropertyMap } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import type { Change } from "./preview-document.ts";

/** The organizations that a preview is about, and the objects that it creates. */
export class Directory {
  readonly #estates: ReadonlyMap<string, Estate>;
  /** The changes that create objects, by the ids that stand for these objects. */
  #created: ReadonlyMap<string, Change> = new Map();
  /** By id: users' addresses, and the names of roles, keys and organizations. */
  readonly #names = new Map<string, string>();

  private constructor(estates: readonly Estate[]) {
    this.#estates = new Map(estates.map((estate) => [estate.organization.id, estate]));
    for (const { organization, roles, users, members, apiKeys, accessTokens } of estates) {
      this.#names.set(organization.id, organization.name);
      for (const { id, email } of users) {
        this.#names.set(id, email);
      }
      for (const { user, email } of members) {
        if (user !== null) {
          this.#names.set(user, email);
        }
      }
      for (const { id, name } of [...roles, ...apiKeys, ...accessTokens]) {
        this.#names.set(id, name);
      }
    }
  }

  /** Reads the organizations, by their ids. Those that don't exist, or that the caller may not read whole, are left out. */
  static async read(client: Client, ids: Iterable<string>): Promise<Directory> {
    const estates = await Promise.all([...new Set(ids)].map((id) => readableEstate(client, id)));
    return new Directory(estates.filter((estate) => estate !== undefined));
  }

  /**
   * Adds objects that don't exist yet.
   *
   * @param created the changes that create them, by the ids that stand for them
   */
  addCreated(created: ReadonlyMap<string, Change>): void {
    this.#created = created;
  }

  /** The name of a user, role, key, token or organization by its id: an address for a user. It is the id if the name isn't known. */
  nameOf(id: unknown): string {
    const inputs = typeof id === "string" ? this.#created.get(id)?.after?.inputs : undefined;
    return String(inputs?.email ?? inputs?.name ?? this.#names.get(String(id)) ?? id);
  }

  /** The name of a role: of a built-in one, or of an organization's own. */
  roleName(role: unknown): string {
    return typeof role === "string" && isOrganizationRole(role) ? role : this.nameOf(role);
  }

  /** The address of the person of a membership or an assignment, from its arguments or its state. */
  personOf({ user, userId, email }: PropertyMap): string {
    return typeof email === "string" ? email : this.nameOf(user ?? userId);
  }

  /** Whether the members of an organization are known: it was read, or the update creates it. */
  knows(organization: string): boolean {
    return this.#estates.has(organization) || this.#created.has(organization);
  }

  estateOf(organization: unknown): Estate | undefined {
    return this.#estates.get(String(organization));
  }

  /** The addresses of an organization's active members with a role. */
  activeAddresses(organization: string, role: string): string[] {
    const members = this.#estates.get(organization)?.members ?? [];
    return members.filter((one) => one.status === "active" && one.role === role).map(({ email }) => email);
  }

  get estates(): readonly Estate[] {
    return [...this.#estates.values()];
  }
}

/** A token that may change only members need not read the keys: names are then ids. */
async function readableEstate(client: Client, id: string): Promise<Estate | undefined> {
  try {
    return await findEstate(client, id);
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) {
      return undefined;
    }
    throw error;
  }
}
