/**
 * People whom an update moves between a set and a single resource, or between two sets. One resource takes the object over from the
 * other, so nobody's access is interrupted, and no request ends it.
 */
import { foldEmail } from "roster-schema";
import { managedPath } from "../lifecycle/managed-path.ts";
import { takingOver } from "../lifecycle/name-changes.ts";
import type { PropertyMap } from "../values/property-map.ts";
import type { PlannedRequest } from "./planned-request.ts";

/** A membership or an assignment that another resource takes over. */
export interface Move {
  readonly ends: PlannedRequest;
  readonly begins: PlannedRequest;
}

/** What the objects of a kind belong to. */
const containers: Readonly<Record<string, "organization" | "key">> = {
  Membership: "organization",
  OrganizationMembers: "organization",
  ApiKeyAssignment: "key",
  ApiKeyAssignees: "key",
};

/**
 * Finds the moves among the requests of an update.
 *
 * @param inputs the inputs of the changes, by URN
 * @param personOf names a person by the arguments or the state of a resource
 */
export function findMoves(
  requests: readonly PlannedRequest[],
  inputs: ReadonlyMap<string, PropertyMap>,
  personOf: (values: PropertyMap) => string,
): Move[] {
  const keyOf = ({ change, entry }: PlannedRequest, values: PropertyMap | undefined): string | undefined => {
    const container = containers[change.lifecycle.kind];
    if (container === undefined || values === undefined) {
      return undefined;
    }
    return JSON.stringify([container, values[container], foldEmail(entry ?? personOf(values))]);
  };
  const ends = new Map(
    requests
      .filter(({ request }) => request.method === "DELETE")
      .map((planned) => [keyOf(planned, planned.change.before?.state), planned]),
  );
  return requests.flatMap((begins): Move[] => {
    const key = begins.request.method === "POST" ? keyOf(begins, inputs.get(begins.change.urn)) : undefined;
    const ended = key === undefined ? undefined : ends.get(key);
    const isMove =
      ended !== undefined &&
      ended.change !== begins.change &&
      (ended.change.lifecycle.isSet || begins.change.lifecycle.isSet);
    return isMove ? [{ ends: ended, begins }] : [];
  });
}

/** The request with which the resource that begins takes the object over. */
export function takeOver({ ends, begins }: Move): PlannedRequest {
  const { request, change } = begins;
  const isMove = true;
  if (!change.lifecycle.isSet) {
    return { ...begins, isMove, request: { ...request, body: { ...request.body, ...takingOver } } };
  }
  const { role, externalId } = (request.body ?? {}) as { readonly role?: unknown; readonly externalId?: unknown };
  const [path = "", query = ""] = ends.request.path.split("?", 2);
  const managedAs = new URLSearchParams(query).get("managedAs") ?? undefined;
  const body = { externalId, ...(role === undefined ? {} : { role }) };
  return { ...begins, isMove, request: { method: "PATCH", path: managedPath(path, { externalId: managedAs }), body } };
}
