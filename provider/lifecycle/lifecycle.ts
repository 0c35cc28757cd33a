/**
 * What every kind of resource shares: checking inputs, unknowns, diff and replacement, requests and responses, 404, and
 * once-only secrets. A kind defines only what distinguishes it. Nothing here depends on the dynamic provider.
 */
import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { namesOf } from "../values/property.ts";
import { type PropertyMap, withoutNames, withoutUndefined } from "../values/property-map.ts";
import { containsUnknown, unknownValue } from "../values/unknown.ts";
import { type ApiResponse, type Client, isNotFound } from "../wire/client.ts";
import type { ConflictRetry } from "../wire/retries.ts";
import {
  adoptionShape,
  compareForAdoption,
  findExisting,
  isManagedElsewhere,
  isOwn,
  isReleased,
  releaseReason,
  wantsAdoption,
} from "./adoption.ts";
import { keptAfter, updateCredential } from "./credential-update.ts";
import type { Args, Definition, RemoteObject, WriteResult } from "./definition.ts";
import { printKept, requireDeleted } from "./existence.ts";
import { importedProperty, withoutClaim } from "./imported.ts";
import type { Attempt, Difference, Lifecycle } from "./interface.ts";
import { comparable, keptArguments, leavesOmitted, leftOutInput, leftOutOf, withoutDefaults } from "./left-out.ts";
import { LifecycleBase } from "./lifecycle-base.ts";
import { managedPath } from "./managed-path.ts";
import { conflictingArgument, isSameScope, registrationOf, takingOver, withNameConflicts } from "./name-changes.ts";
import { updateObject, withoutUndeclared } from "./outside-changes.ts";
import { externalId, isArgument, sharedOutputs } from "./properties.ts";
import { type Registration, Registrations } from "./registrations.ts";
import { type Remaking, remakingOf } from "./remaking.ts";
import { creationOf, updateOf } from "./requests.ts";
import { brokenRules } from "./rules.ts";
import { type CheckFailure, checkShape } from "./shape.ts";
import { completeState, stateOf } from "./state.ts";
import { keepExternalId, toVersion2, upgradeState } from "./state-version.ts";

/** Builds the lifecycle of a kind from its definition. */
export function defineLifecycle<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  definition: Definition<Shape, Remote>,
): Lifecycle {
  return new DefinedLifecycle(definition);
}

