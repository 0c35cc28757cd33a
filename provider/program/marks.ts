/**
 * Decides which outputs of a resource are secret because they repeat an argument under another name. The engine marks an output as
 * secret if the argument with the same name is, or if a list that is sent with the resource names it. So the program decides about
 * that list as late as possible, when the resource is about to be registered.
 */
import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state.js";
import { isEventual } from "./arguments.ts";

/** The basis for the decision about a resource. */
export interface Marking {
  /** The arguments, as the program passed them. */
  readonly args: Readonly<Record<string, unknown>>;
  /** The outputs that repeat an argument under another name, each with that argument. */
  readonly repeats: Readonly<Record<string, string>>;
  /** Whether only the keys of a map are repeated, as for the entries of a set. */
  readonly byKey: boolean;
  /** The resource's options, whose list of secret outputs is sent. */
  readonly options: pulumi.CustomResourceOptions;
  /** The secret outputs that the program names explicitly. */
  readonly named: readonly string[];
}

/**
 * Whether a resource's arguments may change on the way to the engine, so that it is not known here what is secret: by transformations,
 * which run in the program, or by transforms, which the engine calls.
 *
 * @param resource undefined if it isn't constructed yet
 */
export function mayBeTransformed(resource: pulumi.Resource | undefined, options: pulumi.ResourceOptions): boolean {
  // The names in Pulumi's library. If a later version uses other names, anything may be secret.
  const { __transformations: transformations } = (resource ?? {}) as {
    readonly __transformations?: readonly unknown[];
  };
  const { getStore } = state as { readonly getStore?: () => object };
  const store = getStore?.() ?? {};
  const isKnown = transformations !== undefined && ("callbacks" in store || "supportsTransforms" in store);
  const { callbacks } = store as { readonly callbacks?: unknown };
  return !isKnown || transformations.length > 0 || callbacks !== undefined || (options.transforms?.length ?? 0) > 0;
}

/**
 * Removes the outputs that repeat plain values from the list of secret outputs. Outputs that are not examined stay secret.
 *
 * @param isTransformed see {@link mayBeTransformed}
 */
export async function unmarkPlain(
  { args, repeats, byKey, options, named }: Marking,
  isTransformed: boolean,
): Promise<void> {
  const list = options.additionalSecretOutputs;
  if (isTransformed || list === undefined) {
    return;
  }
  const isPlain = new Map<string, boolean>();
  for (const argument of new Set(Object.values(repeats))) {
    isPlain.set(argument, !(await isSecretValue(args[argument], byKey)));
  }
  for (const [output, argument] of Object.entries(repeats)) {
    const at = list.indexOf(output);
    if (isPlain.get(argument) === true && !named.includes(output) && at >= 0) {
      list.splice(at, 1);
    }
  }
}

async function isSecretValue(value: unknown, byKey: boolean): Promise<boolean> {
  if (!isEventual(value) && (byKey || typeof value !== "object")) {
    return false;
  }
  return await pulumi.isSecret(pulumi.output(value as pulumi.Input<unknown>));
}
