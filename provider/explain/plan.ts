/** Plans the requests that an update would send for a preview, in the engine's order, so that the service can try them as a sequence. */
import { createHash } from "node:crypto";
import { type IdentifiedKind, idPrefix } from "roster-schema";
import { z } from "zod";
import { wantsAdoption } from "../lifecycle/adoption.ts";
import { objectKindOf } from "../lifecycle/resource-type.ts";
import { idsIn } from "../preview/sequence.ts";
import { propertyOf } from "../values/property.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import { containsUnknown, isUnknown } from "../values/unknown.ts";
import type { Client } from "../wire/client.ts";
import { maxInSequence, type TriedRequest } from "../wire/trials.ts";
import { findMoves, type Move, takeOver } from "./moves.ts";
import type { PlannedRequest } from "./planned-request.ts";
import { type Change, containsMasked, maskedSecret, type Preview, type Unshown } from "./preview-document.ts";

/** A change whose requests, or some of them, can't be told before the update. */
export interface Untold {
  readonly change: Change;
  readonly reason: string;
}

/** The requests of an update. */
export interface Plan {
  /** All changes, including deletions that the preview doesn't show. */
  readonly changes: readonly Change[];
  readonly requests: readonly PlannedRequest[];
  readonly moves: readonly Move[];
  readonly untold: readonly Untold[];
  /** The inputs of the changes by URN, with ids that stand for objects that don't exist yet. */
  readonly inputs: ReadonlyMap<string, PropertyMap>;
  /** The changes that create these objects, by the ids that stand for them. */
  readonly created: ReadonlyMap<string, Change>;
}

const reasons = {
  unknown: "It depends on a value that isn't known before the update.",
  masked: "It contains a secret, which the preview doesn't show.",
  refers: "It refers to an object whose creation can't be tried.",
  tooMany: `The service tries at most ${maxInSequence} requests at once.`,
} as const;

/**
 * Plans the requests. It reads from the service what the changed objects are now.
 *
 * @param personOf names a person by the arguments or the state of a resource: see `Directory.personOf`
 */
export async function planRequests(
  client: Client,
  { changes, unshown }: Preview,
  personOf: (values: PropertyMap) => string,
): Promise<Plan> {
  const planning = new Planning(client, changes, deletedWith(changes, unshown));
  for (const change of changes) {
    await planning.add(change);
  }
  return planning.plan(personOf);
}

/**
 * The deletions that a preview doesn't show: the engine deletes what belongs to a replaced object together with that, and if the program no
 * longer declares it, that is all that happens to it.
 */
function deletedWith(changes: readonly Change[], unshown: readonly Unshown[]): Change[] {
  const ended = new Set(changes.flatMap(({ does, before }) => (does === "replace" ? [before.id] : [])));
  const found = new Map<string, Change>();
  // What belongs to an object that is found is deleted as well.
  for (let count = -1; count < found.size; ) {
    count = found.size;
    for (const one of unshown) {
      const names = one.lifecycle.remaking?.replacedWith ?? [];
      if (names.some((name) => ended.has(String(one.before.state[name])))) {
        ended.add(one.before.id);
        found.set(one.urn, { ...one, does: "delete", after: undefined });
      }
    }
  }
  return [...found.values()];
}

/** The kind of each of the values of a record of ids; undefined for another value. */
function referenceOfEach(schema: z.core.$ZodType): string | undefined {
  const record = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return record instanceof z.ZodRecord ? propertyOf(record.valueType).reference : undefined;
}

class Planning {
  readonly #client: Client;
  readonly #changes: ReadonlyMap<string, Change>;
  /** The deletions that the preview doesn't show. */
  readonly #hidden: ReadonlySet<Change>;
  /** All requests, which may contain stand-ins. */
  readonly #all: PlannedRequest[] = [];
  /** The requests to try, which contain references. */
  readonly #requests: PlannedRequest[] = [];
  readonly #untold: Untold[] = [];
  readonly #inputs = new Map<string, PropertyMap>();
  /** The replaced resources whose objects the engine has deleted by now, by URN. */
  readonly #deleted = new Set<string>();
  /** The ids that stand for objects that don't exist yet, and the URN of the resource that creates the object. */
  readonly #standIns = new Map<string, string>();
  /** The ids of the objects that exist and that resources adopt, by URN. */
  readonly #adopted = new Map<string, string>();
  /** The number of the request that creates a resource, by its URN. */
  readonly #creations = new Map<string, number>();

