/** The sets of a manifest, as their lifecycles check them before anything is declared. */
import type { Fault } from "../../issues.ts";
import { apiKeyAssigneesLifecycle } from "../../kinds/api-key-assignees.ts";
import { organizationMembersLifecycle } from "../../kinds/organization-members.ts";
import type { Lifecycle } from "../../lifecycle/interface.ts";
import type { PropertyMap } from "../../values/property-map.ts";
import { unknownValue } from "../../values/unknown.ts";
import { recordOf } from "./entries.ts";
import type { Listed, Lists } from "./lists.ts";
import { argumentsOfAssignees, argumentsOfPeople, rolesUsedIn } from "./set-arguments.ts";

/** A set, with the arguments that are known before anything is declared. */
interface CheckedSet {
  readonly lifecycle: Lifecycle;
  readonly path: Fault["path"];
  readonly args: PropertyMap;
}

/** The sets of a manifest. People whose list is incomplete are unknown: how many they are says nothing. */
export function checkedSets(document: PropertyMap, { people, assignees }: Lists): CheckedSet[] {
  const known = ({ isComplete, entries }: Listed<unknown>) => (isComplete ? entries : unknownValue);
  const ofKeys = Object.entries(assignees).map(([name, listed]) => ({
    lifecycle: apiKeyAssigneesLifecycle,
    path: ["apiKeys", name, "assignees"],
    args: { ...argumentsOfAssignees(document, name), key: unknownValue, assignees: known(listed) },
  }));
  if (people === undefined) {
    return ofKeys;
  }
  const roles = rolesUsedIn(people.entries, recordOf(document.roles)).map((name) => [name, unknownValue]);
  const args = {
    ...argumentsOfPeople(document),
    organization: unknownValue,
    members: known(people),
    roles: Object.fromEntries(roles),
  };
  return [{ lifecycle: organizationMembersLifecycle, path: ["people"], args }, ...ofKeys];
}
