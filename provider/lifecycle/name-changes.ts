/** What the objects of one kind are called, where nobody else in the same place may be called so. */
import { foldEmail } from "roster-schema";
import type { z } from "zod";
import { containsUnknown, unknownValue } from "../values/unknown.ts";
import { type Values, withoutNulls } from "../values/values.ts";
import type { Client } from "../wire/client.ts";
import type { MayPass } from "../wire/retries.ts";
import { hasEnded } from "./adoption.ts";
import type { Args, Definition, RemoteObject } from "./definition.ts";
import { type Holder, TakenNames } from "./names.ts";
import type { NameChange, Run } from "./run.ts";

type Kind<Shape extends z.ZodRawShape, Remote extends RemoteObject> = Definition<Shape, Remote>;

/** The names that a resource changes, or keeps: by what was declared of it, or is known, before. */
export function nameChanges<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  kind: Kind<Shape, Remote>,
  before: Values,
  inputs: Values,
  isReplaced: boolean,
): NameChange[] {
  const names: NameChange[] = [];
  const [now, then] = [inputs, before].map((values) => nameIn(kind, values));
  if (now !== undefined) {
    const isNamed = then?.place === now.place && kind.credential?.hasName(before) !== false;
    const from = isNamed ? then.name : undefined;
    const to = kind.credential?.hasName(inputs) === false ? undefined : now.name;
    names.push({ property: keyProperty(kind, inputs), place: now.place, from, to, isReplaced });
  }
  const [from, to] = [before.externalId, inputs.externalId];
  if (typeof from === "string" && typeof to === "string" && from !== to) {
    names.push({ property: "aliases", place: kind.kind, from, to, isReplaced });
  }
  return names;
}

/** Whether an object, while it isn't ended, has a place that another one is to have. */
export function isInPlace<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  kind: Kind<Shape, Remote>,
  before: Values,
  inputs: Values,
): boolean {
  const [then, now] = [before, inputs].map((values) => nameIn(kind, values)?.place);
  return then !== undefined && then === now && kind.credential?.hasName(before) !== false;
}

/** The argument whose value an object, while it isn't ended, keeps from another one; undefined where that is free. */
export function nameKept<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  kind: Kind<Shape, Remote>,
  before: Values,
  inputs: Values,
): string | undefined {
  const [then, now] = [before, inputs].map((values) => nameIn(kind, values)?.name);
  return isInPlace(kind, before, inputs) && then === now ? keyProperty(kind, inputs) : undefined;
}

/** The argument that a person changes to give an object another name. */
function keyProperty<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  kind: Kind<Shape, Remote>,
  inputs: Values,
): string {
  const key = kind.naturalKey(inputs as Args<Shape>);
  return Object.keys(key).find((name) => key[name] !== undefined) ?? "";
}

/** Makes a request that other objects' names may stand against. */
export async function underItsName<Shape extends z.ZodRawShape, Remote extends RemoteObject, Result>(
  client: Client,
  kind: Kind<Shape, Remote>,
  run: Run,
  inputs: Values,
  ask: (mayPass: MayPass) => Promise<Result>,
): Promise<Result> {
  const names = new TakenNames(run, kind.kind, inputs.externalId, () => holderOf(client, kind, inputs));
  try {
    return await ask(names.mayPass);
  } catch (error) {
    throw names.explained(error);
  }
}

/** The object that has a name which these inputs want. */
async function holderOf<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  client: Client,
  kind: Kind<Shape, Remote>,
  inputs: Values,
): Promise<Holder | undefined> {
  const args = inputs as Args<Shape>;
  const all = await client.list(kind.collection(args), kind.naturalKey(args), kind.remote);
  const found = all.find((one) => kind.isGone?.(one) !== true && !hasEnded(one));
  if (found === undefined) return undefined;
  // As it was asked to be, which may differ for a while from what it is.
  const asked = nameIn(kind, { ...inputs, ...withoutNulls(kind.observe(found, inputs)) });
  return { id: found.id, externalId: found.externalId, isLeaving: asked?.name !== nameIn(kind, inputs)?.name };
}

/** What nobody else in its place may be called; undefined where that isn't known yet. */
function nameIn<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  { collection, naturalKey, same }: Kind<Shape, Remote>,
  values: Values,
): { readonly place: string; readonly name: string } | undefined {
  if (Object.keys(values).length === 0) return undefined;
  const args = values as Args<Shape>;
  const [place, query] = [collection(args), naturalKey(args)];
  if (containsUnknown(query) || place.includes(unknownValue)) return undefined;
  const name = Object.entries(query).map(([key, value]) => {
    // Addresses are compared without regard to case.
    return [key, same !== undefined && key in same ? value && foldEmail(value) : value];
  });
  return { place, name: JSON.stringify(name) };
}
