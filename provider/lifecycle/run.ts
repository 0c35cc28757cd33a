/**
 * What a run of the engine has shown of its resources so far. The engine asks about one resource at a time, from one
 * process: the answer about one may depend on what the run has shown of others.
 */
import { foldEmail, setIn } from "roster-schema";
import { containsUnknown } from "../values/unknown.ts";
import type { Values } from "../values/values.ts";

/** A name that an object has, and the one that it is to have. Both are unique in a place, such as an organization. */
export interface NameChange {
  /** The argument that a person changes. */
  readonly property: string;
  readonly place: string;
  /** Undefined for what isn't there yet. */
  readonly from: string | undefined;
  /** Undefined for what is about to need none, as a key that is revoked. */
  readonly to: string | undefined;
  /** Whether the object is made anew, and so gives the one name up before it takes the other. */
  readonly isReplaced: boolean;
}

/** What a resource shows of itself at check. */
export interface Shown {
  readonly names: readonly NameChange[];
  /** The addresses of a set's entries. */
  readonly entries?: ReadonlySet<string>;
}

/** The resources of one run, each by the stack's own name for its object. */
export class Run {
  readonly #shown = new Map<string, Shown>();
  readonly #standing = new Map<string, Values>();
  readonly #ended = new Set<unknown>();
  readonly #planned = new Map<string, Values>();
  readonly #users = new Map<string, string | undefined>();
  /** By a name of an earlier version of this package, the one that the resource is known by here. */
  readonly #names = new Map<string, string>();

  /** Notes that a resource may have another name in the state, or in the service. */
  alias(earlier: string, externalId: string): void {
    this.#names.set(earlier, externalId);
  }

  /** Notes what a resource is to be called. */
  show(externalId: unknown, shown: Shown): void {
    if (typeof externalId === "string") this.#shown.set(this.#name(externalId), shown);
  }

  /** How many resources were checked in this run. */
  get size(): number {
    return this.#shown.size;
  }

  /** Whether a resource was checked in this run. */
  isShown(externalId: unknown): boolean {
    return typeof externalId === "string" && this.#shown.has(this.#name(externalId));
  }

  /** What the resource of an object has shown: for an entry of a set, the set. */
  shownOf(externalId: string): Shown | undefined {
    return this.#shown.get(this.#name(externalId)) ?? this.#shown.get(this.#name(setIn(externalId)));
  }

  /**
   * Follows the names that are to be exchanged: who has the name that a resource wants, who has the one that that one wants, and
   * so on.
   *
   * @returns the change that closes a circle, which no order of changes can make; undefined where there is none
   */
  circleOf(externalId: unknown): NameChange | undefined {
    const own = this.#shown.get(this.#name(String(externalId)))?.names ?? [];
    return own.find((change) => this.#isCircle(change));
  }

  /** Whether a resource is about to give up a name in a place. */
  gives(place: string, name: string): boolean {
    const all = [...this.#shown.values()].flatMap(({ names }) => names);
    return all.some((change) => change.place === place && change.from === name && isMoving(change));
  }

  /** The name by which a resource is known here. */
  #name<Name>(externalId: Name): Name | string {
    return typeof externalId === "string" ? (this.#names.get(externalId) ?? externalId) : externalId;
  }

  #isCircle(start: NameChange): boolean {
    if (!isMoving(start)) return false;
    const moving = [...this.#shown.values()]
      .flatMap(({ names }) => names)
      .filter((change) => change.place === start.place && isMoving(change));
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
  note(externalId: unknown, standing: Values): void {
    if (typeof externalId === "string") this.#standing.set(this.#name(externalId), standing);
  }

  /** What is known of the object that a creation takes the place of; undefined where it takes the place of none. */
  standing(externalId: unknown): Values | undefined {
    return typeof externalId === "string" ? this.#standing.get(this.#name(externalId)) : undefined;
  }

  /** Notes that the object that has a name of the stack's own was ended. */
  end(externalId: unknown): void {
    this.#ended.add(this.#name(externalId));
  }

  /** Whether the object that a creation takes the place of is there still, for all that the run has seen. */
  stands(externalId: string): boolean {
    const name = this.#name(externalId);
    const standing = this.#standing.get(name);
    return standing !== undefined && !this.#ended.has(name) && !this.#ended.has(this.#name(standing.externalId));
  }

  /** Notes what is to be created. */
  plan(externalId: unknown, inputs: Values): void {
    if (typeof externalId === "string") this.#planned.set(this.#name(externalId), inputs);
  }

  /** What is to be created once the object is gone; undefined where it goes for good. */
  planned(externalId: unknown): Values | undefined {
    return typeof externalId === "string" ? this.#planned.get(this.#name(externalId)) : undefined;
  }

  /** Notes that what was to be created is there. */
  created(externalId: unknown): void {
    if (typeof externalId === "string") this.#planned.delete(this.#name(externalId));
  }

  /**
   * Notes whose an address is, or is about to be.
   *
   * @param id the user's; undefined for one who is about to be made
   */
  noteAddress(email: unknown, id: string | undefined): void {
    if (typeof email === "string" && !containsUnknown(email)) this.#users.set(foldEmail(email), id);
  }

  /** Whether the run declares a user who has an address, or is about to. */
  declares(email: string): boolean {
    return this.#users.has(foldEmail(email));
  }

  /** The user whom the run declares with an address. */
  userWith(email: string): string | undefined {
    return this.#users.get(foldEmail(email));
  }
}

function isMoving({ from, to, isReplaced }: NameChange): boolean {
  return from !== undefined && from !== to && !isReplaced;
}
