/**
 * Which outputs of a resource are secret because they repeat an argument under another name. The engine marks an output by the
 * argument of the same name, and by a list of names that goes with the resource: so the list is decided as late as
 * possible, in the program, by what is about to be registered.
 */
import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state.js";
import { isEventual } from "./arguments.ts";

/** What a resource is marked by. */
export interface Marking {
  /** The arguments as the program gives them. */
  readonly args: Readonly<Record<string, unknown>>;
  /** The outputs that repeat an argument under another name, and which. */
  readonly repeats: Readonly<Record<string, string>>;
  /** Whether only the keys of a map are repeated, as of a set's entries. */
  readonly byKey: boolean;
  /** The resource's options; the list of secret outputs in them is the one that is sent. */
  readonly options: pulumi.CustomResourceOptions;
  /** The secret outputs that the program names itself. */
  readonly named: readonly string[];
}

/**
 * Whether something may change a resource's arguments between here and the engine, so that it can't be told here what is
 * secret: transformations, which run in the program, or transforms, which the engine calls.
 *
 * @param resource undefined where it isn't constructed yet
 */
export function mayBeTransformed(resource: pulumi.Resource | undefined, options: pulumi.ResourceOptions): boolean {
  // What Pulumi's library knows of them; where a later version of it knows them by other names, anything may be secret.
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
 * Takes from the list of secret outputs those that repeat what is plain: whatever is not looked at stays secret.
 *
 * @param isTransformed see {@link mayBeTransformed}
 */
export async function unmarkPlain(
  { args, repeats, byKey, options, named }: Marking,
  isTransformed: boolean,
): Promise<void> {
  const list = options.additionalSecretOutputs;
  if (isTransformed || list === undefined) return;
  const isPlain = new Map<string, boolean>();
  for (const argument of new Set(Object.values(repeats))) {
    isPlain.set(argument, !(await isSecretValue(args[argument], byKey)));
  }
  for (const [output, argument] of Object.entries(repeats)) {
    const at = list.indexOf(output);
    if (isPlain.get(argument) === true && !named.includes(output) && at >= 0) list.splice(at, 1);
  }
}

async function isSecretValue(value: unknown, byKey: boolean): Promise<boolean> {
  if (!isEventual(value) && (byKey || typeof value !== "object")) return false;
  return await pulumi.isSecret(pulumi.output(value as pulumi.Input<unknown>));
}
