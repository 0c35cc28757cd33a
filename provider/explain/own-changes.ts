/** What the changes of each kind of resource mean, without their consequences. */
import { isDeepStrictEqual } from "node:util";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import type { Directory } from "./directory.ts";
import { type Finding, usedText } from "./findings.ts";
import { memberJoins, memberLeaves, roleChanges } from "./members.ts";
import { listed, type Phrase, phrase } from "./phrase.ts";
import { type Change, containsMasked } from "./preview-document.ts";
import { valueChange } from "./values.ts";

/** What is known of a change. */
export interface Known {
  readonly directory: Directory;
  readonly nowMs: number;
  /** The id of each object that stands for one that doesn't exist yet is in the inputs. */
  readonly inputs: PropertyMap;
}

/** The findings about a change that the service accepts. */
export function ownFindings(change: Change, known: Known): Finding[] {
  const explain = explanations[change.lifecycle.kind];
  const found = explain?.(change, known) ?? [];
  return found.map((finding) => ({ ...finding, urn: change.urn }));
}

type Explanation = (change: Change, known: Known) => Finding[];

const explanations: Readonly<Record<string, Explanation>> = {
  Organization: organization,
  OrganizationProfile: profile,
  Role: role,
  User: user,
  Membership: membership,
  ApiKey: (change, known) => credential(change, known, "key"),
  AccessToken: (change, known) => credential(change, known, "access token"),
  ApiKeyAssignment: assignment,
};

function organization(change: Change, known: Known): Finding[] {
  const name = String(change.after?.inputs.name ?? change.before?.state.name);
  switch (change.does) {
    case "create":
      return takenOver(change, known, "the organization") ?? [{ group: "other", text: phrase`${name} is created.` }];
    case "update":
      return changed(change, known, phrase`${name}`);
    default: {
      return [
        releaseOf(change, phrase`The organization ${name}`) ?? {
          group: "loses",
          text: phrase`The organization ${name} is closed: all of its memberships and keys end.`,
          marks: ["organization-closes"],
        },
      ];
    }
  }
}

function profile(change: Change, known: Known): Finding[] {
  const what = phrase`The profile of ${nameIn(change, known)}`;
  if (change.does === "delete") {
    return [released(what)];
  }
  return takenOver(change, known, "the profile") ?? changed(change, known, what);
}

function role(change: Change, known: Known): Finding[] {
  const name = String(change.after?.inputs.name ?? change.before?.state.name);
  const place = nameIn(change, known);
  switch (change.does) {
    case "create":
      return (
        takenOver(change, known, "the role") ?? [
          { group: "other", text: phrase`The role ${name} is created in ${place}.` },
        ]
      );
    case "update":
      return [
        ...permissionChange(change, phrase`The role ${name}`),
        ...changed(change, known, phrase`The role ${name}`, ["permissions"]),
      ];
    case "replace":
      return [{ group: "other", text: phrase`The role ${name} is replaced.` }];
    default:
      return [
        releaseOf(change, phrase`The role ${name}`) ?? {
          group: "other",
          text: phrase`The role ${name} of ${place} is deleted.`,
        },
      ];
  }
}

function user(change: Change, known: Known): Finding[] {
  const address = String(change.before?.state.email ?? change.after?.inputs.email);
  const lost = (text: Phrase): Finding => ({ group: "loses", text, person: address, marks: ["removed-person"] });
  switch (change.does) {
    case "create":
      return (
        takenOver(change, known, "the account") ?? [
          { group: "gains", text: phrase`${address} gets an account.`, person: address },
          ...superAdministrator(undefined, change.after.inputs.systemRole, address),
        ]
      );
    case "update": {
      const { state: before } = change.before;
      const { inputs: after } = change.after;
      const [was, is] = [before.state ?? "active", after.state ?? "active"];
      return [
        ...(was === "active" && is === "inactive" ? [lost(phrase`${address}: the account is deactivated.`)] : []),
        ...(was === "inactive" && is === "active"
          ? [{ group: "gains", text: phrase`${address}: the account is activated.`, person: address } as const]
          : []),
        ...superAdministrator(before.systemRole, after.systemRole, address),
        ...changed(change, known, phrase`The account of ${address}`, ["state", "systemRole"]),
      ];
    }
    default: {
      return [
        releaseOf(change, phrase`The account of ${address}`) ?? lost(phrase`${address}: the account is deactivated.`),
      ];
    }
  }
}

function superAdministrator(before: unknown, after: unknown, address: string): Finding[] {
  const [was, is] = [before === "super_admin", after === "super_admin"];
  const text = phrase`${address} ${[is ? "gets" : "loses"]} the rights of the service owner (super_admin).`;
  return was === is ? [] : [{ group: "administrators", text, person: address, marks: ["admin-change"] }];
}

