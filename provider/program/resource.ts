/** The classes that every resource of a program extends. */
import * as pulumi from "@pulumi/pulumi";
import { DeclarationError } from "../errors.ts";
import { pathText } from "../issues.ts";
import { lifecycleOf } from "../kinds/registry.ts";
import { adoptionArgs } from "../lifecycle/adoption.ts";
import { type StackNames, stackNames } from "../lifecycle/external-id.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import { leftOutInput } from "../lifecycle/left-out.ts";
import { providerStringOf, resourceTypeOf } from "../lifecycle/resource-type.ts";
import { type Declaration, declarationInput } from "../values/declaration.ts";
import { placeInput } from "../values/place.ts";
import { type PropertyMap, unusableName, unusableNames } from "../values/property-map.ts";
import { isEventual, normalized } from "./arguments.ts";
import { noteOnlyPosition } from "./call-stack.ts";
import { declarationOf } from "./declaration.ts";
import {
  afterUsers,
  declaredElsewhere,
  declareOwnPart,
  declarePartOfOther,
  declareSubjects,
  rememberAddress,
} from "./declarations.ts";
import { resourcesBehind } from "./dependencies.ts";
import { requireInstalled } from "./installed.ts";
import { mayBeTransformed, unmarkPlain } from "./marks.ts";
import { placeOf } from "./places.ts";
import { isMocked, programConnection, stackId } from "./program.ts";
import { tryAtPreview } from "./trials.ts";

/**
 * A resource that the dynamic provider manages.
 *
 * `pulumi.dynamic.Resource` would write the whole code of the provider into the state of every resource. This class writes one short
 * line instead, which loads the code of the installed package.
 *
 * @see docs/decisions/0001-provider-string.md
 */
export abstract class ManagedResource extends pulumi.CustomResource {
  /** The stack's identifier for the object in the service. */
  declare readonly externalId: pulumi.Output<string>;
  /** Whether an existing object is taken over. */
  declare readonly adopt: pulumi.Output<boolean | "force" | undefined>;
  /** What destroying an adopted object does. */
  declare readonly onDestroy: pulumi.Output<"restore" | "delete" | undefined>;
  /** How adoption changed the object, by property, if it was adopted. */
  declare readonly adopts: pulumi.Output<Readonly<Record<string, string>> | undefined>;

  protected constructor(kind: string, name: string, args: object, options?: pulumi.CustomResourceOptions) {
    const lifecycle = lifecycleOf(kind);
    const type = resourceTypeOf(kind);
    const resource = `${kind} ${name}`;
    const isRead = options?.id !== undefined;
    if (isRead && lifecycle.isSet) {
      refuseReading(resource);
    }
    refuseUnusableNames(args);
    const plain = normalized(lifecycle, resource, args);
    declarePartOfOther(lifecycle, resource, args as PropertyMap);
    const ordered = afterUsers(declareSubjects(lifecycle, resource, args as PropertyMap, plain), options);
    if (!isMocked()) {
      // Fails early, in the program, rather than in the engine's host, or in the provider for each resource.
      requireInstalled();
      programConnection();
    }
    const urn = pulumi.createUrn(name, type, options?.parent);
    const named = options?.additionalSecretOutputs ?? [];
    const given = marked(plain, [...lifecycle.secrets, ...named]);
    const declaration = declarationOf(resource, { args: args as PropertyMap, plain, marked: given });
    const chosen = pulumi.mergeOptions(
      {
        // A resource that is only read has no arguments that an output could repeat.
        additionalSecretOutputs: [
          ...new Set([...lifecycle.secrets, ...(isRead ? [] : Object.keys(lifecycle.repeats))]),
        ],
      },
      ordered,
    );
    // A replacement always deletes first: names are unique in the service, so two objects can't share one.
    const merged = pulumi.mergeOptions(chosen, { deleteBeforeReplace: true });
    // Resolved once the resource is constructed, which is before anything is sent.
    let constructed: (isTransformed: () => boolean) => void = () => {};
    const isTransformed = new Promise<() => boolean>((resolve) => {
      constructed = resolve;
    });
    const noteAll = noteOnlyPosition();
    try {
      super(
        type,
        name,
        {
          ...outputsOf(lifecycle),
          // A resource that is only read has only its id: the service returns the rest.
          ...(isRead ? {} : declaredInputs(lifecycle, { urn, name, given, named, merged, isTransformed, declaration })),
          ...(lifecycle.isSet && setInputs(lifecycle, resource, { args, plain, options, urn, isTransformed })),
          // The engine removes a replaced object that is retained only from the state, and does not call the provider.
          __retainOnDelete: merged.retainOnDelete === true ? true : undefined,
          __provider: providerStringOf(lifecycle.kind),
        },
        merged,
      );
    } catch (error) {
      noteAll();
      // The stack trace then shows the declaration in the program.
      if (error instanceof Error) {
        Error.captureStackTrace(error);
      }
      throw error;
    } finally {
      noteAll();
    }
    constructed(() => mayBeTransformed(this, merged));
    const before = () => resourcesBehind(pulumi.output(plain), merged.dependsOn);
    noteDeclared(this, { lifecycle, title: resource, name, args: args as PropertyMap, isRead, before });
  }
}

