/** What a rule sees of a stack: its Roster resources, with the properties that rules read. */

/**
 * The type that the engine has for a kind is one of these texts, followed by the kind: the dynamic provider's, or the native plugin's. No
 * other place in the pack knows types.
 */
const typePrefixes = ["pulumi-nodejs:dynamic/roster:", "roster:index:"];

/** The properties that rules read, by kind. */
export const propertiesOfKinds = {
  Organization: ["slug"],
  Role: ["name", "permissions"],
  User: ["email", "kind"],
  Membership: ["organization", "user", "email", "role"],
  OrganizationMembers: ["organization", "members", "roles"],
  ApiKey: ["name", "kind", "owner", "endDate", "rotation", "holdRotation", "deliverTo", "state"],
  ApiKeyAssignment: ["key", "user", "email"],
  ApiKeyAssignees: ["assignees"],
  AccessToken: ["name", "endDate", "rotation", "holdRotation", "state"],
} as const;

/** A kind of resource that rules read, such as `ApiKey`. */
export type Kind = keyof typeof propertiesOfKinds;

/** The name of a property that rules read. */
export type Property = (typeof propertiesOfKinds)[Kind][number];

/** Stands for a value that the pack can't see: one that isn't known before the update, or is secret. */
export const hidden: unique symbol = Symbol("hidden");

/** A Roster resource of a stack. */
export interface Resource {
  readonly kind: Kind;
  /** Its name in the stack, such as `playout`. */
  readonly name: string;
  readonly urn: string;
  /** The values of its properties; {@link hidden} is in place of each value, at any depth, that the pack can't see. */
  readonly properties: Readonly<Partial<Record<Property, unknown>>>;
  /** The Roster resources that each property depends on. Only rules about whole stacks have them. */
  readonly references: Readonly<Partial<Record<Property, readonly Resource[]>>>;
}

/** Returns the kind of a type of the engine; undefined if no rule reads resources of that type. */
export function kindOfType(type: string): Kind | undefined {
  const prefix = typePrefixes.find((one) => type.startsWith(one));
  const kind = prefix === undefined ? "" : type.slice(prefix.length);
  return Object.hasOwn(propertiesOfKinds, kind) ? (kind as Kind) : undefined;
}

/** Returns the text of a property; undefined if it isn't set, or the pack can't see it. */
export function textOf({ properties }: Resource, property: Property): string | undefined {
  const value = properties[property];
  return typeof value === "string" ? value : undefined;
}

/** Returns whether a value, or anything inside it, is {@link hidden}. */
export function isHidden(value: unknown): boolean {
  return value === hidden || (typeof value === "object" && value !== null && Object.values(value).some(isHidden));
}

/**
 * Returns the one resource of a kind that a property depends on.
 *
 * @returns undefined if it depends on none, or on several
 */
export function referenceOf(resource: Resource, property: Property, kind: Kind): Resource | undefined {
  const [reference, ...others] = resource.references[property] ?? [];
  return others.length === 0 && reference?.kind === kind ? reference : undefined;
}

/**
 * Returns the User that a resource is about: the member, the assignee or the owner.
 *
 * @returns undefined if the stack doesn't declare one, or the pack can't see which
 */
export function userOf(resource: Resource): Resource | undefined {
  const properties = ["user", "email", "owner"] as const;
  return properties.map((property) => referenceOf(resource, property, "User")).find((user) => user !== undefined);
}

/** Resources that refer to the same object. */
export interface Group {
  /** The object's resource, if the stack declares it. */
  readonly target: Resource | undefined;
  readonly resources: readonly [Resource, ...Resource[]];
}

/** Groups resources by the object that a property refers to; without those whose object the pack can't see. */
export function groupedBy(resources: readonly Resource[], property: Property, kind: Kind): Group[] {
  const groups = new Map<string, { target: Resource | undefined; resources: [Resource, ...Resource[]] }>();
  for (const resource of resources) {
    const target = referenceOf(resource, property, kind);
    const key = target?.urn ?? textOf(resource, property);
    if (key === undefined) {
      continue;
    }
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { target, resources: [resource] });
    } else {
      group.resources.push(resource);
    }
  }
  return [...groups.values()];
}