function membership(change: Change, known: Known): Finding[] {
  const { directory, inputs } = known;
  return throughLife(change, {
    begins() {
      const member = { person: directory.personOf(inputs), organization: inputs.organization };
      const adopted = takenOver(change, known, "the membership");
      if (adopted === undefined) {
        return memberJoins(member, inputs.role, directory);
      }
      const { role: changed } = isRecord(inputs.adopts) ? inputs.adopts : {};
      const [from, to] = typeof changed === "string" ? changed.split(" => ") : [];
      return [...adopted, ...(to === undefined ? [] : roleChanges(member, from, to, directory))];
    },
    changes(before) {
      const person = directory.personOf(before);
      return [
        ...roleChanges({ person, organization: inputs.organization }, before.role, inputs.role, directory),
        ...changed(change, known, phrase`The membership of ${person}`, ["role"]),
      ];
    },
    ends(before) {
      const member = { person: directory.personOf(before), organization: before.organization };
      const release = releaseOf(change, phrase`The membership of ${member.person}`);
      return release === undefined ? memberLeaves(member, before.role, directory, before.status) : [release];
    },
  });
}

function credential(change: Change, known: Known, noun: "key" | "access token"): Finding[] {
  const { before } = change;
  const name = String(before?.state.name ?? change.after?.inputs.name);
  const the = phrase`The ${[noun]} ${name}`;
  const place = known.directory.nameOf((before?.state ?? known.inputs).organization);
  const ends = (text: Phrase): Finding => ({
    group: "secrets",
    text,
    subject: name,
    marks: ["key-ends"],
    lastUsedAt: lastUseOf(before?.id, change, known),
  });
  const used = usedText(lastUseOf(before?.id, change, known), known.nowMs);
  switch (change.does) {
    case "create":
      return (
        takenOver(change, known, `the ${noun}`) ?? [{ group: "secrets", text: phrase`${the} is created in ${place}.` }]
      );
    case "update": {
      const { state } = change.before;
      const { inputs } = change.after;
      const isRotated = state.generation !== undefined && inputs.generation !== state.generation;
      const isRevoked = state.state !== "revoked" && inputs.state === "revoked";
      return [
        ...(isRotated
          ? [ends(phrase`${the} of ${place} gets a new secret; it was ${used}.${overlapText(inputs)}`)]
          : []),
        ...(isRevoked ? [ends(phrase`${the} of ${place} is revoked; it was ${used}.`)] : []),
        ...permissionChange(change, the),
        ...changed(change, known, the, ["rotate", "generation", "rotatedAt", "state", "permissions", "secret"]),
      ];
    }
    case "replace":
      return [releaseOf(change, the) ?? ends(phrase`${the} of ${place} is replaced by another one; it was ${used}.`)];
    default:
      return [releaseOf(change, the) ?? ends(phrase`${the} of ${place} stops working; it was ${used}.`)];
  }
}

/** How much longer the previous secret works after a rotation, as a sentence; empty if that isn't known. */
function overlapText({ rotatedAt, previousKeyExpiresAt, previousTokenExpiresAt }: PropertyMap): Phrase {
  const overlapMs = Date.parse(String(previousKeyExpiresAt ?? previousTokenExpiresAt)) - Date.parse(String(rotatedAt));
  if (Number.isNaN(overlapMs)) {
    return [];
  }
  return [
    overlapMs > 0
      ? ` The previous secret works for ${moreTime(overlapMs)}.`
      : " The previous secret stops working at once.",
  ];
}

/** A duration in the largest unit that it is a whole number of, such as `1 more day` or `36 more hours`. */
function moreTime(ms: number): string {
  const units = [
    ["day", 86_400_000],
    ["hour", 3_600_000],
    ["minute", 60_000],
    ["second", 1000],
  ] as const;
  const [unit, unitMs] = units.find(([, one]) => ms % one === 0) ?? units[3];
  const count = Math.ceil(ms / unitMs);
  return `${count} more ${unit}${count === 1 ? "" : "s"}`;
}

function lastUseOf(id: string | undefined, change: Change, { directory }: Known): string | null | undefined {
  const estate = directory.estateOf(change.before?.state.organization);
  const all = [...(estate?.apiKeys ?? []), ...(estate?.accessTokens ?? [])];
  return all.find((one) => one.id === id)?.lastUsedAt;
}

