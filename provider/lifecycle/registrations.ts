/**
 * The resources that a run of the engine has registered so far. The engine checks one resource at a time, in one process,
 * and the result for one resource may depend on the others.
 */
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { foldEmail, setIn } from "roster-schema";
import type { PropertyMap } from "../values/property-map.ts";
import { containsUnknown } from "../values/unknown.ts";
import { Duplicates, type Exclusive } from "./duplicates.ts";
import type { PartManager } from "./parts.ts";
import type { CheckFailure } from "./shape.ts";

/** The current and the declared name of an object. Both are unique in a scope, such as an organization. */
export interface NameChange {
  /** The argument that determines the name. */
  readonly property: string;
  readonly scope: string;
  /** Undefined if the object doesn't exist yet. */
  readonly from: string | undefined;
  /** Undefined if the object no longer needs a name, such as a key that is revoked. */
  readonly to: string | undefined;
  /** Whether the object is replaced, and so gives up the old name before it takes the new one. */
  readonly isReplaced: boolean;
}

/** What a resource registers at check. */
export interface Registration {
  readonly names: readonly NameChange[];
  /** The addresses of a set's entries. */
  readonly entries?: ReadonlySet<string>;
  /** The path of the collection that the entries of a set, or the object of a single person, belong to. */
  readonly scope?: string;
  /** The person that a single resource declares. */
  readonly person?: { readonly user?: unknown; readonly email?: unknown };
  /** The addresses that users are to give up, by new address. */
  readonly readdressed?: ReadonlyMap<string, string>;
}

/** Who is meant: the id of the account, if there is one, and addresses in lower case. */
export interface PersonAddresses {
  readonly user: string | null | undefined;
  readonly emails: readonly string[];
}

/** How long the program must not register a resource until it counts as having registered all. */
const quietMs = 1000;
const maxWaitMs = 10_000;

/** The resources of one run, by externalId. */
export class Registrations {
  readonly #registrations = new Map<string, Registration>();
  readonly #existing = new Map<string, PropertyMap>();
  readonly #deleted = new Set<unknown>();
  readonly #plannedCreates = new Map<string, PropertyMap>();
  readonly #users = new Map<string, string | undefined>();
  /** The declared addresses of users, by id. */
  readonly #addresses = new Map<string, string>();
  readonly #duplicates = new Duplicates();
  /** The resources that manage the parts of objects, by part and externalId. */
  readonly #partManagers = new Map<string, Map<unknown, PartManager>>();
  /** The current externalId by the one that an earlier version of this package has made. */
  readonly #aliases = new Map<string, string>();
  /** The externalIds of the resources that have taken over objects in this run, by the ids of the objects. */
  readonly #claims = new Map<string, string>();
  readonly #abandoned = new Set<string>();
  /** The kinds of the resources that may change in this run and have not been changed yet, by externalId. */
  readonly #pending = new Map<unknown, string>();
  /** When the last resource was registered. */
  #registeredAtMs = Number.NEGATIVE_INFINITY;

  /** Notes that a resource may have another externalId in the state or in the service. */
  addAlias(earlier: string, externalId: string): void {
    this.#aliases.set(earlier, externalId);
  }

  /** Registers a resource. */
  register(externalId: unknown, registration: Registration): void {
    if (typeof externalId === "string") {
      this.#registrations.set(this.#name(externalId), registration);
      this.#registeredAtMs = performance.now();
    }
  }

  /**
   * Waits until the program has not registered a resource for a second, and so has probably registered all that don't wait for
   * results; at most ten seconds.
   */
  async settled(): Promise<void> {
    const startedAtMs = performance.now();
    for (;;) {
      const nowMs = performance.now();
      const remainingMs = Math.min(this.#registeredAtMs + quietMs, startedAtMs + maxWaitMs) - nowMs;
      if (remainingMs <= 0) {
        return;
      }
      await wait(remainingMs);
    }
  }

  /**
   * Whether another resource of the run declares a person in the same collection.
   *
   * @param externalId the resource that doesn't count
   */
  declaresElsewhere(externalId: unknown, scope: string, { user, emails }: PersonAddresses): boolean {
    const own = this.#name(externalId);
    return [...this.#registrations].some(([name, one]) => {
      if (name === own || one.scope !== scope) {
        return false;
      }
      const { entries, person } = one;
      const isUser = typeof user === "string" && person?.user === user;
      return isUser || emails.some((email) => entries?.has(email) === true || sameAddress(person?.email, email));
    });
  }

