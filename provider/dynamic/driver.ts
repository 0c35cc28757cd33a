/** The entry point of the dynamic provider, which the `__provider` string of a resource loads. */
import type * as pulumi from "@pulumi/pulumi";
import { visible } from "roster-schema";
import { endWithEngine, finishAtEnd } from "../calls/engine.ts";
import { ResourceCalls } from "../calls/resource-calls.ts";
import { Run } from "../calls/run.ts";
import { DeclarationError, PartialError, RosterError } from "../errors.ts";
import { lifecycleOf } from "../kinds/registry.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import { failureText } from "../lifecycle/shape.ts";
import { declarationIn } from "../values/declaration.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { abandonAll, clientOf, settleAll } from "../wire/client.ts";
import { readConnection } from "../wire/configuration.ts";
import { dropRepeatedErrors, isProviderHost, printedAtResource } from "./host.ts";
import { namesIn, own } from "./inputs.ts";
import { atPlace, notePlace, placeText } from "./places.ts";

/**
 * Returns the provider of one kind of resource.
 *
 * The engine's host calls it once per process and kind, then `configure` with the stack's whole configuration.
 *
 * @throws Error if the kind is unknown, because a newer version of this package has written the state
 */
export function driver(kind: string): pulumi.dynamic.ResourceProvider {
  const lifecycle = lifecycleOf(kind);
  watchEngine();
  return new Driver(lifecycle);
}

let watching = false;

function watchEngine(): void {
  const [, script = "", ...args] = process.argv;
  if (!watching && isProviderHost(script)) {
    watching = true;
    // The address is the last argument: with --logflow, the engine's logging options precede it.
    endWithEngine(args.at(-1) ?? "", abandonAll);
    finishAtEnd(settleAll);
    dropRepeatedErrors();
  }
}

/** The run of this process: the engine starts a process for each. */
const run = new Run();

class Driver implements pulumi.dynamic.ResourceProvider {
  readonly #lifecycle: Lifecycle;
  readonly #calls: ResourceCalls;
  #config: pulumi.dynamic.Config | undefined;

  constructor(lifecycle: Lifecycle) {
    this.#lifecycle = lifecycle;
    this.#calls = new ResourceCalls(lifecycle, run, () => clientOf(readConnection((key) => this.#config?.get(key))));
  }

  // Not asynchronous: the host uses a provider before it has waited for this method.
  configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
    this.#config = config;
    return Promise.resolve();
  }

  check(previous: PropertyMap, inputs: PropertyMap): Promise<pulumi.dynamic.CheckResult> {
    return withPrintableErrors(inputs, async () => {
      const { inputs: checked, failures } = await this.#calls.check({
        previous: own(previous),
        inputs: own(inputs),
        names: namesIn(inputs),
        declaration: declarationIn(inputs),
        isRetained: inputs.__retainOnDelete === true,
      });
      notePlace(inputs, checked);
      return {
        inputs: { ...checked },
        // The engine prints the value of a property that a failure names, even if it is secret (measured with 3.259). So the name
        // is part of the reason.
        failures: failures.map((failure) => ({
          property: "",
          reason: placeText(inputs) + visible(failureText(failure)),
        })),
      };
    });
  }

  diff(id: string, state: PropertyMap, inputs: PropertyMap): Promise<pulumi.dynamic.DiffResult> {
    return withPrintableErrors(inputs, async () => {
      const { changes, changesArguments, replaces } = await this.#calls.diff(id, own(state), own(inputs));
      const answer = { replaces: [...replaces], deleteBeforeReplace: true };
      // The host doesn't pass on the names of changed inputs, which the option `replaceOnChanges` needs. Without the member `changes`,
      // the engine compares the inputs itself, and has the names.
      return changesArguments && replaces.length === 0 ? answer : { ...answer, changes };
    });
  }

  create(inputs: PropertyMap): Promise<pulumi.dynamic.CreateResult> {
    return withPrintableErrors(inputs, async () => {
      const { id, state } = await this.#calls.create(own(inputs));
      return { id, outs: { ...state } };
    });
  }

  read(id: string, state: PropertyMap = {}): Promise<pulumi.dynamic.ReadResult> {
    return withPrintableErrors(state, async () => {
      const isFirst = Object.keys(own(state)).length === 0;
      if (isFirst) {
        this.#requireId(id);
      }
      const found = await this.#calls.read(id, own(state));
      if (found === undefined && isFirst) {
        throw new DeclarationError(
          `the ${this.#lifecycle.kind} ${id} does not exist, or roster:token can't read it. ` +
            `Check the id in the call of ${this.#lifecycle.kind}.get.`,
        );
      }
      return found === undefined ? { id: "" } : { id, props: { ...found.state }, inputs: { ...found.inputs } };
    });
  }

  update(id: string, state: PropertyMap, inputs: PropertyMap): Promise<pulumi.dynamic.UpdateResult> {
    return withPrintableErrors(inputs, async () => {
      return { outs: { ...(await this.#calls.update(id, own(state), own(inputs))) } };
    });
  }

  delete(id: string, state: PropertyMap = {}): Promise<void> {
    return withPrintableErrors(state, () => this.#calls.delete(id, own(state)));
  }

  /** @throws DeclarationError if an id, which a program has passed, can't be one of the service */
  #requireId(id: string): void {
    if (!/^\w+$/.test(id)) {
      throw new DeclarationError(
        `${JSON.stringify(id)} is not an id of the kind ${this.#lifecycle.kind} in the service, such as the value of its \`id\` output. ` +
          `Check the id in the call of ${this.#lifecycle.kind}.get.`,
      );
    }
  }
}

/**
 * Passes errors to the host in a form that it can print and store.
 *
 * The host adds the provider's code to the state that a call returns, but not to the state of an incomplete one: without it,
 * the resource could never be read, changed or deleted again.
 *
 * @param values the inputs or the state that the call was given
 */
async function withPrintableErrors<Result>(values: PropertyMap, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof RosterError)) {
      throw error;
    }
    const { __provider } = values;
    throw printable(
      atPlace(
        error instanceof PartialError
          ? new PartialError(error.id, { ...error.properties, __provider }, error.reasons)
          : error,
        values,
      ),
    );
  }
}

/** Marks an error, so that it is printed once. */
function printable(error: RosterError): RosterError {
  error.stack = printedAtResource;
  error.toString = () => printedAtResource;
  return error;
}
