/** What the requests of a set mean, each of which is about one person. */
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import type { Finding } from "./findings.ts";
import { memberJoins, memberLeaves, roleChanges } from "./members.ts";
import type { Move } from "./moves.ts";
import { type Known, keyGained, keyLost } from "./own-changes.ts";
import { phrase } from "./phrase.ts";
import type { PlannedRequest } from "./planned-request.ts";

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
  const member = { person: entry, organization };
  const found = directory.estateOf(organization)?.members.find((one) => one.id === id);
  const [was, is] = [found?.role ?? roleIn(before, entry), roleIn(inputs, entry)];
  switch (method) {
    case "POST":
      return memberJoins(member, is, directory);
    case "DELETE":
      return found?.adopted === true && before?.onDestroy !== "delete"
        ? [
            {
              group: "managed",
              text: phrase`The membership of ${entry} is released: it stays, and gets its earlier role.`,
            },
          ]
        : memberLeaves(member, was, directory, found?.status);
    default:
      return roleChanges(member, was, is, directory);
  }
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

/** The findings about a person whom another resource takes over. */
export function moveFindings({ ends, begins }: Move, known: Known): Finding[] {
  const { directory, inputs } = known;
  const before = ends.change.before?.state ?? {};
  const person = begins.entry ?? directory.personOf(inputs);
  const urn = begins.change.urn;
  const text = phrase`${person} moves from ${ends.change.name} to ${begins.change.name}, and keeps the access meanwhile.`;
  const isMember = "organization" in inputs;
  const roleOf = (values: PropertyMap, entry: string | undefined) =>
    entry === undefined ? values.role : roleIn(values, entry);
  const [was, is] = [roleOf(before, ends.entry), roleOf(inputs, begins.entry)];
  const member = { person, organization: inputs.organization };
  return [
    { group: "managed", text, urn },
    ...(isMember ? roleChanges(member, was, is, directory).map((finding) => ({ ...finding, urn })) : []),
  ];
}
