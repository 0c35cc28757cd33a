/** The run-time entry of the dynamic provider: what the `__provider` string of a resource leads to. */
import type * as pulumi from "@pulumi/pulumi";
import { asLine, visible } from "roster-schema";
import { DeclarationError, PartialError, RosterError } from "../errors.ts";
import { lifecycleOf } from "../kinds/registry.ts";
import { wantsAdoption } from "../lifecycle/adoption.ts";
import { knownName, type StackNames } from "../lifecycle/external-id.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import { nameCycleRemedy } from "../lifecycle/name-conflicts.ts";
import { Registrations } from "../lifecycle/registrations.ts";
import { type CheckFailure, failureText } from "../lifecycle/shape.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { containsUnknown } from "../values/unknown.ts";
import { abandonAll, type Client, clientOf, settleAll } from "../wire/client.ts";
import { readConnection } from "../wire/configuration.ts";
import { printTally, tally } from "../wire/tally.ts";
import { endWithEngine, finishAtEnd, isProviderHost } from "./engine.ts";

/**
 * Gives the provider of one kind of resource.
 *
 * The engine's host calls it once per process and kind, then `configure` with the stack's whole configuration.
 *
 * @throws Error if the kind is unknown: the state is from a newer version of this package
 */
export function driver(kind: string): pulumi.dynamic.ResourceProvider {
  const lifecycle = lifecycleOf(kind);
  watchEngine();
  return new Driver(lifecycle);
}

let watching = false;

const maxNamed = 10;
/** The ids of objects whose take-over was announced. */
const announcedTakeOvers = new Set<string>();

function watchEngine(): void {
  const [, script = "", ...args] = process.argv;
  if (!watching && isProviderHost(script)) {
    watching = true;
    // The last of them: with --logflow, the engine's options for its log come before.
    endWithEngine(args.at(-1) ?? "", abandonAll);
    finishAtEnd(settleAll, printTally);
  }
}

/** Of this process: the engine starts another one for each run. */
const registrations = new Registrations();

class Driver implements pulumi.dynamic.ResourceProvider {
  readonly #lifecycle: Lifecycle;
  #config: pulumi.dynamic.Config | undefined;

  constructor(lifecycle: Lifecycle) {
    this.#lifecycle = lifecycle;
  }

