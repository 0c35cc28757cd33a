/**
 * Records which people a program declares, and where. If a set and a single resource, or two sets, declared the same person, each
 * `up` would undo the changes of the other.
 */
import * as pulumi from "@pulumi/pulumi";
import { foldEmail } from "roster-schema";
import { DeclarationError } from "../errors.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import { managerOf, type PartManager, twiceReason } from "../lifecycle/parts.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import { isEventual } from "./arguments.ts";

/** A declaration of one person. */
interface PersonDeclaration {
  /** The resource, such as `Membership ada`. */
  readonly by: string;
  readonly isSet: boolean;
}

/** By container; for containers that are passed as ids, by stack. Two runs in one process don't affect each other. */
const declarations = new WeakMap<object, Map<string, PersonDeclaration>>();
const addresses = new WeakMap<object, string>();
/** The resource that manages the part of an object, by the resource of that object. */
const partManagers = new WeakMap<object, PartManager>();
const usersByAddress = new WeakMap<object, Map<string, pulumi.Resource>>();

/**
 * Records the people that a resource concerns, as far as the program knows them.
 *
 * @param resource such as `Membership ada`
 * @param given the arguments, as the program passed them
 * @param args the normalized arguments
 * @returns the addresses of these people
 * @throws DeclarationError if a person is already declared in the same container, and one of the two resources is a set
 */
export function declareSubjects(
  { subjects, isSet }: Lifecycle,
  resource: string,
  given: PropertyMap,
  args: PropertyMap,
): string[] {
  const { within, user, email, entries } = subjects;
  if (within === undefined) {
    return [];
  }
  const map = entries === undefined ? undefined : args[entries];
  const isKnown = isRecord(map) && !isEventual(map);
  const people = entries === undefined ? [personIn(argumentIn(given, user), argumentIn(given, email))] : [];
  const listed = isKnown ? Object.keys(map) : people;
  declare(given[within], listed, { by: resource, isSet });
  const named = isKnown ? listed : [argumentIn(given, email)];
  return named.filter((address) => typeof address === "string");
}

function argumentIn(values: PropertyMap, name: string | undefined): unknown {
  return name === undefined ? undefined : values[name];
}

/** @param container the organization or the key */
function declare(container: unknown, people: Iterable<unknown>, declared: PersonDeclaration): void {
  const isResource = pulumi.CustomResource.isInstance(container);
  const place = isResource ? container : pulumi.runtime.getStackResource();
  if (place === undefined || !(isResource || typeof container === "string")) {
    return;
  }
  const known = declarations.get(place) ?? new Map<string, PersonDeclaration>();
  declarations.set(place, known);
  for (const person of people) {
    if (typeof person !== "string") {
      continue;
    }
    const address = foldEmail(person);
    const name = isResource ? address : `${String(container)} ${address}`;
    const other = known.get(name);
    if (other !== undefined && (other.isSet || declared.isSet)) {
      throw new DeclarationError(
        `${declared.by} and ${other.by} both declare ${address}, so each would undo the changes of the other. Remove the person from one of them.`,
      );
    }
    known.set(name, declared);
  }
}

/**
 * Lists the people that other resources of the program declare in the container of a set, as far as the program knows them. If they
 * were entries of the set before, those resources take them over.
 *
 * @param resource the set
 * @param given its arguments, as the program passed them
 */
export function declaredElsewhere({ subjects }: Lifecycle, resource: string, given: PropertyMap): string[] {
  const container = argumentIn(given, subjects.within);
  const isResource = pulumi.CustomResource.isInstance(container);
  const place = isResource ? container : pulumi.runtime.getStackResource();
  const prefix = isResource ? "" : `${String(container)} `;
  const known = [...(place === undefined ? [] : (declarations.get(place) ?? []))];
  return known
    .filter(([name, { by }]) => by !== resource && name.startsWith(prefix))
    .map(([name]) => name.slice(prefix.length));
}

/**
 * Records that a resource manages a part of another resource's object, such as the profile of an organization. If the program
 * passes an id, the provider checks it once it is known.
 *
 * @param resource such as `OrganizationProfile acme`
 * @param args the arguments, as the program passed them
 * @throws DeclarationError if another resource of the program manages the part as well
 */
export function declarePartOfOther(lifecycle: Lifecycle, resource: string, args: PropertyMap): void {
  const owner = lifecycle.part?.of;
  if (owner !== undefined) {
    declarePart(lifecycle, args[owner], resource, args);
  }
}

/** The same for a part of the resource's own object. */
export function declareOwnPart(lifecycle: Lifecycle, self: object, resource: string, args: PropertyMap): void {
  if (lifecycle.part !== undefined && lifecycle.part.of === undefined) {
    declarePart(lifecycle, self, resource, args);
  }
}

function declarePart({ part }: Lifecycle, owner: unknown, resource: string, args: PropertyMap): void {
  const manager = part && managerOf(part, resource, args);
  if (part === undefined || manager === undefined || !pulumi.CustomResource.isInstance(owner)) {
    return;
  }
  const other = partManagers.get(owner);
  if (other !== undefined) {
    throw new DeclarationError(twiceReason(part, manager, other));
  }
  partManagers.set(owner, manager);
}

/** Records the address of a user, if the program passes it as a plain value. */
export function rememberAddress({ subjects }: Lifecycle, user: pulumi.Resource, given: PropertyMap): void {
  const address = argumentIn(given, subjects.email);
  if (subjects.within !== undefined || typeof address !== "string") {
    return;
  }
  addresses.set(user, address);
  const stack = pulumi.runtime.getStackResource();
  if (stack !== undefined) {
    const users = usersByAddress.get(stack) ?? new Map<string, pulumi.Resource>();
    usersByAddress.set(stack, users);
    // If two users declare the same address, the second one is refused.
    if (!users.has(foldEmail(address))) {
      users.set(foldEmail(address), user);
    }
  }
}

/**
 * Returns the options of a resource that names people by address. It depends on the users that the program has declared with these
 * addresses, like a resource that names them by their outputs.
 */
export function afterUsers(
  emails: readonly string[],
  options: pulumi.CustomResourceOptions | undefined,
): pulumi.CustomResourceOptions | undefined {
  const stack = pulumi.runtime.getStackResource();
  const known = stack === undefined ? undefined : usersByAddress.get(stack);
  const users = emails.flatMap((email) => known?.get(foldEmail(email)) ?? []);
  return users.length === 0 ? options : pulumi.mergeOptions(options, { dependsOn: users });
}

/** @returns the address of a person who is declared by user or by address, if the program passes it as a plain value. */
function personIn(user: unknown, email: unknown): unknown {
  return typeof user === "object" && user !== null ? addressOf(user) : email;
}

/** The address of a user, if the program passes it as a plain value. */
export function addressOf(user: object): string | undefined {
  return addresses.get(user);
}
