/** What a resource declares that no other resource of the program can: a name, a slug, an address, or a person in an organization. */
import { foldEmail } from "roster-schema";
import { comparableInputs, type Declaration } from "../values/declaration.ts";
import type { PropertyMap } from "../values/property-map.ts";
import { containsUnknown, unknownValue } from "../values/unknown.ts";
import type { Exclusive } from "./duplicates.ts";
import type { Lifecycle } from "./interface.ts";
import type { Registration, Registrations } from "./registrations.ts";
import type { CheckFailure } from "./shape.ts";

/** The users that a program declares, as far as they are known. */
type DeclaredUsers = Pick<Registrations, "declaresUser" | "userWith" | "addressOf">;

/**
 * Notes what a resource declares.
 *
 * @param checked the checked inputs
 * @returns what is wrong, if another resource of the run declares the same
 */
export function declaredTwice(
  registrations: Registrations,
  lifecycle: Lifecycle,
  declaration: Declaration | undefined,
  checked: PropertyMap,
): CheckFailure[] {
  const exclusive = exclusiveOf(lifecycle, checked, declaration, registrations);
  const failure = registrations.declare(lifecycle.kind, checked.externalId, declaration?.by, exclusive);
  return failure === undefined ? [] : [failure];
}

/** @returns undefined if the resource declares no such thing, or if it isn't certain yet */
function exclusiveOf(
  lifecycle: Lifecycle,
  inputs: PropertyMap,
  declaration: Declaration | undefined,
  users: DeclaredUsers,
): Exclusive | undefined {
  // A key or a token whose end is unknown may have ended, and then has no name any more.
  if (lifecycle.alwaysAdopts || lifecycle.isSet || containsUnknown([inputs.state, inputs.endDate])) {
    return undefined;
  }
  const known = comparableInputs(inputs, declaration ?? {});
  const registration = lifecycle.registration({}, known);
  const found =
    lifecycle.subjects.within === undefined
      ? onceByName(registration, inputs, declaration)
      : onceByPerson(registration, inputs, declaration, users);
  if (found === undefined || found.scope.includes(unknownValue) || found.names.length === 0) {
    return undefined;
  }
  const { scope, names, ...rest } = found;
  const keys = names.map((name) => JSON.stringify([lifecycle.kind, scope, name]));
  return { ...rest, keys, where: placeText(lifecycle, inputs) };
}

/** What is declared, and the collection in which it can be declared once. */
interface InScope extends Pick<Exclusive, "property" | "shown" | "unshown"> {
  readonly scope: string;
  readonly names: readonly string[];
}

function onceByName(
  { names }: Registration,
  inputs: PropertyMap,
  declaration: Declaration | undefined,
): InScope | undefined {
  const [own] = names;
  if (own?.to === undefined) {
    return undefined;
  }
  const { property, scope, to } = own;
  const noun = property === "email" ? "address" : property;
  const value = shownIn(inputs, property, declaration);
  const shown = value === undefined ? undefined : `the ${noun} ${property === "name" ? JSON.stringify(value) : value}`;
  return { property, scope, names: [to], shown, unshown: `the same ${noun}` };
}

function onceByPerson(
  { scope = unknownValue, person = {} }: Registration,
  inputs: PropertyMap,
  declaration: Declaration | undefined,
  users: DeclaredUsers,
): InScope {
  const [user, email] = [person.user, person.email].map((one) =>
    typeof one === "string" && !containsUnknown(one) ? one : undefined,
  );
  const { address } = declaration ?? {};
  // The program may have passed the user another address than the engine has checked.
  const written = user !== undefined && address !== undefined && users.declaresUser(address) ? address : undefined;
  const ids = [user, email === undefined ? undefined : users.userWith(email)];
  const addresses = [email, user === undefined ? undefined : users.addressOf(user), written];
  const names = [
    ...ids.flatMap((id) => (id === undefined ? [] : [`user ${id}`])),
    ...addresses.flatMap((one) => (one === undefined ? [] : [`email ${foldEmail(one)}`])),
  ];
  return {
    property: inputs.email === undefined ? "user" : "email",
    scope,
    names: [...new Set(names)],
    shown: shownIn(inputs, "email", declaration) ?? address,
    unshown: "the same person",
  };
}

/** The value of an argument, if messages may contain it. */
function shownIn(inputs: PropertyMap, property: string, { plain }: Partial<Declaration> = {}): string | undefined {
  const value = inputs[property];
  return typeof value === "string" && plain?.includes(property) === true ? value : undefined;
}

/** Where a resource can declare something once, as messages say it. */
function placeText({ args, subjects }: Lifecycle, inputs: PropertyMap): string {
  const within = subjects.within ?? "organization";
  if (!Object.hasOwn(args, within)) {
    return "";
  }
  const id = inputs[within];
  const place = typeof id === "string" && !containsUnknown(id) ? `${within} ${id}` : `the same ${within}`;
  return within === "key" ? ` for ${place}` : ` in ${place}`;
}
