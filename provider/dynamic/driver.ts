/** The entry point of the dynamic provider, which the `__provider` string of a resource loads. */
import type * as pulumi from "@pulumi/pulumi";
import { asLine, visible } from "roster-schema";
import { DeclarationError, PartialError, RosterError } from "../errors.ts";
import { lifecycleOf } from "../kinds/registry.ts";
import { denials, scopeArguments } from "../kinds/rights.ts";
import { wantsAdoption } from "../lifecycle/adoption.ts";
import { declaredTwice } from "../lifecycle/declared-once.ts";
import type { StackNames } from "../lifecycle/external-id.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import { nameCycleRemedy } from "../lifecycle/name-conflicts.ts";
import { managerOf, ownerOfPart, twiceReason } from "../lifecycle/parts.ts";
import { Registrations } from "../lifecycle/registrations.ts";
import { type CheckFailure, failureText } from "../lifecycle/shape.ts";
import { Replacements } from "../preview/replacements.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { containsUnknown } from "../values/unknown.ts";
import { abandonAll, type Client, clientOf, settleAll } from "../wire/client.ts";
import { readConnection } from "../wire/configuration.ts";
import { printTally, tally } from "../wire/tally.ts";
import { dropRepeatedErrors, endWithEngine, finishAtEnd, isProviderHost, printedAtResource } from "./engine.ts";
import { named, namesIn, own } from "./inputs.ts";
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

const maxNamed = 10;
/** The ids of objects whose take-over was announced. */
const announcedTakeOvers = new Set<string>();

function watchEngine(): void {
  const [, script = "", ...args] = process.argv;
  if (!watching && isProviderHost(script)) {
    watching = true;
    // The address is the last argument: with --logflow, the engine's logging options precede it.
    endWithEngine(args.at(-1) ?? "", abandonAll);
    finishAtEnd(settleAll, printTally);
    dropRepeatedErrors();
  }
}

/** The registrations of this process: the engine starts a process for each run. */
const registrations = new Registrations();
const replacements = new Replacements(registrations);

class Driver implements pulumi.dynamic.ResourceProvider {
  readonly #lifecycle: Lifecycle;
  #config: pulumi.dynamic.Config | undefined;

  constructor(lifecycle: Lifecycle) {
    this.#lifecycle = lifecycle;
  }

