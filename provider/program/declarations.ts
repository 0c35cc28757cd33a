/**
 * Who is declared where in a program. A set and a single resource for the same person, or two sets, would undo each
 * other's work at every `up`.
 */
import * as pulumi from "@pulumi/pulumi";
import { foldEmail } from "roster-schema";
import { DeclarationError } from "../errors.ts";
import type { Lifecycle } from "../lifecycle/interface.ts";
import { isRecord, type PropertyMap } from "../values/property-map.ts";
import { isEventual } from "./arguments.ts";

/** A declaration of one person, somewhere. */
interface PersonDeclaration {
  /** The resource, as `Membership ada`. */
  readonly by: string;
  readonly isSet: boolean;
}

/** By what is declared in, or by the stack for what is given by its id: two runs in one process know nothing of each other. */
const declarations = new WeakMap<object, Map<string, PersonDeclaration>>();
const addresses = new WeakMap<object, string>();
const usersByAddress = new WeakMap<object, Map<string, pulumi.Resource>>();

/**
 * Notes whom a resource is about, as far as that can be told in the program.
 *
 * @param resource as `Membership ada`
 * @param given the arguments as the program gives them
 * @param args the same, normalized
 * @returns the addresses that it is about
 * @throws DeclarationError if a person is declared in the same place already, and one of the two is a set
 */
export function declareSubjects(
  { subjects, isSet }: Lifecycle,
  resource: string,
  given: PropertyMap,
  args: PropertyMap,
): string[] {
  const { within, user, email, entries } = subjects;
  if (within === undefined) return [];
  const map = entries === undefined ? undefined : args[entries];
  const isKnown = isRecord(map) && !isEventual(map);
  const people = entries === undefined ? [addressOf(argumentIn(given, user), argumentIn(given, email))] : [];
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
        `${declared.by} declares ${address}, and so does ${other.by}: each would undo what the other does. Take the person out of one of them.`,
      );
    }
    known.set(name, declared);
  }
}

/** Notes the address of a resource that is an account, where the program gives it as it is. */
export function rememberAddress({ subjects }: Lifecycle, user: pulumi.Resource, given: PropertyMap): void {
  const address = argumentIn(given, subjects.email);
  if (subjects.within !== undefined || typeof address !== "string") return;
  addresses.set(user, address);
  const stack = pulumi.runtime.getStackResource();
  if (stack !== undefined) {
    const users = usersByAddress.get(stack) ?? new Map<string, pulumi.Resource>();
    usersByAddress.set(stack, users);
    // Where two declare one address, the second is refused.
    if (!users.has(foldEmail(address))) users.set(foldEmail(address), user);
  }
}

/**
 * The options of what is about people by address: it comes after the users whom the program has declared with the same addresses
 * before, as what is about a user by its output does.
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

/** @returns the address of who is declared by user or by address, where the program gives it as it is. */
function addressOf(user: unknown, email: unknown): unknown {
  return typeof user === "object" && user !== null ? addresses.get(user) : email;
}
