/** Many people, each declared as a resource. */
import { titleOf } from "../messages.ts";
import { groupedBy, type Resource, userOf } from "../resources.ts";
import type { StackRule } from "../rule.ts";

interface Settings {
  readonly maxResources: number;
}

/** The kinds that have a set, with what they belong to. */
const separate = [
  { kind: "Membership", set: "OrganizationMembers", of: "organization", container: "Organization", title: "slug" },
  { kind: "ApiKeyAssignment", set: "ApiKeyAssignees", of: "key", container: "ApiKey", title: "name" },
] as const;

/** Reports organizations and keys with so many separate people that a set is better. */
export const oneByOne: StackRule<Settings> = {
  name: "one-by-one",
  description: "Many people are declared as a set, not one by one.",
  enforcementLevel: "advisory",
  settings: {
    maxResources: {
      type: "integer",
      minimum: 0,
      default: 20,
      description:
        "The greatest number of Membership resources for people in one organization, and of ApiKeyAssignment resources for people of one key.",
    },
  },
  sees:
    "It counts resources, and not the entries of sets. A resource counts if it has `email`, or if its `user` is a User of the same stack " +
    "with the `kind` `person`; system users don't count.",
  checkStack(resources, { maxResources }) {
    return separate.flatMap(({ kind, set, of, container, title }) => {
      const people = resources.filter((resource) => resource.kind === kind && isOfPerson(resource));
      return groupedBy(people, of, container)
        .filter((group) => group.resources.length > maxResources)
        .map(({ target, resources: each }) => {
          const whole = target === undefined ? `One ${container}` : titleOf(target, title);
          const message =
            `${whole} has ${each.length} ${kind} resources for people in this stack, and the limit is ${maxResources}. Declare the ` +
            `people in one ${set} resource instead: nobody's access is interrupted.`;
          return { message, at: target ?? each[0] };
        });
    });
  },
};

function isOfPerson(resource: Resource): boolean {
  const user = userOf(resource);
  return user === undefined ? resource.properties.email !== undefined : user.properties.kind === "person";
}
