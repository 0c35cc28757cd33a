/** What the life of a kind of resource is, whether it is one object of the service or a set of them. */
import type { z } from "zod";
import type { PropertyMap } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import type { Documentation, Normalize, Subjects, Warning } from "./definition.ts";
import type { Registration, Registrations } from "./registrations.ts";
import type { CheckFailure } from "./shape.ts";

/** What a change of inputs means for an object. */
export interface Difference {
  readonly changes: boolean;
  /** Whether an argument that the program gives is among what changes, rather than only what the provider makes. */
  readonly changesArguments: boolean;
  /** The inputs whose change can't be made in place. */
  readonly replaces: readonly string[];
}

/** The life of one kind of object. */
export interface Lifecycle {
  /** The resource's name in programs, such as `User`. */
  readonly kind: string;
  readonly documentation: Documentation;
  /** Whether its resources are sets: many objects, each known by an address. */
  readonly isSet: boolean;
  /** The arguments that are the kind's own. */
  readonly args: z.ZodRawShape;
  /** The properties that the service makes. */
  readonly outputs: z.ZodRawShape;
  /** The arguments that can't be changed in place. */
  readonly replaceOn: readonly string[];
  /** The properties, arguments included, that are secret. */
  readonly secrets: readonly string[];
  /** The outputs that repeat an argument under another name, and which; of a set, only its addresses. */
  readonly repeats: Readonly<Record<string, string>>;
  readonly subjects: Subjects;
  readonly normalize: Normalize;
  /** What a person is warned of. */
  readonly warnings: readonly Warning[];
  /**
   * Checks inputs, and fills in what has a default.
   *
   * @param previous what was checked last, empty at creation
   * @param replaced what is known of the object that a creation takes the place of
   */
  check(
    previous: PropertyMap,
    inputs: PropertyMap,
    replaced?: PropertyMap,
  ): { inputs: PropertyMap; failures: readonly CheckFailure[] };
  /** What is wrong without what the service takes all the same: it is asked about nothing else. */
  confirmFailures(
    client: () => Client,
    previous: PropertyMap,
    failures: readonly CheckFailure[],
  ): Promise<CheckFailure[]>;
  /** What a resource shows of itself, for others of the run. */
  registration(previous: PropertyMap, inputs: PropertyMap, replaced?: PropertyMap): Registration;
  /**
   * Looks up what a create with `adopt` would adopt.
   *
   * @param inputs checked, of a resource that isn't there yet
   * @returns the differences that adopting makes up for, under `adopts`, where there is something to adopt and it can be
   * looked up; and what can't be adopted
   */
  compare(client: Client, inputs: PropertyMap): Promise<{ inputs: PropertyMap; failures: readonly CheckFailure[] }>;
  /**
   * Brings a state, or inputs, from any earlier version of this package to what this one writes.
   *
   * @throws Error if they are from a later version
   */
  upgrade(values: PropertyMap): PropertyMap;
  diff(state: PropertyMap, inputs: PropertyMap): Difference;
  /** The same, by what the run has shown, and the service says, of what may be replaced. */
  confirmDiff(
    client: () => Client,
    state: PropertyMap,
    inputs: PropertyMap,
    registrations: Registrations,
  ): Promise<Difference>;
  /** What the service would refuse of the object that takes the place of one that has this state. */
  refuseReplacing(state: PropertyMap, inputs: PropertyMap): readonly CheckFailure[];
  /** Whether an object that isn't ended would stand in the way of the one that takes its place. */
  blocksReplacement(before: PropertyMap, inputs: PropertyMap): boolean;
  create(
    client: Client,
    inputs: PropertyMap,
    registrations?: Registrations,
  ): Promise<{ id: string; state: PropertyMap }>;
  /**
   * @param state empty for an object that the stack only reads, and has not read before
   * @returns undefined where the object is gone
   * @throws MissingObjectError, OtherServiceError where it isn't found and may exist all the same
   */
  read(
    client: Client,
    id: string,
    state: PropertyMap,
  ): Promise<{ state: PropertyMap; inputs: PropertyMap } | undefined>;
  update(
    client: Client,
    id: string,
    state: PropertyMap,
    inputs: PropertyMap,
    registrations?: Registrations,
  ): Promise<PropertyMap>;
  /**
   * Ends the object, or lets go of it where it was adopted.
   *
   * @throws MissingObjectError, OtherServiceError where it isn't found and may exist all the same
   */
  delete(client: Client, id: string, state: PropertyMap): Promise<void>;
  /** The ids of the objects of the service that a state stands for; undefined where they can't be read. */
  objectIds(id: string, state: PropertyMap): readonly string[] | undefined;
  /** Whether bringing what `before` declares to what `inputs` declares may create an object of the service. */
  creates(before: PropertyMap, inputs: PropertyMap): boolean;
}
