/** An access report, in the forms that people read and the one that spreadsheets read. */
import { asLine, csvLine } from "roster-schema";
import { listed, type Phrase, phrase } from "../../explain/phrase.ts";
import type { Section } from "../../explain/sections.ts";
import type { HeldKey, Key, Person } from "../../report/access.ts";
import type { Reviewed } from "../../report/document.ts";
import { type FindingKind, findingKinds } from "../../report/findings.ts";
import { markdownOf } from "./markdown.ts";
import { type Column, tableOf } from "./table.ts";
import { textOf } from "./text.ts";

/** The lists of a report. */
export const accessLists = ["findings", "people", "keys"] as const;

/** A list of a report. */
export type AccessList = (typeof accessLists)[number];

/** What the report was made with. */
interface About {
  /** When it was made, RFC 3339. */
  readonly at: string;
  readonly domains: readonly string[];
  /** The duration after which a key is dormant, such as `90d`. */
  readonly dormant: string;
}

/**
 * Writes lists of a report as text.
 *
 * @param width the width of the terminal in characters; undefined if nothing has to fit
 */
export function accessTable(report: Reviewed, about: About, lists: readonly AccessList[], width?: number): string {
  const parts = {
    findings: textOf(findingSections(report)),
    people: `${headingOf("People", report.people)}\n${tableOf(peopleColumns, report.people, width)}`,
    keys: `${headingOf("Keys and tokens", report.keys)}\n${tableOf(keyColumns, report.keys, width)}`,
  };
  return [textOf([headOf(report, about)]), ...lists.map((list) => parts[list])].join("\n");
}

/** Writes lists of a report as Markdown. It is not cut, whatever its length. */
export function accessMarkdown(report: Reviewed, about: About, lists: readonly AccessList[]): string {
  const parts: Record<AccessList, readonly Section[]> = {
    findings: findingSections(report),
    people: [{ heading: headingOf("People", report.people), level: 2, lines: report.people.map(personLine) }],
    keys: [{ heading: headingOf("Keys and tokens", report.keys), level: 2, lines: report.keys.map(keyLine) }],
  };
  return markdownOf([headOf(report, about), ...lists.flatMap((list) => parts[list])], Number.POSITIVE_INFINITY);
}

/** Writes one list of a report as RFC 4180, with a row for each of its items. No cell is a formula for a spreadsheet. */
export function accessCsv(report: Reviewed, list: AccessList): string {
  const rows = {
    findings: () => cells(findingCells, report.findings),
    people: () => cells(personCells(report), report.people),
    keys: () => cells(keyCells(report), report.keys),
  }[list]();
  return rows.map((row) => csvLine(row.map(asLine))).join("");
}

function headingOf(heading: string, items: readonly unknown[]): string {
  return `${heading} (${items.length})`;
}

function headOf({ organization: { name, slug } }: Reviewed, { at, domains, dormant }: About): Section {
  const within =
    domains.length === 0 ? "" : phrase` People's domains: ${listed(domains.map((domain) => phrase`${domain}`))}.`;
  return {
    heading: "Access report",
    level: 2,
    lines: [phrase`Organization: ${name} (${slug}), at ${[at]}.`, phrase`Dormant: not used for ${[dormant]}.${within}`],
  };
}

function findingSections({ findings }: Reviewed): Section[] {
  const groups = Object.entries(findingKinds)
    .map(([kind, heading]) => ({ heading, own: findings.filter((finding) => finding.kind === kind) }))
    .filter(({ own }) => own.length > 0)
    .map(
      ({ heading, own }): Section => ({
        heading: headingOf(heading, own),
        level: 3,
        lines: own.map(({ text }) => text),
      }),
    );
  const nothing: readonly Phrase[] = groups.length === 0 ? [["Nothing was found."]] : [];
  return [{ heading: headingOf("Findings", findings), level: 2, lines: nothing }, ...groups];
}

const peopleColumns: readonly Column<Person>[] = [
  { heading: "EMAIL", text: ({ email }) => email, isCut: true },
  { heading: "ROLE", text: ({ role }) => role ?? "", isCut: true },
  { heading: "STATUS", text: ({ status }) => status },
  { heading: "OWNS", text: ({ owned }) => String(owned.length) },
  { heading: "HAS", text: ({ attached }) => String(attached.length) },
  { heading: "LAST USE", text: (person) => (keysOf(person).length === 0 ? "" : dayOf(lastUse(person))) },
  { heading: "ID", text: ({ user }) => user ?? "" },
];

const keyColumns: readonly Column<Key>[] = [
  { heading: "NAME", text: ({ name }) => name, isCut: true },
  { heading: "KIND", text: ({ kind }) => kind, isCut: true },
  { heading: "OWNER", text: ({ owner }) => owner ?? "", isCut: true },
  { heading: "HELD", text: ({ holders }) => String(holders.length) },
  { heading: "MAY", text: ({ permissions }) => (permissions === null ? "all" : String(permissions.length)) },
  { heading: "ENDS", text: ({ endDate }) => dayOf(endDate) },
  { heading: "LAST USE", text: ({ lastUsedAt }) => dayOf(lastUsedAt) },
  { heading: "ID", text: ({ id }) => id },
];

