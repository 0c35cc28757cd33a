/**
 * What a refusal means that a trial shows at preview. The service tries each change against what exists now, so another change of the
 * same program may lift the refusal before `up` gets there.
 *
 * @see docs/decisions/0054-trying-at-preview.md
 */
import { type Schemas, setIn } from "roster-schema";
import type { RefusalCode } from "../errors.ts";
import { isOwn } from "../lifecycle/adoption.ts";

/** What a refusal is about, which decides what can lift it. */
type Cause =
  /** The request itself: nothing can lift it. */
  | "request"
  /** The objects that the refusal names. */
  | "objects"
  /** A person who has no account or no membership: whatever makes one. */
  | "person"
  /** An organization without another administrator: whatever makes somebody an administrator. */
  | "administrator"
  /** The moment: the same request may succeed later. */
  | "moment";

/** The cause of each refusal. */
export const causes: Readonly<Record<RefusalCode, Cause>> = {
  invalid_request: "request",
  unauthenticated: "request",
  permission_denied: "objects",
  plan_required: "objects",
  api_access_disabled: "objects",
  contact_vendor: "objects",
  cannot_remove_self: "request",
  billing_failed: "moment",
  not_member: "person",
  user_not_active: "person",
  no_api_key: "person",
  not_found: "objects",
  route_not_found: "request",
  slug_taken: "objects",
  email_taken: "objects",
  name_taken: "objects",
  external_id_taken: "objects",
  already_member: "objects",
  already_assigned: "objects",
  role_in_use: "objects",
  last_administrator: "administrator",
  key_not_active: "objects",
  generation_conflict: "objects",
  secret_in_use: "objects",
  organization_closed: "objects",
  managed_elsewhere: "objects",
  idempotency_in_progress: "moment",
  precondition_failed: "moment",
  payload_too_large: "request",
  unsupported_media_type: "request",
  unprocessable: "person",
  user_not_found: "person",
  role_not_found: "objects",
  idempotency_key_reused: "moment",
  rate_limited: "moment",
  internal_error: "moment",
  unavailable: "moment",
};

/** A resource of the program that may lift a refusal. */
export interface Declared {
  /** The resource, as messages name it, such as `Role releaser`. */
  readonly title: string;
  /** Whether this preview changes it, as far as that is known. */
  readonly isChanging: boolean;
  /** Whether the engine creates it before the refused change, which then finds what it lacks. */
  readonly isMadeFirst?: boolean;
}

/** What the program declares, as far as a refusal depends on it. */
export interface Program {
  /** The resource of an object, or of the set that it is an entry of; undefined if the program declares none. */
  declares(externalId: string): Declared | undefined;
  /** Other resources that this preview changes and that make the refused person a user or a member, or change their roles. */
  makersOfPerson(): readonly Declared[];
  /** Other resources that this preview changes and that can make somebody an administrator. */
  makersOfAdministrator(): readonly Declared[];
}

/** A refusal of a tried request. */
export interface PreviewedRefusal {
  readonly code: RefusalCode;
  /** The objects that it depends on, as far as the caller can read them. */
  readonly dependsOn: readonly Pick<Schemas["TrialDependency"], "kind" | "externalId">[];
  /** The externalId of the object that the request creates or changes. */
  readonly externalId: string;
}

/** What to make of a refusal. */
export type Judgment =
  /** `up` would be refused as well. */
  | { readonly kind: "failure" }
  /** `up` may succeed, because of these resources or because time passes. */
  | { readonly kind: "warning"; readonly because: readonly string[] }
  /** The refusal says nothing about `up`. */
  | { readonly kind: "none" };

const failure: Judgment = { kind: "failure" };
const none: Judgment = { kind: "none" };

/** Decides whether a refusal at preview fails the preview. */
export function judge({ code, dependsOn, externalId }: PreviewedRefusal, program: Program): Judgment {
  const cause = causes[code];
  if (cause === "moment") {
    return { kind: "warning", because: [] };
  }
  if (isTaken(code)) {
    // The object that the resource has already: it is replaced, which is tried before it is deleted.
    const isReplaced = dependsOn.some((one) => one.externalId === externalId);
    // An update moves entries between sets and single resources of a stack, instead of creating them.
    if (isReplaced || dependsOn.some((one) => isMoved(one.externalId, externalId, program))) {
      return none;
    }
  }
  const declared = dependsOn.flatMap(({ externalId: name }) => (name && program.declares(name)) || []);
  const lifting = [
    ...(cause === "request" ? [] : declared),
    ...(cause === "person" ? program.makersOfPerson() : []),
    ...(cause === "administrator" ? program.makersOfAdministrator() : []),
  ].filter(({ isChanging }) => isChanging);
  if (lifting.some(({ isMadeFirst }) => isMadeFirst)) {
    return none;
  }
  return lifting.length === 0
    ? failure
    : { kind: "warning", because: [...new Set(lifting.map(({ title }) => title))].toSorted() };
}

/** Whether a refusal says that something has the name, the address or the place already. */
export function isTaken(code: RefusalCode): boolean {
  return code.endsWith("_taken") || code.startsWith("already_");
}

function isMoved(existing: string | null, externalId: string, program: Program): boolean {
  const isOneOfSet = setIn(existing ?? "") !== "" || setIn(externalId) !== "";
  return isOneOfSet && existing !== null && isOwn(existing, externalId) && program.declares(existing) === undefined;
}