  constructor(client: Client, shown: readonly Change[], hidden: readonly Change[]) {
    this.#client = client;
    this.#changes = new Map([...hidden, ...shown].map((change) => [change.urn, change]));
    this.#hidden = new Set(hidden);
  }

  plan(personOf: (values: PropertyMap) => string): Plan {
    const moves = findMoves(this.#all, this.#inputs, personOf);
    const ended = new Set(moves.map(({ ends }) => ends));
    const begun = new Map(moves.map((move) => [move.begins, move]));
    for (const planned of this.#all.filter((one) => !ended.has(one))) {
      const move = begun.get(planned);
      this.#number(move === undefined ? planned : takeOver(move));
    }
    const created = [...this.#standIns].flatMap(([id, urn]) => {
      const change = this.#changes.get(urn);
      return change === undefined ? [] : [[id, change] as const];
    });
    return {
      changes: [...this.#changes.values()],
      requests: this.#requests,
      moves,
      untold: this.#untold,
      inputs: this.#inputs,
      created: new Map(created),
    };
  }

  async add(change: Change): Promise<void> {
    if (change.does === "delete") {
      this.#end(change);
      return;
    }
    if (change.does === "replace" && !this.#deleted.has(change.urn)) {
      // Before it deletes an object, the engine deletes what it replaces because of it.
      for (const dependent of this.#deletedWith(change.urn)) {
        this.#end(dependent);
      }
      this.#end(change);
    }
    const inputs = await this.#inputsOf(change);
    this.#inputs.set(change.urn, inputs);
    const id = change.does === "update" ? change.before.id : undefined;
    const attempts = await change.lifecycle.tries(this.#client, inputs, id, change.before?.state);
    this.#all.push(...attempts.map((attempt) => ({ ...attempt, change })));
    if (containsUnknown(inputs) && (attempts.length === 0 || change.lifecycle.isSet)) {
      this.#leaveOut(change, reasons.unknown);
    }
  }

  /** The inputs, as `up` would have them as far as that is known: it looks up again what a create adopts, with the ids of then. */
  async #inputsOf(change: Change): Promise<PropertyMap> {
    const inputs = this.#withIds(change);
    if (change.does !== "create" || !wantsAdoption(inputs)) {
      return inputs;
    }
    const { id, inputs: compared } = await change.lifecycle.compare(this.#client, inputs);
    if (id !== undefined) {
      this.#adopted.set(change.urn, id);
    }
    return inputs.adopts === undefined ? compared : inputs;
  }

  /** What is deleted because another resource is replaced, and isn't deleted yet, the outermost first. */
  #deletedWith(urn: string): Change[] {
    const found: Change[] = [];
    const dependsOn = new Set([urn]);
    for (const change of this.#changes.values()) {
      const isDependent = change.before?.dependencies.some((dependency) => dependsOn.has(dependency)) === true;
      const isEnded = change.does === "replace" || this.#hidden.has(change);
      if (isEnded && isDependent && !this.#deleted.has(change.urn)) {
        dependsOn.add(change.urn);
        found.push(change);
      }
    }
    return found.reverse();
  }

  #end(change: Change): void {
    this.#deleted.add(change.urn);
    const { lifecycle, before } = change;
    if (before === undefined) {
      return;
    }
    this.#all.push(...lifecycle.ends(before.id, before.state).map((attempt) => ({ ...attempt, change })));
  }

