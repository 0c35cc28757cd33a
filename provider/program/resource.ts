/** The classes that every resource of a program extends. */
import * as pulumi from "@pulumi/pulumi";
import { DeclarationError } from "../errors.ts";
import { pathText } from "../issues.ts";
import { lifecycleOf } from "../kinds/registry.ts";
import { adoptionArgs } from "../lifecycle/adoption.ts";
import { type StackNames, stackNames } from "../lifecycle/external-id.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import { type PropertyMap, unusableName, unusableNames } from "../values/property-map.ts";
import { normalized } from "./arguments.ts";
import { afterUsers, declareSubjects, rememberAddress } from "./declarations.ts";
import { requireInstalled } from "./installed.ts";
import { mayBeTransformed, unmarkPlain } from "./marks.ts";
import { isMocked, programConnection, stackId } from "./program.ts";

/**
 * How many frames the stack traces have that the engine's library takes while a resource is declared: four for each property, in
 * case that its promise is never kept. They took three quarters of a program's time, and are shown only where this is asked for.
 */
const traceLimit = process.env.PULUMI_DEBUG_PROMISE_LEAKS ? Error.stackTraceLimit : 0;

/**
 * Anything of the service that the dynamic provider manages.
 *
 * `pulumi.dynamic.Resource` would write the provider's whole code into the state of every resource. This class
 * writes where the code is instead: one short line, and the code is that of the installed package.
 *
 * @see docs/decisions/0001-provider-string.md
 */
export abstract class ManagedResource extends pulumi.CustomResource {
  /** The name that the stack gives it in the service, so that each finds the other again. */
  declare readonly externalId: pulumi.Output<string>;
  /** Whether an object that exists already is taken over. */
  declare readonly adopt: pulumi.Output<boolean | "force" | undefined>;
  /** What destroying an adopted object does. */
  declare readonly onDestroy: pulumi.Output<"restore" | "delete" | undefined>;
  /** How adopting what was there changed it, by property; where anything was adopted. */
  declare readonly adopts: pulumi.Output<Readonly<Record<string, string>> | undefined>;

