/** The resources that a manifest declares, by the names that they have in the stack. */
import { foldEmail } from "roster-schema";
import type { Fault } from "../../issues.ts";
import type { PropertyMap } from "../../values/property-map.ts";
import type { Listed, Lists } from "./lists.ts";
import type { ManifestDocument } from "./schema.ts";

/** A resource that a manifest declares. */
export interface Declared {
  readonly kind: string;
  /** The resource's name in the stack. */
  readonly name: string;
  /** Where its arguments are. */
  readonly path: Fault["path"];
  /** Where it is declared, if that is within the arguments of another resource. */
  readonly whole?: Fault["path"];
  /** Its arguments; the role of a member is its name in the manifest. */
  readonly args: PropertyMap;
  /** Of a set: where it lists the people in it. */
  readonly placeOf?: Listed<unknown>["placeOf"];
}

/** The resources of a manifest, in its order, and then its sets. Their names are those that `fromManifest` gives them. */
export function declaredIn(manifest: ManifestDocument, lists: Lists): Declared[] {
  const { name, organization, roles, users, members, apiKeys, accessTokens } = manifest;
  const named = (entry: string) => `${name}-${entry}`;
  const entries = <Entry>(section: Readonly<Record<string, Entry>>, to: (entry: Entry, name: string) => Declared[]) =>
    Object.entries(section).flatMap(([entry, value]) => to(value, entry));
  return [
    ...organizationIn(name, organization),
    ...entries(roles, (role, entry) => [
      { kind: "Role", name: named(entry), path: ["roles", entry], args: { ...role, name: role.name ?? entry } },
    ]),
    ...entries(users, ({ role, resetPassword: _, ...user }, entry) => {
      const path = ["users", entry];
      // The home organization is the manifest's.
      const account = { kind: "User", name: named(entry), path, args: { ...user, homeOrganization: "" } };
      const args = { role, adopt: user.adopt };
      const membership = { kind: "Membership", name: named(entry), path, whole: [...path, "role"], args };
      return role === undefined ? [account] : [account, membership];
    }),
    ...entries(members, (member, entry) => [
      { kind: "Membership", name: named(entry), path: ["members", entry], args: member },
    ]),
    ...entries(apiKeys, ({ assignedTo = [], assignees: _, ...key }, entry) => [
      { kind: "ApiKey", name: named(entry), path: ["apiKeys", entry], args: key },
      ...assignedTo.map((assignee, at) => {
        const who = typeof assignee === "string" ? assignee : foldEmail(assignee.email);
        const path = ["apiKeys", entry, "assignedTo", at];
        return {
          kind: "ApiKeyAssignment",
          name: named(`${entry}-${who}`),
          path,
          whole: path,
          args: { adopt: key.adopt },
        };
      }),
    ]),
    ...entries(accessTokens, (token, entry) => [
      { kind: "AccessToken", name: named(entry), path: ["accessTokens", entry], args: token },
    ]),
    ...setsIn(manifest, lists),
  ];
}

/** The sets of a manifest. */
function setsIn({ name, people, apiKeys }: ManifestDocument, lists: Lists): Declared[] {
  const ofKeys = Object.entries(lists.assignees).map(([key, { placeOf }]) => ({
    kind: "ApiKeyAssignees",
    name: `${name}-${key}`,
    path: ["apiKeys", key, "assignees"],
    args: { adopt: apiKeys[key]?.assignees?.adopt },
    placeOf,
  }));
  if (lists.people === undefined) {
    return ofKeys;
  }
  const { entries: members, placeOf } = lists.people;
  const args = { adopt: people?.adopt, members };
  return [{ kind: "OrganizationMembers", name: `${name}-people`, path: ["people"], args, placeOf }, ...ofKeys];
}

/** The organization, or the profile of one that exists already. */
function organizationIn(name: string, organization: ManifestDocument["organization"]): Declared[] {
  const path = ["organization"];
  if (!("existing" in organization)) {
    return [{ kind: "Organization", name, path, args: organization }];
  }
  const { profile } = organization;
  return profile === undefined
    ? []
    : [{ kind: "OrganizationProfile", name, path: [...path, "profile"], args: profile }];
}