/** The day of a time. */
function dayOf(time: string | null): string {
  return time?.slice(0, "2026-01-31".length) ?? "never";
}

/** When the last of a person's keys was used; null if none was, or if there are none. */
function lastUse(person: Person): string | null {
  const times = keysOf(person).flatMap(({ lastUsedAt }) => lastUsedAt ?? []);
  return times.toSorted().at(-1) ?? null;
}

function keysOf({ owned, attached }: Person): readonly HeldKey[] {
  return [...owned, ...attached];
}

function personLine(person: Person): Phrase {
  const { email, role, status, owned, attached } = person;
  const as = role === null ? ["not a member"] : phrase`${role}`;
  return phrase`${email}: ${as}, ${[status]}.${keysText("Owns", owned)}${keysText("Has", attached)}`;
}

function keysText(verb: string, keys: readonly HeldKey[]): Phrase {
  const all = keys.map(({ name, lastUsedAt }) => phrase`${name} (${[usedOn(lastUsedAt)]})`);
  return all.length === 0 ? [] : phrase` ${[verb]} ${listed(all, all.length)}.`;
}

function usedOn(lastUsedAt: string | null): string {
  return lastUsedAt === null ? "never used" : `last used on ${dayOf(lastUsedAt)}`;
}

function keyLine({ name, kind, owner, permissions, endDate, lastUsedAt, holders }: Key): Phrase {
  const of = owner === null ? "" : phrase` of ${owner}`;
  const end = endDate === null ? "no end date" : `ends on ${dayOf(endDate)}`;
  const may = permissions === null ? ["all permissions of its user"] : permissionsText(permissions);
  const held =
    holders.length === 0
      ? ""
      : phrase` Attached to ${listed(
          holders.map((holder) => phrase`${holder}`),
          holders.length,
        )}.`;
  return phrase`${name}: ${kind}${of}, ${[end]}, ${[usedOn(lastUsedAt)]}. Permissions: ${may}.${held}`;
}

function permissionsText(permissions: readonly string[]): Phrase {
  return permissions.length === 0
    ? ["none"]
    : listed(
        permissions.map((one) => phrase`${one}`),
        permissions.length,
      );
}

/** The cells of a CSV file: for each column, its name and its text. */
type Cells<Item> = Readonly<Record<string, (item: Item) => string>>;

function cells<Item>(columns: Cells<Item>, items: readonly Item[]): string[][] {
  return [Object.keys(columns), ...items.map((item) => Object.values(columns).map((textOf) => textOf(item)))];
}

const findingCells: Cells<Reviewed["findings"][number]> = {
  kind: ({ kind }) => kind,
  person: ({ person }) => person ?? "",
  key: ({ key }) => key ?? "",
  text: ({ text }) => text.map((part) => (typeof part === "string" ? part : part.quoted)).join(""),
};

function personCells({ findings }: Reviewed): Cells<Person> {
  const kinds = kindsBy(findings, ({ person }) => person);
  return {
    email: ({ email }) => email,
    user: ({ user }) => user ?? "",
    kind: ({ kind }) => kind ?? "",
    role: ({ role }) => role ?? "",
    status: ({ status }) => status,
    administrator_rights: ({ hasAdministratorRights }) => String(hasAdministratorRights),
    super_admin: ({ isSuperAdmin }) => String(isSuperAdmin),
    owned_keys: ({ owned }) => namesOf(owned),
    attached_keys: ({ attached }) => namesOf(attached),
    last_key_use: (person) => lastUse(person) ?? "",
    findings: ({ email }) => kinds.get(email)?.join(" ") ?? "",
  };
}

function keyCells({ findings }: Reviewed): Cells<Key> {
  const kinds = kindsBy(findings, ({ key }) => key);
  return {
    id: ({ id }) => id,
    name: ({ name }) => name,
    kind: ({ kind }) => kind,
    owner: ({ owner }) => owner ?? "",
    attached_to: ({ holders }) => holders.join("; "),
    permissions: ({ permissions }) => permissions?.join(" ") ?? "all",
    created: ({ createdAt }) => createdAt,
    end_date: ({ endDate }) => endDate ?? "",
    last_use: ({ lastUsedAt }) => lastUsedAt ?? "",
    findings: ({ id }) => kinds.get(id)?.join(" ") ?? "",
  };
}

function namesOf(keys: readonly HeldKey[]): string {
  return keys.map(({ name }) => name).join("; ");
}

function kindsBy(
  findings: Reviewed["findings"],
  subjectOf: (finding: Reviewed["findings"][number]) => string | undefined,
): ReadonlyMap<string | undefined, FindingKind[]> {
  const kinds = new Map<string | undefined, FindingKind[]>();
  for (const finding of findings) {
    const subject = subjectOf(finding);
    kinds.set(subject, [...(kinds.get(subject) ?? []), finding.kind]);
  }
  return kinds;
}