  protected constructor(kind: string, name: string, args: object, options?: pulumi.CustomResourceOptions) {
    const lifecycle = lifecycleOf(kind);
    const type = `pulumi-nodejs:dynamic/roster:${kind}`;
    const resource = `${kind} ${name}`;
    const isRead = options?.id !== undefined;
    if (isRead && lifecycle.isSet) refuseReading(resource);
    refuseUnusableNames(args);
    const plain = normalized(lifecycle, resource, args);
    const ordered = afterUsers(declareSubjects(lifecycle, resource, args as PropertyMap, plain), options);
    if (!isMocked()) {
      // Said at once, in the program, and not by the engine's host, or by the provider for each resource.
      requireInstalled();
      programConnection();
    }
    const urn = pulumi.createUrn(name, type, options?.parent);
    const named = options?.additionalSecretOutputs ?? [];
    const secrets = [...lifecycle.secrets, ...named];
    const given = marked(plain, secrets);
    const chosen = pulumi.mergeOptions(
      {
        // What is only read has no arguments that an output could repeat.
        additionalSecretOutputs: [
          ...new Set([...lifecycle.secrets, ...(isRead ? [] : Object.keys(lifecycle.repeats))]),
        ],
      },
      ordered,
    );
    // A replacement deletes first, whatever the program says: the service knows an object by its name too, and two can't share one.
    const merged = pulumi.mergeOptions(chosen, { deleteBeforeReplace: true });
    // Known once there is a resource, which is before anything is sent.
    let constructed: (isTransformed: () => boolean) => void = () => {};
    const isTransformed = new Promise<() => boolean>((resolve) => {
      constructed = resolve;
    });
    const { stackTraceLimit } = Error;
    try {
      Error.stackTraceLimit = traceLimit;
      super(
        type,
        name,
        {
          ...outputsOf(lifecycle),
          // What is only read has nothing but its id: the rest is what the service says.
          ...(isRead ? {} : declaredInputs(lifecycle, { urn, given, named, merged, isTransformed })),
          // The engine has no names of changed inputs to go by, and may not compare a map itself: see the lifecycle of sets.
          ...(lifecycle.isSet && { __replaceOnChanges: options?.replaceOnChanges }),
          // The engine ends a replaced object that is retained for the stack only, and tells the provider nothing of it.
          __retainOnDelete: merged.retainOnDelete === true ? true : undefined,
          __provider: `exports.handler=()=>require("pulumi-roster/driver").driver(${JSON.stringify(lifecycle.kind)})`,
        },
        merged,
      );
    } catch (error) {
      Error.stackTraceLimit = stackTraceLimit;
      // Where the program declares what can't be declared.
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    constructed(() => mayBeTransformed(this, merged));
    rememberAddress(lifecycle, this, args as PropertyMap);
    // What is only read isn't the program's to act on.
    if (!isRead) warn(this, lifecycle.warnings);
  }
}

/** Arguments with those marked that are secret: the engine marks an output secret, but an input only where the program did. */
function marked(args: PropertyMap, secrets: readonly string[]): PropertyMap {
  const entries = Object.entries(args).map(([name, value]) => {
    return [name, secrets.includes(name) && value !== undefined ? pulumi.secret(value) : value];
  });
  return Object.fromEntries(entries);
}

/** Every property is an output, also an argument that isn't given. */
function outputsOf({ args, outputs }: Lifecycle): PropertyMap {
  const names = Object.keys({ externalId: undefined, ...args, ...adoptionArgs, ...outputs });
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

/** @throws DeclarationError */
function refuseReading(resource: string): never {
  throw new DeclarationError(
    `${resource} can't be read by an id: the service has no object that a set is. Look up what is there with getMemberships, or ` +
      "with the output `assignees` of an ApiKey.",
  );
}

/**
 * Refuses what would get lost without a word on its way to the provider.
 *
 * @throws DeclarationError
 */
function refuseUnusableNames(args: object): void {
  const [path] = unusableNames(args);
  if (path !== undefined) throw new DeclarationError(`${pathText(path)}: ${unusableName}`);
}

/** Warns of what the state has; what is about to change is unknown at preview, and warned of no more. */
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

/** What the inputs of a declared resource are made of. */
interface InputSources {
  readonly urn: pulumi.Output<string>;
  readonly given: Readonly<Record<string, unknown>>;
  /** The secret outputs that the program names itself. */
  readonly named: readonly string[];
  readonly merged: pulumi.CustomResourceOptions;
  readonly isTransformed: Promise<() => boolean>;
}

/** The inputs of a resource that is declared: its arguments, and what the stack adds to them. */
function declaredInputs(
  lifecycle: Lifecycle,
  { urn, given, named, merged, isTransformed }: InputSources,
): pulumi.Inputs {
  const names = namesOf(urn, async () => {
    const { repeats, isSet: byKey } = lifecycle;
    await unmarkPlain({ args: given, repeats, byKey, named, options: merged }, (await isTransformed)());
  });
  return {
    ...given,
    externalId: pulumi.output(names.then(({ externalId }) => externalId)),
    __earlierName: pulumi.output(names.then(({ earlier }) => earlier)),
    // Not before the parent is registered, whose transforms are by then.
    ...adoptsPlaceholder(
      given,
      Promise.all([isTransformed, promiseOf(urn)]).then(([known]) => known()),
    ),
  };
}

/** One object of the service. */
export abstract class RosterResource extends ManagedResource {
  /**
   * Reads an object that is there already, by its id in the service. The stack doesn't manage it: `up` and `destroy` leave
   * it as it is. Sets have no such function, because there is no object in the service that a set is.
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

  /** Whether the object was there before the stack took it over. */
  declare readonly adopted: pulumi.Output<boolean>;
  /** The version of what can be set on the object; an update is refused if it has changed since. */
  declare readonly etag: pulumi.Output<string>;
}

/** Many objects of the service, each known by an address. */
export abstract class RosterSet extends ManagedResource {
  /** The ids of the objects that the set manages, by address. Secret where the map of addresses is, or may become so. */
  declare readonly ids: pulumi.Output<Readonly<Record<string, string>>>;
  /** The ids of the other objects that the last refresh found, by address; for mode `authoritative`. */
  declare readonly others: pulumi.Output<Readonly<Record<string, string>>>;
}

/**
 * What check puts the differences that adopting makes up for in the place of. The engine marks what check returns secret
 * where an input of that name is: so the differences are secret where anything that they may show is, or may become so on the
 * way to the engine.
 */
function adoptsPlaceholder(
  args: { readonly adopt?: unknown },
  isTransformed: Promise<boolean>,
): { readonly adopts: pulumi.Output<object | undefined> } {
  // What isn't to be adopted here may be made so by what changes the arguments.
  const isAdopting = args.adopt !== undefined && args.adopt !== false;
  const plain = isAdopting ? pulumi.output(args).apply(() => ({})) : undefined;
  return { adopts: pulumi.output(isTransformed.then((may) => (may ? pulumi.secret({}) : plain))) };
}

/**
 * The stack's names for a resource. Its parent is part of them: children of two components may share type and name.
 *
 * @param beforeSent what is to be done once the parent is registered, and before this resource is
 */
function namesOf(urn: pulumi.Output<string>, beforeSent: () => Promise<void>): Promise<StackNames> {
  const ofStack = stackId();
  return promiseOf(urn).then(async (known) => {
    await beforeSent();
    return stackNames(ofStack, known);
  });
}

/**
 * The value of a URN by way of a promise, which carries no dependency: the output depends on the parent, a component is complete only
 * with its children, and a child that waited for its parent would wait for itself.
 */
function promiseOf(urn: pulumi.Output<string>): Promise<string> {
  return new Promise((resolve) => {
    urn.apply(resolve);
  });
}
