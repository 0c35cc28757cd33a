/**
 * What every set shares: many objects of the service, each known by an address, as one resource. The engine shows the
 * changes of such a map entry by entry, and only what differs is sent.
 */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { foldEmail } from "roster-schema";
import type { z } from "zod";
import { adoptionShape, wantsForce } from "./adoption.ts";
import { type Client, isNotFound } from "./client.ts";
import type { Args } from "./definition.ts";
import { ApiError, OutdatedStateError, PartialError } from "./errors.ts";
import { type Existence, requireGone } from "./existence.ts";
import { type Difference, externalId, hasArgument, type Lifecycle } from "./lifecycle.ts";
import { setShape } from "./resources/values.ts";
import { fewest, ignoring, maxNamed, placesOf, refuseRemovals } from "./set-checks.ts";
import {
  type Entries,
  entriesIn,
  entryNameOf,
  idsIn,
  planChanges,
  planEnd,
  planEndings,
  type RemoteEntry,
  type Standing,
  stateAfter,
} from "./set-plan.ts";
import { type Sent, send } from "./set-sending.ts";
import { type CheckFailure, checkShape } from "./shape.ts";
import { upgradeState } from "./state-version.ts";
import { containsUnknown, isUnknown, unknownValue } from "./unknown.ts";
import { isRecord, type Values, withoutUndefined } from "./values.ts";

/** What is a set's own. `Value` is what its map has for an address. */
export interface SetDefinition<Shape extends z.ZodRawShape, Value, Remote extends RemoteEntry>
  extends Entries<Value, Remote> {
  readonly kind: string;
  /** When what the entries belong to is gone, if the service doesn't find it. */
  readonly existence: Existence;
  readonly args: Shape;
  readonly entries: keyof Shape & string;
  /** The argument that says where the entries belong; another one makes another set. */
  readonly container: keyof Shape & string;
  /** The queries that together list every entry that counts. */
  readonly queries: readonly Readonly<Record<string, string>>[];
  /** What is wrong with an entry that looks as it must: where in it, and what. */
  wrong?(args: Args<Shape>, value: Value): { readonly at: string; readonly reason: string } | undefined;
  /** What is wrong with the set as a whole. `before` is empty at creation. */
  refuse?(args: Args<Shape> & Args<typeof setShape>, before: Partial<Args<Shape>>): CheckFailure | undefined;
  /** Whether an entry is kept where the set knows it, and is nobody's otherwise. */
  isOver?(remote: Remote): boolean;
}

/** The outputs that every set has, and what they mean. */
export const setOutputs = {
  ids: "The ids of what the set manages, by address.",
  others: "The ids of what else the last refresh found, by address; for mode authoritative.",
} as const;

/** Builds the lifecycle of a set from what is its own. */
export function defineSetLifecycle<Shape extends z.ZodRawShape, Value, Remote extends RemoteEntry>(
  definition: SetDefinition<Shape, Value, Remote>,
): Lifecycle {
  return new DefinedSet(definition);
}

class DefinedSet<Shape extends z.ZodRawShape, Value, Remote extends RemoteEntry> implements Lifecycle {
  readonly kind: string;
  readonly args: z.ZodRawShape;
  readonly replaceOn: readonly string[];
  readonly outputs: Readonly<Record<string, string>> = setOutputs;
  readonly secrets: readonly string[] = [];
  readonly advice = [];
  readonly #definition: SetDefinition<Shape, Value, Remote>;
  readonly #shape: z.ZodRawShape;
  /** The names of the arguments. */
  readonly #names: readonly string[];

  constructor(definition: SetDefinition<Shape, Value, Remote>) {
    this.kind = definition.kind;
    this.args = { ...definition.args, ...setShape };
    this.replaceOn = [definition.container];
    this.#definition = definition;
    this.#shape = { ...this.args, ...adoptionShape, externalId };
    this.#names = Object.keys(this.#shape);
  }