/** What a resource means for the others, and what to print about it, once it is on its way to the engine. */
function noteDeclared(
  resource: ManagedResource,
  {
    lifecycle,
    title,
    name,
    args,
    isRead,
    before,
  }: {
    readonly lifecycle: Lifecycle;
    readonly title: string;
    readonly name: string;
    readonly args: PropertyMap;
    readonly isRead: boolean;
    before(): Promise<readonly pulumi.CustomResource[]>;
  },
): void {
  rememberAddress(lifecycle, resource, args);
  declareOwnPart(lifecycle, resource, title, args);
  // The program can't change a resource that it only reads.
  if (!isRead) {
    const place = placeOf(lifecycle.kind, name);
    tryAtPreview({ lifecycle, resource, title, names: namesIn(lifecycle), place, before });
    warn(resource, lifecycle.warnings);
  }
}

/** Marks secret arguments: the engine marks outputs as secret, but inputs only if the program does. */
function marked(args: PropertyMap, secrets: readonly string[]): PropertyMap {
  const entries = Object.entries(args).map(([name, value]) => {
    return [name, secrets.includes(name) && value !== undefined ? pulumi.secret(value) : value];
  });
  return Object.fromEntries(entries);
}

/** Every property is an output, including arguments that aren't set. */
function outputsOf(lifecycle: Lifecycle): PropertyMap {
  return Object.fromEntries(namesIn(lifecycle).map((name) => [name, undefined]));
}

/** The names of all properties, and of what check has left out of an adoption: trials read it from the engine's answer. */
function namesIn({ args, outputs }: Lifecycle): string[] {
  return Object.keys({ externalId: undefined, ...args, ...adoptionArgs, ...outputs, [leftOutInput]: undefined });
}

/** @throws DeclarationError */
function refuseReading(resource: string): never {
  throw new DeclarationError(
    `${resource} can't be read by an id, because a set is not an object of the service. Use getMemberships, or the output ` +
      "`assignees` of an ApiKey.",
  );
}

/**
 * Refuses names that would silently get lost on the way to the provider.
 *
 * @throws DeclarationError
 */
function refuseUnusableNames(args: object): void {
  const [path] = unusableNames(args);
  if (path !== undefined) {
    throw new DeclarationError(`${pathText(path)}: ${unusableName}`);
  }
}

/** Prints the warnings that the state requires. A property that is about to change is unknown at preview, and causes no warning. */
function warn(resource: ManagedResource, warnings: Lifecycle["warnings"]): void {
  for (const { property, equals, message } of warnings) {
    const value = (resource as unknown as Readonly<Record<string, unknown>>)[property] as
      | pulumi.Output<unknown>
      | undefined;
    value?.apply(async (known) => {
      if (known === equals) {
        await pulumi.log.warn(message, resource);
      }
    });
  }
}

/** The values from which the inputs of a declared resource are made. */
interface InputSources {
  readonly urn: pulumi.Output<string>;
  readonly name: string;
  readonly given: Readonly<Record<string, unknown>>;
  /** The secret outputs that the program names itself. */
  readonly named: readonly string[];
  readonly merged: pulumi.CustomResourceOptions;
  readonly isTransformed: Promise<() => boolean>;
  readonly declaration: Declaration;
}

/** The inputs of a declared resource: its arguments, and those that the stack adds. */
function declaredInputs(
  lifecycle: Lifecycle,
  { urn, name, given, named, merged, isTransformed, declaration }: InputSources,
): pulumi.Inputs {
  const names = namesOf(urn, async () => {
    const { repeats, isSet: byKey } = lifecycle;
    await unmarkPlain({ args: given, repeats, byKey, named, options: merged }, (await isTransformed)());
  });
  // Not before the parent and its transforms are registered.
  const mayDiffer = Promise.all([isTransformed, promiseOf(urn)]).then(([known]) => known());
  return {
    ...given,
    externalId: pulumi.output(names.then(({ externalId }) => externalId)),
    __earlierName: pulumi.output(names.then(({ earlier }) => earlier)),
    // A test with mocks would see these in the inputs.
    ...(!isMocked() && {
      [placeInput]: placeOf(lifecycle.kind, name),
      [declarationInput]: certain(declaration, mayDiffer),
    }),
    ...adoptsPlaceholder(lifecycle.alwaysAdopts ? { ...given, adopt: true } : given, mayDiffer),
  };
}

/** A declaration, without what is not certain if the engine may get other arguments than the program has passed. */
function certain(declaration: Declaration, mayDiffer: Promise<boolean>): pulumi.Output<Declaration> {
  return pulumi.output(mayDiffer.then((may) => (may ? { by: declaration.by } : declaration)));
}

