/**
 * Changes of an object outside the stack: a change of the stack that is based on an earlier version of the object is sent again,
 * provided that what the stack declares is as it was.
 */
import type { z } from "zod";
import { ApiError } from "../errors.ts";
import { declaredPart, type PropertyMap, withoutNulls, withoutUndefined } from "../values/property-map.ts";
import type { ApiResponse, Client } from "../wire/client.ts";
import type { ConflictRetry } from "../wire/retries.ts";
import type { Definition, RemoteObject } from "./definition.ts";
import { managedPath } from "./managed-path.ts";

/** How often a change is sent again. */
const maxResends = 3;

/** The properties that decide what a person or a key may do: a change of one is always reviewed, even if it isn't declared. */
const decisive = ["role", "owner", "kind", "homeOrganization", "systemRole"];

/**
 * Sends a change with a version, and again if the object has another version by now that doesn't conflict with the change.
 * Each time is a request of its own, with its own idempotency key.
 *
 * @param version the version that the change is based on
 * @param send sends the change with a version
 * @param nextVersion reads the object again; returns its version, or undefined if it conflicts with the change
 * @throws ApiError `precondition_failed` if it conflicts, or if the object changes again each time
 */
export async function resendWithVersion<Result>(
  version: string | undefined,
  send: (version: string | undefined) => Promise<Result>,
  nextVersion: () => Promise<string | undefined>,
): Promise<Result> {
  let current = version;
  for (let resends = 0; ; resends += 1) {
    try {
      return await send(current);
    } catch (error) {
      const isOutdated = error instanceof ApiError && error.code === "precondition_failed";
      current = isOutdated && resends < maxResends ? await nextVersion() : undefined;
      if (current === undefined) {
        throw error;
      }
    }
  }
}

/** An update of an object. */
interface Update {
  /** The arguments and outputs before it. Conflicts are found by these, not by the new inputs. */
  readonly state: PropertyMap;
  readonly inputs: PropertyMap;
  /** The values that it sets, by property of the contract. */
  readonly body: PropertyMap;
  isSame(name: string, before: unknown, now: unknown): boolean;
  readonly retryConflict?: ConflictRetry;
}

/** Updates an object, unless it has changed since the last refresh in a way that conflicts with the update. */
export function updateObject<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  client: Client,
  definition: Definition<Shape, Remote>,
  id: string,
  update: Update,
): Promise<ApiResponse<Remote>> {
  const { state, body, retryConflict } = update;
  const [path, { remote }] = [definition.item(id), definition];
  return resendWithVersion(
    typeof state.etag === "string" ? state.etag : undefined,
    (version) => client.patch(managedPath(path, state), body, remote, version, retryConflict),
    async () => {
      const found = await client.find(path, remote);
      return hasConflict(definition, found.body, update) ? undefined : found.etag;
    },
  );
}

/**
 * Whether an object conflicts with an update: it was deleted or released, or an argument that the state has, that the update sets,
 * or that decides what a person or a key may do is another one.
 */
function hasConflict<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  { args, isDeleted, readArgs, readImmutableArgs }: Definition<Shape, Remote>,
  remote: Remote,
  { state, inputs, body, isSame }: Update,
): boolean {
  const values = { ...remote } as PropertyMap;
  if (isDeleted?.(remote) === true || (remote.externalId ?? undefined) !== state.externalId) {
    return true;
  }
  // An argument that only the update declares is read as well, because the update sets it.
  const observed = { ...readImmutableArgs?.(remote), ...readArgs(remote, { ...inputs, ...state }) };
  const now = withoutNulls(observed);
  const compared = Object.keys(observed).filter((name) => state[name] !== undefined || Object.hasOwn(body, name));
  // What the update sets, it sets as a whole.
  const part = (name: string) => (Object.hasOwn(body, name) ? now[name] : declaredPart(now[name], state[name]));
  const guarded = decisive.filter((name) => Object.hasOwn(args, name) && Object.hasOwn(values, name));
  return (
    compared.some((name) => !isSame(name, state[name], part(name))) ||
    guarded.some((name) => !isSame(name, state[name], values[name] ?? undefined))
  );
}

/**
 * @returns the state after an update, without the arguments that nobody declares: an update leaves these as they are, and the next
 * refresh shows them.
 *
 * @param names the names of the arguments
 * @param declared where they may be declared
 */
export function withoutUndeclared(
  state: PropertyMap,
  names: readonly string[],
  ...declared: readonly PropertyMap[]
): PropertyMap {
  const others = Object.fromEntries(Object.entries(state).filter(([name]) => !names.includes(name)));
  const kept = declaredPart(Object.fromEntries(names.map((name) => [name, state[name]])), ...declared) as PropertyMap;
  return { ...others, ...withoutUndefined(kept) };
}
