/** Rights: what a principal may do in which organization. */
import { inOrder, type Permission } from "./permissions.ts";

/** Some organizations by id, or every organization, for the service owner. */
export type Scope = "everywhere" | readonly string[];

/**
 * The rights of a principal: everything, or a set of permissions in each of some organizations. A permission can only be
 * asked for in an organization.
 */
export class Rights {
  /** The rights of the service owner. */
  static readonly ofServiceOwner: Rights = new Rights(undefined);
  /** No rights at all. */
  static readonly none: Rights = new Rights(new Map());

  readonly #permissions: ReadonlyMap<string, ReadonlySet<Permission>> | undefined;
  /** The organizations that the principal belongs to. */
  readonly organizations: Scope;

  private constructor(permissions: ReadonlyMap<string, ReadonlySet<Permission>> | undefined) {
    this.#permissions = permissions;
    this.organizations = permissions === undefined ? "everywhere" : [...permissions.keys()];
  }

  /** The rights of somebody with a set of permissions in each of some organizations. */
  static in(permissions: Iterable<readonly [organization: string, permissions: Iterable<Permission>]>): Rights {
    return new Rights(new Map([...permissions].map(([organization, held]) => [organization, new Set(held)])));
  }

  /** Whether these are the rights of the service owner. */
  get areServiceOwners(): boolean {
    return this.#permissions === undefined;
  }

  /** Whether a permission is held in an organization; only the service owner has permissions outside of organizations, null. */
  include(permission: Permission, organization: string | null): boolean {
    if (this.#permissions === undefined) {
      return true;
    }
    return organization !== null && this.#permissions.get(organization)?.has(permission) === true;
  }

  /** The permissions in an organization; not for the service owner, who has every permission there is. */
  in(organization: string | null): ReadonlySet<Permission> {
    return (organization === null ? undefined : this.#permissions?.get(organization)) ?? new Set();
  }

  /** The organizations in which one of several permissions is held. */
  where(...anyOf: readonly Permission[]): Scope {
    if (this.#permissions === undefined) {
      return "everywhere";
    }
    return [...this.#permissions.keys()].filter((organization) =>
      anyOf.some((permission) => this.include(permission, organization)),
    );
  }

  /** The permissions by organization, in the contract's order; empty for the service owner. */
  list(): { readonly id: string; readonly permissions: Permission[] }[] {
    return [...(this.#permissions ?? [])].map(([id, permissions]) => ({ id, permissions: inOrder(permissions) }));
  }
}

/** Whether an organization is in a scope. */
export function isIn(organization: string | null, scope: Scope): boolean {
  return scope === "everywhere" || (organization !== null && scope.includes(organization));
}