  // Not asynchronous: the host hands out a provider before it has waited for this.
  configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
    this.#config = config;
    return Promise.resolve();
  }

  check(previous: PropertyMap, inputs: PropertyMap): Promise<pulumi.dynamic.CheckResult> {
    return withPrintableErrors(inputs, async () => {
      const before = this.#upgraded(previous);
      const isNew = Object.keys(before).length === 0;
      const names = namesIn(inputs);
      if (names !== undefined) registrations.addAlias(names.earlier, names.externalId);
      const replaced = isNew ? registrations.replacedObject(inputs.externalId) : undefined;
      const checked = this.#lifecycle.check(before, named(own(inputs), names, replaced ?? before), replaced);
      if (checked.failures.length === 0) {
        if (isNew && replaced === undefined) checked.inputs = await this.#lostName(checked.inputs, names);
        await this.#announceTakeOvers(before, checked.inputs);
      }
      const { inputs: compared, failures: found } =
        isNew && checked.failures.length === 0 && wantsAdoption(checked.inputs)
          ? await this.#lifecycle.compare(this.#client(), checked.inputs)
          : checked;
      const failures = await this.#lifecycle.confirmFailures(() => this.#client(), replaced ?? before, found);
      if (inputs.__retainOnDelete === true && replaced !== undefined) {
        if (this.#lifecycle.blocksReplacement(replaced, compared)) failures.push(retained);
      }
      if (failures.length === 0) failures.push(...this.#register(before, compared, replaced));
      return {
        inputs: { ...compared },
        // The engine prints the value of a property that a failure names, even one that is marked secret (measured with
        // 3.259). So the name goes into the reason.
        failures: failures.map((failure) => ({ property: "", reason: visible(failureText(failure)) })),
      };
    });
  }

  diff(id: string, state: PropertyMap, inputs: PropertyMap): Promise<pulumi.dynamic.DiffResult> {
    return withPrintableErrors(inputs, async () => {
      const [before, now] = [this.#knownState(id, state), own(inputs)];
      const { changes, changesArguments, replaces } = await this.#lifecycle.confirmDiff(
        () => this.#client(),
        before,
        now,
        registrations,
      );
      if (this.#lifecycle.kind === "User") registrations.noteUserAddress(now.email, id);
      // The engine also asks what would become of what depends on a resource that is replaced: by inputs from before.
      const isDeclared = registrations.isRegistered(now.externalId);
      // What isn't known yet may turn out to be what it was.
      const isCertain = replaces.some((name) => !containsUnknown(now[name]));
      const isKnown = !this.#lifecycle.replaceOn.some((name) => containsUnknown(now[name]));
      if (!isDeclared || isKnown || isCertain) registrations.noteExisting(now.externalId, before);
      if (isDeclared && isCertain) await this.#refuse(before, this.#lifecycle.refuseReplacing(before, now));
      const answer = { replaces: [...replaces], deleteBeforeReplace: true };
      // The host passes on no names of changed inputs, so the option `replaceOnChanges` would have nothing to go by. Without an
      // answer to whether there are changes, the engine compares the inputs itself, and has the names.
      return changesArguments && replaces.length === 0 ? answer : { ...answer, changes };
    });
  }

  create(inputs: PropertyMap): Promise<pulumi.dynamic.CreateResult> {
    tally.resources += 1;
    return withPrintableErrors(inputs, async () => {
      registrations.noteCreated(inputs.externalId);
      const { id, state } = await this.#lifecycle.create(this.#client(), own(inputs), registrations);
      return { id, outs: { ...state } };
    });
  }

  read(id: string, state: PropertyMap = {}): Promise<pulumi.dynamic.ReadResult> {
    tally.resources += 1;
    return withPrintableErrors(state, async () => {
      const isFirst = Object.keys(own(state)).length === 0;
      if (isFirst) this.#requireId(id);
      const found = await this.#lifecycle.read(this.#client(), id, this.#knownState(id, state));
      if (found === undefined && isFirst) {
        throw new DeclarationError(
          `there is no ${this.#lifecycle.kind} ${id} to read: it has ended, or roster:token can't read it. ` +
            `Check the id that ${this.#lifecycle.kind}.get is given.`,
        );
      }
      if (found === undefined) registrations.noteDeleted(state.externalId);
      return found === undefined ? { id: "" } : { id, props: { ...found.state }, inputs: { ...found.inputs } };
    });
  }

  update(id: string, state: PropertyMap, inputs: PropertyMap): Promise<pulumi.dynamic.UpdateResult> {
    tally.resources += 1;
    return withPrintableErrors(inputs, async () => {
      const outs = await this.#lifecycle.update(
        this.#client(),
        id,
        this.#knownState(id, state),
        own(inputs),
        registrations,
      );
      return { outs: { ...outs } };
    });
  }

  delete(id: string, state: PropertyMap = {}): Promise<void> {
    tally.resources += 1;
    return withPrintableErrors(state, async () => {
      const before = this.#upgraded(state);
      // What is ended to be made anew is ended only if it can be: time has passed since that was checked, and with
      // `--target-replace` what it takes the place of is shown here first.
      const planned = registrations.plannedCreate(before.externalId);
      if (planned !== undefined) {
        await this.#refuse(before, this.#lifecycle.check({}, planned, before).failures, nothingDeleted);
      }
      await this.#lifecycle.delete(this.#client(), id, before);
      registrations.noteDeleted(before.externalId);
    });
  }

  /** @throws DeclarationError if any of the failures remains once the service has been asked about it */
  async #refuse(before: PropertyMap, failures: readonly CheckFailure[], more?: string): Promise<void> {
    const remaining = await this.#lifecycle.confirmFailures(() => this.#client(), before, failures);
    if (remaining.length === 0) return;
    throw new DeclarationError([...remaining.map(failureText), ...(more === undefined ? [] : [more])].join("\n  "));
  }

  /** Notes what a resource shows of itself. @returns what is wrong with it, given what others have shown */
  #register(previous: PropertyMap, inputs: PropertyMap, replaced: PropertyMap | undefined): CheckFailure[] {
    const { externalId } = inputs;
    registrations.register(externalId, this.#lifecycle.registration(previous, inputs, replaced));
    if (Object.keys(previous).length === 0) {
      registrations.notePlannedCreate(externalId, inputs);
      if (this.#lifecycle.kind === "User" && replaced === undefined)
        registrations.noteUserAddress(inputs.email, undefined);
    }
    const cycle = registrations.cycleOf(externalId);
    return cycle === undefined ? [] : [{ property: cycle.property, reason: nameCycleRemedy }];
  }

  /** An id that a program gives, and not the service. */
  #requireId(id: string): void {
    if (!/^\w+$/.test(id)) {
      throw new DeclarationError(
        `${JSON.stringify(id)} is not the id of a ${this.#lifecycle.kind} in the service, such as its \`id\` output has. ` +
          `Check what ${this.#lifecycle.kind}.get is given.`,
      );
    }
  }

  /** What is stored, as this version of the package would have stored it. */
  #upgraded(stored: PropertyMap): PropertyMap {
    return this.#lifecycle.upgrade(own(stored));
  }

  /** The same, and notes for the service that the stack has it. */
  #knownState(id: string, stored: PropertyMap): PropertyMap {
    const state = this.#upgraded(stored);
    if (this.#config !== undefined) this.#client().noteState(this.#lifecycle.objectIds(id, state) ?? [], state);
    return state;
  }

  /** Inputs of a create with the name that a lost one has of an earlier version of this package, if there is one. */
  async #lostName(inputs: PropertyMap, names: StackNames | undefined): Promise<PropertyMap> {
    const lost = names === undefined ? [] : await this.#client().lostCreates.of(names.earlier);
    return lost.length === 0 ? inputs : { ...inputs, externalId: names?.earlier };
  }

  /** Says what a create would take over, once for each: the engine shows what the process prints. */
  async #announceTakeOvers(before: PropertyMap, inputs: PropertyMap): Promise<void> {
    const { externalId } = inputs;
    if (typeof externalId !== "string" || !this.#lifecycle.creates(before, inputs)) return;
    const lost = (await this.#client().lostCreates.of(externalId)).filter(({ id }) => !announcedTakeOvers.has(id));
    for (const { id } of lost) announcedTakeOvers.add(id);
    const named = lost
      .slice(0, maxNamed)
      .map(({ id, name, createdAt }) => `${id} (${asLine(name)}), created ${createdAt}`);
    if (lost.length > maxNamed) named.push(`${lost.length - maxNamed} more`);
    if (lost.length === 0) return;
    const what = lost.length === 1 ? "an object" : `${lost.length} objects`;
    process.stdout.write(
      `${this.#lifecycle.kind} takes over ${what} that an interrupted update created and did not store: ${named.join("; ")}\n`,
    );
  }

  #client(): Client {
    return clientOf(readConnection((key) => this.#config?.get(key)));
  }
}

const nothingDeleted = "Nothing was ended: the object that is to be replaced stays.";

const retained: CheckFailure = {
  property: "retainOnDelete",
  reason:
    "an object that is retained keeps the stack's name for it, so nothing can take its place. Take the option out in an update " +
    "of its own first, or keep this resource as it is and declare another one",
};

/** The values that are the resource's own. */
function own({ __provider, __retainOnDelete, __earlierName, ...values }: PropertyMap): PropertyMap {
  return values;
}

/** The names that a program has made for its resource. */
function namesIn({ externalId, __earlierName: earlier }: PropertyMap): StackNames | undefined {
  return typeof externalId === "string" && typeof earlier === "string" ? { externalId, earlier } : undefined;
}

/** Inputs with the name that the resource has, where one is known of it. */
function named(inputs: PropertyMap, names: StackNames | undefined, { externalId }: PropertyMap): PropertyMap {
  return names === undefined ? inputs : { ...inputs, externalId: knownName(names, externalId) };
}

/**
 * Hands an error to the host in the form that it can print and keep.
 *
 * The host completes what a call returns with the provider's code, but not what an unfinished one leaves behind: a
 * state without it could never be read, changed or deleted again.
 *
 * @param values what the call was given
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
      error instanceof PartialError
        ? new PartialError(error.id, { ...error.properties, __provider }, error.reasons)
        : error,
    );
  }
}

/**
 * The engine prints an error's message at its resource. From some calls the host prints `${error}: ${error.stack}` as
 * well, at the stack: that only says what kind of error to look for.
 */
function printable(error: RosterError): RosterError {
  error.stack = "see what is printed at its resource";
  error.toString = () => error.name;
  return error;
}
