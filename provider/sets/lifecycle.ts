/**
 * What every set shares: many objects of the service, each known by an address, as one resource. The engine shows the
 * changes of such a map entry by entry, and only what differs is sent.
 */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { adoptionShape } from "../lifecycle/adoption.ts";
import type { Args, Documentation } from "../lifecycle/definition.ts";
import { type Existence, requireDeleted } from "../lifecycle/existence.ts";
import { importedProperty, withoutClaim } from "../lifecycle/imported.ts";
import type { Attempt, Difference, Lifecycle } from "../lifecycle/interface.ts";
import { LifecycleBase } from "../lifecycle/lifecycle-base.ts";
import { externalId } from "../lifecycle/properties.ts";
import { type Registration, Registrations } from "../lifecycle/registrations.ts";
import { isAskedToReplace } from "../lifecycle/replace-on-changes.ts";
import { type CheckFailure, checkShape } from "../lifecycle/shape.ts";
import { keepExternalId, upgradeState } from "../lifecycle/state-version.ts";
import { isRecord, type PropertyMap, withoutUndefined } from "../values/property-map.ts";
import { containsUnknown, isUnknown } from "../values/unknown.ts";
import type { Client } from "../wire/client.ts";
import { accountState, keptAccountIds, readManaged, withAccount } from "./accounts.ts";
import { byAddress } from "./addresses.ts";
import { compareForAdoption } from "./adoption.ts";
import { applyChange, deleteEntries } from "./change.ts";
import { readUnmanaged } from "./imported.ts";
import { findMoves, noMoves } from "./moves.ts";
import {
  type EntryDefinition,
  entriesIn,
  idsIn,
  planSteps,
  type RemoteEntries,
  type RemoteEntry,
  withMoved,
} from "./plan.ts";
import { accountOutputs, setOutputs, setShape } from "./properties.ts";
import { listAll, listOwn, othersOf, refuseDeletingOthers, refuseUnseen } from "./remote-entries.ts";
import { isResending } from "./resending.ts";
import { reviewChange } from "./review.ts";
import { firstFailures, indexesOf, refuseRemovals } from "./safeguards.ts";
import { endsOf, triesOf } from "./tries.ts";
import { previousAddresses, refusePreviousAddresses } from "./was.ts";

/** The definition of one kind of set. `Value` is the type of the values in its map. */
export interface SetDefinition<Shape extends z.ZodRawShape, Value, Remote extends RemoteEntry>
  extends EntryDefinition<Value, Remote> {
  readonly kind: string;
  readonly documentation: Documentation;
  /** How to tell whether the container was deleted, if the service doesn't find it. */
  readonly existence: Existence;
  readonly args: Shape;
  readonly entries: keyof Shape & string;
  /** The argument that names the container of the entries; changing it replaces the set. */
  readonly container: keyof Shape & string;
  /** Converts other forms of the argument to a map by address. */
  toMap?(given: unknown): unknown;
  /** Checks an entry that has a valid shape. Returns what is wrong, and the place in the entry. */
  wrong?(args: Args<Shape>, value: Value): { readonly at: string; readonly reason: string } | undefined;
  /** Checks the set as a whole. `before` is empty at creation. */
  refuse?(args: Args<Shape> & Args<typeof setShape>, before: Partial<Args<Shape>>): CheckFailure | undefined;
  /** What the service would refuse about a replacement of the set: see `Definition.refuseReplacing`. */
  refuseReplacing?(before: PropertyMap, args: PropertyMap): CheckFailure | undefined;
}

const upgrades = [keepExternalId];
const stateVersion = upgrades.length + 1;

/** Builds the lifecycle of a kind of set from its definition. */
export function defineSetLifecycle<Shape extends z.ZodRawShape, Value, Remote extends RemoteEntry>(
  definition: SetDefinition<Shape, Value, Remote>,
): Lifecycle {
  return new DefinedSet(definition);
}

