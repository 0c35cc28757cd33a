/** What a reviewer of access has to look at first. */
import { isInDomain } from "roster-schema";
import { type Phrase, phrase, unescaped } from "../explain/phrase.ts";
import { agoText } from "../preview/losses.ts";
import type { Access, Key, Person } from "./access.ts";

/** The kinds of findings, the most serious first, each with the heading that people read. */
export const findingKinds = {
  super_admin: "Super administrators",
  outside_administrator: "Administrator rights outside the domains",
  few_administrators: "Too few administrators",
  outside_domains: "Outside the domains",
  dormant_key: "Dormant keys and tokens",
  endless_key: "Keys and tokens without an end date",
  expired_invitation: "Expired invitations",
} as const;

/** A kind of findings. */
export type FindingKind = keyof typeof findingKinds;

/** One thing to look at. */
export interface Finding {
  readonly kind: FindingKind;
  readonly text: Phrase;
  /** The address of the person that it is about. */
  readonly person?: string;
  /** The id of the key or token that it is about. */
  readonly key?: string;
}

/** What counts as a finding. */
export interface Review {
  /** The domains that people's addresses belong to, such as `acme.example` or `*.acme.example`; none for any domain. */
  readonly domains: readonly string[];
  /** After how long without a use a key is dormant, in milliseconds. */
  readonly dormantMs: number;
  readonly nowMs: number;
}

/** The least number of people who are active administrators. */
const minAdministrators = 2;

/** Finds what a reviewer has to look at, by kind and then by text. A person with administrator rights is not also listed as outside. */
export function findingsIn({ people, keys }: Access, review: Review): Finding[] {
  const found = [
    ...people.flatMap((person) => personFindings(person, review)),
    ...administratorFindings(people),
    ...keys.flatMap((key) => keyFindings(key, review)),
  ];
  const order = Object.keys(findingKinds);
  const keyed = found.map((finding) => ({ finding, rank: order.indexOf(finding.kind), text: unescaped(finding.text) }));
  return keyed
    .toSorted((one, other) => one.rank - other.rank || (one.text < other.text ? -1 : 1))
    .map(({ finding }) => finding);
}

function personFindings({ email, role, status, ...person }: Person, { domains }: Review): Finding[] {
  const as = role === null ? "" : phrase` with the role ${role}`;
  const isOutside = domains.length > 0 && !domains.some((domain) => isInDomain(email, domain));
  const outside: Finding = person.hasAdministratorRights
    ? {
        kind: "outside_administrator",
        text: phrase`${email} is outside the domains and can give access to others${as}.`,
      }
    : { kind: "outside_domains", text: phrase`${email} is outside the domains${as}.` };
  const all: readonly [holds: boolean, finding: Finding][] = [
    [person.isSuperAdmin, { kind: "super_admin", text: phrase`${email} can do everything in every organization.` }],
    [isOutside, outside],
    [status === "expired", { kind: "expired_invitation", text: phrase`The invitation of ${email}${as} has expired.` }],
  ];
  return all.filter(([holds]) => holds).map(([, finding]) => ({ ...finding, person: email }));
}

/** Robots don't count: somebody has to be there if the only administrator leaves. */
function administratorFindings(people: readonly Person[]): Finding[] {
  const active = people.filter(
    ({ isAdministrator, kind, status }) => isAdministrator && kind !== "system" && status === "active",
  );
  const [only] = active;
  if (active.length >= minAdministrators) {
    return [];
  }
  return only === undefined
    ? [{ kind: "few_administrators", text: ["No person is an active administrator."] }]
    : [
        {
          kind: "few_administrators",
          text: phrase`${only.email} is the only person who is an active administrator.`,
          person: only.email,
        },
      ];
}

function keyFindings(key: Key, { dormantMs, nowMs }: Review): Finding[] {
  const { id, name, lastUsedAt, createdAt, endDate, owner } = key;
  const of = owner === null ? "" : phrase` of ${owner}`;
  const title = phrase`${[titles[key.kind]]} ${name}${of}`;
  const unusedMs = nowMs - Date.parse(lastUsedAt ?? createdAt);
  const since = agoText(unusedMs);
  const used = lastUsedAt === null ? `was never used, and was created ${since}` : `was last used ${since}`;
  return [
    ...(unusedMs > dormantMs ? [{ kind: "dormant_key", text: phrase`${title} ${[used]}.`, key: id } as const] : []),
    ...(endDate === null ? [{ kind: "endless_key", text: phrase`${title} has no end date.`, key: id } as const] : []),
  ];
}

const titles: Readonly<Record<Key["kind"], string>> = {
  server: "The server key",
  webapi: "The Web API key",
  user: "The user key",
  access_token: "The access token",
  personal_access_token: "The personal access token",
};
