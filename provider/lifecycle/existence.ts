/**
 * Whether an object that the service doesn't find was deleted. Only then is it removed from the state.
 *
 * @see docs/decisions/0027-gone-for-certain.md
 */
import type { Schemas } from "roster-schema";
import { MissingObjectError } from "../errors.ts";
import { say } from "../messages.ts";
import type { PropertyMap } from "../values/property-map.ts";
import type { Client } from "../wire/client.ts";
import type { Self } from "../wire/known-service.ts";
import { beganAtMs } from "../wire/run-report.ts";

/** How a kind's objects are read, and whether they can be deleted. */
export interface Existence {
  /** The permission that reading an object requires in its organization. */
  readonly readPermission: Schemas["Permission"];
  /** The property of the state that names the organization; omitted if only the service owner can read every object. */
  readonly organization?: string;
  /** Whether the service keeps every such object permanently. Only a restored backup can lack one. */
  readonly isPermanent?: boolean;
}

/**
 * Requires that an object that the service doesn't find was deleted.
 *
 * @param name the kind and the id, for messages
 * @param state the state of the object, or of the set whose container it is
 * @throws OtherServiceError if the service that responds is not the one that the state belongs to
 * @throws MissingObjectError if it may still exist
 */
export async function requireDeleted(
  client: Client,
  name: string,
  existence: Existence,
  state: PropertyMap,
): Promise<void> {
  const self = await client.service.self();
  await client.service.require(state.__service);
  const doubt = doubtOf(client, existence, state, self);
  if (doubt !== undefined) {
    throw new MissingObjectError(name, ...doubt);
  }
}

/** Why the object may still exist, and what to do; undefined if it was deleted. */
function doubtOf(
  client: Client,
  { readPermission, isPermanent = false, organization }: Existence,
  state: PropertyMap,
  self: Self,
): readonly [reason: string, remedy: string] | undefined {
  const inOrganization = organization === undefined ? undefined : state[organization];
  const takeOut = "To remove it from the stack without changing it, run `pulumi state delete`.";
  if (typeof (client.service.pinned ?? state.__service) !== "string") {
    return [
      "the state does not record which service it belongs to, because an earlier version of pulumi-roster wrote it",
      `Check that roster:endpoint and roster:token are those of this stack. ${takeOut}`,
    ];
  }
  const permissions = self.organizations.find(({ id }) => id === inOrganization)?.permissions;
  if (!self.caller.serviceOwner && permissions?.includes(readPermission) !== true) {
    const [what, token] =
      typeof inOrganization === "string"
        ? [`${readPermission} in the organization ${inOrganization}`, "the token that this stack is applied with"]
        : ["the rights of the service owner", "the token that this stack is applied with, or the service owner's"];
    return [`roster:token lacks ${what}, so the service would not show the object if it existed`, `Use ${token}.`];
  }
  if (isPermanent && !wasUndone(state, self)) {
    return [
      "the service never deletes such an object, so its database is not the one that this stack was applied to",
      "Check that the service uses the right database. If it was restored from a backup, restore it with `--as original`. " +
        takeOut,
    ];
  }
  return undefined;
}

/**
 * Whether the restore of a backup has undone the creation of the object. The state of a set has no time of creation; its container
 * existed in the run that last created an entry.
 */
function wasUndone({ createdAt, __run: foundIn }: PropertyMap, { service: { restores } }: Self): boolean {
  if (typeof createdAt !== "string") {
    const foundAtMs = typeof foundIn === "string" ? beganAtMs(foundIn) : Number.NEGATIVE_INFINITY;
    return restores.some(({ restoredAt }) => foundAtMs <= Date.parse(restoredAt));
  }
  const made = Date.parse(createdAt);
  return restores.some(({ takenAt, restoredAt }) => Date.parse(takenAt) <= made && made <= Date.parse(restoredAt));
}

/** Prints why an object was let go instead of deleted. */
export function printKept(what: string): (reason: string) => void {
  return (reason) => void say(`${what} was not deleted. ${reason}`);
}
