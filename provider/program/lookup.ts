/** Look-ups in a program: the request, waiting for the resources that the arguments come from, and mocks. */
import * as pulumi from "@pulumi/pulumi";
import { ApiError, DeclarationError } from "../errors.ts";
import { lookupOf } from "../kinds/lookups.ts";
import { checkedQuery } from "../lifecycle/lookup.ts";
import { nativeTokenOf } from "../lifecycle/resource-type.ts";
import { clientOf, isNotFound } from "../wire/client.ts";
import { isEventual } from "./arguments.ts";
import { resourcesBehind } from "./dependencies.ts";
import { isMocked, programConnection } from "./program.ts";

/**
 * Looks up with plain values.
 *
 * @param name the function's name; mocks receive it as `roster:index:<name>`
 * @throws DeclarationError if a value is an output, a promise or a resource, or is invalid
 */
export async function lookUp<Answer>(name: string, query: object): Promise<Answer> {
  const later = Object.entries(query ?? {}).find(([, value]) => isEventual(value) || pulumi.Resource.isInstance(value));
  if (later !== undefined) {
    throw new DeclarationError(
      `${name}: ${later[0]} is an output, a promise or a resource, but ${name} accepts only plain values. ` +
        `Use ${name}Output, which waits for such values.`,
    );
  }
  return isMocked()
    ? fromMock<Answer>(name, await pulumi.runtime.invoke(nativeTokenOf(name), { ...query }))
    : ask(name, query);
}

/**
 * Looks up with outputs and resources among the arguments. As with every Pulumi function, the result is unknown at preview until
 * the resources that the arguments come from, and those in `dependsOn`, exist, even if the value of an argument is known. It is also
 * unknown if nothing is found at preview by a value that comes from a resource: the resource may be about to get that slug,
 * address or name.
 */
export function lookUpOutput<Answer>(
  name: string,
  query: Readonly<Record<string, unknown>>,
  { dependsOn }: pulumi.InvokeOutputOptions = {},
): pulumi.Output<Answer> {
  const args = Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, pulumi.CustomResource.isInstance(value) ? value.id : value]),
  );
  if (isMocked()) {
    return pulumi.runtime
      .invokeOutput(nativeTokenOf(name), args, dependsOn === undefined ? {} : { dependsOn })
      .apply((answer) => fromMock<Answer>(name, answer));
  }
  const known = pulumi.output(args);
  return pulumi.all([known, idsBehind(known, dependsOn)]).apply(async ([known, ids]) => {
    try {
      return await ask<Answer>(name, known);
    } catch (error) {
      if (pulumi.runtime.isDryRun() && ids.length > 0 && isNotFound(error)) {
        return pulumi.unknown as Answer;
      }
      throw error;
    }
  });
}

async function ask<Answer>(name: string, query: object): Promise<Answer> {
  const lookup = lookupOf(name);
  const checked = checkedQuery(lookup, query);
  try {
    return (await lookup.ask(clientOf(programConnection()), checked)) as Answer;
  } catch (error) {
    // An object that the same program is about to create exists only after that.
    if (pulumi.runtime.isDryRun() && error instanceof ApiError && isNotFound(error) && !("id" in checked)) {
      error.addRemedy(
        "If this program creates it, use the form for outputs (get…Output) with outputs of its resource or with `dependsOn`.",
      );
    }
    throw error;
  }
}

/**
 * The ids of the resources that an output comes from and of those in `dependsOn`; unknown while one of them is unknown. A component
 * stands for its children.
 */
function idsBehind(
  output: pulumi.Output<unknown>,
  dependsOn: pulumi.InvokeOutputOptions["dependsOn"],
): pulumi.Output<pulumi.ID[]> {
  const found = async () => {
    const resources = await resourcesBehind(output, dependsOn);
    return resources.map(({ id }) => id);
  };
  return pulumi.output(found());
}

/**
 * The list that a mock's `call` has returned: in any property, as in mocks of the functions of other packages, or as a plain list.
 */
function listFromMock(answer: unknown): unknown[] {
  // The SDK makes an object of an array.
  const members = Object.entries(answer ?? {});
  if (members.length > 0 && members.every(([name], at) => name === String(at))) {
    return members.map(([, item]) => item);
  }
  return members.map(([, value]) => value).find(Array.isArray) ?? [];
}

function fromMock<Answer>(name: string, answer: unknown): Answer {
  return (lookupOf(name).isList ? listFromMock(answer) : answer) as Answer;
}