  #number(planned: PlannedRequest): void {
    const { change, request } = planned;
    const told = this.#referring(request);
    if (typeof told === "string") {
      this.#leaveOut(change, told);
      return;
    }
    if (this.#requests.length === maxInSequence) {
      this.#leaveOut(change, reasons.tooMany);
      return;
    }
    if (change.does !== "update" && request.method === "POST" && !change.lifecycle.isSet) {
      this.#creations.set(change.urn, this.#requests.length);
    }
    this.#requests.push({ ...planned, request: told });
  }

  #leaveOut(change: Change, reason: string): void {
    if (!this.#untold.some((one) => one.change === change && one.reason === reason)) {
      this.#untold.push({ change, reason });
    }
  }

  /** The request with references in place of stand-ins. @returns why it can't be tried, if it can't */
  #referring(request: TriedRequest): TriedRequest | string {
    if (containsMasked(request.body) || request.path.includes(encodeURIComponent(maskedSecret))) {
      return reasons.masked;
    }
    const references = [];
    for (const [at, id] of idsIn(request)) {
      const urn = this.#standIns.get(id);
      if (urn === undefined) {
        continue;
      }
      const creation = this.#creations.get(urn);
      if (creation === undefined) {
        return reasons.refers;
      }
      references.push({ at, request: creation, member: "id" } as const);
    }
    return references.length === 0 ? request : { ...request, references };
  }

  /** The inputs, with an id in place of each unknown value that is the id of an object that the update creates or adopts. */
  #withIds({ lifecycle, after, name: resource }: Change): PropertyMap {
    const inputs: Record<string, unknown> = { ...after?.inputs };
    for (const [name, value] of Object.entries(inputs)) {
      const schema = lifecycle.args[name] ?? z.unknown();
      const dependencies = after?.dependenciesOf[name] ?? [];
      const to = propertyOf(schema).reference;
      if (to !== undefined && isUnknown(value)) {
        inputs[name] = this.#idOf(to, dependencies) ?? value;
      }
      const toEach = referenceOfEach(schema);
      if (toEach !== undefined && isRecord(value)) {
        inputs[name] = this.#withIdsIn(value, toEach, { dependencies, resource });
      }
    }
    return inputs;
  }

  /** The same for a record of ids, all of which depend on the same resources as far as the preview says. */
  #withIdsIn(
    values: PropertyMap,
    kind: string,
    { dependencies, resource }: { readonly dependencies: readonly string[]; readonly resource: string },
  ): PropertyMap {
    const known = new Set(Object.values(values));
    const others = dependencies.filter((urn) => {
      const id = this.#changes.get(urn)?.before?.id;
      return id === undefined || !known.has(id);
    });
    const isOnlyOne = Object.values(values).filter(isUnknown).length === 1;
    const entries = Object.entries(values).map(([name, value]) => {
      // A manifest names the resources of its roles and its people alike.
      const namesake = resource.replace(/people$/, name);
      const one = isOnlyOne ? others : others.filter((urn) => this.#changes.get(urn)?.name === namesake);
      return [name, isUnknown(value) ? (this.#idOf(kind, one) ?? value) : value] as const;
    });
    return Object.fromEntries(entries);
  }

  /** The id, or a stand-in for it, of the one object of a kind that a value depends on; undefined if that isn't certain. */
  #idOf(kind: string, dependencies: readonly string[]): string | undefined {
    const found = dependencies.flatMap((urn) => {
      const change = this.#changes.get(urn);
      if (change === undefined || change.does === "delete") {
        return [];
      }
      if (change.lifecycle.kind === kind) {
        return [change.does === "update" ? change.before.id : (this.#adopted.get(urn) ?? this.#standInFor(kind, urn))];
      }
      // The user of a membership is another resource's user, or somebody else's.
      const { user } = this.#withIds(change);
      return change.lifecycle.kind === "Membership" && kind === "User" && typeof user === "string" ? [user] : [];
    });
    const [id, ...others] = new Set(found);
    return others.length === 0 && !isUnknown(id) ? id : undefined;
  }

  #standInFor(kind: string, urn: string): string {
    const id = `${idPrefix(objectKindOf(kind) as IdentifiedKind)}_${createHash("sha256").update(urn).digest("hex").slice(0, 32)}`;
    this.#standIns.set(id, urn);
    return id;
  }
}
