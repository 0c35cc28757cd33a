/**
 * What every set shares: many objects of the service, each known by an address, as one resource. The engine shows the
 * changes of such a map entry by entry, and only what differs is sent.
 */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { foldEmail } from "roster-schema";
import type { z } from "zod";
import { OutdatedStateError, PartialError } from "../errors.ts";
import { adoptionShape, hasEnded, managedReason, wantsForce } from "../lifecycle/adoption.ts";
import type { Args, Documentation } from "../lifecycle/definition.ts";
import { Described } from "../lifecycle/described.ts";
import { type Existence, requireGone } from "../lifecycle/existence.ts";
import type { Difference, Lifecycle } from "../lifecycle/interface.ts";
import { TakenNames } from "../lifecycle/names.ts";
import { externalId } from "../lifecycle/properties.ts";
import { isAskedToReplace } from "../lifecycle/replace-on-changes.ts";
import { Run, type Shown } from "../lifecycle/run.ts";
import { type CheckFailure, checkShape } from "../lifecycle/shape.ts";
import { keepsName, upgradeState } from "../lifecycle/state-version.ts";
import { containsUnknown, isUnknown } from "../values/unknown.ts";
import { isRecord, type Values, withoutUndefined } from "../values/values.ts";
import type { Client } from "../wire/client.ts";
import { byAddress } from "./addresses.ts";
import { fewest, ignoring, maxNamed, placesOf, refuseRemovals } from "./checks.ts";
import { movedAddresses } from "./moves.ts";
import {
  type Entries,
  entriesIn,
  entryNameOf,
  idsIn,
  planChanges,
  planEnd,
  type RemoteEntry,
  type Standing,
  stateAfter,
  withMoved,
} from "./plan.ts";
import { setOutputs, setShape } from "./properties.ts";
import { type Sent, send } from "./sending.ts";
import { everythingOf, lookUp, ownOf, refuseEndingAnothers } from "./standing.ts";

/** What is a set's own. `Value` is what its map has for an address. */
export interface SetDefinition<Shape extends z.ZodRawShape, Value, Remote extends RemoteEntry>
  extends Entries<Value, Remote> {
  readonly kind: string;
  readonly documentation: Documentation;
  /** When what the entries belong to is gone, if the service doesn't find it. */
  readonly existence: Existence;
  readonly args: Shape;
  readonly entries: keyof Shape & string;
  /** The argument that says where the entries belong; another one makes another set. */
  readonly container: keyof Shape & string;
  /** The map by address that a program means by what it gives, where it may give something else. */
  toMap?(given: unknown): unknown;
  /** What is wrong with an entry that looks as it must: where in it, and what. */
  wrong?(args: Args<Shape>, value: Value): { readonly at: string; readonly reason: string } | undefined;
  /** What is wrong with the set as a whole. `before` is empty at creation. */
  refuse?(args: Args<Shape> & Args<typeof setShape>, before: Partial<Args<Shape>>): CheckFailure | undefined;
  /** What the service would refuse of a set that takes the place of another: see `Definition.replacing`. */
  replacing?(before: Values, args: Values): CheckFailure | undefined;
  /** Whether an entry is kept where the set knows it, and is nobody's otherwise. */
  isOver?(remote: Remote): boolean;
}

const upgrades = [keepsName];
const stateVersion = upgrades.length + 1;

/** Builds the lifecycle of a set from what is its own. */
export function defineSetLifecycle<Shape extends z.ZodRawShape, Value, Remote extends RemoteEntry>(
  definition: SetDefinition<Shape, Value, Remote>,
): Lifecycle {
  return new DefinedSet(definition);
}

