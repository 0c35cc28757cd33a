/** The calls of the engine about the resources of one kind, whichever front receives them. A front only translates. */
import { asLine } from "roster-schema";
import { DeclarationError } from "../errors.ts";
import { notFound, serviceIdOf } from "../kinds/readable-ids.ts";
import { denials, scopeArguments } from "../kinds/rights.ts";
import { managedReason, wantsAdoption } from "../lifecycle/adoption.ts";
import { declaredTwice } from "../lifecycle/declared-once.ts";
import { knownName, type StackNames } from "../lifecycle/external-id.ts";
import { importedProperty, isImported, isUnclaimed, stillImported } from "../lifecycle/imported.ts";
import type { Difference, Lifecycle } from "../lifecycle/interface.ts";
import { nameCycleRemedy } from "../lifecycle/name-conflicts.ts";
import { managerOf, ownerOfPart, twiceReason } from "../lifecycle/parts.ts";
import { type CheckFailure, failureText } from "../lifecycle/shape.ts";
import { say } from "../messages.ts";
import type { Declaration } from "../values/declaration.ts";
import { type PropertyMap, withoutNames } from "../values/property-map.ts";
import { containsUnknown } from "../values/unknown.ts";
import type { Client } from "../wire/client.ts";
import { tally } from "../wire/tally.ts";
import type { Run } from "./run.ts";

/** The maximum number of objects that a message names. */
const maxNamed = 10;

/** A resource, as a program declares it. */
export interface DeclaredResource {
  /** The inputs of the last check; empty for a resource that doesn't exist yet. */
  readonly previous: PropertyMap;
  /** The inputs of the program, without those that only a front uses. */
  readonly inputs: PropertyMap;
  /** The externalIds that the resource can have; undefined if they aren't known. */
  readonly names: StackNames | undefined;
  readonly declaration: Declaration | undefined;
  /** Whether a deleted object stays in the service. */
  readonly isRetained: boolean;
}

/** An object that was read. */
interface ReadObject {
  /** Its id in the service. */
  readonly id: string;
  readonly state: PropertyMap;
  /** The inputs of a resource that declares it as it is. */
  readonly inputs: PropertyMap;
}

/** The engine's calls about one kind of resource. */
export class ResourceCalls {
  readonly #lifecycle: Lifecycle;
  readonly #run: Run;
  readonly #client: () => Client;

  /** @param client returns the client; called only when there is something to ask */
  constructor(lifecycle: Lifecycle, run: Run, client: () => Client) {
    this.#lifecycle = lifecycle;
    this.#run = run;
    this.#client = client;
  }