  // Not asynchronous: the host uses a provider before it has waited for this method.
  configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
    this.#config = config;
    return Promise.resolve();
  }

  check(previous: PropertyMap, inputs: PropertyMap): Promise<pulumi.dynamic.CheckResult> {
    return withPrintableErrors(inputs, async () => {
      const before = this.#upgraded(previous);
      const isNew = Object.keys(before).length === 0;
      const names = namesIn(inputs);
      if (names !== undefined) {
        registrations.addAlias(names.earlier, names.externalId);
      }
      const replaced = isNew ? registrations.replacedObject(inputs.externalId) : undefined;
      const checked = this.#lifecycle.check(before, named(own(inputs), names, replaced ?? before), replaced);
      if (checked.failures.length === 0) {
        if (isNew && replaced === undefined) {
          checked.inputs = await this.#lostName(checked.inputs, names);
        }
        await this.#announceTakeOvers(before, checked.inputs);
      }
      const { inputs: compared, failures: found } =
        isNew && checked.failures.length === 0 && (this.#lifecycle.alwaysAdopts || wantsAdoption(checked.inputs))
          ? await this.#lifecycle.compare(this.#client(), checked.inputs)
          : checked;
      const failures = await this.#lifecycle.confirmFailures(() => this.#client(), replaced ?? before, found);
      if (inputs.__retainOnDelete === true && replaced !== undefined) {
        if (this.#lifecycle.blocksReplacement(replaced, compared)) {
          failures.push(retained);
        }
      }
      if (failures.length === 0) {
        failures.push(...this.#register(before, compared, replaced), ...this.#managedTwice(undefined, compared));
        failures.push(...declaredTwice(registrations, this.#lifecycle, inputs, compared));
      }
      notePlace(inputs, compared);
      // The service is asked last, and only about a declaration that has no other fault.
      if (failures.length === 0) {
        failures.push(...(await this.#denied(isNew ? undefined : before, compared)));
      }
      if (isNew && failures.length === 0) {
        const isRetained = inputs.__retainOnDelete === true;
        const create = { lifecycle: this.#lifecycle, inputs: compared, replaced, isRetained };
        const reason = await replacements.refusalOf(() => this.#client(), create);
        failures.push(...(reason === undefined ? [] : [{ property: "", reason }]));
      }
      return {
        inputs: { ...compared },
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
      const [before, now] = [this.#knownState(id, state), own(inputs)];
      const { changes, changesArguments, replaces } = await this.#lifecycle.confirmDiff(
        () => this.#client(),
        before,
        now,
        registrations,
      );
      if (this.#lifecycle.kind === "User") {
        registrations.noteUserAddress(now.email, id);
      }
      // The engine also requests diffs of resources that depend on a replaced one, with their previous inputs.
      const isDeclared = registrations.isRegistered(now.externalId);
      if (isDeclared && !changes) {
        registrations.noteSettled(now.externalId);
      }
      if (isDeclared) {
        const refused = await this.#lifecycle.refuseChange?.(() => this.#client(), id, before, now, registrations);
        await this.#refuse(before, [...this.#managedTwice(id, now), ...this.#takenOver(id, now), ...(refused ?? [])]);
      }
      // An unknown value may turn out to be unchanged.
      const isCertain = replaces.some((name) => !containsUnknown(now[name]));
      const isKnown = !this.#lifecycle.replaceOn.some((name) => containsUnknown(now[name]));
      if (!isDeclared || isKnown || isCertain) {
        registrations.noteExisting(now.externalId, before);
      }
      if (isDeclared && isCertain) {
        await this.#refuse(before, this.#lifecycle.refuseReplacing(before, now));
      }
      const answer = { replaces: [...replaces], deleteBeforeReplace: true };
      // The host doesn't pass on the names of changed inputs, which the option `replaceOnChanges` needs. Without the member `changes`,
      // the engine compares the inputs itself, and has the names.
      return changesArguments && replaces.length === 0 ? answer : { ...answer, changes };
    });
  }

  create(inputs: PropertyMap): Promise<pulumi.dynamic.CreateResult> {
    tally.resources += 1;
    return withPrintableErrors(inputs, async () => {
      registrations.noteCreated(inputs.externalId);
      const { id, state } = await this.#lifecycle.create(this.#client(), own(inputs), registrations);
      registrations.noteSettled(inputs.externalId);
      if (this.#lifecycle.kind === "User") {
        registrations.noteUserAddress(inputs.email, id);
      }
      return { id, outs: { ...state } };
    });
  }

  read(id: string, state: PropertyMap = {}): Promise<pulumi.dynamic.ReadResult> {
    tally.resources += 1;
    return withPrintableErrors(state, async () => {
      const isFirst = Object.keys(own(state)).length === 0;
      if (isFirst) {
        this.#requireId(id);
      }
      const found = await this.#lifecycle.read(this.#client(), id, this.#knownState(id, state));
      if (found === undefined && isFirst) {
        throw new DeclarationError(
          `the ${this.#lifecycle.kind} ${id} does not exist, or roster:token can't read it. ` +
            `Check the id in the call of ${this.#lifecycle.kind}.get.`,
        );
      }
      if (found === undefined) {
        registrations.noteDeleted(state.externalId);
      }
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
      registrations.noteSettled(inputs.externalId);
      return { outs: { ...outs } };
    });
  }

  delete(id: string, state: PropertyMap = {}): Promise<void> {
    tally.resources += 1;
    return withPrintableErrors(state, async () => {
      const before = this.#upgraded(state);
      // A replaced object is deleted only if its replacement can be created. Time has passed since that was checked, and with
      // `--target-replace`, the replaced object is known only now.
      const planned = registrations.plannedCreate(before.externalId);
      if (planned !== undefined) {
        await this.#refuse(before, this.#lifecycle.check({}, planned, before).failures, nothingDeleted);
      }
      const refusal = await replacements.refusalOfDeleting(() => this.#client(), before);
      if (refusal !== undefined) {
        throw new DeclarationError(refusal);
      }
      await this.#lifecycle.delete(this.#client(), id, before);
      registrations.noteDeleted(before.externalId);
    });
  }

  /** @throws DeclarationError if any of the failures remains once the service has been asked about it */
  async #refuse(before: PropertyMap, failures: readonly CheckFailure[], more?: string): Promise<void> {
    const remaining = await this.#lifecycle.confirmFailures(() => this.#client(), before, failures);
    if (remaining.length === 0) {
      return;
    }
    throw new DeclarationError([...remaining.map(failureText), ...(more === undefined ? [] : [more])].join("\n  "));
  }

  /** What the caller may not do, as far as the service says. @param before undefined for a resource that doesn't exist yet */
  async #denied(before: PropertyMap | undefined, now: PropertyMap): Promise<CheckFailure[]> {
    const { kind } = this.#lifecycle;
    const found = await denials(() => this.#client(), { kind, before, now });
    return found.map(({ property = scopeArguments[kind] ?? "", reason }) => ({ property, reason }));
  }

  /** Registers a resource. @returns what is wrong with it, given the registrations of others */
  #register(previous: PropertyMap, inputs: PropertyMap, replaced: PropertyMap | undefined): CheckFailure[] {
    const { externalId } = inputs;
    registrations.register(externalId, this.#lifecycle.registration(previous, inputs, replaced));
    registrations.notePending(externalId, this.#lifecycle.kind);
    if (Object.keys(previous).length === 0) {
      registrations.notePlannedCreate(externalId, inputs);
      if (this.#lifecycle.kind === "User" && replaced === undefined) {
        registrations.noteUserAddress(inputs.email, undefined);
      }
    }
    const cycle = registrations.cycleOf(externalId);
    return cycle === undefined ? [] : [{ property: cycle.property, reason: nameCycleRemedy }];
  }

  /**
   * Notes which part of an object a resource manages. @returns what is wrong with it, if another resource manages the same part
   *
   * @param id undefined if it isn't known, as at check
   */
  #managedTwice(id: string | undefined, inputs: PropertyMap): CheckFailure[] {
    const { part, kind } = this.#lifecycle;
    const owner = part && ownerOfPart(part, id, inputs);
    if (part === undefined || owner === undefined) {
      return [];
    }
    const manager = managerOf(part, part.of === undefined ? `${kind} ${owner}` : `${kind} of ${owner}`, inputs);
    const other = registrations.notePart(`${part.noun} of ${owner}`, inputs.externalId, manager);
    return manager === undefined || other === undefined
      ? []
      : [{ property: manager.args?.[0] ?? part.of ?? "", reason: twiceReason(part, manager, other) }];
  }

  /** What is wrong with a resource whose object another resource of the run has taken over. Sets look at each of their entries. */
  #takenOver(id: string, { externalId }: PropertyMap): CheckFailure[] {
    const reason = this.#lifecycle.isSet ? undefined : registrations.claimReason(id, externalId);
    return reason === undefined ? [] : [{ property: scopeArguments[this.#lifecycle.kind] ?? "", reason }];
  }

  /** @throws DeclarationError if an id, which a program has passed, can't be one of the service */
  #requireId(id: string): void {
    if (!/^\w+$/.test(id)) {
      throw new DeclarationError(
        `${JSON.stringify(id)} is not the id of a ${this.#lifecycle.kind} in the service, such as the value of its \`id\` output. ` +
          `Check the id in the call of ${this.#lifecycle.kind}.get.`,
      );
    }
  }

  /** A stored state or inputs, upgraded to this version of the package. */
  #upgraded(stored: PropertyMap): PropertyMap {
    return this.#lifecycle.upgrade(own(stored));
  }

  /** The same for a state, which is also noted for the service. */
  #knownState(id: string, stored: PropertyMap): PropertyMap {
    const state = this.#upgraded(stored);
    if (this.#config !== undefined) {
      this.#client().noteState(this.#lifecycle.objectIds(id, state) ?? [], state);
    }
    return state;
  }

  /** The inputs of a create, with the externalId of a lost create by an earlier version of this package, if there is one. */
  async #lostName(inputs: PropertyMap, names: StackNames | undefined): Promise<PropertyMap> {
    const lost = names === undefined ? [] : await this.#client().lostCreates.of(names.earlier);
    return lost.length === 0 ? inputs : { ...inputs, externalId: names?.earlier };
  }

  /** Prints which objects a create would take over, once for each. The engine displays what the process prints. */
  async #announceTakeOvers(before: PropertyMap, inputs: PropertyMap): Promise<void> {
    const { externalId } = inputs;
    if (typeof externalId !== "string" || !this.#lifecycle.creates(before, inputs)) {
      return;
    }
    const lost = (await this.#client().lostCreates.of(externalId)).filter(({ id }) => !announcedTakeOvers.has(id));
    for (const { id } of lost) {
      announcedTakeOvers.add(id);
    }
    const named = lost
      .slice(0, maxNamed)
      .map(({ id, name, createdAt }) => `${id} (${asLine(name)}), created ${createdAt}`);
    if (lost.length > maxNamed) {
      named.push(`${lost.length - maxNamed} more`);
    }
    if (lost.length === 0) {
      return;
    }
    const what = lost.length === 1 ? "an object" : `${lost.length} objects`;
    process.stdout.write(
      `${this.#lifecycle.kind} takes over ${what} that an interrupted update created but did not store: ${named.join("; ")}\n`,
    );
  }

  #client(): Client {
    return clientOf(readConnection((key) => this.#config?.get(key)));
  }
}

const nothingDeleted = "Nothing was deleted: the object that was to be replaced still exists.";

const retained: CheckFailure = {
  property: "retainOnDelete",
  reason:
    "a retained object keeps its externalId, so it can't be replaced. Remove the option in a separate update first, or keep this " +
    "resource as it is and declare another one",
};

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
