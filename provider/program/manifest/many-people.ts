/** What the preview of a manifest says if it declares many people one by one. */
import * as pulumi from "@pulumi/pulumi";
import { isSelfManaged } from "../program.ts";
import type { ManifestDocument } from "./schema.ts";
import { separatePeople } from "./separate-people.ts";

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
export function adviseSet(file: string, manifest: ManifestDocument): void {
  const separate = separatePeople(manifest);
  if (separate === undefined || !pulumi.runtime.isDryRun()) {
    return;
  }
  const { people, resources, reason } = separate;
  const seconds = Math.max(1, Math.round(secondsSaved(resources, people)));
  const faster = isSelfManaged() ? `, and an \`up\` that makes them all takes about ${seconds} s less` : "";
  void pulumi.log.warn(`${file}: ${reason(faster)}`);
}
