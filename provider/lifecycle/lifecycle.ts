/**
 * What every kind of resource shares: checking inputs, unknowns, diff and replacement, requests and answers, 404, and
 * once-only secrets. A resource says only what is its own; nothing here knows of the dynamic provider.
 */
import { isDeepStrictEqual } from "node:util";
import { isOfOneStack } from "roster-schema";
import type { z } from "zod";
import { ApiError, PartialError, RosterError } from "../errors.ts";
import { namesOf } from "../values/property.ts";
import { containsUnknown } from "../values/unknown.ts";
import { called, type Values, withoutNulls, withoutUndefined } from "../values/values.ts";
import { type Answer, type Client, isNotFound } from "../wire/client.ts";
import type { MayPass } from "../wire/retries.ts";
import { adoptBody, adoptionShape, compareForAdoption, givenBack, isGivenBack } from "./adoption.ts";
import type { Acted, Args, Definition, RemoteObject } from "./definition.ts";
import { Described } from "./described.ts";
import { requireGone } from "./existence.ts";
import type { Difference, Lifecycle } from "./interface.ts";
import { managedAt } from "./managed-at.ts";
import { isInPlace, nameChanges, nameKept, underItsName } from "./name-changes.ts";
import { externalId, hasArgument, sharedOutputs } from "./properties.ts";
import { Run, type Shown } from "./run.ts";
import { type CheckFailure, checkShape } from "./shape.ts";
import { keepsName, toVersion2, upgradeState } from "./state-version.ts";

/** Whether the service refuses a change because another manager has the object by now. */
export function isManagedElsewhere(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === "managed_elsewhere";
}

/** Whether an object is another resource's of the same stack, by the externalId that it has. */
export function isOwn(externalId: string | null | undefined, own: unknown): boolean {
  return typeof externalId === "string" && typeof own === "string" && isOfOneStack(externalId, own);
}

/** Builds the lifecycle of a kind from what is its own. */
export function defineLifecycle<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  definition: Definition<Shape, Remote>,
): Lifecycle {
  return new DefinedLifecycle(definition);
}

