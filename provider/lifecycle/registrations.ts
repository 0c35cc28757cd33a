/**
 * What a run of the engine has shown of its resources so far. The engine asks about one resource at a time, from one
 * process: the answer about one may depend on what the run has shown of others.
 */
import { foldEmail, setIn } from "roster-schema";
import type { PropertyMap } from "../values/property-map.ts";
import { containsUnknown } from "../values/unknown.ts";

/** A name that an object has, and the one that it is to have. Both are unique in a place, such as an organization. */
export interface NameChange {
  /** The argument that a person changes. */
  readonly property: string;
  readonly scope: string;
  /** Undefined for what isn't there yet. */
  readonly from: string | undefined;
  /** Undefined for what is about to need none, as a key that is revoked. */
  readonly to: string | undefined;
  /** Whether the object is made anew, and so gives the one name up before it takes the other. */
  readonly isReplaced: boolean;
}

/** What a resource shows of itself at check. */
export interface Registration {
  readonly names: readonly NameChange[];
  /** The addresses of a set's entries. */
  readonly entries?: ReadonlySet<string>;
}

/** The resources of one run, each by the stack's own name for its object. */
export class Registrations {
  readonly #registrations = new Map<string, Registration>();
  readonly #existing = new Map<string, PropertyMap>();
  readonly #deleted = new Set<unknown>();
  readonly #plannedCreates = new Map<string, PropertyMap>();
  readonly #users = new Map<string, string | undefined>();
  /** By a name of an earlier version of this package, the one that the resource is known by here. */
  readonly #aliases = new Map<string, string>();

  /** Notes that a resource may have another name in the state, or in the service. */
  addAlias(earlier: string, externalId: string): void {
    this.#aliases.set(earlier, externalId);
  }

  /** Notes what a resource is to be called. */
  register(externalId: unknown, registration: Registration): void {
    if (typeof externalId === "string") this.#registrations.set(this.#name(externalId), registration);
  }

  /** How many resources were checked in this run. */
  get size(): number {
    return this.#registrations.size;
  }

  /** Whether a resource was checked in this run. */
  isRegistered(externalId: unknown): boolean {
    return typeof externalId === "string" && this.#registrations.has(this.#name(externalId));
  }

  /** What the resource of an object has shown: for an entry of a set, the set. */
  registrationOf(externalId: string): Registration | undefined {
    return this.#registrations.get(this.#name(externalId)) ?? this.#registrations.get(this.#name(setIn(externalId)));
  }

  /**
   * Follows the names that are to be exchanged: who has the name that a resource wants, who has the one that that one wants, and
   * so on.
   *
   * @returns the change that closes a circle, which no order of changes can make; undefined where there is none
   */
  cycleOf(externalId: unknown): NameChange | undefined {
    const own = this.#registrations.get(this.#name(String(externalId)))?.names ?? [];
    return own.find((change) => this.#isCycle(change));
  }

  /** Whether a resource is about to give up a name in a place. */
  freesName(scope: string, name: string): boolean {
    const all = [...this.#registrations.values()].flatMap(({ names }) => names);
    return all.some((change) => change.scope === scope && change.from === name && isRename(change));
  }

  /** The name by which a resource is known here. */
  #name<Name>(externalId: Name): Name | string {
    return typeof externalId === "string" ? (this.#aliases.get(externalId) ?? externalId) : externalId;
  }

  #isCycle(start: NameChange): boolean {
    if (!isRename(start)) return false;
    const moving = [...this.#registrations.values()]
      .flatMap(({ names }) => names)
      .filter((change) => change.scope === start.scope && isRename(change));
    const byName = new Map(moving.map((change) => [change.from, change]));
    const seen = new Set<NameChange>();
    let next = byName.get(start.to);
    while (next !== undefined && !seen.has(next)) {
      if (next.to === start.from) return true;
      seen.add(next);
      next = byName.get(next.to);
    }
    return false;
  }

  /** Notes what is known of an object that is there: its state, or what was last checked of it. */
  noteExisting(externalId: unknown, existing: PropertyMap): void {
    if (typeof externalId === "string") this.#existing.set(this.#name(externalId), existing);
  }

  /** What is known of the object that a creation takes the place of; undefined where it takes the place of none. */
  replacedObject(externalId: unknown): PropertyMap | undefined {
    return typeof externalId === "string" ? this.#existing.get(this.#name(externalId)) : undefined;
  }

  /** Notes that the object that has a name of the stack's own was ended. */
  noteDeleted(externalId: unknown): void {
    this.#deleted.add(this.#name(externalId));
  }

  /** Whether the object that a creation takes the place of is there still, for all that the run has seen. */
  stillExists(externalId: string): boolean {
    const name = this.#name(externalId);
    const existing = this.#existing.get(name);
    return existing !== undefined && !this.#deleted.has(name) && !this.#deleted.has(this.#name(existing.externalId));
  }

  /** Notes what is to be created. */
  notePlannedCreate(externalId: unknown, inputs: PropertyMap): void {
    if (typeof externalId === "string") this.#plannedCreates.set(this.#name(externalId), inputs);
  }

  /** What is to be created once the object is gone; undefined where it goes for good. */
  plannedCreate(externalId: unknown): PropertyMap | undefined {
    return typeof externalId === "string" ? this.#plannedCreates.get(this.#name(externalId)) : undefined;
  }

  /** Notes that what was to be created is there. */
  noteCreated(externalId: unknown): void {
    if (typeof externalId === "string") this.#plannedCreates.delete(this.#name(externalId));
  }

  /**
   * Notes whose an address is, or is about to be.
   *
   * @param id the user's; undefined for one who is about to be made
   */
  noteUserAddress(email: unknown, id: string | undefined): void {
    if (typeof email === "string" && !containsUnknown(email)) this.#users.set(foldEmail(email), id);
  }

  /** Whether the run declares a user who has an address, or is about to. */
  declaresUser(email: string): boolean {
    return this.#users.has(foldEmail(email));
  }

  /** The user whom the run declares with an address. */
  userWith(email: string): string | undefined {
    return this.#users.get(foldEmail(email));
  }
}

function isRename({ from, to, isReplaced }: NameChange): boolean {
  return from !== undefined && from !== to && !isReplaced;
}
