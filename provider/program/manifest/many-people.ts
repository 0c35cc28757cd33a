/** What the preview of a manifest says if it declares many people one by one. */
import * as pulumi from "@pulumi/pulumi";
import { isSelfManaged } from "../program.ts";
import type { ManifestDocument } from "./schema.ts";

/** The number of people up to which separate resources cost little. */
const maxSeparate = 50;

const guide = "docs/guides/many-people.md#from-users-and-members-to-people";

/**
 * The seconds that an `up` takes longer for separate resources than for one set, on a self-managed backend, where the engine writes
 * its whole state after each step.
 *
 * The figures are measured, without the engine's own start. Separate resources take 5.3 s for 200 (docs/performance.md, "up of 200
 * separate keys", the engine with an empty provider) and 73 s for 1,000 (docs/decisions/0011-sets.md): 0.015 s for each, and 0.000058 s
 * for each pair. A set takes 1.5 s for 1,000 people (docs/performance.md, "up of 1000 members").
 */
export function secondsSaved(resources: number, people: number): number {
  return 0.015 * resources + 0.000058 * resources ** 2 - 0.0015 * people;
}

/**
 * Warns once of more than fifty people in `users` and `members`, in a preview. How many seconds a set saves is said only of a
 * self-managed backend: nothing is measured of others.
 *
 * @param file the manifest, as the message names it
 */
export function adviseSet(file: string, { users, members }: ManifestDocument): void {
  const ofUsers = Object.values(users).filter(({ kind }) => kind !== "system");
  const people = ofUsers.length + Object.keys(members).length;
  if (people <= maxSeparate || !pulumi.runtime.isDryRun()) {
    return;
  }
  const memberships = ofUsers.filter(({ role }) => role !== undefined).length;
  const seconds = Math.max(1, Math.round(secondsSaved(people + memberships, people)));
  const faster = isSelfManaged() ? `, and an \`up\` that makes them all takes about ${seconds} s less` : "";
  void pulumi.log.warn(
    `${file}: users and members declare ${people} people one by one. As \`people\`, they are one resource${faster}. ` +
      `${guide} says how to move them.`,
  );
}