  /**
   * Checks the inputs of a resource, and fills in defaults.
   *
   * @returns the inputs that the other calls are given, and what is wrong
   */
  async check({ previous, inputs, names, declaration, isRetained }: DeclaredResource): Promise<{
    inputs: PropertyMap;
    failures: readonly CheckFailure[];
  }> {
    const { registrations, replacements } = this.#run;
    const before = this.#lifecycle.upgrade(previous);
    const isNew = Object.keys(before).length === 0;
    if (names !== undefined) {
      registrations.addAlias(names.earlier, names.externalId);
    }
    const replaced = isNew ? registrations.replacedObject(names?.externalId ?? inputs.externalId) : undefined;
    const checked = this.#lifecycle.check(before, named(inputs, names, replaced ?? before), replaced);
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
    const failures = await this.#lifecycle.confirmFailures(this.#client, replaced ?? before, found);
    const manager = managerBefore(before, names);
    failures.push(...(manager === undefined ? [] : [{ property: "", reason: manager }]));
    if (isRetained && replaced !== undefined && this.#lifecycle.blocksReplacement(replaced, compared)) {
      failures.push(retained);
    }
    if (failures.length === 0) {
      failures.push(...this.#register(before, compared, replaced), ...this.#managedTwice(undefined, compared));
      failures.push(...declaredTwice(registrations, this.#lifecycle, declaration, compared));
    }
    // The service is asked last, and only about a declaration that has no other fault.
    if (failures.length === 0) {
      failures.push(...(await this.#denied(isNew ? undefined : before, compared)));
    }
    if (isNew && failures.length === 0) {
      const create = { lifecycle: this.#lifecycle, inputs: compared, replaced, isRetained };
      const reason = await replacements.refusalOf(this.#client, create);
      failures.push(...(reason === undefined ? [] : [{ property: "", reason }]));
    }
    return { inputs: compared, failures };
  }

  /** @throws DeclarationError if the service would refuse the change */
  async diff(id: string, state: PropertyMap, inputs: PropertyMap): Promise<Difference> {
    const { registrations } = this.#run;
    const before = this.#knownState(id, state);
    const difference = await this.#lifecycle.confirmDiff(this.#client, before, inputs, registrations);
    const { changes, replaces } = difference;
    if (this.#lifecycle.kind === "User") {
      registrations.noteUserAddress(inputs.email, id);
    }
    // The engine also requests diffs of resources that depend on a replaced one, with their previous inputs.
    const isDeclared = registrations.isRegistered(inputs.externalId);
    if (isDeclared && !changes) {
      registrations.noteSettled(inputs.externalId);
    }
    if (isDeclared) {
      const refused = await this.#lifecycle.refuseChange?.(this.#client, id, before, inputs, registrations);
      await this.#refuse(before, [
        ...this.#managedTwice(id, inputs),
        ...this.#takenOver(id, inputs),
        ...(refused ?? []),
      ]);
    }
    // An unknown value may turn out to be unchanged.
    const isCertain = replaces.some((name) => !containsUnknown(inputs[name]));
    const isKnown = !this.#lifecycle.replaceOn.some((name) => containsUnknown(inputs[name]));
    if (!isDeclared || isKnown || isCertain) {
      registrations.noteExisting(inputs.externalId, before);
    }
    if (isDeclared && isCertain) {
      await this.#refuse(before, this.#lifecycle.refuseReplacing(before, inputs));
    }
    return difference;
  }

  async create(inputs: PropertyMap): Promise<{ id: string; state: PropertyMap }> {
    const { registrations } = this.#run;
    tally.resources += 1;
    registrations.noteCreated(inputs.externalId);
    const made = await this.#lifecycle.create(this.#client(), inputs, registrations);
    registrations.noteSettled(inputs.externalId);
    if (this.#lifecycle.kind === "User") {
      registrations.noteUserAddress(inputs.email, made.id);
    }
    return made;
  }

  /**
   * Reads an object.
   *
   * @param state empty for an object that the stack has not read before
   * @returns undefined if the object was deleted
   */
  async read(id: string, state: PropertyMap): Promise<ReadObject | undefined> {
    tally.resources += 1;
    const found = await this.#lifecycle.read(this.#client(), id, this.#knownState(id, state));
    if (found === undefined) {
      this.#run.registrations.noteDeleted(state.externalId);
      return undefined;
    }
    return { id: found.id ?? id, state: stillImported(state, found.state), inputs: stillImported(state, found.inputs) };
  }

  /**
   * Reads an object that the stack doesn't know, to import it or only to read it.
   *
   * @param id the service's id, or a readable one
   * @throws DeclarationError if it isn't found
   */
  async readFirst(id: string): Promise<ReadObject> {
    const { kind, subjects } = this.#lifecycle;
    const found = await serviceIdOf(this.#client(), kind, id);
    const read = await this.read(found, {});
    if (read === undefined) {
      throw notFound(kind, id);
    }
    // A program declares a person by one of the two, and the address is the one that a person can read.
    const one = subjects.within !== undefined && read.inputs.email !== undefined ? [subjects.user ?? ""] : [];
    const given = withoutNames(read.inputs, ["externalId", "adopts", ...one]);
    const { inputs } = this.#lifecycle.check({}, given);
    const known = stillImported({ [importedProperty]: true }, { ...inputs, ...withoutNames(read.inputs, one) });
    return { id: read.id, state: { ...withoutNames(read.state, one), ...known }, inputs: known };
  }

  /** @returns the state after the update */
  async update(id: string, state: PropertyMap, inputs: PropertyMap): Promise<PropertyMap> {
    const { registrations } = this.#run;
    tally.resources += 1;
    const after = await this.#lifecycle.update(this.#client(), id, this.#knownState(id, state), inputs, registrations);
    registrations.noteSettled(inputs.externalId);
    return after;
  }

  /** @param names the externalIds that the resource can have; undefined if they aren't known */
  async delete(id: string, state: PropertyMap, names?: StackNames): Promise<void> {
    const { registrations, replacements } = this.#run;
    tally.resources += 1;
    const before = this.#lifecycle.upgrade(state);
    // A replaced object is deleted only if its replacement can be created. Time has passed since that was checked, and with
    // `--target-replace`, the replaced object is known only now.
    const planned = registrations.plannedCreate(before.externalId);
    if (planned !== undefined) {
      await this.#refuse(before, this.#lifecycle.check({}, planned, before).failures, nothingDeleted);
    }
    const refusal = await replacements.refusalOfDeleting(this.#client, before);
    if (refusal !== undefined) {
      throw new DeclarationError(refusal);
    }
    const manager = managerBefore(await this.#asInService(id, before), names);
    if (manager !== undefined) {
      throw new DeclarationError(manager);
    }
    if (isImported(before)) {
      await say(`${this.#lifecycle.kind} ${id} was imported: no stack created it, and this deletes it.`);
    }
    await this.#lifecycle.delete(this.#client(), id, before);
    registrations.noteDeleted(before.externalId);
  }

  /** The state of an object, as the service has it now if another stack can have taken it over. Sets look at each of their entries. */
  async #asInService(id: string, state: PropertyMap): Promise<PropertyMap> {
    const isAsked = isUnclaimed(state) && !this.#lifecycle.isSet;
    const found = isAsked ? await this.#lifecycle.read(this.#client(), id, state) : undefined;
    return found === undefined ? state : stillImported(state, found.state);
  }

  /** @throws DeclarationError if any of the failures remains once the service has been asked about it */
  async #refuse(before: PropertyMap, failures: readonly CheckFailure[], more?: string): Promise<void> {
    const remaining = await this.#lifecycle.confirmFailures(this.#client, before, failures);
    if (remaining.length === 0) {
      return;
    }
    throw new DeclarationError([...remaining.map(failureText), ...(more === undefined ? [] : [more])].join("\n  "));
  }

  /** What the caller may not do, as far as the service says. @param before undefined for a resource that doesn't exist yet */
  async #denied(before: PropertyMap | undefined, now: PropertyMap): Promise<CheckFailure[]> {
    const { kind } = this.#lifecycle;
    const found = await denials(this.#client, { kind, before, now });
    return found.map(({ property = scopeArguments[kind] ?? "", reason }) => ({ property, reason }));
  }

  /** Registers a resource. @returns what is wrong with it, given the registrations of others */
  #register(previous: PropertyMap, inputs: PropertyMap, replaced: PropertyMap | undefined): CheckFailure[] {
    const { externalId } = inputs;
    this.#run.registrations.register(externalId, this.#lifecycle.registration(previous, inputs, replaced));
    this.#run.registrations.notePending(externalId, this.#lifecycle.kind);
    if (Object.keys(previous).length === 0) {
      this.#run.registrations.notePlannedCreate(externalId, inputs);
      if (this.#lifecycle.kind === "User" && replaced === undefined) {
        this.#run.registrations.noteUserAddress(inputs.email, undefined);
      }
    }
    const cycle = this.#run.registrations.cycleOf(externalId);
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
    const other = this.#run.registrations.notePart(`${part.noun} of ${owner}`, inputs.externalId, manager);
    return manager === undefined || other === undefined
      ? []
      : [{ property: manager.args?.[0] ?? part.of ?? "", reason: twiceReason(part, manager, other) }];
  }

  /** What is wrong with a resource whose object another resource of the run has taken over. Sets look at each of their entries. */
  #takenOver(id: string, { externalId }: PropertyMap): CheckFailure[] {
    const reason = this.#lifecycle.isSet ? undefined : this.#run.registrations.claimReason(id, externalId);
    return reason === undefined ? [] : [{ property: scopeArguments[this.#lifecycle.kind] ?? "", reason }];
  }

  /** A stored state, upgraded to this version of the package, and noted for the service. */
  #knownState(id: string, stored: PropertyMap): PropertyMap {
    const state = this.#lifecycle.upgrade(stored);
    this.#client().noteState(this.#lifecycle.objectIds(id, state) ?? [], state);
    return state;
  }

  /** The inputs of a create, with the externalId of a lost create by an earlier version of this package, if there is one. */
  async #lostName(inputs: PropertyMap, names: StackNames | undefined): Promise<PropertyMap> {
    const lost = names === undefined ? [] : await this.#client().lostCreates.of(names.earlier);
    return lost.length === 0 ? inputs : { ...inputs, externalId: names?.earlier };
  }

  /** Prints which objects a create would take over, once for each. */
  async #announceTakeOvers(before: PropertyMap, inputs: PropertyMap): Promise<void> {
    const { externalId } = inputs;
    if (typeof externalId !== "string" || !this.#lifecycle.creates(before, inputs)) {
      return;
    }
    const lost = (await this.#client().lostCreates.of(externalId)).filter(({ id }) => !this.#run.announced.has(id));
    for (const { id } of lost) {
      this.#run.announced.add(id);
    }
    const objects = lost
      .slice(0, maxNamed)
      .map(({ id, name, createdAt }) => `${id} (${asLine(name)}), created ${createdAt}`);
    if (lost.length > maxNamed) {
      objects.push(`${lost.length - maxNamed} more`);
    }
    if (lost.length === 0) {
      return;
    }
    const what = lost.length === 1 ? "an object" : `${lost.length} objects`;
    await say(
      `${this.#lifecycle.kind} takes over ${what} that an interrupted update created but did not store: ${objects.join("; ")}`,
    );
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
 * Why the stack can't have an imported object: another resource manages it. The engine puts it into the state all the same, because it asks
 * about an import in the same way as about an object that the stack only reads.
 */
function managerBefore(before: PropertyMap, names: StackNames | undefined): string | undefined {
  const { externalId } = before;
  if (!isImported(before) || typeof externalId !== "string" || externalId === names?.externalId) {
    return undefined;
  }
  return managedReason(
    { id: "the imported object", externalId },
    { ...names },
    {
      elsewhere: "remove it from this state with `pulumi state delete`",
      here: 'and declare it with `adopt: "force"` if this resource is to take it over',
    },
  );
}

/** The inputs with the externalId that the resource has, if it is known. */
function named(inputs: PropertyMap, names: StackNames | undefined, { externalId }: PropertyMap): PropertyMap {
  return names === undefined ? inputs : { ...inputs, externalId: knownName(names, externalId) };
}
