/** What the requests of a set mean, each of which is about one person. */
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import type { Finding } from "./findings.ts";
import { type Known, keyGained, keyLost, memberJoins, memberLeaves, roleChange } from "./own-changes.ts";
import { phrase } from "./phrase.ts";
import type { PlannedRequest } from "./plan.ts";

/** The findings about a request of a set that the service accepts. */
export function entryFindings({ change, request, entry = "" }: PlannedRequest, known: Known): Finding[] {
  const { directory, inputs } = known;
  const values = change.before?.state ?? inputs;
  const found =
    change.lifecycle.kind === "ApiKeyAssignees"
      ? assigneeFindings(request.method, entry, directory.nameOf(values.key))
      : memberFindings({ method: request.method, entry, id: idOf(values, entry) }, change.before?.state, known);
  return found.map((finding) => ({ ...finding, urn: change.urn }));
}

function assigneeFindings(method: string, address: string, key: string): Finding[] {
  switch (method) {
    case "POST":
      return [keyGained(address, key)];
    case "DELETE":
      return [keyLost(address, key)];
    default:
      return [{ group: "other", text: phrase`The assignment of ${address} to the key ${key} changes.` }];
  }
}

function memberFindings(
  { method, entry, id }: { readonly method: string; readonly entry: string; readonly id: string | undefined },
  before: PropertyMap | undefined,
  known: Known,
): Finding[] {
  const { directory, inputs } = known;
  const organization = before?.organization ?? inputs.organization;
  const place = directory.nameOf(organization);
  const member = directory.estateOf(organization)?.members.find((one) => one.id === id);
  const [was, is] = [member?.role ?? roleIn(before, entry), roleIn(inputs, entry)];
  if (method === "DELETE") {
    return member?.adopted === true && before?.onDestroy !== "delete"
      ? [{ group: "managed", text: phrase`The membership of ${entry} is released: it stays as it was.` }]
      : memberLeaves(entry, was, { organization, status: member?.status }, known);
  }
  return method === "POST"
    ? memberJoins(entry, is, place, directory.roleName(is))
    : roleChange(entry, was, is, place, known);
}

function idOf({ ids }: PropertyMap, entry: string): string | undefined {
  const id = isRecord(ids) && Object.hasOwn(ids, entry) ? ids[entry] : undefined;
  return typeof id === "string" ? id : undefined;
}

/** The role of an entry: a built-in one, the id of another one, or the default of the set. */
function roleIn(values: PropertyMap | undefined, entry: string): unknown {
  const { members, roles, role } = values ?? {};
  const value = isRecord(members) && Object.hasOwn(members, entry) ? members[entry] : undefined;
  const given = (isRecord(value) ? value.role : value) ?? role;
  return isRecord(roles) && typeof given === "string" && Object.hasOwn(roles, given) ? roles[given] : given;
}
