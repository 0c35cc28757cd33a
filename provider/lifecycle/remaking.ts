/** How objects of a kind are ended and created anew, as happens to everything that belongs to an object that is replaced. */
import type { z } from "zod";
import { namesOf } from "../values/property.ts";
import type { PropertyMap } from "../values/property-map.ts";
import type { Definition, RemoteObject } from "./definition.ts";
import { managedPath } from "./managed-path.ts";
import { creationOf } from "./requests.ts";

/** The stack that manages an object, and what ending the object does if it was adopted. */
interface Manager {
  readonly externalId?: unknown;
  readonly onDestroy?: unknown;
}

/** The requests for objects of one kind. */
export interface Remaking {
  /** The arguments that contain the id of another object, and that replace the object if they change. */
  readonly replacedWith: readonly string[];
  /** The arguments that contain the id of another object, and that change without replacing the object. */
  readonly changedWith: readonly string[];
  /** The argument with the id of a user who can also be declared by address; the service doesn't know by which of the two it was. */
  readonly userOrAddress: string | undefined;
  /** The path of the request that ends an object. */
  endPath(id: string, manager: Manager): string;
  /** The path of the request that changes an object. */
  changePath(id: string, manager: Manager): string;
  /**
   * The request that creates an object as the service has it. It says nothing that a program may have left out.
   *
   * @param object the object, as the contract defines it
   * @returns undefined if such an object isn't created: it was adopted, or isn't what the contract says
   */
  creation(object: unknown): { readonly path: string; readonly body: PropertyMap } | undefined;
}

/** Derives the requests from the definition of a kind. */
export function remakingOf<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  definition: Definition<Shape, Remote>,
): Remaking {
  const { args, item, subjects = {} } = definition;
  const { user, email } = subjects;
  return {
    replacedWith: namesOf(args, ({ reference, change }) => reference !== undefined && change === "replaces"),
    changedWith: namesOf(args, ({ reference, change }) => reference !== undefined && change !== "replaces"),
    userOrAddress: email === undefined ? undefined : user,
    endPath: (id, { externalId, onDestroy }) =>
      managedPath(item(id), { externalId }, { ifAdopted: onDestroy === "delete" ? "end" : undefined }),
    changePath: (id, { externalId }) => managedPath(item(id), { externalId }),
    creation(object) {
      const { data: remote } = definition.remote.safeParse(object);
      if (remote === undefined || remote.adopted) {
        return undefined;
      }
      const observed: PropertyMap = {
        ...definition.readArgs(remote, {}),
        ...definition.readImmutableArgs?.(remote),
        ...personIn(definition, { ...remote } as PropertyMap),
        externalId: remote.externalId,
      };
      return creationOf(definition, observed);
    },
  };
}

/** The arguments that name the person of an object: the user or, for somebody who has not accepted an invitation yet, the address. */
function personIn<Shape extends z.ZodRawShape, Remote extends RemoteObject>(
  { args, subjects: { user, email } = {} }: Definition<Shape, Remote>,
  remote: PropertyMap,
): PropertyMap {
  if (user === undefined || email === undefined) {
    return {};
  }
  return typeof remote[user] === "string"
    ? { [user]: remote[user] }
    : { [email]: remote[email], ...("onUnknownUser" in args ? { onUnknownUser: "invite" } : {}) };
}