class DefinedLifecycle<Shape extends z.ZodRawShape, Remote extends RemoteObject>
  extends Described
  implements Lifecycle
{
  readonly isSet = false;
  readonly #definition: Definition<Shape, Remote>;
  readonly #shape: z.ZodRawShape;
  /** The names of the arguments. */
  readonly #names: readonly string[];
  /** The arguments that are set at creation for good. */
  readonly #final: readonly string[];
  readonly #acts: readonly string[];
  readonly #upgrades: readonly ((values: Values) => Values)[];

  constructor(definition: Definition<Shape, Remote>) {
    super({ ...definition, outputs: { ...definition.outputs, ...sharedOutputs } });
    this.#definition = definition;
    this.#shape = { ...definition.args, ...adoptionShape, externalId };
    this.#names = Object.keys(this.#shape);
    this.#final = namesOf(definition.args, ({ change }) => change === "refused");
    this.#acts = namesOf(definition.args, ({ change }) => change === "act");
    this.#upgrades = [toVersion2, ...(definition.upgrades ?? [keepsName])];
  }

  check(previous: Values, inputs: Values, replaced?: Values) {
    const { credential, rules = [] } = this.#definition;
    const computed = credential?.computed ?? [];
    // With `ignoreChanges: ["*"]` the engine hands back what was computed.
    const given = Object.entries(inputs).filter(([name]) => name !== "__stateVersion" && !computed.includes(name));
    const { checked, failures } = checkShape(this.#shape, Object.fromEntries(given));
    const isReplaced = this.#isReplaced(previous, checked);
    // A new object is bound by nothing that was said of the one that it takes the place of.
    const before = isReplaced ? {} : previous;
    for (const name of this.#acts) {
      checked[name] ??= before[name];
    }
    failures.push(...this.#changedForGood(before, checked));
    const wrong = new Set(failures.map(({ property }) => property.split(/[.[]/)[0]));
    for (const { needs, check } of rules) {
      if (needs.some((name) => wrong.has(name) || containsUnknown(checked[name]))) {
        continue;
      }
      const failure = check(checked as Args<Shape>, before as Partial<Args<Shape>>);
      failures.push(...(failure === undefined ? [] : [failure]));
    }
    const isCertain = this.#isReplaced(previous, checked, (name) => !containsUnknown(checked[name]));
    const earlier = isCertain ? previous : replaced;
    if (earlier !== undefined && failures.length === 0) failures.push(...this.refuseReplacing(earlier, checked));
    // What was adopted is looked up once, when the object isn't there yet; without its placeholder nobody would know
    // that it is secret.
    const { adopts: placeholder, ...rest } = checked;
    const adopts = placeholder === undefined ? undefined : before.adopts;
    const made = credential?.compute(checked as Args<Shape>, before);
    return {
      inputs: { ...withoutUndefined({ ...rest, adopts, ...made }), ...this.#version() },
      failures,
    };
  }

  async remaining(client: () => Client, previous: Values, failures: readonly CheckFailure[]) {
    const { released } = this.#definition;
    const remaining: CheckFailure[] = [];
    for (const failure of failures) {
      const name = this.#final.find((one) => one === failure.property);
      const isReleased = name === undefined ? undefined : released?.[name];
      if ((await isReleased?.(client(), previous[failure.property])) !== true) remaining.push(failure);
    }
    return remaining;
  }

  async compare(client: Client, inputs: Values) {
    const definition = this.#definition;
    const { adopts, failures } = await compareForAdoption(client, definition, inputs, {
      fixed: [...this.replaceOn, ...this.#final],
      isSame: (name, before, now) => this.#isSame(name, before, now),
    });
    return { inputs: adopts === undefined ? inputs : { ...inputs, adopts }, failures };
  }

  shows(previous: Values, inputs: Values, replaced?: Values): Shown {
    const [before, isReplaced] =
      replaced === undefined ? [previous, this.#isReplaced(previous, inputs)] : [replaced, true];
    return { names: nameChanges(this.#definition, before, inputs, isReplaced) };
  }

  upgrade(values: Values): Values {
    return upgradeState(this.kind, values, this.#upgrades);
  }

  diff(state: Values, inputs: Values): Difference {
    const different = this.#different(state, inputs);
    const changed = [...different, ...this.#due(state, inputs)];
    const replacing = this.#replacing(state, inputs);
    return {
      changes: changed.length > 0,
      changesArguments: hasArgument(different),
      replaces: changed.filter((name) => replacing.includes(name)),
    };
  }

  async plan(client: () => Client, state: Values, inputs: Values, run: Run): Promise<Difference> {
    const difference = this.diff(state, inputs);
    const { keeps } = this.#definition;
    if (keeps === undefined || difference.replaces.length === 0) return difference;
    const kept = await keeps(client(), { state, inputs, run });
    return { ...difference, replaces: difference.replaces.filter((name) => !kept.includes(name)) };
  }

  refuseReplacing(state: Values, inputs: Values): readonly CheckFailure[] {
    const failure = this.#definition.replacing?.(state, inputs as Args<Shape>);
    const name = isGivenBack(state, inputs) ? nameKept(this.#definition, state, inputs) : undefined;
    return [
      ...(failure === undefined ? [] : [failure]),
      ...(name === undefined ? [] : [{ property: name, reason: givenBack(name) }]),
    ];
  }

  isInTheWay(before: Values, inputs: Values): boolean {
    return isInPlace(this.#definition, before, inputs);
  }

  async create(client: Client, inputs: Values, run = new Run()) {
    const definition = this.#definition;
    const args = inputs as Args<Shape>;
    const path = definition.collection(args);
    const settable = called(this.#settable(inputs));
    const body = withoutNulls({
      ...settable,
      ...definition.createOnly?.(args),
      ...this.#sentActs(inputs),
      ...adoptBody(inputs),
    });
    const made = await underItsName(client, this.#definition, run, inputs, async (mayPass): Promise<Acted<Remote>> => {
      return definition.credential === undefined
        ? { answer: await client.post(path, body, definition.remote, mayPass), once: {} }
        : await definition.credential.create(client, path, body, args, mayPass);
    });
    const { id } = made.answer.body;
    return { id, state: this.#finished(id, inputs, { ...made, once: { ...made.once, __run: client.run.id } }) };
  }

  async read(client: Client, id: string, state: Values) {
    const answer = await client.getManaged(
      this.#definition.item(id),
      { id, externalId: state.externalId },
      this.#definition.remote,
    );
    const isFirst = Object.keys(state).length === 0;
    if (answer === undefined) {
      // What the stack never had can't be lost.
      if (!isFirst) await this.#requireGone(client, id, state);
      return undefined;
    }
    await client.service.require(state.__service);
    if (this.#definition.isGone?.(answer.body) === true) return undefined;
    // Where nobody has declared anything, the object's own values are what is shown.
    const now = this.#stateOf(this.#argsIn(isFirst ? ({ ...answer.body } as Values) : state), answer, state);
    // A value that means the same stays as it was written, or a refresh would report a change that is none.
    const inputs = Object.fromEntries(
      this.#names
        .map((name) => [name, this.#isSame(name, state[name], now[name]) ? state[name] : now[name]])
        .filter(([, value]) => value !== undefined),
    );
    const computed = (this.#definition.credential?.computed ?? []).map((name) => [name, now[name]]);
    return {
      state: { ...now, ...inputs },
      inputs: { ...inputs, ...withoutUndefined(Object.fromEntries(computed)), ...this.#version() },
    };
  }

  async update(client: Client, id: string, state: Values, inputs: Values, run = new Run()) {
    await client.service.require(state.__service);
    try {
      return await this.#change(client, id, state, inputs, run);
    } catch (error) {
      const { item, remote } = this.#definition;
      const isMissing = isNotFound(error) && (await client.get(item(id), remote)) === undefined;
      if (isMissing) await this.#requireGone(client, id, state);
      throw error;
    }
  }

  async delete(client: Client, id: string, state: Values): Promise<void> {
    await client.service.require(state.__service);
    const ifAdopted = state.onDestroy === "delete" ? "end" : undefined;
    const { item, remote } = this.#definition;
    try {
      const isFound = await client.delete(managedAt(item(id), state, { ifAdopted }));
      if (!isFound) await this.#requireGone(client, id, state);
    } catch (error) {
      if (!isManagedElsewhere(error)) throw error;
      // Where another resource of this stack has it by now, this one has let go of it.
      const found = await client.get(item(id), remote);
      if (!isOwn(found?.body.externalId, state.externalId)) throw error;
    }
  }

  partsOf(id: string): readonly string[] {
    return [id];
  }

  creates(before: Values): boolean {
    return Object.keys(before).length === 0;
  }

  async #change(client: Client, id: string, state: Values, inputs: Values, run: Run): Promise<Values> {
    const { item, remote } = this.#definition;
    const changed = new Set([...this.#different(state, inputs), ...this.#due(state, inputs)]);
    const body = called({ ...this.#settable(inputs), ...this.#sentActs(inputs) }, changed);
    const etag = typeof state.etag === "string" ? state.etag : undefined;
    const path = managedAt(item(id), state);
    const patch = (mayPass: MayPass) => client.patch(path, body, remote, etag, mayPass);
    const patched =
      Object.keys(body).length > 0 ? await underItsName(client, this.#definition, run, inputs, patch) : undefined;
    const acted = await this.#act(client, id, state, inputs, changed, patched);
    const answer = acted?.answer ?? patched ?? (await client.find(item(id), remote));
    return this.#finished(id, inputs, { ...acted, answer, once: { ...state, ...acted?.once } });
  }

  async #requireGone(client: Client, id: string, state: Values): Promise<void> {
    const { existence } = this.#definition;
    await requireGone(client, {
      ...existence,
      name: `${this.kind} ${id}`,
      inOrganization: existence.organization === undefined ? undefined : state[existence.organization],
      createdAt: state.createdAt,
      service: state.__service,
    });
  }

  /**
   * Whether inputs make another object of one.
   *
   * @param counts which arguments count; all unless given
   */
  #isReplaced(previous: Values, inputs: Values, counts: (name: string) => boolean = () => true): boolean {
    const names = this.#replacing(previous, inputs).filter(counts);
    return Object.keys(previous).length > 0 && names.some((name) => !this.#isSame(name, previous[name], inputs[name]));
  }

  /** The arguments whose change can't be made in place. */
  #replacing(state: Values, inputs: Values): readonly string[] {
    const sometimes = this.#definition.credential?.replaces(state, inputs as Args<Shape>) ?? [];
    return [...this.replaceOn, ...sometimes];
  }

  async #act(
    client: Client,
    id: string,
    state: Values,
    inputs: Values,
    changed: ReadonlySet<string>,
    patched: Answer<Remote> | undefined,
  ): Promise<Partial<Acted<Remote>> | undefined> {
    try {
      const at = (suffix: string) => managedAt(`${this.#definition.item(id)}${suffix}`, inputs);
      return await this.#definition.credential?.act(client, { state, args: inputs as Args<Shape>, changed, at });
    } catch (error) {
      if (patched === undefined || !(error instanceof RosterError)) {
        throw error;
      }
      // What was set is kept, so that the next `up` has only the act left to do.
      const kept = "All other changes were applied: the next `up` continues with this one.";
      throw new PartialError(id, this.#stateOf(this.#argsIn(state), patched, state), [`${error.message}\n  ${kept}`]);
    }
  }

  #different(state: Values, inputs: Values): string[] {
    return this.#names.filter((name) => !this.#isSame(name, state[name], inputs[name]));
  }

  #due(state: Values, inputs: Values): readonly string[] {
    return this.#definition.credential?.due(state, inputs) ?? [];
  }

  #changedForGood(previous: Values, checked: Values): CheckFailure[] {
    // At creation there is nothing to change.
    const names = Object.keys(previous).length === 0 ? [] : this.#final;
    return names
      .filter((name) => !containsUnknown(checked[name]) && !this.#isSame(name, previous[name], checked[name]))
      .map((name) => ({
        property: name,
        reason: `it is set when the ${this.kind} is created, and can't be changed: undo the change, or declare another one`,
      }));
  }

  /** The version of what is stored; the engine keeps a name that begins with `__` out of what people see. */
  #version(): Values {
    return { __stateVersion: this.#upgrades.length + 1 };
  }

  #isSame(name: string, before: unknown, now: unknown): boolean {
    if (isDeepStrictEqual(before, now)) {
      return true;
    }
    const same = this.#definition.same?.[name as keyof Shape & string];
    return same !== undefined && !containsUnknown(now) && same(before, now);
  }

  #settable(inputs: Values): Values {
    return { ...this.#definition.settable(inputs as Args<Shape>), externalId: inputs.externalId ?? null };
  }

  /** The acts that the service does. It compares them, so that a number is the text it is written as. */
  #sentActs(inputs: Values): Values {
    const isSent = this.#definition.credential === undefined;
    const declared = isSent ? this.#acts.filter((name) => inputs[name] !== undefined) : [];
    return Object.fromEntries(declared.map((name) => [name, String(inputs[name])]));
  }

  #argsIn(state: Values): Values {
    return Object.fromEntries(this.#names.map((name) => [name, state[name]]));
  }

  /** @throws PartialError where something is left to do */
  #finished(id: string, args: Values, { answer, once, unfinished }: Acted<Remote>): Values {
    if (unfinished === undefined) {
      return this.#stateOf(args, answer, once);
    }
    const { lacks, reason } = unfinished;
    const done = Object.entries(args).filter(([name]) => !lacks.includes(name));
    throw new PartialError(id, this.#stateOf(Object.fromEntries(done), answer, once), [reason]);
  }

  #stateOf(args: Values, { body, etag, service }: Answer<Remote>, once: Values): Values {
    const definition = this.#definition;
    const kept = Object.fromEntries(
      [...(definition.credential?.onceOnly ?? []), "__run"].map((name) => [name, once[name]]),
    );
    // Another one's name on the object makes it no less the stack's own: the next change is what tells of it.
    const externalId = body.externalId === null ? null : (args.externalId ?? body.externalId);
    const observed = { ...definition.observe(body, args), externalId };
    const outputs = { ...definition.describe(body, kept, args as Args<Shape>), adopted: body.adopted, etag };
    const __service = service ?? once.__service;
    return withoutNulls({ ...kept, ...args, ...observed, ...outputs, __service, ...this.#version() });
  }
}
