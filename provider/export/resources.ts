/** An organization that exists, as resources that a stack of the native plugin imports. */
import type { Estate } from "../estate/estate.ts";
import { importIds } from "../kinds/readable-ids.ts";
import { objectLifecycles } from "../kinds/registry.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { EntryNames, nameIn } from "./entry-names.ts";
import { declaredKeys, declaredTokens, exportedKeys, exportedTokens, keyArgs, ownersOf, tokenArgs } from "./keys.ts";
import { importedOrganization } from "./organization.ts";
import { type People, type Person, peopleOf, userArgs } from "./people.ts";
import { type ExportOptions, type LeftOut, Selection } from "./selection.ts";

/** The value of an argument that is an output of another resource. */
export class Reference {
  /** The service's id of the other resource's object. */
  readonly id: string;
  readonly output: string;

  constructor(id: string, output = "id") {
    this.id = id;
    this.output = output;
  }
}

/** A resource that is imported. */
export interface ImportedResource {
  readonly kind: string;
  /** Unique among all resources, and among all their names in a program: a-z, 0-9, `_` and `-`, beginning with a letter. */
  readonly name: string;
  /** The service's id of its object. */
  readonly id: string;
  /** The id by which it is imported. */
  readonly importId: string;
  /** What a program declares, without defaults. */
  readonly args: PropertyMap;
  /** The ids of objects that it needs without referring to them. */
  readonly dependsOn: readonly string[];
  /** The arguments that a program can't write, and that stay as they are. */
  readonly ignored: readonly string[];
}

/** The resources of an organization, and what is left out. */
export interface ImportedResources {
  /** In the order of their kinds, those that others refer to first, and by name in each kind. */
  readonly resources: readonly ImportedResource[];
  readonly leftOut: readonly LeftOut[];
  /** The name by which a program looks the organization up; undefined if it is a resource. */
  readonly lookedUp: string | undefined;
}

/** A resource before it has a name. */
interface Unnamed extends Omit<ImportedResource, "name" | "importId" | "dependsOn" | "ignored"> {
  /** The names that it would have, the best one first. */
  readonly wishes: readonly string[];
  readonly dependsOn?: readonly string[];
  readonly ignored?: readonly string[];
}

/**
 * Chooses the resources: what can't be declared, and what another stack manages, is left out.
 *
 * The same organization gives the same resources with the same names. What is added later changes no name.
 */
export function importedResources(estate: Estate, options: ExportOptions): ImportedResources {
  const { rights, asExisting } = options;
  const selection = new Selection(options);
  const { id, slug } = estate.organization;
  const imported = importedOrganization(estate, selection, rights, asExisting);
  const organization = new Reference(id);
  const roles = estate.roles.filter((role) => selection.takes("role", role, role.name));
  const [keys, tokens] = [exportedKeys(estate, selection), exportedTokens(estate, selection)];
  const people = peopleOf(estate, selection, {
    owners: ownersOf(keys, tokens),
    roles: new Map(roles.map((role) => [role.id, role.name])),
    maxEntries: Number.POSITIVE_INFINITY,
    isServiceOwner: rights.isServiceOwner,
  });
  const unnamed: Unnamed[] = [
    ...organizationIn(estate, imported),
    ...roles.map(({ id, name, permissions }) => ({
      kind: "Role",
      id,
      wishes: wishesFor("role", name),
      args: { organization, name, permissions },
    })),
    ...peopleIn(people, organization, new Set(roles.map((role) => role.id))),
    ...declaredKeys(keys, estate, people, selection).flatMap((key) => keyIn(key, people, organization)),
    ...declaredTokens(tokens, people, selection).map(({ value: token, user }) => ({
      kind: "AccessToken",
      id: token.id,
      wishes: wishesFor("token", token.name),
      args: { organization, ...tokenArgs(token, accountOf(user)) },
      dependsOn: membershipsOf(user),
    })),
  ];
  const lookedUp = imported?.kind === "Organization" ? undefined : nameFor("organization", slug);
  const named = withNames(unnamed, lookedUp === undefined ? [] : [lookedUp]);
  const ids = new Map(importIdsIn(estate));
  return {
    resources: named.map((one) => ({ ...one, importId: ids.get(one.id) ?? one.id })),
    leftOut: selection.leftOut,
    lookedUp,
  };
}

function organizationIn(
  { organization, profile }: Estate,
  imported: ReturnType<typeof importedOrganization>,
): Unnamed[] {
  if (imported === undefined) {
    return [];
  }
  const { kind, args, ignored } = imported;
  return kind === "Organization"
    ? [{ kind, id: organization.id, wishes: [nameFor("organization", organization.slug)], args, ignored }]
    : [
        {
          kind,
          id: profile.id,
          wishes: [`${nameFor("organization", organization.slug)}-profile`],
          ignored,
          args: { organization: new Reference(organization.id), ...args },
        },
      ];
}

