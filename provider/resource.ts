/** The classes that every resource of a program extends. */
import * as pulumi from "@pulumi/pulumi";
import { wantsAdoption } from "./adoption.ts";
import { DeclarationError } from "./errors.ts";
import { externalIdFor } from "./external-id.ts";
import { requireInstalled } from "./installed.ts";
import { pathText } from "./issues.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { isMocked, programConnection, stackId } from "./program.ts";
import { unusableName, unusableNames, type Values } from "./values.ts";

/**
 * How many frames the stack traces have that the engine's library takes while a resource is declared: four for each property, in
 * case that its promise is never kept. They took three quarters of a program's time, and are shown only where this is asked for.
 */
const traceLimit = process.env.PULUMI_DEBUG_PROMISE_LEAKS ? Error.stackTraceLimit : 0;

/** A resource, or the identifier of one. */
export type Reference<Resource extends pulumi.CustomResource> = pulumi.Input<string> | Resource;

/** @returns the identifier that a reference stands for. */
export function idOf<Resource extends pulumi.CustomResource>(reference: Reference<Resource>): pulumi.Input<string>;
export function idOf<Resource extends pulumi.CustomResource>(
  reference: Reference<Resource> | undefined,
): pulumi.Input<string> | undefined;
export function idOf(reference: Reference<pulumi.CustomResource> | undefined): pulumi.Input<string> | undefined {
  return pulumi.CustomResource.isInstance(reference) ? reference.id : reference;
}

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
  /** How adopting what was there changed it, by property; where anything was adopted. */
  declare readonly adopts: pulumi.Output<Readonly<Record<string, string>> | undefined>;

  protected constructor(lifecycle: Lifecycle, name: string, args: object, options?: pulumi.CustomResourceOptions) {
    const type = `pulumi-nodejs:dynamic/roster:${lifecycle.kind}`;
    refuseUnusableNames(args);
    const isRead = options?.id !== undefined;
    if (!isMocked()) {
      // Said at once, in the program, and not by the engine's host, or by the provider for each resource.
      requireInstalled();
      programConnection();
    }
    const { stackTraceLimit } = Error;
    try {
      Error.stackTraceLimit = traceLimit;
      super(
        type,
        name,
        {
          // Every property is an output, also an argument that isn't given.
          ...Object.fromEntries(
            ["externalId", ...Object.keys({ ...lifecycle.args, ...lifecycle.outputs })].map((name) => [
              name,
              undefined,
            ]),
          ),
          // What is only read has nothing but its id: the rest is what the service says.
          ...(isRead ? {} : declaredInputs(lifecycle, name, type, args, options?.parent)),
          __provider: `exports.handler=()=>require("pulumi-roster/driver").driver(${JSON.stringify(lifecycle.kind)})`,
        },
        // A replacement deletes first: the service knows an object by its name too, and two can't share one.
        pulumi.mergeOptions({ deleteBeforeReplace: true, additionalSecretOutputs: [...lifecycle.secrets] }, options),
      );
    } catch (error) {
      Error.stackTraceLimit = stackTraceLimit;
      // Where the program declares what can't be declared.
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    // What is only read isn't the program's to act on.
    if (!isRead) advise(this, lifecycle.advice);
  }
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
function advise(resource: ManagedResource, advice: Lifecycle["advice"]): void {
  for (const { where, is, say } of advice) {
    const value = (resource as unknown as Readonly<Record<string, unknown>>)[where] as
      | pulumi.Output<unknown>
      | undefined;
    value?.apply(async (known) => {
      if (known === is) {
        await pulumi.log.warn(say, resource);
      }
    });
  }
}

/** The inputs of a resource that is declared: its arguments, and what the stack adds to them. */
function declaredInputs(
  lifecycle: Lifecycle,
  name: string,
  type: string,
  args: object,
  parent: pulumi.Resource | undefined,
): pulumi.Inputs {
  return {
    ...args,
    // The engine marks an output secret, but an input only where the program did.
    ...Object.fromEntries(
      Object.entries(args)
        .filter(([arg, value]) => lifecycle.secrets.includes(arg) && value !== undefined)
        .map(([arg, value]) => [arg, pulumi.secret(value)]),
    ),
    externalId: externalIdOf(name, type, parent),
    ...adoptsPlaceholder(args),
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

/**
 * What check puts the differences that adopting makes up for in the place of. The engine marks what check returns secret
 * where an input of that name is: so the differences are secret where anything that they may show is.
 */
function adoptsPlaceholder(args: object): { readonly adopts?: pulumi.Output<object> } {
  return wantsAdoption(args as Values) ? { adopts: pulumi.output(args).apply(() => ({})) } : {};
}

/**
 * The stack's name for a resource: `roster:stackId` if configured, else organization/project/stack, and a hash of its
 * URN. Its parent is part of that: children of two components may share type and name.
 */
function externalIdOf(name: string, type: string, parent: pulumi.Resource | undefined): pulumi.Output<string> {
  const ofStack = stackId();
  const urn = pulumi.createUrn(name, type, parent);
  // By way of a promise, which carries no dependency: the URN's output depends on the parent, a component is complete
  // only with its children, and a child that waited for its parent would wait for itself.
  return pulumi.output(
    new Promise<string>((resolve) => {
      urn.apply((known) => resolve(externalIdFor(ofStack, known)));
    }),
  );
}
