/** Adds the resources of a program to the trials of its preview. */
import * as pulumi from "@pulumi/pulumi";
import * as internals from "@pulumi/pulumi/output.js";
import { visible } from "roster-schema";
import { DeclarationError } from "../errors.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import { Preview } from "../preview/preview.ts";
import type { PlannedChange } from "../preview/previewed-resources.ts";
import type { DeclaredPlace } from "../values/place.ts";
import { isRecord, withoutUndefined } from "../values/property-map.ts";
import { unknownValue } from "../values/unknown.ts";
import { clientOf } from "../wire/client.ts";
import { isMocked, programConnection } from "./program.ts";

/** What the SDK's types omit of its outputs; a test checks that each supported SDK has it. */
interface Resolvable {
  /** The value, with a placeholder for each part that isn't known. */
  promise(withUnknowns: boolean): Promise<unknown>;
  readonly isKnown: Promise<boolean>;
  readonly isSecret: Promise<boolean>;
}

const { isUnknown } = internals as unknown as { isUnknown(value: unknown): boolean };

/** The previews of this process, by stack: an inline program of the Automation API has one for each. */
const previews = new WeakMap<object, Preview>();

/** A resource of the program. */
interface ProgramResource {
  readonly lifecycle: Lifecycle;
  readonly resource: pulumi.CustomResource;
  /** The resource, as messages name it. */
  readonly title: string;
  /** The names of the inputs and outputs that the engine's answer is read for. */
  readonly names: readonly string[];
  readonly place: DeclaredPlace | undefined;
  /** Finds the resources that the engine changes before it. */
  before(): Promise<readonly pulumi.CustomResource[]>;
}

/**
 * In a preview, has the service try the change of a resource, once the engine has planned it.
 *
 * The engine plans one resource at a time and tells the provider nothing of a preview, so the program asks the service about many at once.
 */
export function tryAtPreview({ lifecycle, resource, title, names, place, before }: ProgramResource): void {
  const stack = pulumi.runtime.isDryRun() && !isMocked() ? pulumi.runtime.getStackResource() : undefined;
  const client = stack && clientOf(programConnection());
  if (stack === undefined || client?.trials === undefined) {
    return;
  }
  const preview = previews.get(stack) ?? new Preview(client, { say: (message) => void pulumi.log.info(message), fail });
  previews.set(stack, preview);
  // The program ends when nothing is under way any more.
  const letEnd = pulumi.runtime.rpcKeepAlive();
  const previewed = {
    lifecycle,
    title,
    source: resource,
    before,
    hasSecretEntries: () => resolvable(resource, lifecycle.subjects.entries ?? "id").isSecret,
    print: (severity: "error" | "warning", message: string) => {
      const text = place === undefined ? message : `${visible(place.text)}: ${message}`;
      void (severity === "error" ? pulumi.log.error(text, resource) : pulumi.log.warn(text, resource));
    },
  };
  void preview.add(previewed, plannedOf(lifecycle, resource, names)).finally(letEnd);
}

/**
 * Fails the program once it has ended. Errors that are only logged don't fail it, and one that is thrown would end it: the SDK does neither
 * with a rejection that nobody handles (measured with 3.276).
 */
function fail(message: string): void {
  const error = new DeclarationError(message);
  // The SDK prints the stack of an error that comes after the program's own code has ended.
  error.stack = message;
  void Promise.reject(error);
}

/** What the engine has planned for a resource. */
async function plannedOf(
  lifecycle: Lifecycle,
  resource: pulumi.CustomResource,
  names: readonly string[],
): Promise<PlannedChange> {
  const id = await resolvable(resource, "id").promise(true);
  const entries = names.map(async (name) => [name, plain(await resolvable(resource, name).promise(true))]);
  const inputs = withoutUndefined(Object.fromEntries(await Promise.all(entries)));
  // The engine answers nothing about a resource that is not targeted, or that it refuses.
  const isAnswered = inputs.externalId !== undefined;
  // In the preview of a change, every output that the service makes is unknown.
  const isUnchanged = !isAnswered || (await resolvable(resource, lifecycle.isSet ? "ids" : "etag").isKnown);
  return { id: typeof id === "string" ? id : undefined, inputs, isUnchanged };
}

function resolvable(resource: pulumi.CustomResource, name: string): Resolvable {
  return (resource as unknown as Readonly<Record<string, Resolvable>>)[name] as Resolvable;
}

/** A value with the engine's sentinel for each unknown part, as the provider gets it. */
function plain(value: unknown): unknown {
  if (isUnknown(value)) {
    return unknownValue;
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)])) : value;
}
