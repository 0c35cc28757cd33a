/** The lifecycle of a kind of resource, whether a resource is one object of the service or a set of them. */
import type { PropertyMap } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import type { TriedRequest } from "../wire/trials.ts";
import type { Compared } from "./adoption.ts";
import type { LifecycleBase } from "./lifecycle-base.ts";
import type { Registration, Registrations } from "./registrations.ts";
import type { Remaking } from "./remaking.ts";
import type { CheckFailure } from "./shape.ts";

/** The result of a diff. */
export interface Difference {
  readonly changes: boolean;
  /** The changed inputs. */
  readonly changed: readonly string[];
  /** Whether an argument of the program changes, rather than only inputs that the provider computes. */
  readonly changesArguments: boolean;
  /** The changed inputs that can't be changed in place. */
  readonly replaces: readonly string[];
}

/** A request that an update would send. */
export interface Attempt {
  readonly request: TriedRequest;
  /** The address of the entry that it is about; only for sets. */
  readonly entry?: string;
}

/** The lifecycle of one kind of resource. */
export interface Lifecycle extends LifecycleBase {
  /** Whether its resources are sets: many objects, each known by an address. */
  readonly isSet: boolean;
  /** How its objects are ended and created anew; undefined for a set, whose entries are objects of another kind. */
  readonly remaking?: Remaking;
  /**
   * Checks inputs, and fills in defaults.
   *
   * @param previous the inputs of the last check, empty at creation
   * @param replaced what is known of the object that a create replaces
   */
  check(
    previous: PropertyMap,
    inputs: PropertyMap,
    replaced?: PropertyMap,
  ): { inputs: PropertyMap; failures: readonly CheckFailure[] };
  /** Removes the failures about changes that the service accepts after all. */
  confirmFailures(
    client: () => Client,
    previous: PropertyMap,
    failures: readonly CheckFailure[],
  ): Promise<CheckFailure[]>;
  /** What the other resources of the run need to know about a resource. */
  registration(previous: PropertyMap, inputs: PropertyMap, replaced?: PropertyMap): Registration;
  /**
   * Looks up what a create with `adopt` would adopt.
   *
   * @param inputs the checked inputs of a resource that doesn't exist yet
   */
  compare(client: Client, inputs: PropertyMap): Promise<Compared>;
  /**
   * The id of the live object with the natural key of these arguments; undefined if there is none that the token can read. That of a set
   * is the id of its container.
   */
  findId(client: Client, args: PropertyMap): Promise<string | undefined>;
  /**
   * Upgrades a state or inputs that any earlier version of this package has written.
   *
   * @throws Error if a later version has written them
   */
  upgrade(values: PropertyMap): PropertyMap;
  diff(state: PropertyMap, inputs: PropertyMap): Difference;
  /** The same, after asking the run and the service about replacements that may not be necessary. */
  confirmDiff(
    client: () => Client,
    state: PropertyMap,
    inputs: PropertyMap,
    registrations: Registrations,
  ): Promise<Difference>;
  /** What the service would refuse about the replacement of an object that has this state. */
  refuseReplacing(state: PropertyMap, inputs: PropertyMap): readonly CheckFailure[];
  /** What the service would refuse about a change in place, if it takes a question to the service to know. */
  refuseChange?(
    client: () => Client,
    id: string,
    state: PropertyMap,
    inputs: PropertyMap,
    registrations?: Registrations,
  ): Promise<readonly CheckFailure[]>;
  /** Whether an object that isn't deleted would conflict with its replacement. */
  blocksReplacement(before: PropertyMap, inputs: PropertyMap): boolean;
  create(
    client: Client,
    inputs: PropertyMap,
    registrations?: Registrations,
  ): Promise<{ id: string; state: PropertyMap }>;
  /**
   * @param state empty for an object that the stack only reads or imports, and has not read before
   * @returns undefined if the object was deleted; with the id of an imported set, which is not that of its container
   * @throws MissingObjectError, OtherServiceError if it isn't found but may still exist
   */
  read(
    client: Client,
    id: string,
    state: PropertyMap,
  ): Promise<{ id?: string; state: PropertyMap; inputs: PropertyMap } | undefined>;
  update(
    client: Client,
    id: string,
    state: PropertyMap,
    inputs: PropertyMap,
    registrations?: Registrations,
  ): Promise<PropertyMap>;
  /**
   * Deletes the object, or releases it if it was adopted.
   *
   * @throws MissingObjectError, OtherServiceError if it isn't found but may still exist
   */
  delete(client: Client, id: string, state: PropertyMap): Promise<void>;
  /**
   * The requests that a create or an update would send, without those that depend on values that aren't known yet. It may read from the
   * service what the state would say.
   *
   * @param inputs the checked inputs
   * @param id undefined if the resource doesn't exist yet
   * @param state the state, if it is known; a set can then tell which entries it would delete
   */
  tries(client: Client, inputs: PropertyMap, id?: string, state?: PropertyMap): Promise<readonly Attempt[]>;
  /** The requests that a delete would send. */
  ends(id: string, state: PropertyMap): readonly Attempt[];
  /** The ids of the service's objects that a state stands for; undefined if they can't be read. */
  objectIds(id: string, state: PropertyMap): readonly string[] | undefined;
  /** Whether an update from `before` to `inputs` may create an object in the service. */
  creates(before: PropertyMap, inputs: PropertyMap): boolean;
}