  /** Notes that the run does not show the set of an entry, so that its other entries needn't be waited for. */
  noteAbandoned(externalId: string): void {
    this.#abandoned.add(setIn(externalId));
  }

  /** Whether the set of an entry is noted so. */
  isAbandoned(externalId: string): boolean {
    const set = setIn(externalId);
    return set !== "" && this.#abandoned.has(set);
  }

  /** Notes that a resource takes over an object that another resource of the stack has had. */
  noteClaim(id: string, externalId: unknown): void {
    this.#claims.set(id, String(this.#name(externalId)));
  }

  /** Why a resource can't declare an object: another resource has taken it over in this run. */
  claimReason(id: string, externalId: unknown): string | undefined {
    const claimant = this.#claims.get(id);
    return claimant === undefined || claimant === this.#name(externalId)
      ? undefined
      : `another resource of this program declares the same person, and has taken over ${id}: remove the person from one of the two`;
  }

  /** The addresses that users are to give up, by new address, according to every resource of the run. */
  readdressed(): ReadonlyMap<string, string> {
    return new Map([...this.#registrations.values()].flatMap(({ readdressed }) => [...(readdressed ?? [])]));
  }

  /** The number of resources that were checked in this run. */
  get size(): number {
    return this.#registrations.size;
  }

  /** Whether a resource was checked in this run. */
  isRegistered(externalId: unknown): boolean {
    return typeof externalId === "string" && this.#registrations.has(this.#name(externalId));
  }

  /** The registration of an object's resource; for an entry of a set, that of the set. */
  registrationOf(externalId: string): Registration | undefined {
    return this.#registrations.get(this.#name(externalId)) ?? this.#registrations.get(this.#name(setIn(externalId)));
  }

  /**
   * Follows the names that resources take from one another, beginning with the names of one resource.
   *
   * @returns the change that closes a cycle, which no order of changes can resolve; undefined if there is no cycle
   */
  cycleOf(externalId: unknown): NameChange | undefined {
    const own = this.#registrations.get(this.#name(String(externalId)))?.names ?? [];
    return own.find((change) => this.#isCycle(change));
  }

  /** Whether a resource is about to give up a name in a scope. */
  freesName(scope: string, name: string): boolean {
    const all = [...this.#registrations.values()].flatMap(({ names }) => names);
    return all.some((change) => change.scope === scope && change.from === name && isRename(change));
  }

  /** The externalId by which a resource is registered. */
  #name<Name>(externalId: Name): Name | string {
    return typeof externalId === "string" ? (this.#aliases.get(externalId) ?? externalId) : externalId;
  }

  #isCycle(start: NameChange): boolean {
    if (!isRename(start)) {
      return false;
    }
    const moving = [...this.#registrations.values()]
      .flatMap(({ names }) => names)
      .filter((change) => change.scope === start.scope && isRename(change));
    const byName = new Map(moving.map((change) => [change.from, change]));
    const seen = new Set<NameChange>();
    let next = byName.get(start.to);
    while (next !== undefined && !seen.has(next)) {
      if (next.to === start.from) {
        return true;
      }
      seen.add(next);
      next = byName.get(next.to);
    }
    return false;
  }

  /** Notes what is known of an existing object: its state, or its last checked inputs. */
  noteExisting(externalId: unknown, existing: PropertyMap): void {
    if (typeof externalId === "string") {
      this.#existing.set(this.#name(externalId), existing);
    }
  }

  /** What is known of the object that a create replaces; undefined if it replaces none. */
  replacedObject(externalId: unknown): PropertyMap | undefined {
    return typeof externalId === "string" ? this.#existing.get(this.#name(externalId)) : undefined;
  }

  /**
   * Notes that a resource manages a part of an object.
   *
   * @param part names the part and the object
   * @param manager undefined if the resource doesn't manage the part
   * @returns another resource of the run that manages it as well
   */
  notePart(part: string, externalId: unknown, manager: PartManager | undefined): PartManager | undefined {
    const managers = this.#partManagers.get(part) ?? new Map<unknown, PartManager>();
    this.#partManagers.set(part, managers);
    const own = this.#name(externalId);
    const [other] = [...managers].filter(([name]) => name !== own).map(([, one]) => one);
    if (manager === undefined) {
      managers.delete(own);
      return undefined;
    }
    managers.set(own, manager);
    return other;
  }

  /** Notes that the run may create or change a resource. */
  notePending(externalId: unknown, kind: string): void {
    this.#pending.set(this.#name(externalId), kind);
  }

  /** Notes that the run has created or changed a resource, or will leave it as it is. */
  noteSettled(externalId: unknown): void {
    this.#pending.delete(this.#name(externalId));
  }

  /** Whether the run may still create or change a resource that it has registered, or the set of an entry. */
  isPending(externalId: string): boolean {
    return this.#pending.has(this.#name(externalId)) || this.#pending.has(this.#name(setIn(externalId)));
  }

  /** Whether the run may still create or change a resource of one of these kinds, other than one. */
  hasPending(kinds: ReadonlySet<string>, except: unknown): boolean {
    const own = this.#name(except);
    return [...this.#pending].some(([name, kind]) => name !== own && kinds.has(kind));
  }

  /** Whether two externalIds are names of the same resource. */
  isSame(one: unknown, other: unknown): boolean {
    return this.#name(one) === this.#name(other);
  }

  /**
   * Notes what a resource declares that no other resource of the run can declare as well.
   *
   * @param by the resource, as messages name it; undefined if that isn't known
   * @param exclusive undefined if it isn't certain yet
   * @returns what is wrong, if another resource declares the same
   */
  declare(
    kind: string,
    externalId: unknown,
    by: string | undefined,
    exclusive: Exclusive | undefined,
  ): CheckFailure | undefined {
    return this.#duplicates.declare(kind, this.#name(externalId), by, exclusive);
  }

  /** Notes that an object was deleted. */
  noteDeleted(externalId: unknown): void {
    const name = this.#name(externalId);
    this.#deleted.add(name);
    if (this.plannedCreate(externalId) === undefined) {
      this.#duplicates.release(name);
    }
  }

  /** Whether the object that a create replaces still exists, as far as the run knows. */
  stillExists(externalId: string): boolean {
    const name = this.#name(externalId);
    const existing = this.#existing.get(name);
    return existing !== undefined && !this.#deleted.has(name) && !this.#deleted.has(this.#name(existing.externalId));
  }

  /** Notes the inputs of a planned create. */
  notePlannedCreate(externalId: unknown, inputs: PropertyMap): void {
    if (typeof externalId === "string") {
      this.#plannedCreates.set(this.#name(externalId), inputs);
    }
  }

  /** The inputs of the create that follows the deletion of an object; undefined if the object is not replaced. */
  plannedCreate(externalId: unknown): PropertyMap | undefined {
    return typeof externalId === "string" ? this.#plannedCreates.get(this.#name(externalId)) : undefined;
  }

  /** Notes that a planned create was carried out. */
  noteCreated(externalId: unknown): void {
    if (typeof externalId === "string") {
      this.#plannedCreates.delete(this.#name(externalId));
    }
  }

  /**
   * Notes the user who has an address, or is to have it.
   *
   * @param id the id of the user; undefined if the user is yet to be created
   */
  noteUserAddress(email: unknown, id: string | undefined): void {
    if (typeof email === "string" && !containsUnknown(email)) {
      this.#users.set(foldEmail(email), id);
      if (id !== undefined) {
        this.#addresses.set(id, email);
      }
    }
  }

  /** Whether the run declares a user with an address. */
  declaresUser(email: string): boolean {
    return this.#users.has(foldEmail(email));
  }

  /** The id of the user that the run declares with an address. */
  userWith(email: string): string | undefined {
    return this.#users.get(foldEmail(email));
  }

  /** The declared address of the user with an id, if the run declares the user. */
  addressOf(id: string): string | undefined {
    return this.#addresses.get(id);
  }
}

function isRename({ from, to, isReplaced }: NameChange): boolean {
  return from !== undefined && from !== to && !isReplaced;
}

function sameAddress(one: unknown, address: string): boolean {
  return typeof one === "string" && foldEmail(one) === address;
}
