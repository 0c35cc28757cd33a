/** What every look-up shares: asking the service, waiting for the resources that the arguments come from, and mocks. */
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

/** How the SDK finds what an invoke waits for; its types keep this to itself. A test holds that each supported SDK has it. */
const { gatherExplicitDependencies, getAllTransitivelyReferencedResources } = internals as unknown as {
  gatherExplicitDependencies(dependsOn: pulumi.InvokeOutputOptions["dependsOn"]): Promise<pulumi.Resource[]>;
  /** The custom resources among these, and those inside of the components among these. */
  getAllTransitivelyReferencedResources(
    resources: ReadonlySet<pulumi.Resource>,
    exclude: ReadonlySet<pulumi.Resource>,
  ): Promise<pulumi.Resource[]>;
};

/** Arguments as a program may give them to the form for outputs. */
type QueryInputs = Readonly<Record<string, pulumi.Input<unknown>>>;

/** A function of the package that reads from the service while the program runs. */
export class Lookup<Query extends object, Result> {
  readonly #name: string;
  readonly #shapes: readonly z.ZodRawShape[];
  readonly #ask: (query: Query) => Promise<Result>;
  readonly #fromMock: (answer: unknown) => Result;

  /**
   * @param name the function's name; mocks know it as `roster:index:<name>`
   * @param shapes the arguments that it takes; more than one where there are several ways to say what is meant
   * @param ask asks the service
   * @param fromMock makes the result of what a mock's `call` has returned; by default, the same
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
   * @throws DeclarationError if one of them is an output, a promise or a resource, or can't be what is meant
   */
  async plain(query: Query): Promise<Result> {
    const later = Object.entries(query ?? {}).find(
      ([, value]) => isEventual(value) || pulumi.Resource.isInstance(value),
    );
    if (later !== undefined) {
      throw new DeclarationError(
        `${this.#name}: ${later[0]} is an output, a promise or a resource, and ${this.#name} takes plain values only. ` +
          `Use ${this.#name}Output, which takes them and waits for them.`,
      );
    }
    return isMocked()
      ? this.#fromMock(await pulumi.runtime.invoke(this.#token, { ...query }))
      : await this.#ask(this.#checked(query));
  }

  /**
   * Checks the arguments before anything is asked: without the one that says which, the first of all objects would be found.
   *
   * @throws DeclarationError, without the values
   */
  #checked(query: Query): Query {
    const given = withoutNulls({ ...(query as PropertyMap) });
    const names = Object.keys(given);
    const shape = this.#shapes.find((shape) => names.length > 0 && names.every((name) => Object.hasOwn(shape, name)));
    if (shape === undefined) {
      const found = names.length === 0 ? "no value was given" : `it was given ${named(names)}`;
      throw new DeclarationError(`${this.#name} takes ${this.#shapes.map(takenBy).join(" or ")}; ${found}.`);
    }
    const { checked, failures } = checkShape(shape, given);
    if (failures.length > 0) {
      throw new DeclarationError(`${this.#name}: ${failures.map(failureText).join("\n  ")}`);
    }
    return checked as Query;
  }

  /**
   * Looks up with outputs and resources among the arguments. As with every function of Pulumi, the result is unknown at
   * preview while a resource isn't there yet that an argument comes from, or that `dependsOn` names; also where
   * the argument's value is known. It is unknown as well where nothing is found at preview by what comes from a resource: the
   * resource may be about to get that slug, address or name.
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
 * The ids of the resources that an output comes from and of those that are named, unknown while one of them is. A component
 * stands for the resources in it.
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

/** The arguments of a shape, for a person. */
function takenBy(shape: z.ZodRawShape): string {
  const isNeeded = (name: string) => !z.safeParse(shape[name] ?? z.unknown(), undefined).success;
  const [needed, others] = [Object.keys(shape).filter(isNeeded), Object.keys(shape).filter((name) => !isNeeded(name))];
  return others.length === 0 ? named(needed) : `${named(needed)}, optionally with ${named(others)}`;
}

function named(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(" and ");
}

/**
 * The list that a mock's `call` has returned: in any one property, as in the mocks of other packages' functions, or as it is.
 */
export function listFromMock<Item>(answer: unknown): Item[] {
  // The SDK makes an object of an array.
  const members = Object.entries(answer ?? {});
  if (members.length > 0 && members.every(([name], at) => name === String(at))) {
    return members.map(([, item]) => item as Item);
  }
  return (members.map(([, value]) => value).find(Array.isArray) ?? []) as Item[];
}
