/** What every look-up shares: the request, waiting for the resources that the arguments come from, and mocks. */
import * as pulumi from "@pulumi/pulumi";
import { getAllResources } from "@pulumi/pulumi/output.js";
import * as internals from "@pulumi/pulumi/runtime/dependsOn.js";
import { z } from "zod";
import { DeclarationError } from "../errors.ts";
import { checkShape, failureText } from "../lifecycle/shape.ts";
import { type PropertyMap, withoutNulls } from "../values/property-map.ts";
import { isNotFound } from "../wire/client.ts";
import { isEventual } from "./arguments.ts";
import { isMocked } from "./program.ts";

/** The functions by which the SDK finds the dependencies of an invoke. Its types omit them; a test checks that each supported SDK has them. */
const { gatherExplicitDependencies, getAllTransitivelyReferencedResources } = internals as unknown as {
  gatherExplicitDependencies(dependsOn: pulumi.InvokeOutputOptions["dependsOn"]): Promise<pulumi.Resource[]>;
  /** The custom resources among these, and those inside the components among these. */
  getAllTransitivelyReferencedResources(
    resources: ReadonlySet<pulumi.Resource>,
    exclude: ReadonlySet<pulumi.Resource>,
  ): Promise<pulumi.Resource[]>;
};

/** The arguments that a program can pass to the form for outputs. */
type QueryInputs = Readonly<Record<string, pulumi.Input<unknown>>>;

/** A function of the package that reads from the service while the program runs. */
export class Lookup<Query extends object, Result> {
  readonly #name: string;
  readonly #shapes: readonly z.ZodRawShape[];
  readonly #ask: (query: Query) => Promise<Result>;
  readonly #fromMock: (answer: unknown) => Result;

  /**
   * @param name the function's name; mocks receive it as `roster:index:<name>`
   * @param shapes the alternative shapes of the arguments
   * @param ask sends the request
   * @param fromMock converts the value that a mock's `call` has returned; by default, it is used unchanged
   */
  constructor(
    name: string,
    shapes: readonly z.ZodRawShape[],
    ask: (query: Query) => Promise<Result>,
    fromMock: (answer: unknown) => Result = (answer) => answer as Result,
  ) {
    this.#name = name;
    this.#shapes = shapes;
    this.#ask = ask;
    this.#fromMock = fromMock;
  }

  /**
   * Looks up with plain values.
   *
   * @throws DeclarationError if a value is an output, a promise or a resource, or is invalid
   */
  async plain(query: Query): Promise<Result> {
    const later = Object.entries(query ?? {}).find(
      ([, value]) => isEventual(value) || pulumi.Resource.isInstance(value),
    );
    if (later !== undefined) {
      throw new DeclarationError(
        `${this.#name}: ${later[0]} is an output, a promise or a resource, but ${this.#name} accepts only plain values. ` +
          `Use ${this.#name}Output, which waits for such values.`,
      );
    }
    return isMocked()
      ? this.#fromMock(await pulumi.runtime.invoke(this.#token, { ...query }))
      : await this.#ask(this.#checked(query));
  }

  /**
   * Checks the arguments before the request: without the argument that identifies the object, it would find any object.
   *
   * @throws DeclarationError without the values
   */
  #checked(query: Query): Query {
    const given = withoutNulls({ ...(query as PropertyMap) });
    const names = Object.keys(given);
    const shape = this.#shapes.find((shape) => names.length > 0 && names.every((name) => Object.hasOwn(shape, name)));
    if (shape === undefined) {
      const found = names.length === 0 ? "no value was given" : `got ${named(names)}`;
      throw new DeclarationError(`${this.#name} requires ${this.#shapes.map(takenBy).join(" or ")}; ${found}.`);
    }
    const { checked, failures } = checkShape(shape, given);
    if (failures.length > 0) {
      throw new DeclarationError(`${this.#name}: ${failures.map(failureText).join("\n  ")}`);
    }
    return checked as Query;
  }

  /**
   * Looks up with outputs and resources among the arguments. As with every Pulumi function, the result is unknown at preview until
   * the resources that the arguments come from, and those in `dependsOn`, exist, even if the value of an argument is known. It is also
   * unknown if nothing is found at preview by a value that comes from a resource: the resource may be about to get that slug,
   * address or name.
   */
  output(query: QueryInputs, { dependsOn }: pulumi.InvokeOutputOptions = {}): pulumi.Output<Result> {
    const args = Object.fromEntries(
      Object.entries(query).map(([name, value]) => [name, pulumi.CustomResource.isInstance(value) ? value.id : value]),
    );
    if (isMocked()) {
      return pulumi.runtime
        .invokeOutput(this.#token, args, dependsOn === undefined ? {} : { dependsOn })
        .apply((answer) => this.#fromMock(answer));
    }
    const known = pulumi.output(args);
    return pulumi.all([known, idsBehind(known, dependsOn)]).apply(async ([known, ids]) => {
      try {
        return await this.#ask(this.#checked(known as Query));
      } catch (error) {
        if (pulumi.runtime.isDryRun() && ids.length > 0 && isNotFound(error)) return pulumi.unknown as Result;
        throw error;
      }
    });
  }

  get #token(): string {
    return `roster:index:${this.#name}`;
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
    const named = await gatherExplicitDependencies(dependsOn);
    const direct = new Set([...(await getAllResources(output)), ...named]);
    const resources = await getAllTransitivelyReferencedResources(direct, new Set());
    return resources.filter((resource) => pulumi.CustomResource.isInstance(resource)).map(({ id }) => id);
  };
  return pulumi.output(found());
}

/** The arguments of a shape, for messages. */
function takenBy(shape: z.ZodRawShape): string {
  const isNeeded = (name: string) => !z.safeParse(shape[name] ?? z.unknown(), undefined).success;
  const [needed, others] = [Object.keys(shape).filter(isNeeded), Object.keys(shape).filter((name) => !isNeeded(name))];
  return others.length === 0 ? named(needed) : `${named(needed)}, optionally with ${named(others)}`;
}

function named(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(" and ");
}

/**
 * The list that a mock's `call` has returned: in any property, as in mocks of the functions of other packages, or as a plain list.
 */
export function listFromMock<Item>(answer: unknown): Item[] {
  // The SDK converts an array to an object.
  const members = Object.entries(answer ?? {});
  if (members.length > 0 && members.every(([name], at) => name === String(at))) {
    return members.map(([, item]) => item as Item);
  }
  return (members.map(([, value]) => value).find(Array.isArray) ?? []) as Item[];
}