class DefinedLifecycle<Shape extends z.ZodRawShape, Remote extends RemoteObject>
  extends LifecycleBase
  implements Lifecycle
{
  readonly isSet = false;
  readonly remaking: Remaking;
  readonly #definition: Definition<Shape, Remote>;
  readonly #shape: z.ZodRawShape;
  /** The names of the arguments. */
  readonly #names: readonly string[];
  /** The arguments that can't be changed after creation. */
  readonly #immutable: readonly string[];
  readonly #actionArgs: readonly string[];
  /** The arguments with a default that an adopted object keeps if they are left out. */
  readonly #keptArgs: readonly string[];
  readonly #upgrades: readonly ((values: PropertyMap) => PropertyMap)[];

  constructor(definition: Definition<Shape, Remote>) {
    super({ ...definition, outputs: { ...definition.outputs, ...sharedOutputs } });
    this.#definition = definition;
    this.remaking = remakingOf(definition);
    this.#shape = { ...definition.args, ...adoptionShape, externalId };
    this.#names = Object.keys(this.#shape);
    this.#immutable = namesOf(definition.args, ({ change }) => change === "refused");
    this.#actionArgs = namesOf(definition.args, ({ change }) => change === "action");
    this.#keptArgs = keptArguments(definition.args);
    this.#upgrades = [toVersion2, ...(definition.upgrades ?? [keepExternalId])];
  }

  check(previous: PropertyMap, inputs: PropertyMap, replaced?: PropertyMap) {
    const { credential, rules = [] } = this.#definition;
    const computed = credential?.computed ?? [];
    // With `ignoreChanges: ["*"]`, the engine passes the computed inputs back.
    const given = withoutNames(inputs, ["__stateVersion", importedProperty, leftOutInput, ...computed]);
    const { checked: filled, failures } = checkShape(this.#shape, given);
    const leaving = withoutDefaults(this.#keptArgs, given, filled);
    const isReplaced = this.#isReplaced(previous, leavesOmitted(previous) ? leaving : filled);
    const isKept = this.alwaysAdopts || wantsAdoption(given) || (leavesOmitted(previous) && !isReplaced);
    const checked: Record<string, unknown> = isKept ? leaving : filled;
    // The previous inputs of a replaced object don't restrict the new object.
    const before = isReplaced ? {} : previous;
    for (const name of this.#actionArgs) {
      checked[name] ??= before[name];
    }
    failures.push(...this.#changedImmutable(before, checked));
    failures.push(...brokenRules(rules, checked as Args<Shape>, before as Partial<Args<Shape>>, failures));
    const isCertain = this.#isReplaced(previous, checked, (name) => !containsUnknown(checked[name]));
    const earlier = isCertain ? previous : replaced;
    if (earlier !== undefined && failures.length === 0) {
      failures.push(...this.refuseReplacing(earlier, checked));
    }
    // The object to adopt is looked up once, before the resource exists. Without the placeholder, the engine would not know
    // that the differences are secret.
    const { adopts: placeholder, ...rest } = checked;
    const adopts = placeholder === undefined ? undefined : before.adopts;
    const made = credential?.compute(checked as Args<Shape>, before);
    return {
      inputs: { ...withoutUndefined({ ...rest, adopts, ...made }), ...this.#version() },
      failures,
    };
  }

  async confirmFailures(client: () => Client, previous: PropertyMap, failures: readonly CheckFailure[]) {
    const { mutableWhen: released } = this.#definition;
    const remaining: CheckFailure[] = [];
    for (const failure of failures) {
      const name = this.#immutable.find((one) => one === failure.property);
      const isReleased = name === undefined ? undefined : released?.[name];
      if ((await isReleased?.(client(), previous[failure.property])) !== true) {
        remaining.push(failure);
      }
    }
    return remaining;
  }

  compare(client: Client, inputs: PropertyMap) {
    return compareForAdoption(client, this.#definition, inputs, {
      fixed: [...this.replaceOn, ...this.#immutable],
      isSame: (name, before, now) => this.#isSame(name, before, now),
    });
  }

  async findId(client: Client, args: PropertyMap) {
    return (await findExisting(client, this.#definition, args))?.id;
  }

  registration(previous: PropertyMap, inputs: PropertyMap, replaced?: PropertyMap): Registration {
    const [before, isReplaced] =
      replaced === undefined ? [previous, this.#isReplaced(previous, inputs)] : [replaced, true];
    return registrationOf(this.#definition, before, inputs, isReplaced);
  }

  upgrade(values: PropertyMap): PropertyMap {
    return upgradeState(this.kind, values, this.#upgrades);
  }

  diff(state: PropertyMap, inputs: PropertyMap): Difference {
    const different = withoutClaim(state, this.#different(state, inputs));
    const changed = [...different, ...this.#due(state, inputs)];
    return {
      changes: changed.length > 0,
      changed,
      changesArguments: different.some(isArgument),
      replaces: changed.filter((name) => this.#replacing(state, inputs).includes(name)),
    };
  }

  async confirmDiff(
    client: () => Client,
    state: PropertyMap,
    inputs: PropertyMap,
    registrations: Registrations,
  ): Promise<Difference> {
    const difference = this.diff(state, inputs);
    const { inPlaceArgs } = this.#definition;
    if (inPlaceArgs === undefined || difference.replaces.length === 0) {
      return difference;
    }
    const inPlace = await inPlaceArgs(client(), { state, inputs, registrations });
    return { ...difference, replaces: difference.replaces.filter((name) => !inPlace.includes(name)) };
  }

  refuseReplacing(state: PropertyMap, inputs: PropertyMap): readonly CheckFailure[] {
    const failure = this.#definition.refuseReplacing?.(state, inputs as Args<Shape>);
    const isFreed = !this.alwaysAdopts && isReleased(state, inputs);
    const name = isFreed ? conflictingArgument(this.#definition, state, inputs) : undefined;
    return [
      ...(failure === undefined ? [] : [failure]),
      ...(name === undefined ? [] : [{ property: name, reason: releaseReason(name) }]),
    ];
  }

  async refuseChange(client: () => Client, id: string, state: PropertyMap, inputs: PropertyMap) {
    const changed = this.#different(state, inputs);
    return (await this.#definition.refuseChange?.(client, { id, inputs, changed })) ?? [];
  }

  blocksReplacement(before: PropertyMap, inputs: PropertyMap): boolean {
    return isSameScope(this.#definition, before, inputs);
  }

  async create(client: Client, inputs: PropertyMap, registrations = new Registrations()) {
    const definition = this.#definition;
    const { path, body } = creationOf(definition, inputs);
    const send = async (retryConflict: ConflictRetry, more: PropertyMap = {}): Promise<WriteResult<Remote>> => {
      return definition.credential === undefined
        ? { response: await client.post(path, { ...body, ...more }, definition.remote, retryConflict), once: {} }
        : await definition.credential.create(client, path, body, inputs as Args<Shape>, retryConflict);
    };
    const made = await withNameConflicts(client, definition, registrations, inputs, send, takingOver);
    const { id } = made.response.body;
    return { id, state: this.#completeState(id, inputs, { ...made, once: { ...made.once, __run: client.run.id } }) };
  }

  async read(client: Client, id: string, state: PropertyMap) {
    const { item, remote, isDeleted, credential } = this.#definition;
    const response = await client.getManaged(item(id), { id, externalId: state.externalId }, remote);
    const isFirst = Object.keys(state).length === 0;
    if (response === undefined) {
      // An object that the stack never had can't be missing.
      if (!isFirst) {
        await requireDeleted(client, `${this.kind} ${id}`, this.#definition.existence, state);
      }
      return undefined;
    }
    await client.service.require(state.__service);
    if (isDeleted?.(response.body) === true) {
      return undefined;
    }
    // If nothing was declared, the state shows the values of the object.
    const now = this.#stateOf(this.#argsIn(isFirst ? ({ ...response.body } as PropertyMap) : state), response, state);
    // An equivalent value stays as it was written; otherwise, a refresh would report a change that is not one.
    const names = [...this.#names.filter((name) => !leftOutOf(state).includes(name)), leftOutInput];
    const inputs = withoutUndefined(
      Object.fromEntries(
        names.map((name) => [name, this.#isSame(name, state[name], now[name]) ? state[name] : now[name]]),
      ),
    );
    const computed = (credential?.computed ?? []).map((name) => [name, now[name]]);
    return {
      state: { ...now, ...inputs },
      inputs: { ...inputs, ...withoutUndefined(Object.fromEntries(computed)), ...this.#version() },
    };
  }

  async update(
    client: Client,
    id: string,
    state: PropertyMap,
    inputs: PropertyMap,
    registrations = new Registrations(),
  ) {
    await client.service.require(state.__service);
    try {
      return await this.#change(client, id, state, inputs, registrations);
    } catch (error) {
      const { item, remote } = this.#definition;
      const isMissing = isNotFound(error) && (await client.get(item(id), remote)) === undefined;
      if (isMissing) {
        await requireDeleted(client, `${this.kind} ${id}`, this.#definition.existence, state);
      }
      throw error;
    }
  }

  async delete(client: Client, id: string, state: PropertyMap): Promise<void> {
    await client.service.require(state.__service);
    const { item, remote } = this.#definition;
    try {
      const isFound = await client.delete(this.remaking.endPath(id, state), printKept(`${this.kind} ${id}`));
      if (!isFound) {
        await requireDeleted(client, `${this.kind} ${id}`, this.#definition.existence, state);
      }
    } catch (error) {
      const found = isManagedElsewhere(error) ? await client.get(item(id), remote) : undefined;
      // If another resource of this stack manages it by now, this one has released it.
      if (!isOwn(found?.body.externalId, state.externalId)) {
        throw error;
      }
    }
  }

  async tries(client: Client, inputs: PropertyMap, id?: string, known = inputs): Promise<readonly Attempt[]> {
    const requests =
      id === undefined ? [creationOf(this.#definition, inputs)] : await this.#changes(client, inputs, id, known);
    return requests
      .filter((request) => !request.path.includes(unknownValue) && !containsUnknown(request.body))
      .map((request) => ({ request: { method: "POST", ...request } }));
  }

  ends(id: string, state: PropertyMap): readonly Attempt[] {
    return [{ request: { method: "DELETE", path: this.remaking.endPath(id, state) } }];
  }

  objectIds(id: string): readonly string[] {
    return [id];
  }

  creates(before: PropertyMap): boolean {
    return Object.keys(before).length === 0;
  }

  /** The requests of an update of an object, given what the service has. */
  async #changes(client: Client, inputs: PropertyMap, id: string, { externalId }: PropertyMap) {
    const { item, remote, credential } = this.#definition;
    const response = await client.getManaged(item(id), { id, externalId }, remote);
    if (response === undefined) {
      return [];
    }
    // What can't be read, such as an action, is as declared.
    const state = { ...this.#stateOf(this.#argsIn(inputs), response, inputs), externalId };
    const isOurs = isOwn(response.body.externalId, externalId);
    const manager = { externalId: isOurs ? response.body.externalId : externalId };
    const changed = new Set([...this.#different(state, inputs), ...this.#due(state, inputs)]);
    const body = updateOf(this.#definition, inputs, changed);
    const pathOf = (suffix: string) => managedPath(`${item(id)}${suffix}`, manager);
    const rotation = credential?.rotation({ state, args: inputs as Args<Shape>, changed, pathOf });
    return [
      ...(Object.keys(body).length > 0 ? [{ method: "PATCH" as const, path: pathOf(""), body }] : []),
      ...(rotation === undefined ? [] : [rotation]),
    ];
  }

  async #change(
    client: Client,
    id: string,
    state: PropertyMap,
    inputs: PropertyMap,
    registrations: Registrations,
  ): Promise<PropertyMap> {
    const definition = this.#definition;
    const changed = new Set([...this.#different(state, inputs), ...this.#due(state, inputs)]);
    const body = updateOf(definition, inputs, changed);
    const update = { state, inputs, body, isSame: this.#isSame.bind(this) };
    const patch = (retryConflict: ConflictRetry) => updateObject(client, definition, id, { ...update, retryConflict });
    const patched =
      Object.keys(body).length > 0
        ? await withNameConflicts(client, definition, registrations, inputs, patch)
        : undefined;
    const acted = await updateCredential(definition, client, { id, state, inputs, changed }, (error) => {
      if (patched === undefined) {
        return undefined;
      }
      const kept = this.#stateOf(this.#argsIn(state), patched, state);
      return keptAfter(id, error, withoutUndeclared(kept, this.#names, state, inputs));
    });
    const response = acted?.response ?? patched ?? (await client.find(definition.item(id), definition.remote));
    const after = this.#completeState(id, inputs, { ...acted, response, once: { ...state, ...acted?.once } });
    return withoutUndeclared(after, this.#names, inputs);
  }

  /**
   * Whether a change of inputs replaces the object.
   *
   * @param counts which arguments count; all by default
   */
  #isReplaced(previous: PropertyMap, inputs: PropertyMap, counts: (name: string) => boolean = () => true): boolean {
    const names = this.#replacing(previous, inputs).filter(counts);
    return Object.keys(previous).length > 0 && names.some((name) => !this.#isSame(name, previous[name], inputs[name]));
  }

  /** The arguments that can't be changed in place. */
  #replacing(state: PropertyMap, inputs: PropertyMap): readonly string[] {
    const sometimes = this.#definition.credential?.replaces(state, inputs as Args<Shape>) ?? [];
    return [...this.replaceOn, ...sometimes];
  }

  #different(state: PropertyMap, inputs: PropertyMap): string[] {
    const before = comparable(state, inputs);
    return this.#names.filter((name) => !this.#isSame(name, before[name], inputs[name]));
  }

  #due(state: PropertyMap, inputs: PropertyMap): readonly string[] {
    return this.#definition.credential?.due(state, inputs) ?? [];
  }

  #changedImmutable(previous: PropertyMap, checked: PropertyMap): CheckFailure[] {
    // At creation, nothing can have changed.
    const names = Object.keys(previous).length === 0 ? [] : this.#immutable;
    return names
      .filter((name) => !containsUnknown(checked[name]) && !this.#isSame(name, previous[name], checked[name]))
      .map((name) => ({
        property: name,
        reason: `it can't be changed after the ${this.kind} is created: undo the change, or declare another ${this.kind}`,
      }));
  }

  /** The version of the state. The engine doesn't display names that begin with `__`. */
  #version(): PropertyMap {
    return { __stateVersion: this.#upgrades.length + 1 };
  }

  #isSame(name: string, before: unknown, now: unknown): boolean {
    // Only the declaration of an adopted object lacks an argument that has a default.
    if (isDeepStrictEqual(before, now) || (now === undefined && this.#keptArgs.includes(name))) {
      return true;
    }
    const same = this.#definition.same?.[name as keyof Shape & string];
    return same !== undefined && !containsUnknown(now) && same(before, now);
  }

  #argsIn(state: PropertyMap): PropertyMap {
    return Object.fromEntries([...this.#names, leftOutInput].map((name) => [name, state[name]]));
  }

  #completeState(id: string, args: PropertyMap, result: WriteResult<Remote>): PropertyMap {
    return completeState(id, args, result, (done) => this.#stateOf(done, result.response, result.once));
  }

  #stateOf(args: PropertyMap, response: ApiResponse<Remote>, once: PropertyMap): PropertyMap {
    return { ...stateOf(this.#definition, args, response, once), ...this.#version() };
  }
}