function assignment(change: Change, known: Known): Finding[] {
  const { directory, inputs } = known;
  return throughLife(change, {
    begins: () =>
      takenOver(change, known, "the assignment") ?? [
        keyGained(directory.personOf(inputs), directory.nameOf(inputs.key)),
      ],
    changes: (before) => changed(change, known, phrase`The assignment of ${directory.personOf(before)}`),
    ends(before) {
      const person = directory.personOf(before);
      const release = releaseOf(change, phrase`The assignment of ${person}`);
      return [release ?? keyLost(person, directory.nameOf(before.key))];
    },
  });
}

/** What it means that an object begins, changes or ends, given its state before. */
interface Life {
  begins(): Finding[];
  changes(before: PropertyMap): Finding[];
  ends(before: PropertyMap): Finding[];
}

/** The findings about a change. A replacement ends one object and begins another. */
function throughLife(change: Change, { begins, changes, ends }: Life): Finding[] {
  switch (change.does) {
    case "create":
      return begins();
    case "update":
      return changes(change.before.state);
    case "replace":
      return [...ends(change.before.state), ...begins()];
    default:
      return ends(change.before.state);
  }
}

/** A person no longer has a key. */
export function keyLost(person: string, key: string): Finding {
  return { group: "loses", text: phrase`${person} loses the key ${key}.`, person };
}

/** A person gets a key. */
export function keyGained(person: string, key: string): Finding {
  return { group: "gains", text: phrase`${person} gets the key ${key}.`, person };
}

/** The permissions that somebody or something gains and loses. */
function permissionChange(change: Change, what: Phrase): Finding[] {
  const was = textsIn(change.before?.state.permissions);
  const is = textsIn(change.after?.inputs.permissions);
  if (was === undefined || is === undefined) {
    return [];
  }
  const lost = was.filter((permission) => !is.includes(permission));
  const gained = is.filter((permission) => !was.includes(permission));
  const verbs = [
    ...(gained.length > 0 ? [phrase` gains ${listed(gained.map((one) => [{ quoted: one }]))}`] : []),
    ...(lost.length > 0 ? [phrase` loses ${listed(lost.map((one) => [{ quoted: one }]))}`] : []),
  ];
  const [first, second] = verbs;
  return first === undefined
    ? []
    : [{ group: "permissions", text: [...what, ...first, ...(second === undefined ? [] : [" and", ...second]), "."] }];
}

function textsIn(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}

/** The finding about the arguments that change, without those that have findings of their own. */
function changed(
  change: Change,
  { directory, inputs }: Known,
  what: Phrase,
  except: readonly string[] = [],
): Finding[] {
  const { before, lifecycle } = change;
  if (before === undefined) {
    return [];
  }
  const names = Object.keys(lifecycle.args).filter(
    (name) => !except.includes(name) && !isDeepStrictEqual(before.inputs[name] ?? null, inputs[name] ?? null),
  );
  if (names.length === 0) {
    return [];
  }
  const values = names.map((name) => {
    const isSecret = lifecycle.secrets.includes(name);
    return valueChange(name, before.inputs[name], inputs[name], { directory, isSecret });
  });
  return [{ group: "other", text: phrase`${what}: ${listed(values)}.` }];
}

/** The finding about an object that the stack adopts, or undefined if it creates a new one. */
function takenOver(change: Change, { inputs, directory }: Known, what: string): Finding[] | undefined {
  // Where there is nothing to take over, the provider finds no differences.
  if (change.does !== "create" || inputs.adopts === undefined) {
    return undefined;
  }
  const name = String(inputs.email ?? inputs.name ?? (inputs.user === undefined ? "" : directory.nameOf(inputs.user)));
  const adopts = isRecord(inputs.adopts) ? Object.entries(inputs.adopts) : [];
  const values = adopts.map(([property, text]) => phrase`${[property]} changes: ${String(text)}`);
  const of = name === "" ? [] : phrase` ${name}`;
  const unchanged = containsMasked(inputs.adopts) ? [] : phrase`, without a change`;
  const rest = values.length === 0 ? unchanged : phrase`: ${listed(values)}`;
  return [{ group: "managed", text: [`The stack takes over ${what}`, ...of, ...rest, "."] }];
}

/** The finding about an adopted object that the stack releases, or undefined if the object ends. */
function releaseOf({ before }: Change, what: Phrase): Finding | undefined {
  return before?.state.adopted === true && before.state.onDestroy !== "delete" ? released(what) : undefined;
}

function released(what: Phrase): Finding {
  return { group: "managed", text: [...what, " is released: it stays, and gets its earlier values back."] };
}

function nameIn({ before }: Change, { inputs, directory }: Known): string {
  return directory.nameOf((before?.state ?? inputs).organization);
}
