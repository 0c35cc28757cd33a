/** The kinds of routes: read, create, update, end, and act on an object. */
import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import type { AnswerOf, Call, Context, OperationId } from "../auth/operation.ts";
import {
  adopt,
  leaveManagedApart,
  noteOurs,
  refuseManagedElsewhere,
  release,
  shouldRelease,
} from "../managed/adoption.ts";
import { audit, isSame } from "../managed/audit.ts";
import { actsToDo, keepActs, performActs } from "../managed/declared-acts.ts";
import { etagOf } from "../managed/etag.ts";
import type { CreateRules, EndRules } from "../managed/lifecycle.ts";
import { refuseLostUpdate } from "../managed/lost-update.ts";
import { desiredOf, find, load, type Managed, type Resource, reload, type UpdateRules } from "../managed/resource.ts";
import { markKnown, TakeOver } from "../managed/take-over.ts";
import { findToEnd, letGo, requireLettingGo } from "../managed/taking-back.ts";
import { callOf, principalOf } from "./call.ts";
import type { Answer } from "./idempotency.ts";
import { type MutationOptions, mutation } from "./mutation.ts";
import type { Route, Runtime } from "./runtime.ts";

/** Routes by operation id. */
export type Routes<O extends OperationId> = { readonly [K in O]: Route<K> };

/** Creates the route of an operation without authentication. */
export function publicRead<O extends OperationId>(
  answer: (runtime: Runtime, reply: FastifyReply) => unknown,
): Route<O> {
  return { handle: async (runtime, _operation, _request, reply) => await answer(runtime, reply) };
}

/** Creates the route of an operation that only reads. */
export function read<O extends OperationId>(answer: (call: Call<O>) => Promise<AnswerOf<O>>): Route<O> {
  return {
    handle: async (runtime, _operation, request) =>
      await answer(callOf(runtime, request, runtime.db, principalOf(request))),
  };
}

/** Creates the route of an operation that reads something about one object, which a batch can contain. */
export function readOne<O extends OperationId>(answer: (call: Call<O>) => Promise<AnswerOf<O>>): Route<O> {
  return { ...read(answer), isBatchable: true };
}

/**
 * Creates the route of an operation that reads, as JSON or as streamed text of another media type, by the Accept header.
 *
 * @param parts must throw refusals before the first part.
 */
export function readAs<O extends OperationId>(
  json: Route<O>,
  mediaType: string,
  parts: (call: Call<O>) => AsyncGenerator<string>,
): Route<O> {
  return {
    async handle(runtime, operation, request, reply) {
      if (!prefers(request.headers.accept, mediaType)) {
        return await json.handle(runtime, operation, request, reply);
      }
      const text = parts(callOf(runtime, request, runtime.db, principalOf(request)));
      const first = await text.next();
      const whole = async function* () {
        if (first.done !== true) {
          yield first.value;
        }
        yield* text;
      };
      return await reply.type(`${mediaType}; charset=utf-8`).send(Readable.from(whole()));
    },
  };
}

/**
 * Creates the route of an operation that reads one object, with its ETag.
 *
 * @param idIn returns the id of the object, if it is not in the path.
 */
export function readItem<O extends OperationId, T extends Managed>(
  resource: Resource<T>,
  idIn: (call: Call<O>) => string | Promise<string> = (call) => idOf(call, resource),
): Route<O> {
  return {
    isBatchable: true,
    async handle(runtime, _operation, request, reply) {
      const call: Call<O> = callOf(runtime, request, runtime.db, principalOf(request));
      const item = await find(call, resource, await idIn(call), resource.reading);
      reply.header("etag", etagOf(resource, item));
      return item;
    },
  };
}

/**
 * Creates the route of an operation that creates an object, adopts an existing one, or takes over a lost one. It answers
 * 201 with the object.
 */
