/** The sets of a manifest: its people, and the assignees of its keys. */
import * as pulumi from "@pulumi/pulumi";
import { foldEmail } from "roster-schema";
import { type ApiKey, ApiKeyAssignees, OrganizationMembers, type Role } from "../generated/index.ts";
import { mapEntries } from "./entries.ts";
import type { Lists } from "./lists.ts";
import { argumentsOfAssignees, argumentsOfPeople, rolesUsedIn } from "./set-arguments.ts";
import type { Surroundings } from "./surroundings.ts";

/** Declares the people of a manifest, if it has any. */
export function declarePeople(
  { manifest, named, organization, options }: Surroundings,
  { people }: Lists,
  roles: Readonly<Record<string, Role>>,
): OrganizationMembers | undefined {
  if (people === undefined) {
    return undefined;
  }
  const { entries } = people;
  const used = rolesUsedIn(entries, roles).flatMap((name) => (roles[name] === undefined ? [] : [[name, roles[name]]]));
  const args = { ...argumentsOfPeople(manifest), organization, members: entries, roles: Object.fromEntries(used) };
  return new OrganizationMembers(named("people"), args, options);
}

/**
 * Declares the assignees of the keys that have any, by the name of the key. Only members, and people who are invited, can have a key,
 * so they come after those whom the manifest makes members. Nothing uses the outputs of these, which are unknown whenever a preview
 * changes somebody.
 */
export function declareAssignees(
  { manifest, named, memberships, options }: Surroundings,
  { assignees }: Lists,
  keys: Readonly<Record<string, ApiKey>>,
  people: OrganizationMembers | undefined,
): Record<string, ApiKeyAssignees> {
  const emails = Object.entries({ ...manifest.members, ...manifest.users }).map(([name, { email }]) => {
    return [foldEmail(email), memberships[name]] as const;
  });
  const byAddress = new Map(emails);
  return mapEntries(assignees, ({ entries }, name) => {
    const key = keys[name] as ApiKey;
    const listed = Object.keys(entries).flatMap((address) => byAddress.get(address) ?? []);
    const after = pulumi.mergeOptions(options, { dependsOn: [...(people === undefined ? [] : [people]), ...listed] });
    return new ApiKeyAssignees(
      named(name),
      { ...argumentsOfAssignees(manifest, name), key, assignees: entries },
      after,
    );
  });
}