class DefinedSet<Shape extends z.ZodRawShape, Value, Remote extends RemoteEntry>
  extends Described
  implements Lifecycle
{
  readonly isSet = true;
  readonly #definition: SetDefinition<Shape, Value, Remote>;
  readonly #shape: z.ZodRawShape;
  /** The names of the arguments. */
  readonly #names: readonly string[];

  constructor(definition: SetDefinition<Shape, Value, Remote>) {
    const { container, entries, toMap = (given) => given } = definition;
    super({
      ...definition,
      args: { ...definition.args, ...setShape },
      outputs: setOutputs(entries),
      kept: { __named: entries },
      subjects: { within: container, entries },
      normalize: { [entries]: (given, resource) => byAddress(toMap(given), resource) },
    });
    this.#definition = definition;
    this.#shape = { ...this.args, ...adoptionShape, externalId };
    this.#names = Object.keys(this.#shape);
  }

  check(previous: Values, inputs: Values, replaced?: Values) {
    const { __stateVersion: _version, __found: _found, __replaceOnChanges, ...given } = inputs;
    const { checked, failures: found } = checkShape(this.#shape, given);
    const { container, entries, refuse } = this.#definition;
    const failures = fewest(found.length === 0 ? this.#wrongEntries(checked) : found);
    if (failures.length === 0) {
      // Another set is bound by nothing that was said of the one that it takes the place of.
      const isSame = isDeepStrictEqual(previous[container], checked[container]);
      const before = isSame ? previous : {};
      const earlier = isSame || containsUnknown(checked[container]) ? replaced : previous;
      const refusals = [
        refuse?.(checked as Args<Shape> & Args<typeof setShape>, before as Partial<Args<Shape>>),
        refuseRemovals(entries, checked, before),
        ...(earlier === undefined ? [] : this.refuseReplacing(earlier, checked)),
      ];
      failures.push(...refusals.filter((refusal) => refusal !== undefined));
    }
    // What was adopted is looked up once, when the set isn't there yet.
    // Kept only where the program still gives the placeholder: that is what marks it secret where an argument is.
    const { adopts: placeholder, ...rest } = checked;
    const adopts = placeholder === undefined ? undefined : previous.adopts;
    const kept = withoutUndefined({ adopts, __replaceOnChanges });
    return { inputs: { ...rest, ...kept, __stateVersion: stateVersion }, failures };
  }

  remaining(_client: () => Client, _previous: Values, failures: readonly CheckFailure[]): Promise<CheckFailure[]> {
    return Promise.resolve([...failures]);
  }

  async compare(client: Client, inputs: Values) {
    const standing = await lookUp(client, this.#definition, inputs);
    if (standing === undefined) {
      return { inputs, failures: [] };
    }
    const definition = this.#definition;
    const wanted = entriesIn<Value>(definition, inputs);
    const adopts: Record<string, string> = {};
    const failures: CheckFailure[] = [];
    for (const entry of standing.values()) {
      const address = foldEmail(entry.email);
      const value = Object.hasOwn(wanted, address) ? wanted[address] : undefined;
      if (value === undefined || containsUnknown(value) || definition.isOver?.(entry) === true) {
        continue;
      }
      const property = `${definition.entries}.${address}`;
      const isOurs = entry.externalId === entryNameOf(inputs, address);
      if (entry.externalId !== null && !isOurs && !wantsForce(inputs)) {
        const remedy = { elsewhere: "let go of it there", here: 'leave it out here, or set `adopt: "force"`' };
        failures.push({ property, reason: managedReason(entry, inputs, remedy) });
      } else if (definition.isFixed?.(definition.observe(entry, inputs, undefined), value) === true) {
        failures.push({
          property,
          reason: `${entry.id} is of another kind, which can't be changed: adopt it as it is`,
        });
      } else if (!isOurs) {
        const [is, shall] = [definition.observe(entry, inputs, value), value];
        const changes = Object.entries(definition.settable(inputs, shall)).filter(
          ([name, now]) => definition.settable(inputs, is)[name] !== now,
        );
        const text = changes.map(([name, now]) => `${String(definition.settable(inputs, is)[name])} => ${String(now)}`);
        adopts[address] = text.join(", ");
      }
    }
    const changing = Object.fromEntries(Object.entries(adopts).filter(([, change]) => change !== ""));
    return { inputs: { ...inputs, adopts: changing }, failures: fewest(failures) };
  }

  shows(_previous: Values, inputs: Values): Shown {
    return { names: [], entries: new Set(Object.keys(entriesIn(this.#definition, inputs))) };
  }

  upgrade(values: Values): Values {
    return upgradeState(this.kind, values, upgrades);
  }

  diff(state: Values, inputs: Values): Difference {
    const changed = this.#names.filter((name) => !isDeepStrictEqual(state[name], inputs[name]));
    const ids = idsIn(state.ids);
    // Also what is declared and has ended, or was made anew by somebody else.
    const lacks = Object.keys(entriesIn(this.#definition, inputs)).some((address) => !Object.hasOwn(ids, address));
    return {
      changes: changed.length > 0 || lacks,
      // Where the engine compares by itself it shows the addresses of a map that is secret as a whole, so it is told instead.
      changesArguments: false,
      replaces: changed.filter((name) => this.replaceOn.includes(name) || isAskedToReplace(name, state, inputs)),
    };
  }

  plan(_client: () => Client, state: Values, inputs: Values): Promise<Difference> {
    return Promise.resolve(this.diff(state, inputs));
  }

  refuseReplacing(state: Values, inputs: Values): readonly CheckFailure[] {
    const failure = this.#definition.replacing?.(state, inputs);
    return failure === undefined ? [] : [failure];
  }

  isInTheWay(before: Values, inputs: Values): boolean {
    const { container } = this.#definition;
    return before[container] === inputs[container];
  }

  async create(client: Client, inputs: Values, run = new Run()) {
    const place = createHash("sha256").update(String(inputs.externalId)).digest("hex").slice(0, 32);
    const id = `${String(inputs[this.#definition.container])}/${place}`;
    const nothing = { ...inputs, [this.#definition.entries]: {} };
    return { id, state: await this.#apply(client, run, { id, state: nothing, inputs, standing: undefined }) };
  }

  async read(client: Client, _id: string, state: Values) {
    const { entries: argument, observe } = this.#definition;
    const isAlone = state.mode === "authoritative";
    const standing = isAlone
      ? await everythingOf(client, this.#definition, state)
      : await ownOf(client, this.#definition, state);
    if (standing === undefined) {
      await this.#requireGone(client, state);
      return undefined;
    }
    await client.service.require(state.__service);
    const declared = entriesIn<Value>(this.#definition, state);
    const known = idsIn(state.ids);
    const [ids, others, entries]: [Record<string, string>, Record<string, string>, Record<string, Value>] = [
      {},
      {},
      {},
    ];
    for (const [address, id] of Object.entries(known)) {
      const entry = standing.get(id);
      if (entry !== undefined) {
        ids[address] = id;
        entries[address] = observe(entry, state, declared[address]);
      }
    }
    for (const [address, entry] of isAlone ? this.#othersOf(standing, state) : []) {
      if (Object.hasOwn(ids, address)) continue;
      others[address] = entry.id;
      // Who is listed and was made anew by somebody else is not shown as removed: it is to be adopted.
      if (!Object.hasOwn(known, address)) entries[address] = observe(entry, state, undefined);
    }
    const inputs = { ...this.#argsIn(state), [argument]: entries, __stateVersion: stateVersion };
    const places = placesOf(others, entries);
    const kept = { __run: state.__run, __service: client.service.id ?? state.__service };
    return {
      state: { ...inputs, ids, others, ...withoutUndefined(kept) },
      inputs: places.length > 0 ? { ...inputs, __found: places } : inputs,
    };
  }

  async update(client: Client, id: string, before: Values, inputs: Values, run = new Run()) {
    await client.service.require(before.__service);
    const own = async () => await this.#certainly(client, before, await ownOf(client, this.#definition, before));
    const moved = await movedAddresses(client, this.#definition, before, inputs, { own, run });
    const state = withMoved(this.#definition, before, moved);
    const isAlone = state.mode === "authoritative" && inputs.mode === "authoritative";
    // What isn't found while it is changed has ended, if the list of what it belongs to was answered.
    const isChanging = planChanges(this.#definition, state, inputs, undefined).some(({ does }) => does !== "create");
    let standing: Standing<Remote>;
    if (isAlone) {
      standing = await this.#certainly(client, before, await everythingOf(client, this.#definition, inputs));
      this.#refuseUnseen(standing, state, inputs);
      await refuseEndingAnothers(client, this.#definition, { state, inputs, standing });
    } else if (isChanging) {
      standing = await own();
    }
    return await this.#apply(client, run, { id, state, inputs, standing });
  }

  async delete(client: Client, id: string, state: Values): Promise<void> {
    await client.service.require(state.__service);
    const standing = await this.#certainly(client, state, await ownOf(client, this.#definition, state));
    const changes = planEnd(this.#definition, state, standing);
    const sent = await send(client, this.#nameOf(state), changes);
    if (sent.failed.length + sent.untried.length > 0) {
      throw new PartialError(id, state, [this.#reasonOf(sent)]);
    }
  }

  partsOf(_id: string, { ids }: Values): readonly string[] | undefined {
    const parts = isRecord(ids) ? Object.values(ids) : [undefined];
    return parts.every((part) => typeof part === "string") ? parts : undefined;
  }

  creates(before: Values, inputs: Values): boolean {
    const { entries } = this.#definition;
    const [was, wanted] = [before[entries], inputs[entries]];
    return isRecord(wanted) && Object.keys(wanted).some((address) => !isRecord(was) || !Object.hasOwn(was, address));
  }

  /**
   * What is there; nothing where what the entries belong to is gone. What isn't there leaves the state without being ended.
   *
   * @throws MissingObjectError, OtherServiceError
   */
  async #certainly(client: Client, state: Values, found: Standing<Remote>): Promise<ReadonlyMap<string, Remote>> {
    if (found === undefined) await this.#requireGone(client, state);
    return found ?? new Map();
  }

  /** @throws MissingObjectError, OtherServiceError unless what the entries belong to is gone */
  async #requireGone(client: Client, state: Values): Promise<void> {
    const { container, existence } = this.#definition;
    await requireGone(client, {
      ...existence,
      name: `${container} ${String(state[container])}`,
      inOrganization: existence.organization === undefined ? undefined : state[existence.organization],
      // It was there when the set last made an entry.
      foundIn: state.__run,
      service: state.__service,
    });
  }

  /** Sends what differs. */
  async #apply(
    client: Client,
    run: Run,
    { id, state, inputs, standing }: { id: string; state: Values; inputs: Values; standing: Standing<Remote> },
  ): Promise<Values> {
    const { collection, isGone, remote } = this.#definition;
    const changes = planChanges(this.#definition, state, inputs, standing);
    const namesOf = (address: string) =>
      new TakenNames(run, this.kind, entryNameOf(inputs, address), async () => {
        const found = await client.list(collection(inputs), { email: address }, remote);
        return found.find((entry) => isGone?.(entry) !== true && !hasEnded(entry));
      });
    const sent = await send(client, this.#nameOf(inputs), changes, namesOf);
    const isMade = sent.done.some(({ change }) => change.does === "create" || change.does === "replace");
    const kept = { __run: isMade ? client.run.id : state.__run, __service: client.service.id ?? state.__service };
    const after = {
      ...stateAfter(this.#definition, state, inputs, sent),
      ...withoutUndefined(kept),
      __stateVersion: stateVersion,
    };
    if (sent.failed.length + sent.untried.length > 0) {
      throw new PartialError(id, after, [this.#reasonOf(sent)]);
    }
    return after;
  }

  #nameOf(values: Values): string {
    return `${this.kind} of ${String(values[this.#definition.container])}`;
  }

  #reasonOf({ failed, untried }: Sent): string {
    const named = failed.slice(0, maxNamed).map(({ change, reason }) => {
      return `${change.address}: ${reason.replaceAll("\n", "\n  ")}`;
    });
    const more = failed.length - named.length;
    return [
      `${failed.length + untried.length} ${this.#definition.entries} could not be updated. All other changes were applied, and the next \`up\` continues with these:`,
      ...named,
      ...(more > 0 ? [`and ${more} more that failed`] : []),
      ...(untried.length > 0 ? [`${untried.length} were not tried after that`] : []),
    ].join("\n  ");
  }

  /** @throws OutdatedStateError if somebody is there whom the last refresh didn't see */
  #refuseUnseen(standing: ReadonlyMap<string, Remote>, state: Values, inputs: Values): void {
    const wanted = entriesIn(this.#definition, inputs);
    const seen = new Set([...Object.values(idsIn(state.ids)), ...Object.values(idsIn(state.others))]);
    const unseen = [...this.#othersOf(standing, inputs)]
      .filter(([address, { id }]) => !seen.has(id) && !Object.hasOwn(wanted, address))
      .map(([address]) => address);
    if (unseen.length > 0) {
      const more = unseen.length > maxNamed ? `, and ${unseen.length - maxNamed} more` : "";
      throw new OutdatedStateError(
        `${unseen.length} ${this.#definition.entries} are there that the last refresh didn't see: ${unseen.slice(0, maxNamed).join(", ")}${more}.\n` +
          "  Nothing was changed. Run `pulumi refresh`, look at what the next preview says, and `up` again.",
      );
    }
  }

  /** Who is there and isn't to be ignored, by address. */
  *#othersOf(standing: ReadonlyMap<string, Remote>, values: Values): Generator<[string, Remote]> {
    const isIgnored = ignoring(values.ignore);
    const ours = new Set(Object.values(idsIn(values.ids)));
    for (const entry of standing.values()) {
      const address = foldEmail(entry.email);
      if (!ours.has(entry.id) && !isIgnored(address) && this.#definition.isOver?.(entry) !== true) {
        yield [address, entry];
      }
    }
  }

  #wrongEntries(checked: Values): CheckFailure[] {
    const { entries, wrong } = this.#definition;
    const map = isUnknown(checked[entries]) ? {} : entriesIn<Value>(this.#definition, checked);
    return Object.entries(map).flatMap(([address, value]) => {
      const found = containsUnknown(value) ? undefined : wrong?.(checked as Args<Shape>, value);
      return found === undefined ? [] : [{ property: `${entries}.${address}${found.at}`, reason: found.reason }];
    });
  }

  #argsIn(state: Values): Values {
    return Object.fromEntries(
      this.#names.filter((name) => state[name] !== undefined).map((name) => [name, state[name]]),
    );
  }
}
