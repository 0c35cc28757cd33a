/** What distinguishes one kind of resource from another; lifecycle.ts makes its lifecycle from it. */
import type { z } from "zod";
import type { PropertyMap } from "../values/property-map.ts";
import type { ApiResponse, Client } from "../wire/client.ts";
import type { ConflictRetry } from "../wire/retries.ts";
import type { Existence } from "./existence.ts";
import type { Part } from "./parts.ts";
import type { Registrations } from "./registrations.ts";
import type { CheckFailure } from "./shape.ts";

/** A warning that every preview prints while a property has a certain value in the state. */
export interface Warning {
  readonly property: string;
  readonly equals: unknown;
  readonly message: string;
}

/** A rule about several arguments. It is checked once all the arguments that it `needs` are known. */
export interface Rule<Args> {
  readonly needs: readonly (keyof Args & string)[];
  /** @returns what is wrong, if anything. `previous` is empty at creation and when the object is replaced. */
  check(args: Args, previous: Partial<Args>): CheckFailure | undefined;
}

/** The properties that every object of the contract has. */
export interface RemoteObject {
  readonly id: string;
  readonly externalId: string | null;
  readonly adopted: boolean;
}

/** Which arguments identify the people that a resource concerns, so that duplicate declarations are detected. */
export interface Subjects {
  /** The argument that names the container; none for the account itself. */
  readonly within?: string;
  /** The argument that holds an address. */
  readonly email?: string;
  /** The argument that holds a user. */
  readonly user?: string;
  /** The argument that holds a map by address. */
  readonly entries?: string;
}

/** The documentation of a kind. */
export interface Documentation {
  /** What a resource of the kind is, and what deleting it does, in a few sentences. */
  readonly summary: string;
  /** A declaration in TypeScript. */
  readonly example: string;
  /**
   * A declaration that other languages can have: without functions of this package, and accepted as a whole. By default, it is
   * `example`, with the resources that it names from the examples of other kinds.
   */
  readonly portableExample?: string;
  /** The operation of the contract that creates one. */
  readonly operation: string;
}

/** By the name of an argument: normalizes the value before it is checked. `resource` names the resource in errors. */
export type Normalize = Readonly<Record<string, (value: unknown, resource: string) => unknown>>;

/** The definition of one kind of resource. */
export interface Definition<Shape extends z.ZodRawShape, Remote extends RemoteObject> {
  readonly kind: string;
  readonly documentation: Documentation;
  /** Whether every create adopts, because the service always has the object. */
  readonly alwaysAdopts?: boolean;
  /** How to tell whether an object that the service doesn't find was deleted. */
  readonly existence: Existence;
  /** The arguments. Defaults are filled in at check, so that preview shows them. */
  readonly args: Shape;
  /** The properties that the service computes. */
  readonly outputs: z.ZodRawShape;
  readonly subjects?: Subjects;
  /** The part of an object that another kind can manage as well. */
  readonly part?: Part;
  /** Called in the program's folder, before the engine receives the arguments. */
  readonly normalize?: Normalize;
  readonly rules?: readonly Rule<Args<Shape>>[];
  /** Asks the service whether an immutable argument can be changed after all, given its current value. */
  readonly mutableWhen?: {
    readonly [Name in keyof Shape & string]?: (client: Client, before: unknown) => Promise<boolean>;
  };
  /**
   * What the service would refuse about a replacement. Called before the replaced object is deleted.
   *
   * @param before the state of the replaced object, or its previous inputs if the state is not known
   */
  refuseReplacing?(before: PropertyMap, args: Args<Shape>): CheckFailure | undefined;
  /** What the service would refuse about a change in place, if it takes a question to the service to know. */
  refuseChange?(
    client: () => Client,
    change: { readonly id: string; readonly inputs: PropertyMap; readonly changed: readonly string[] },
  ): Promise<readonly CheckFailure[]>;
  /** The arguments that normally replace the object, but whose change keeps it in this case. May ask the service. */
  inPlaceArgs?(
    client: Client,
    update: { readonly state: PropertyMap; readonly inputs: PropertyMap; readonly registrations: Registrations },
  ): Promise<readonly string[]>;
  /** Whether two values of an argument mean the same, for arguments that have equivalent values. */
  readonly same?: { readonly [Name in keyof Shape & string]?: (a: unknown, b: unknown) => boolean };
  readonly warnings?: readonly Warning[];
  /** The object, as the contract defines it. */
  readonly remote: z.ZodType<Remote>;
  /** The path where objects of the kind are created and listed; if every create adopts, the path of the one object. */
  collection(args: Args<Shape>): string;
  /** The query that finds the one live object of the same natural key in the collection. */
  naturalKey(args: Args<Shape>): Readonly<Record<string, string | undefined>>;
  /** The path of the object. */
  item(id: string): string;
  /** The values that can be set, by property of the contract, or functions that return them; null for omitted arguments. */
  settable(args: Args<Shape>): PropertyMap;
  /** The values that are sent only at creation. */
  createOnly?(args: Args<Shape>): PropertyMap;
  /**
   * The arguments that describe the object as it is; null for those without a value. Arguments that can't be read back are
   * omitted. `declared` holds the declared arguments.
   */
  readArgs(remote: Remote, declared: PropertyMap): PropertyMap;
  /** The immutable arguments of the object, in addition to those that `readArgs` returns. */
  readImmutableArgs?(remote: Remote): PropertyMap;
  /** The outputs of the object; `once` holds its once-only outputs, and `declared` the arguments. */
  readOutputs(remote: Remote, once: PropertyMap, declared: Args<Shape>): PropertyMap;
  /** Whether the object was deleted, and the service keeps it only as a record. */
  isDeleted?(remote: Remote): boolean;
  /** For kinds whose objects have secrets. */
  readonly credential?: Credential<Shape, Remote>;
  /** Upgrades of the state from each version to the next: from 2 to 3, from 3 to 4, … */
  readonly upgrades?: readonly ((values: PropertyMap) => PropertyMap)[];
}

