/** What it means for people that a membership begins, changes or ends. */
import type { Directory } from "./directory.ts";
import type { Finding } from "./findings.ts";
import { type Phrase, phrase } from "./phrase.ts";

/** A person in an organization. */
export interface Member {
  /** The address. */
  readonly person: string;
  /** The organization's id. */
  readonly organization: unknown;
}

const administrator = "administrator";

/** A membership begins. */
export function memberJoins({ person, organization }: Member, role: unknown, directory: Directory): Finding[] {
  const place = directory.nameOf(organization);
  const text = phrase`${person} joins ${place} with the role ${directory.roleName(role)}.`;
  const becomes = phrase`${person} becomes an administrator of ${place}.`;
  return [
    { group: "gains", text, person },
    ...(role === administrator ? [administratorChange({ person, organization }, becomes, true)] : []),
  ];
}

/**
 * A membership ends.
 *
 * @param status the status of the membership, if it is known
 */
export function memberLeaves(
  { person, organization }: Member,
  role: unknown,
  directory: Directory,
  status?: unknown,
): Finding[] {
  const place = directory.nameOf(organization);
  const isInvitation = status === "pending" || status === "expired";
  const text = isInvitation
    ? phrase`The invitation of ${person} to ${place} is cancelled.`
    : phrase`${person} loses the membership of ${place}, with the role ${directory.roleName(role)}.`;
  const ends = phrase`${person} is no longer an administrator of ${place}.`;
  return [
    { group: "loses", text, person, marks: ["removed-person"] },
    ...(role === administrator && !isInvitation ? [administratorChange({ person, organization }, ends, false)] : []),
  ];
}

/** The role of a member changes. */
export function roleChanges(
  { person, organization }: Member,
  before: unknown,
  after: unknown,
  directory: Directory,
): Finding[] {
  if (before === after) {
    return [];
  }
  const [place, from, to] = [directory.nameOf(organization), directory.roleName(before), directory.roleName(after)];
  const text = phrase`${person}: the role in ${place} changes from ${from} to ${to}.`;
  const isOfAdministrator = before === administrator || after === administrator;
  return [
    isOfAdministrator
      ? administratorChange({ person, organization }, text, after === administrator)
      : { group: "permissions", text, person },
  ];
}

function administratorChange({ person, organization }: Member, text: Phrase, becomes: boolean): Finding {
  return {
    group: "administrators",
    text,
    person,
    marks: ["admin-change"],
    administrators: { organization: String(organization), becomes },
  };
}

/** How many administrators each organization has after the changes. Pending invitations don't count. */
export function administratorsLeft(findings: readonly Finding[], directory: Directory): Finding[] {
  const changes = findings.flatMap(({ person, administrators }) =>
    person === undefined || administrators === undefined ? [] : [{ person, ...administrators }],
  );
  const organizations = new Set(changes.map(({ organization }) => organization));
  const known = [...organizations].filter((organization) => directory.knows(organization));
  return known.map((organization): Finding => {
    const left = new Set(directory.activeAddresses(organization, administrator));
    for (const { person, becomes } of changes.filter((change) => change.organization === organization)) {
      if (becomes) {
        left.add(person);
      } else {
        left.delete(person);
      }
    }
    const place = directory.nameOf(organization);
    const text =
      left.size === 0
        ? phrase`${place} has no administrator after this change.`
        : phrase`${place} has ${[left.size === 1 ? "1 administrator" : `${left.size} administrators`]} after this change.`;
    return { group: "administrators", text };
  });
}