/** The accounts and memberships. @param roles the ids of the organization's own roles that are resources */
function peopleIn(people: People, organization: Reference, roles: ReadonlySet<string>): Unnamed[] {
  return people.all.flatMap((person): Unnamed[] => {
    const { email, user, membership, role } = person;
    const [local = ""] = email.split("@");
    return [
      ...(user === undefined
        ? []
        : [
            {
              kind: "User",
              id: user.id,
              wishes: [...wishesFor("user", local), nameFor("user", email)],
              args: userArgs(person, organization),
            },
          ]),
      ...(membership === undefined || role === undefined
        ? []
        : [
            {
              kind: "Membership",
              id: membership.id,
              wishes: [local, email].map((text) => `${nameFor("user", text)}-member`),
              args: {
                organization,
                email: user?.email === membership.email ? new Reference(user.id, "email") : membership.email,
                role: roles.has(membership.role) ? new Reference(membership.role) : membership.role,
              },
            },
          ]),
    ];
  });
}

/** A key and its assignments. */
function keyIn(
  { value: key, owner, assignments }: ReturnType<typeof declaredKeys>[number],
  people: People,
  organization: Reference,
): Unnamed[] {
  return [
    {
      kind: "ApiKey",
      id: key.id,
      wishes: wishesFor("key", key.name),
      args: { organization, ...keyArgs(key, owner && accountOf(owner)) },
      dependsOn: owner === undefined ? [] : membershipsOf(owner),
    },
    ...assignments.map(({ id, email, external }) => {
      const [local = ""] = email.split("@");
      const member = external ? undefined : people.withAddress(email);
      const isMember = member?.role !== undefined && member.membership?.email === email;
      return {
        kind: "ApiKeyAssignment",
        id,
        wishes: [local, email].map((text) => `${nameFor("key", key.name)}-${nameFor("user", text)}`),
        args: {
          key: new Reference(key.id),
          email: isMember ? new Reference(member.membership.id, "email") : email,
          ...(external && { external }),
        },
      };
    }),
  ];
}

/** The id of a person's account: that of the user, or of the membership if the account is at home elsewhere. */
function accountOf({ user, membership }: Person): Reference {
  return user === undefined ? new Reference(membership?.id ?? "", "userId") : new Reference(user.id);
}

/** The membership of a person whose account is referred to by itself. */
function membershipsOf({ user, membership, role }: Person): string[] {
  return user === undefined || membership === undefined || role === undefined ? [] : [membership.id];
}

/** Gives every resource a name, the oldest one first. @param taken names that none of them gets */
function withNames(unnamed: readonly Unnamed[], taken: readonly string[]): Omit<ImportedResource, "importId">[] {
  // Programs in YAML can't use the name of Pulumi's own variable.
  const names = new EntryNames(["pulumi", ...taken]);
  const byAge = unnamed.toSorted((one, other) => (ageOf(one) < ageOf(other) ? -1 : 1));
  const given = new Map(byAge.map(({ id, kind, wishes }) => [id, names.give(wishes, kind)]));
  const kinds = objectLifecycles.map(({ kind }) => kind);
  return unnamed
    .map(({ wishes: _, ...one }) => ({ dependsOn: [], ignored: [], ...one, name: given.get(one.id) ?? one.id }))
    .toSorted((one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind) || (one.name < other.name ? -1 : 1));
}

/** What is the smaller, the older an object is, whatever its kind: the part of its id that says when it was made. */
function ageOf({ id }: { readonly id: string }): string {
  return id.slice(id.indexOf("_"));
}

/** The names that an object with a name of its own would have. @param noun what it is */
function wishesFor(noun: string, text: string): string[] {
  const name = nameFor(noun, text);
  return [name, `${name}-${noun}`];
}

/** The part of a text that a reference in a program can contain, beginning with a letter. */
function nameFor(noun: string, text: string): string {
  const name = nameIn(text.replaceAll(".", "-"));
  return /^[a-z]/.test(name) ? name : [noun, ...(name === "" ? [] : [name])].join("-");
}

/** The ids by which the objects of an organization are imported, by the service's own. */
function importIdsIn(estate: Estate): [id: string, importId: string][] {
  const { organization, profile, roles, users, members, apiKeys, assignments, accessTokens } = estate;
  const { slug } = organization;
  const idsOf = <Item extends { readonly id: string }>(
    kind: string,
    items: readonly Item[],
    partsOf: (item: Item) => readonly string[],
  ) => {
    const ids = importIds(
      kind,
      items.map((item) => ({ id: item.id, parts: partsOf(item) })),
    );
    return items.map(({ id }, at): [string, string] => [id, ids[at] ?? id]);
  };
  const isActive = ({ status }: { readonly status: string }) => status === "active";
  const keys = idsOf("ApiKey", apiKeys.filter(isActive), ({ name }) => [slug, name]);
  const keyIds = new Map(keys);
  return [
    ...idsOf("Organization", [organization], () => [slug]),
    ...idsOf("OrganizationProfile", [profile], () => [slug]),
    ...idsOf("Role", roles, ({ name }) => [slug, name]),
    ...idsOf("User", users, ({ email }) => [email]),
    ...idsOf("Membership", members, ({ email }) => [slug, email]),
    ...keys,
    ...idsOf("ApiKeyAssignment", assignments, ({ key, email }) => [keyIds.get(key) ?? key, email]),
    ...idsOf("AccessToken", accessTokens.filter(isActive), ({ name }) => [slug, name]),
  ];
}