/** One object of the service. */
export abstract class RosterResource extends ManagedResource {
  /**
   * Reads an existing object by its id in the service. The stack doesn't manage it: `up` and `destroy` don't change it. Sets have
   * no such function, because a set is not an object of the service.
   *
   * @param name the resource's name in the stack
   * @param id such as `rol_…`; if it is an output, the object is read once it is known
   * @example
   * ```ts
   * const releaser = Role.get("releaser", "rol_01a20e061dd8789caa03258afde94188");
   * ```
   */
  static get<Kind extends RosterResource>(
    this: new (
      name: string,
      args: never,
      options?: pulumi.CustomResourceOptions,
    ) => Kind,
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): Kind {
    return new this(name, {} as never, pulumi.mergeOptions(options, { id }));
  }

  /** Whether the object existed before the stack took it over. */
  declare readonly adopted: pulumi.Output<boolean>;
  /** The version of the object's settable properties. An update is refused if it has changed since. */
  declare readonly etag: pulumi.Output<string>;
}

/** Many objects of the service, each known by an address. */
export abstract class RosterSet extends ManagedResource {
  /** The ids of the objects that the set manages, by address. Secret if the map of addresses is, or may become, secret. */
  declare readonly ids: pulumi.Output<Readonly<Record<string, string>>>;
  /** The ids of the other objects that the last refresh found, by address; for mode `authoritative`. */
  declare readonly others: pulumi.Output<Readonly<Record<string, string>>>;
}

/**
 * The placeholder that check replaces by the differences between the adopted object and its declaration. The engine marks a value
 * that check returns as secret if the input with that name is secret. So the placeholder is secret if any value in the differences
 * is, or may become, secret on the way to the engine.
 */
function adoptsPlaceholder(
  args: { readonly adopt?: unknown },
  isTransformed: Promise<boolean>,
): { readonly adopts: pulumi.Output<object | undefined> } {
  // A transform may add `adopt` to the arguments.
  const isAdopting = args.adopt !== undefined && args.adopt !== false;
  const plain = isAdopting ? pulumi.output(args).apply(() => ({})) : undefined;
  return { adopts: pulumi.output(isTransformed.then((may) => (may ? pulumi.secret({}) : plain))) };
}

/**
 * The inputs of a set that only the provider uses: what the engine would do with the map of entries if it compared it itself, whether
 * the addresses may be secret, so that the provider must not print them, and the people that the program declares elsewhere.
 */
function setInputs(
  lifecycle: Lifecycle,
  resource: string,
  { args, plain, options, urn, isTransformed }: SetSources,
): pulumi.Inputs {
  const entries = plain[lifecycle.subjects.entries ?? ""];
  const isKnown = Promise.all([isTransformed, promiseOf(urn)]);
  const isSecret = isKnown.then(([may]) => (isEventual(entries) || may() ? true : undefined));
  // The engine doesn't know the names of changed inputs, and must not compare a map itself: see the lifecycle of sets.
  return {
    __replaceOnChanges: options?.replaceOnChanges,
    __secretEntries: pulumi.output(isSecret),
    __declaredElsewhere: afterProgram(() => declaredElsewhere(lifecycle, resource, args as PropertyMap)),
  };
}

/** The values from which these inputs are made. */
interface SetSources extends Pick<InputSources, "urn" | "isTransformed"> {
  /** The arguments, as the program passed them. */
  readonly args: object;
  /** The normalized arguments. */
  readonly plain: PropertyMap;
  readonly options: pulumi.CustomResourceOptions | undefined;
}

/** A list that is made once the program has run as far as it can without waiting; undefined if it is empty. */
function afterProgram(make: () => string[]): pulumi.Output<string[] | undefined> {
  const made = new Promise<void>((resolve) => setImmediate(resolve)).then(make);
  return pulumi.output(made.then((list) => (list.length === 0 ? undefined : list)));
}

/** The names that a resource of this stack has in the service, whether the program has declared it yet or not. */
export function namesOfResource(kind: string, name: string, parent: pulumi.Resource | undefined): Promise<StackNames> {
  return namesOf(pulumi.createUrn(name, resourceTypeOf(kind), parent), () => Promise.resolve());
}

/**
 * The stack's names for a resource. They depend on its parent, because children of two components may share type and name.
 *
 * @param beforeSent called after the parent is registered, and before this resource is
 */
function namesOf(urn: pulumi.Output<string>, beforeSent: () => Promise<void>): Promise<StackNames> {
  const ofStack = stackId();
  return promiseOf(urn).then(async (known) => {
    await beforeSent();
    return stackNames(ofStack, known);
  });
}

/**
 * The value of a URN as a promise, which carries no dependency. The output depends on the parent, and a component is complete only
 * with its children, so a child that waited for its parent would wait for itself.
 */
function promiseOf(urn: pulumi.Output<string>): Promise<string> {
  return new Promise((resolve) => {
    urn.apply(resolve);
  });
}