  check(previous: Values, inputs: Values) {
    const { __stateVersion: _version, __found: _found, __replaceOnChanges, ...given } = inputs;
    const { checked, failures: found } = checkShape(this.#shape, given);
    const { container, entries, refuse } = this.#definition;
    const failures = fewest(found.length === 0 ? this.#wrongEntries(checked) : found);
    if (failures.length === 0) {
      // Another set is bound by nothing that was said of the one that it takes the place of.
      const before = isDeepStrictEqual(previous[container], checked[container]) ? previous : {};
      const refusals = [
        refuse?.(checked as Args<Shape> & Args<typeof setShape>, before as Partial<Args<Shape>>),
        refuseRemovals(entries, checked, before),
      ];
      failures.push(...refusals.filter((refusal) => refusal !== undefined));
    }
    // What was adopted is looked up once, when the set isn't there yet.
    // Kept only where the program still gives the placeholder: that is what marks it secret where an argument is.
    const { adopts: placeholder, ...rest } = checked;
    const adopts = placeholder === undefined ? undefined : previous.adopts;
    const kept = withoutUndefined({ adopts, __replaceOnChanges });
    return { inputs: { ...rest, ...kept, __stateVersion: 1 }, failures };
  }

  async compare(client: Client, inputs: Values) {
    const standing = await this.#lookUp(client, inputs);
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
        const reason = `another stack manages ${entry.id}, as ${entry.externalId}: let go of it there, leave it out here, or set \`adopt: "force"\``;
        failures.push({ property, reason });
      } else if (definition.isFixed?.(definition.observe(entry, inputs, undefined), value) === true) {
        failures.push({ property, reason: `${entry.id} is of another kind, for good: adopt it as it is` });
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

  upgrade(values: Values): Values {
    return upgradeState(this.kind, values, []);
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

  async create(client: Client, inputs: Values) {
    const place = createHash("sha256").update(String(inputs.externalId)).digest("hex").slice(0, 32);
    const id = `${String(inputs[this.#definition.container])}/${place}`;
    const nothing = { ...inputs, [this.#definition.entries]: {} };
    return { id, state: await this.#apply(client, id, nothing, inputs, undefined) };
  }

  async read(client: Client, _id: string, state: Values) {
    const { entries: argument, observe } = this.#definition;
    const isAlone = state.mode === "authoritative";
    const standing = isAlone ? await this.#everything(client, state) : await this.#own(client, state);
    if (standing === undefined) {
      await this.#requireGone(client, state);
      return undefined;
    }
    await client.requireService(state.__service);
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
    const inputs = { ...this.#argsIn(state), [argument]: entries, __stateVersion: 1 };
    const places = placesOf(others, entries);
    const kept = { __run: state.__run, __service: client.service ?? state.__service };
    return {
      state: { ...inputs, ids, others, ...withoutUndefined(kept) },
      inputs: places.length > 0 ? { ...inputs, __found: places } : inputs,
    };
  }

  async update(client: Client, id: string, state: Values, inputs: Values) {
    await client.requireService(state.__service);
    const isAlone = state.mode === "authoritative" && inputs.mode === "authoritative";
    const isEnding = planEndings(this.#definition, state, inputs, undefined).length > 0;
    let standing: Standing<Remote>;
    if (isAlone) {
      standing = (await this.#everything(client, inputs)) ?? new Map();
      this.#refuseUnseen(standing, state, inputs);
    } else if (isEnding) {
      standing = (await this.#own(client, state)) ?? new Map();
    }
    return await this.#apply(client, id, state, inputs, standing);
  }

  async delete(client: Client, id: string, state: Values): Promise<void> {
    await client.requireService(state.__service);
    const standing = await this.#own(client, state);
    if (standing === undefined) {
      await this.#requireGone(client, state);
      return;
    }
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

  /** @throws MissingObjectError, OtherServiceError unless what the entries belong to is gone */
  async #requireGone(client: Client, state: Values): Promise<void> {
    const { container, existence } = this.#definition;
    await requireGone(client, {
      ...existence,
      name: `${container} ${String(state[container])}`,
      inOrganization: existence.organization === undefined ? undefined : state[existence.organization],
      createdAt: undefined,
      service: state.__service,
    });
  }

  /** Sends what differs. */
  async #apply(client: Client, id: string, state: Values, inputs: Values, standing: Standing<Remote>): Promise<Values> {
    const changes = planChanges(this.#definition, state, inputs, standing);
    const sent = await send(client, this.#nameOf(inputs), changes);
    const isMade = sent.done.some(({ change }) => change.does === "create" || change.does === "replace");
    const kept = { __run: isMade ? client.run.id : state.__run, __service: client.service ?? state.__service };
    const after = {
      ...stateAfter(this.#definition, state, inputs, sent),
      ...withoutUndefined(kept),
      __stateVersion: 1,
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
      `${failed.length + untried.length} ${this.#definition.entries} are not as declared; what else was to change is changed, and the next \`up\` has only these left to do:`,
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

  /** Every entry that is there; undefined where what they belong to is gone. */
  #everything(client: Client, values: Values): Promise<Standing<Remote>> {
    return this.#list(client, values, {});
  }

  /** The entries that a state knows: there may be many times as many of others. */
  async #own(client: Client, state: Values): Promise<Standing<Remote>> {
    const { isGone, item, remote } = this.#definition;
    const standing = await this.#list(client, state, { externalIdPrefix: entryNameOf(state, "") });
    if (standing === undefined) {
      return undefined;
    }
    const found = new Map(standing);
    // What has ended, was let go of, or is another stack's by now isn't listed by the set's name.
    const unlisted = Object.values(idsIn(state.ids)).filter((id) => !found.has(id));
    for (let at = 0; at < unlisted.length; at += client.atOnce) {
      const reading = unlisted.slice(at, at + client.atOnce).map((id) => client.get(item(id), remote));
      for (const { body } of (await Promise.all(reading)).filter((answer) => answer !== undefined)) {
        if (isGone?.(body) !== true) found.set(body.id, body);
      }
    }
    return found;
  }

  async #list(
    client: Client,
    values: Values,
    which: Readonly<Record<string, string | undefined>>,
  ): Promise<Standing<Remote>> {
    const { collection, queries, remote } = this.#definition;
    try {
      const lists = await Promise.all(
        queries.map((query) => client.list(collection(values), { ...query, ...which }, remote)),
      );
      return new Map(lists.flat().map((entry) => [entry.id, entry]));
    } catch (error) {
      if (isNotFound(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /** What is there, of a set that isn't yet, where that can be looked up. */
  async #lookUp(client: Client, inputs: Values): Promise<Standing<Remote>> {
    // What belongs to an object that isn't there yet can't be there either.
    if (this.#definition.collection(inputs).includes(unknownValue) || isUnknown(inputs[this.#definition.entries])) {
      return undefined;
    }
    try {
      return await this.#everything(client, inputs);
    } catch (error) {
      // Who may not look it up may adopt it all the same, or is told at `up` why not.
      if (error instanceof ApiError && error.status === 403) {
        return undefined;
      }
      throw error;
    }
  }

  #argsIn(state: Values): Values {
    return Object.fromEntries(
      this.#names.filter((name) => state[name] !== undefined).map((name) => [name, state[name]]),
    );
  }
}

/** Whether the option `replaceOnChanges` is about a property that has changed: `*`, its name, or an entry of it, as `members["ada@example.com"]`. */
function isAskedToReplace(name: string, state: Values, inputs: Values): boolean {
  const asked = Array.isArray(inputs.__replaceOnChanges) ? inputs.__replaceOnChanges.map(String) : [];
  return asked.some((path) => {
    if (path === "*") return hasArgument([name]);
    const [, property, quoted, plain] = /^(\w+)(?:\["(.*)"\]|[.[](.+?)\]?)?$/.exec(path) ?? [];
    const entry = quoted ?? plain ?? "*";
    const at = (values: Values) => (isRecord(values[name]) ? values[name][entry] : undefined);
    return property === name && (entry === "*" || !isDeepStrictEqual(at(state), at(inputs)));
  });
}