/** The definition of a kind whose objects have secrets that are shown once, rotated on a schedule, and revoked permanently. */
export interface Credential<Shape extends z.ZodRawShape, Remote extends RemoteObject> {
  /** Inputs that the provider computes: preview shows them, and read returns the output with the same name. */
  readonly computed: readonly string[];
  /** Computes them at check; `previous` holds the inputs of the last check, and is empty at creation. */
  compute(args: Args<Shape>, previous: PropertyMap): PropertyMap;
  /** The computed and declared arguments that require an update even if their values are equal. */
  due(state: PropertyMap, inputs: PropertyMap): readonly string[];
  /**
   * Further arguments that can't be changed in place, given the state of the object. Called with its previous inputs if the
   * state is not known.
   */
  replaces(state: PropertyMap, args: Args<Shape>): readonly (keyof Shape & string)[];
  /** Whether an object with this state still reserves its natural key. */
  hasName(before: PropertyMap): boolean;
  /** Outputs that only the response to a create or a rotation contains; the state keeps them. */
  readonly onceOnly: readonly string[];
  /** What a create doesn't send, because a new object can't be anything else. */
  readonly notCreated: readonly string[];
  /** The rotation that an update would request. */
  rotation(change: CredentialUpdate<Shape>): { readonly path: string; readonly body: PropertyMap } | undefined;
  /** Creates the object by sending `body` to the collection. */
  create(
    client: Client,
    path: string,
    body: PropertyMap,
    args: Args<Shape>,
    retryConflict: ConflictRetry,
  ): Promise<WriteResult<Remote>>;
  /** Performs changes other than setting values, such as a rotation. Called after the values are set. */
  update(client: Client, change: CredentialUpdate<Shape>): Promise<Partial<WriteResult<Remote>> | undefined>;
}

/** The update of an object with secrets. */
export interface CredentialUpdate<Shape extends z.ZodRawShape> {
  readonly state: PropertyMap;
  readonly args: Args<Shape>;
  /** The names of the changed arguments. */
  readonly changed: ReadonlySet<string>;
  /** The path of a part of the object, for a request on behalf of the stack that manages it. */
  pathOf(suffix: string): string;
}

/** The result of a create or an update. */
export interface WriteResult<Remote> {
  readonly response: ApiResponse<Remote>;
  /** Once-only outputs. */
  readonly once: PropertyMap;
  /** Why it is incomplete. The state lacks these arguments, so that the next `up` completes it. */
  readonly unfinished?: { readonly lacks: readonly string[]; readonly reason: string };
}

/** The arguments of a shape, after check and with defaults. */
export type Args<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>;