export function createItem<O extends OperationId, T extends Managed>(
  resource: Resource<T>,
  creating: CreateRules<O, T>,
  updating: UpdateRules<T>,
  options: MutationOptions = {},
): Route<O> {
  return mutation(options, async (call: Call<O>) => {
    const takeOver = new TakeOver(call, resource);
    const adopted = await adopt(call, resource, updating, creating, takeOver);
    if (adopted !== undefined) {
      await keepActs(call, resource, updating.acts ?? {}, adopted.id);
      return itemAnswer(201, resource, adopted, creating.extraIfAdopted);
    }
    const { id, before, extra } = await creating.create(call, takeOver.identify).catch(async (error: unknown) => {
      throw await takeOver.failure(error);
    });
    await keepActs(call, resource, updating.acts ?? {}, id);
    const after = await reload(call, resource, id);
    const lost = await takeOver.before(after);
    if (lost !== undefined) {
      // Write the entry even if nothing changed, because the object now belongs to another run.
      await audit(call, resource, "take_over", [{ before: lost, after }], { always: true });
    } else {
      if (before !== undefined) {
        await markKnown(call, resource, id);
      }
      await audit(call, resource, before === undefined ? "create" : "update", [{ before, after }]);
    }
    return itemAnswer(201, resource, after, extra);
  });
}

/**
 * Creates the route of an operation that makes an object without adoption or take-over, and answers 201 with it.
 *
 * @param verb the verb of the action in the audit.
 * @param make returns the identifier of the new object.
 */
export function makeItem<O extends OperationId, T extends Managed>(
  resource: Resource<T>,
  verb: string,
  make: (call: Call<O>) => Promise<string>,
): Route<O> {
  return mutation({}, async (call: Call<O>) => {
    const after = await reload(call, resource, await make(call));
    await audit(call, resource, verb, [{ before: undefined, after }]);
    return itemAnswer(201, resource, after);
  });
}

/**
 * Creates the route of an operation that merges the body into an object, and performs newly declared acts. A body that
 * changes nothing has no effect.
 */
export function updateItem<O extends OperationId, T extends Managed>(
  resource: Resource<T>,
  updating: UpdateRules<T>,
  options: MutationOptions = {},
): Route<O> {
  const changesOf = (before: T, body: unknown) => {
    const desired = desiredOf(resource, before);
    const merged = merge(desired, body) as T;
    const after = updating.normalize?.(merged) ?? merged;
    const members = [...resource.settable, ...(resource.movable ?? [])];
    const changed = new Set(members.filter((member) => !isSame(desired[member], after[member])));
    return { before, after, changed };
  };
  const act: Action<O, T> = {
    find: updating.find,
    async isDone(call: Call<O>, before) {
      if (changesOf(before, call.body).changed.size > 0) {
        return false;
      }
      return (await actsToDo(call, resource, updating.acts ?? {}, before.id)).length === 0;
    },
    async perform(call: Call<O>, before) {
      const { managedAs } = call.query as ManagerQuery;
      const changes = await leaveManagedApart(call, resource, changesOf(before, call.body), managedAs);
      const { acts = {} } = updating;
      const toDo = await actsToDo(call, resource, acts, before.id);
      if (changes.changed.size > 0) {
        await updating.apply(call, { ...changes, acts: new Set(toDo.map(([name]) => name)) });
      }
      await performActs(call, resource, acts, before.id, toDo);
      return {};
    },
  };
  return actOnItem(resource, "update", act, options);
}

/**
 * Creates the route of an operation that ends an object, or releases an adopted one, and answers 204. Ending an ended
 * object has no effect.
 *
 * @param verb the verb of the action in the audit.
 */
export function endItem<O extends OperationId, T extends Managed>(
  resource: Resource<T>,
  verb: string,
  ending: EndRules<T>,
  updating: UpdateRules<T>,
  options: MutationOptions = {},
): Route<O> {
  return mutation(options, async (call: Call<O>, ifMatch) => {
    const id = idOf(call, resource);
    const { managedAs, ifAdopted } = call.query as ManagerQuery;
    const item = await find(call, resource, id);
    const isReleased = shouldRelease(item, managedAs, ifAdopted);
    // A repeated request, such as after a lost answer, must not end an object that its manager has released.
    const isLeft = managedAs !== undefined && item.externalId === null && !item.adopted;
    // A release is an update and ends nothing, so it requires the permission to update.
    const isKept = (isReleased || isLeft) && resource.hasEnded?.(item) !== true;
    const { before, refusal } = isKept
      ? { before: await updating.find(call, id), refusal: undefined }
      : await findToEnd(call, resource, ending, item);
    await refuseManagedElsewhere(call, resource, before, managedAs);
    await refuseLostUpdate(call, resource, before, ifMatch);
    const why =
      refusal !== undefined
        ? requireLettingGo(call, resource, ending, refusal, before, managedAs)
        : isKept
          ? undefined
          : await ending.keeps?.(call, before);
    if (why !== undefined) {
      const reason = await letGo(call, resource, updating, before, why);
      return { status: 200, headers: {}, body: { outcome: "let_go", reason } };
    }
    if (isReleased) {
      await release(call, resource, updating, before);
    } else if (!isLeft) {
      await ending.end(call, before, managedAs);
      await audit(call, resource, verb, [{ before, after: await load(call, resource, id) }]);
    }
    return { status: 204, headers: {}, body: undefined };
  });
}

