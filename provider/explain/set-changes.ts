/** What the requests of a set mean, each of which is about one person. */
import { foldEmail } from "roster-schema";
import { wantsAdoption } from "../lifecycle/adoption.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import type { Finding } from "./findings.ts";
import { memberJoins, memberLeaves, roleChanges } from "./members.ts";
import type { Move } from "./moves.ts";
import { type Known, keyGained, keyLost } from "./own-changes.ts";
import { counted, phrase } from "./phrase.ts";
import type { PlannedRequest } from "./planned-request.ts";
import type { Change } from "./preview-document.ts";

/** The findings about the requests of a set that the service accepts. */
export function setFindings(change: Change, requests: readonly PlannedRequest[], known: Known): Finding[] {
  const isOfKey = change.lifecycle.kind === "ApiKeyAssignees";
  const existing = wantsAdoption(known.inputs) ? openEntries(isOfKey, known) : new Map<string, Existing>();
  let unchanged = 0;
  const findings = requests.flatMap(({ request: { method }, entry = "" }) => {
    const adopted = method === "POST" ? existing.get(foldEmail(entry)) : undefined;
    const found = isOfKey
      ? assigneeFindings(method, entry, { change, known, adopted })
      : memberFindings(method, entry, { change, known, adopted });
    unchanged += adopted !== undefined && found.length === 0 ? 1 : 0;
    return found;
  });
  return [...findings, ...takenOver(unchanged, isOfKey, known)].map((finding) => ({ ...finding, urn: change.urn }));
}

/** A request of a set, as far as an explanation needs to know more than its method and its entry. */
interface OfEntry {
  readonly change: Change;
  readonly known: Known;
  /** What the request adopts, if it adopts something. */
  readonly adopted: Existing | undefined;
}

/** An entry that exists before the set. */
interface Existing {
  /** Of a membership. */
  readonly role?: string;
}

/** The memberships or assignments that the service has where a set has its entries, by address. */
function openEntries(isOfKey: boolean, { directory, inputs }: Known): ReadonlyMap<string, Existing> {
  const all = isOfKey
    ? directory.estates.flatMap(({ assignments }) => assignments.filter(({ key }) => key === inputs.key))
    : (directory.estateOf(inputs.organization)?.members ?? []);
  return new Map(all.map((one) => [foldEmail(one.email), "role" in one ? { role: one.role } : {}]));
}

/** The finding about the entries that a set takes over without a change. Changes of roles have findings of their own. */
function takenOver(count: number, isOfKey: boolean, { directory, inputs }: Known): Finding[] {
  if (count === 0) {
    return [];
  }
  const entries = isOfKey
    ? phrase`${counted(count, "assignment", "assignments")} of the key ${directory.nameOf(inputs.key)}`
    : phrase`${counted(count, "membership", "memberships")} of ${directory.nameOf(inputs.organization)}`;
  return [{ group: "managed", text: phrase`The stack takes over ${entries}, without a change.` }];
}

function assigneeFindings(method: string, address: string, { change, known, adopted }: OfEntry): Finding[] {
  const key = known.directory.nameOf((change.before?.state ?? known.inputs).key);
  switch (method) {
    case "POST":
      return adopted === undefined ? [keyGained(address, key)] : [];
    case "DELETE":
      return [keyLost(address, key)];
    default:
      return [{ group: "other", text: phrase`The assignment of ${address} to the key ${key} changes.` }];
  }
}

function memberFindings(method: string, entry: string, { change, known, adopted }: OfEntry): Finding[] {
  const { directory, inputs } = known;
  const before = change.before?.state;
  const organization = before?.organization ?? inputs.organization;
  const member = { person: entry, organization };
  const id = before === undefined ? undefined : idOf(before, entry);
  const found = directory.estateOf(organization)?.members.find((one) => one.id === id);
  const [was, is] = [found?.role ?? roleIn(before, entry), roleIn(inputs, entry)];
  switch (method) {
    case "POST":
      return adopted === undefined
        ? memberJoins(member, is, directory)
        : roleChanges(member, adopted.role, is, directory);
    case "DELETE":
      // An update ends entries as the new arguments say.
      return found?.adopted === true && (change.after === undefined ? before : inputs)?.onDestroy !== "delete"
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
