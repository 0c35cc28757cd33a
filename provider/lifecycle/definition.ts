/** What a resource says of its own, for lifecycle.ts to make a life of. */
import type { z } from "zod";
import type { PropertyMap } from "../values/property-map.ts";
import type { ApiResponse, Client } from "../wire/client.ts";
import type { ConflictRetry } from "../wire/retries.ts";
import type { Existence } from "./existence.ts";
import type { Registrations } from "./registrations.ts";
import type { CheckFailure } from "./shape.ts";

/** What a person is warned of at every preview where a property, as the state has it, has a value. */
export interface Warning {
  readonly property: string;
  readonly equals: unknown;
  readonly message: string;
}

/** A rule over several arguments; it is asked once none of the arguments that it `needs` is unknown. */
export interface Rule<Args> {
  readonly needs: readonly (keyof Args & string)[];
  /** @returns what is wrong, if anything. `previous` is empty at creation, and where the object is replaced. */
  check(args: Args, previous: Partial<Args>): CheckFailure | undefined;
}

/** What every object of the contract has. */
export interface RemoteObject {
  readonly id: string;
  readonly externalId: string | null;
  readonly adopted: boolean;
}

/** Which arguments say whom a resource is about, so that a program that declares a person twice in one place is told. */
export interface Subjects {
  /** The argument that says where; none for the account itself. */
  readonly within?: string;
  /** The argument that is an address. */
  readonly email?: string;
  /** The argument that is a user. */
  readonly user?: string;
  /** The argument that is a map by address. */
  readonly entries?: string;
}

/** A kind, for a person. */
export interface Documentation {
  /** What a resource of the kind is, and what deleting it does, in a few sentences. */
  readonly summary: string;
  /** A declaration in TypeScript. */
  readonly example: string;
  /** The operation of the contract that creates one. */
  readonly operation: string;
}

/** By the name of an argument: brings what a program gives to the form that is checked. `resource` names the resource in errors. */
export type Normalize = Readonly<Record<string, (value: unknown, resource: string) => unknown>>;

/** What is a resource's own. */
export interface Definition<Shape extends z.ZodRawShape, Remote extends RemoteObject> {
  readonly kind: string;
  readonly documentation: Documentation;
  /** When an object that the service doesn't find is gone. */
  readonly existence: Existence;
  /** The arguments. Defaults are filled in at check, so that preview shows them. */
  readonly args: Shape;
  /** The properties that the service makes. */
  readonly outputs: z.ZodRawShape;
  readonly subjects?: Subjects;
  /** It is called in the program's folder, before the engine has the arguments. */
  readonly normalize?: Normalize;
  readonly rules?: readonly Rule<Args<Shape>>[];
  /** Asks the service whether an argument that is set for good can be changed all the same, by the value that it has. */
  readonly mutableWhen?: {
    readonly [Name in keyof Shape & string]?: (client: Client, before: unknown) => Promise<boolean>;
  };
  /**
   * What the service would refuse of an object that takes the place of another: asked before that one is ended.
   *
   * @param before the state of the other, or, where no more is known, the inputs of then
   */
  refuseReplacing?(before: PropertyMap, args: Args<Shape>): CheckFailure | undefined;
  /** The arguments that replace whose change leaves the object what it is: the service may be asked. */
  inPlaceArgs?(
    client: Client,
    change: { readonly state: PropertyMap; readonly inputs: PropertyMap; readonly registrations: Registrations },
  ): Promise<readonly string[]>;
  /** Whether two values of an argument mean the same, where that is more than equality. */
  readonly same?: { readonly [Name in keyof Shape & string]?: (a: unknown, b: unknown) => boolean };
  readonly warnings?: readonly Warning[];
  /** The object as the contract has it. */
  readonly remote: z.ZodType<Remote>;
  /** Where the object is created, and its like are listed. */
  collection(args: Args<Shape>): string;
  /** The query that finds the one live object of the same natural key in the collection. */
  naturalKey(args: Args<Shape>): Readonly<Record<string, string | undefined>>;
  /** Where the object is. */
  item(id: string): string;
  /** What can be set, argument by argument, as the contract has it, or a function that gives it; null where not given. */
  settable(args: Args<Shape>): PropertyMap;
  /** What is sent at creation in addition. */
  createOnly?(args: Args<Shape>): PropertyMap;
  /**
   * The arguments that would have made the object as it is; null where one was not given, and none that can't be read
   * back. `declared` is what was given.
   */
  readArgs(remote: Remote, declared: PropertyMap): PropertyMap;
  /** What of the object is fixed, as arguments, in addition to what `observe` gives. */
  readImmutableArgs?(remote: Remote): PropertyMap;
  /** The outputs of the object; `once` has its once-only outputs, and `declared` the arguments. */
  readOutputs(remote: Remote, once: PropertyMap, declared: Args<Shape>): PropertyMap;
  /** Whether the object only stands as a record of what was. */
  isDeleted?(remote: Remote): boolean;
  /** What is peculiar to a kind whose objects hand out secrets. */
  readonly credential?: Credential<Shape, Remote>;
  /** What earlier versions of this package wrote, brought to the next version: from 2 to 3, from 3 to 4, … */
  readonly upgrades?: readonly ((values: PropertyMap) => PropertyMap)[];
}

/** What a kind needs whose objects hand out secrets that are made anew on a schedule, shown once, and end for good. */
export interface Credential<Shape extends z.ZodRawShape, Remote extends RemoteObject> {
  /** Inputs that no program gives: preview shows them, and read gives back what the object's output of that name is. */
  readonly computed: readonly string[];
  /** Computes them at check; `previous` is what was checked last, empty at creation. */
  compute(args: Args<Shape>, previous: PropertyMap): PropertyMap;
  /** Which of them, or of what is declared, are a change by themselves. */
  due(state: PropertyMap, inputs: PropertyMap): readonly string[];
  /**
   * Further arguments whose change can't be made in place, from the state that the object is in. Called with the inputs of then
   * in its place, where no more is known.
   */
  replaces(state: PropertyMap, args: Args<Shape>): readonly (keyof Shape & string)[];
  /** Whether an object that was so still has its natural key. */
  hasName(before: PropertyMap): boolean;
  /** Outputs that only the answer to a create or an act holds; they live on in the state. */
  readonly onceOnly: readonly string[];
  /** Creates the object by sending `body` to the collection. */
  create(
    client: Client,
    path: string,
    body: PropertyMap,
    args: Args<Shape>,
    retryConflict: ConflictRetry,
  ): Promise<WriteResult<Remote>>;
  /** Changes that are more than setting values. It is called after them, with the names of what changes. */
  update(client: Client, change: CredentialUpdate<Shape>): Promise<Partial<WriteResult<Remote>> | undefined>;
}

/** A change that an act is part of. */
export interface CredentialUpdate<Shape extends z.ZodRawShape> {
  readonly state: PropertyMap;
  readonly args: Args<Shape>;
  /** The names of the arguments that change. */
  readonly changed: ReadonlySet<string>;
  /** Where something of the object's is, on behalf of the stack that manages it. */
  pathOf(suffix: string): string;
}

/** What a create or an act has left behind. */
export interface WriteResult<Remote> {
  readonly response: ApiResponse<Remote>;
  /** Once-only outputs. */
  readonly once: PropertyMap;
  /** Why it is not finished; the state lacks these arguments, so that the next `up` sees what is left to do. */
  readonly unfinished?: { readonly lacks: readonly string[]; readonly reason: string };
}

/** The arguments of a shape, checked and with defaults. */
export type Args<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>;