/** An action on the objects of one kind. */
export interface Action<O extends OperationId, T> {
  /** Finds the object, if the caller is allowed to perform the action. */
  find(context: Context, id: string): Promise<T>;
  /** Whether the object already has the requested state; without this, the action is always performed. */
  isDone?(call: Call<O>, before: T): Promise<boolean>;
  /** @returns additional members of the answer. */
  perform(call: Call<O>, before: T): Promise<Readonly<Record<string, unknown>>>;
}

/**
 * Creates the route of an operation that acts on an object. It answers 200 with the object and the action's additional
 * members.
 *
 * @param verb the verb of the action in the audit.
 */
export function actOnItem<O extends OperationId, T extends Managed>(
  resource: Resource<T>,
  verb: string,
  { find: findItem, isDone, perform }: Action<O, T>,
  options: MutationOptions = {},
): Route<O> {
  return mutation(options, async (call: Call<O>, ifMatch) => {
    const before = await findItem(call, idOf(call, resource));
    const { managedAs } = call.query as ManagerQuery;
    const { externalId } = (call.body ?? {}) as { readonly externalId?: string };
    await refuseManagedElsewhere(call, resource, before, managedAs, externalId);
    // A caller that didn't get the answer repeats the change with the earlier version: RFC 9110, 13.1.1.
    if ((await isDone?.(call, before)) !== true) {
      await refuseLostUpdate(call, resource, before, ifMatch);
    }
    const extra = await perform(call, before);
    await markKnown(call, resource, before.id);
    const after = await reload(call, resource, before.id);
    if (before.adopted && managedAs !== undefined) {
      await noteOurs(call, resource, after, before);
    }
    await audit(call, resource, verb, [{ before, after }]);
    return itemAnswer(200, resource, after, extra);
  });
}

/** The query parameters by which a manager identifies itself. */
interface ManagerQuery {
  readonly managedAs?: string;
  readonly ifAdopted?: "restore" | "end";
}

/** The identifier of the object in the operation's path. */
function idOf<T extends Managed>(call: Call, { parameter }: Resource<T>): string {
  return String((call.path as Readonly<Record<string, unknown>>)[parameter]);
}

function itemAnswer<T extends Managed>(
  status: number,
  resource: Resource<T>,
  item: T,
  extra: Readonly<Record<string, unknown>> = {},
): Answer {
  return { status, headers: { etag: etagOf(resource, item) }, body: { ...item, ...extra } };
}

/** Merges a PATCH as the contract defines it: objects are merged, arrays and other values are replaced. */
function merge(before: unknown, patch: unknown): unknown {
  if (!isPlainObject(before) || !isPlainObject(patch)) {
    return patch;
  }
  const merged = { ...before };
  for (const [member, value] of Object.entries(patch)) {
    merged[member] = merge(before[member], value);
  }
  return merged;
}

/** Whether an Accept header names a media type and prefers it to JSON. */
function prefers(accept: string | undefined, mediaType: string): boolean {
  const ranges = (accept ?? "").split(",").map((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    return { type, weight: Number(weight) || 0 };
  });
  const weightOf = (...types: string[]) => {
    return Math.max(0, ...ranges.filter(({ type }) => types.includes(type)).map(({ weight }) => weight));
  };
  const ofJson = ranges.some(({ type }) => type === "application/json") ? weightOf("application/json") : 0;
  return weightOf(mediaType) > ofJson;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
