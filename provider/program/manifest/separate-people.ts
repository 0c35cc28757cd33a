/** The advice on a manifest that declares many people one by one. */
import type { Fault } from "../../issues.ts";
import type { ManifestDocument } from "./schema.ts";

/** The number of people up to which separate resources cost little. */
const maxSeparate = 50;

const guide = "docs/guides/many-people.md#from-users-and-members-to-people";

/** The people of `users` and `members`, if they are too many for separate resources. */
export interface SeparatePeople {
  readonly people: number;
  /** How many resources declare them. */
  readonly resources: number;
  /** The first of them, in the section that has most of them. */
  readonly first: Fault["path"];
  /**
   * The advice.
   *
   * @param gain what a set also improves, such as `, and …`
   */
  reason(gain?: string): string;
}

/** Finds more than fifty people in `users` and `members`; undefined if there are fewer. */
export function separatePeople({
  users,
  members,
}: Pick<ManifestDocument, "users" | "members">): SeparatePeople | undefined {
  const ofUsers = Object.entries(users).filter(([, { kind }]) => kind !== "system");
  const ofMembers = Object.keys(members).length;
  const people = ofUsers.length + ofMembers;
  if (people <= maxSeparate) {
    return undefined;
  }
  return {
    people,
    resources: people + ofUsers.filter(([, { role }]) => role !== undefined).length,
    first:
      ofMembers > ofUsers.length ? ["members", ...Object.keys(members).slice(0, 1)] : ["users", ofUsers[0]?.[0] ?? ""],
    reason: (gain = "") =>
      `users and members declare ${people} people one by one. As \`people\`, they are one resource${gain}. ` +
      `${guide} says how to move them.`,
  };
}