class DefinedSet<Shape extends z.ZodRawShape, Value, Remote extends RemoteEntry>
  extends LifecycleBase
  implements Lifecycle
{
  readonly isSet = true;
  readonly #definition: SetDefinition<Shape, Value, Remote>;
  readonly #shape: z.ZodRawShape;
  /** The names of the arguments. */
  readonly #names: readonly string[];
  /** The people that the program declares elsewhere, by the externalId of a set. They are not stored. */
  readonly #declaredElsewhere = new Map<unknown, ReadonlySet<string>>();

  constructor(definition: SetDefinition<Shape, Value, Remote>) {
    const { container, entries, toMap = (given) => given } = definition;
    super({
      ...definition,
      args: { ...definition.args, ...setShape },
      outputs: { ...setOutputs(entries), ...(definition.accounts && accountOutputs(entries)) },
      kept: { __named: entries },
      subjects: { within: container, entries },
      normalize: { [entries]: (given, resource) => byAddress(toMap(given), resource) },
    });
    this.#definition = definition;
    this.#shape = { ...this.args, ...adoptionShape, externalId };
    this.#names = Object.keys(this.#shape);
  }

  check(previous: PropertyMap, inputs: PropertyMap, replaced?: PropertyMap) {
    const { __stateVersion: _version, __found: _found, __declaredElsewhere: elsewhere, ...others } = inputs;
    const { __replaceOnChanges, __secretEntries, [importedProperty]: _imported, ...given } = others;
    this.#declaredElsewhere.set(inputs.externalId, new Set(Array.isArray(elsewhere) ? elsewhere : []));
    const { checked, failures: found } = checkShape(this.#shape, given);
    const { container, entries, refuse } = this.#definition;
    const failures = firstFailures(found.length === 0 ? this.#wrongEntries(checked) : found);
    if (failures.length === 0) {
      // The previous inputs of a replaced set don't restrict the new set.
      const isSame = isDeepStrictEqual(previous[container], checked[container]);
      const before = isSame ? previous : {};
      checked.resendInvite ??= before.resendInvite;
      const earlier = isSame || containsUnknown(checked[container]) ? replaced : previous;
      const refusals = [
        refuse?.(checked as Args<Shape> & Args<typeof setShape>, before as Partial<Args<Shape>>),
        refuseRemovals(entries, checked, before),
        ...(earlier === undefined ? [] : this.refuseReplacing(earlier, checked)),
      ];
      failures.push(...refusals.filter((refusal) => refusal !== undefined));
    }
    // The entries to adopt are looked up once, before the set exists. The differences are kept only while the program sends the
    // placeholder, which marks them secret if an argument is.
    const { adopts: placeholder, ...rest } = checked;
    const adopts = placeholder === undefined ? undefined : previous.adopts;
    const kept = withoutUndefined({ ...rest, adopts, __replaceOnChanges, __secretEntries });
    return { inputs: { ...kept, __stateVersion: stateVersion }, failures };
  }

  confirmFailures(_client: () => Client, _previous: PropertyMap, failures: readonly CheckFailure[]) {
    return Promise.resolve([...failures]);
  }

  compare(client: Client, inputs: PropertyMap) {
    return compareForAdoption(client, this.#definition, inputs);
  }

  registration(_previous: PropertyMap, inputs: PropertyMap): Registration {
    const entries = isUnknown(inputs[this.#definition.entries]) ? {} : entriesIn(this.#definition, inputs);
    const scope = this.#definition.collection(inputs);
    return { names: [], scope, entries: new Set(Object.keys(entries)), readdressed: previousAddresses(entries) };
  }

  upgrade(values: PropertyMap): PropertyMap {
    return upgradeState(this.kind, values, upgrades);
  }

  diff(state: PropertyMap, inputs: PropertyMap): Difference {
    const different = this.#names.filter((name) => !this.#isSame(name, state[name], inputs[name]));
    const changed = withoutClaim(state, different);
    // Entries that are declared but were deleted, or were created again outside the stack.
    const declared = Object.keys(entriesIn(this.#definition, inputs));
    return {
      changes: changed.length > 0 || declared.some((address) => !Object.hasOwn(idsIn(state.ids), address)),
      changed,
      // If the engine compared the inputs, it would show the addresses of a secret map, so the provider reports changes itself.
      changesArguments: false,
      replaces: changed.filter((name) => this.replaceOn.includes(name) || isAskedToReplace(name, state, inputs)),
    };
  }

  refuseChange(
    client: () => Client,
    _id: string,
    state: PropertyMap,
    inputs: PropertyMap,
    registrations = new Registrations(),
  ): Promise<readonly CheckFailure[]> {
    const { entries } = this.#definition;
    const taken = Object.entries(idsIn(state.ids)).flatMap(([address, id]): CheckFailure[] => {
      const reason = registrations.claimReason(id, inputs.externalId);
      const isDeclared = Object.hasOwn(entriesIn(this.#definition, inputs), address);
      return isDeclared && reason !== undefined ? [{ property: `${entries}.${address}`, reason }] : [];
    });
    if (taken.length > 0) {
      return Promise.resolve(firstFailures(taken));
    }
    return reviewChange(client, this.#definition, { state, inputs, registrations });
  }

  confirmDiff(_client: () => Client, state: PropertyMap, inputs: PropertyMap): Promise<Difference> {
    return Promise.resolve(this.diff(state, inputs));
  }

  refuseReplacing(state: PropertyMap, inputs: PropertyMap): readonly CheckFailure[] {
    const failure = this.#definition.refuseReplacing?.(state, inputs);
    return failure === undefined ? [] : [failure];
  }

  blocksReplacement(before: PropertyMap, inputs: PropertyMap): boolean {
    const { container } = this.#definition;
    return before[container] === inputs[container];
  }

  async create(client: Client, inputs: PropertyMap, registrations = new Registrations()) {
    const hash = createHash("sha256").update(String(inputs.externalId)).digest("hex").slice(0, 32);
    const id = `${String(inputs[this.#definition.container])}/${hash}`;
    const nothing = { ...inputs, [this.#definition.entries]: {} };
    const change = { id, before: nothing, inputs, existing: undefined, moves: noMoves };
    return { id, state: await applyChange(client, this.#definition, registrations, change) };
  }

  findId(_client: Client, args: PropertyMap) {
    return Promise.resolve(String(args[this.#definition.container]));
  }

  async read(client: Client, id: string, state: PropertyMap) {
    if (Object.keys(state).length === 0) {
      return await readUnmanaged(client, this.#definition, id);
    }
    const { entries: argument, readValue } = this.#definition;
    const isAuthoritative = state.mode === "authoritative";
    const existing = isAuthoritative
      ? await listAll(client, this.#definition, state)
      : await listOwn(client, this.#definition, state);
    if (existing === undefined) {
      await this.#requireDeleted(client, state);
      return undefined;
    }
    await client.service.require(state.__service);
    const declared = entriesIn<Value>(this.#definition, state);
    const known = idsIn(state.ids);
    const managed = await readManaged(client, this.#definition, state);
    const [ids, others, entries]: [Record<string, string>, Record<string, string>, Record<string, Value>] = [
      {},
      {},
      {},
    ];
    for (const [address, id] of Object.entries(known)) {
      const entry = existing.get(id);
      if (entry !== undefined) {
        ids[address] = id;
        const value = readValue(entry, state, declared[address]);
        entries[address] = withAccount(this.#definition, value, managed.get(address));
      }
    }
    for (const [address, entry] of isAuthoritative ? othersOf(this.#definition, existing, state) : []) {
      if (Object.hasOwn(ids, address)) {
        continue;
      }
      others[address] = entry.id;
      // A listed entry that was created again outside the stack is not shown as removed: it can be adopted.
      if (!Object.hasOwn(known, address)) {
        entries[address] = readValue(entry, state, undefined);
      }
    }
    const inputs = { ...this.#argsIn(state), [argument]: entries, __stateVersion: stateVersion };
    const places = indexesOf(others, entries);
    const kept = { __run: state.__run, __service: client.service.id ?? state.__service };
    const accounts = accountState(this.#definition, state, keptAccountIds(this.#definition, state, managed));
    return {
      state: { ...inputs, ids, others, ...accounts, ...withoutUndefined(kept) },
      inputs: places.length > 0 ? { ...inputs, __found: places } : inputs,
    };
  }

  async update(
    client: Client,
    id: string,
    before: PropertyMap,
    inputs: PropertyMap,
    registrations = new Registrations(),
  ) {
    await client.service.require(before.__service);
    const own = async () => await this.#confirmed(client, before, await listOwn(client, this.#definition, before));
    const moves = await findMoves(client, this.#definition, before, inputs, { own, registrations });
    const state = withMoved(this.#definition, before, moves.moved);
    const isAuthoritative = state.mode === "authoritative" && inputs.mode === "authoritative";
    // An entry that isn't found during the update was deleted, provided that its container could be listed.
    const isChanging =
      isResending(state, inputs) ||
      planSteps(this.#definition, state, inputs, undefined).some(({ type }) => type !== "create");
    let existing: RemoteEntries<Remote>;
    if (isAuthoritative) {
      existing = await this.#confirmed(client, before, await listAll(client, this.#definition, inputs));
      refuseUnseen(this.#definition, existing, state, inputs);
      await refuseDeletingOthers(client, this.#definition, { state, inputs, existing });
    } else if (isChanging) {
      existing = await own();
    }
    const elsewhere = this.#declaredElsewhere.get(inputs.externalId);
    return await applyChange(client, this.#definition, registrations, {
      id,
      before,
      inputs,
      existing,
      moves,
      elsewhere,
    });
  }

  async delete(client: Client, id: string, state: PropertyMap): Promise<void> {
    await client.service.require(state.__service);
    const existing = await this.#confirmed(client, state, await listOwn(client, this.#definition, state));
    await deleteEntries(client, this.#definition, { id, state, existing });
  }

  tries(client: Client, inputs: PropertyMap, id?: string, state?: PropertyMap): Promise<readonly Attempt[]> {
    return triesOf(client, this.#definition, inputs, id !== undefined, state);
  }

  ends(_id: string, state: PropertyMap): readonly Attempt[] {
    return endsOf(this.#definition, state);
  }

  objectIds(_id: string, { ids, accountIds = {} }: PropertyMap): readonly string[] | undefined {
    const parts = [ids, accountIds].flatMap((map) => (isRecord(map) ? Object.values(map) : [undefined]));
    return parts.every((part) => typeof part === "string") ? parts : undefined;
  }

  creates(before: PropertyMap, inputs: PropertyMap): boolean {
    const { entries } = this.#definition;
    const [was, wanted] = [before[entries], inputs[entries]];
    return isRecord(wanted) && Object.keys(wanted).some((address) => !isRecord(was) || !Object.hasOwn(was, address));
  }

  /**
   * The existing entries; none if their container was deleted. Other entries leave the state without a request.
   *
   * @throws MissingObjectError, OtherServiceError
   */
  async #confirmed(
    client: Client,
    state: PropertyMap,
    found: RemoteEntries<Remote>,
  ): Promise<ReadonlyMap<string, Remote>> {
    if (found === undefined) {
      await this.#requireDeleted(client, state);
    }
    return found ?? new Map();
  }

  /** @throws MissingObjectError, OtherServiceError if the container may still exist */
  async #requireDeleted(client: Client, state: PropertyMap): Promise<void> {
    const { container, existence } = this.#definition;
    await requireDeleted(client, `${container} ${String(state[container])}`, existence, state);
  }

  /** Whether two values of an argument mean the same: previous addresses of entries have no effect once they are changed. */
  #isSame(name: string, before: unknown, now: unknown): boolean {
    const { entries, withoutWas } = this.#definition;
    if (isDeepStrictEqual(before, now)) {
      return true;
    }
    if (name !== entries || withoutWas === undefined || !isRecord(before) || !isRecord(now) || isUnknown(now)) {
      return false;
    }
    const addresses = Object.keys(now);
    return (
      addresses.length === Object.keys(before).length &&
      addresses.every(
        (address) =>
          Object.hasOwn(before, address) &&
          isDeepStrictEqual(withoutWas(before[address] as Value), withoutWas(now[address] as Value)),
      )
    );
  }

  #wrongEntries(checked: PropertyMap): CheckFailure[] {
    const { entries, wrong } = this.#definition;
    const map = isUnknown(checked[entries]) ? {} : entriesIn<Value>(this.#definition, checked);
    const refused = refusePreviousAddresses(entries, map);
    if (refused.length > 0) {
      return refused;
    }
    return Object.entries(map).flatMap(([address, value]) => {
      const found = containsUnknown(value) ? undefined : wrong?.(checked as Args<Shape>, value);
      return found === undefined ? [] : [{ property: `${entries}.${address}${found.at}`, reason: found.reason }];
    });
  }

  #argsIn(state: PropertyMap): PropertyMap {
    return Object.fromEntries(
      this.#names.filter((name) => state[name] !== undefined).map((name) => [name, state[name]]),
    );
  }
}
