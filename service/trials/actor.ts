/** Who the changes of a trial are made as, and what a trial must not reveal. */
import { builtInRoles, foldEmail, type OrganizationRole } from "roster-schema";
import { beyond, type Permission } from "../auth/permissions.ts";
import { isServiceOwner, type Principal } from "../auth/principal.ts";
import { Rights } from "../auth/rights.ts";
import { permissionDenied } from "../managed/resource.ts";
import { invalidRequest } from "../problems.ts";
import { newId } from "../rows/identifiers.ts";
import { type Item, notTried, type TrialAnswer } from "./answers.ts";
import { findReadable, type Reading } from "./readable-objects.ts";
import type { ActorFor } from "./tried-request.ts";

/** The caller itself makes the changes. */
export const asCaller: ActorFor = (caller) => caller;

/**
 * Somebody with a role in the organizations of the caller makes the changes. It is nobody in particular, so that rules about
 * oneself don't apply.
 *
 * @throws Refusal `permission_denied` if the caller can't try changes with this role in any organization; `invalid_request` for
 * the service owner, who belongs to no organization.
 */
export function asRole(role: OrganizationRole, caller: Principal): ActorFor {
  if (isServiceOwner(caller)) {
    const detail = "must be omitted by the service owner, who belongs to no organization";
    throw invalidRequest([{ in: "body", pointer: "/as", detail }]);
  }
  if (!organizationsOf(caller).some((organization) => mayTryAs(role, caller.rights.in(organization)))) {
    throw permissionDenied(`Trying changes as ${role} requires all permissions of the role, or of the role auditor.`);
  }
  const id = newId("user");
  // The requests of a group share statements only if they have the same principal.
  const actors = new WeakMap<Principal, Principal>();
  return (principal) => {
    const known = actors.get(principal);
    if (known !== undefined) {
      return known;
    }
    const rights = Rights.in(
      organizationsOf(principal).map((organization) => {
        const own = principal.rights.in(organization);
        return [organization, mayTryAs(role, own) ? builtInRoles[role] : own] as const;
      }),
    );
    const actor: Principal = { kind: "user", id, user: null, accessToken: null, rights };
    actors.set(principal, actor);
    return actor;
  };
}

/** The answers to requests that would tell the caller more than the caller may find out by making them. */
export async function hiddenAnswers(
  reading: Reading,
  actorFor: ActorFor,
  items: readonly Item[],
): Promise<ReadonlyMap<number, TrialAnswer>> {
  const hidden = new Map<number, TrialAnswer>();
  const { principal } = reading;
  const actor = actorFor(principal);
  const isAbove = (organization: string) =>
    beyond(actor.rights.in(organization), principal.rights.in(organization)).length > 0;
  if (actor === principal || !organizationsOf(principal).some(isAbove)) {
    return hidden;
  }
  const changes = items.filter(({ request }) => request.method !== "GET");
  const addresses = changes.flatMap(({ request }) => addressIn(request.body) ?? []);
  const readable = await readableAddresses(reading, addresses);
  for (const { at, request } of changes) {
    const address = addressIn(request.body);
    if (request.body?.secret !== undefined) {
      hidden.set(at, notTried("The answer could reveal whether the service knows the secret."));
    } else if (address !== undefined && !readable.has(address)) {
      hidden.set(at, notTried("The answer could reveal whether the address has an account that you can't read."));
    }
  }
  return hidden;
}

/** Whether somebody can try changes with a role: as one who may do less, or as one who can read what the role can read. */
function mayTryAs(role: OrganizationRole, own: ReadonlySet<Permission>): boolean {
  const wanted = builtInRoles[role];
  if (beyond(wanted, own).length === 0) {
    return true;
  }
  const mayPreview = own.has("changes:preview") && beyond(builtInRoles.auditor, own).length === 0;
  return mayPreview && beyond(wanted, new Set(builtInRoles.administrator)).length === 0;
}

function organizationsOf({ rights }: Principal): readonly string[] {
  return rights.organizations === "everywhere" ? [] : rights.organizations;
}

function addressIn(body: Item["request"]["body"]): string | undefined {
  return typeof body?.email === "string" ? foldEmail(body.email) : undefined;
}

/** The addresses, out of several, that belong to users whom the caller can read. */
async function readableAddresses(reading: Reading, addresses: readonly string[]): Promise<ReadonlySet<string>> {
  if (addresses.length === 0) {
    return new Set();
  }
  const rows = await reading.db
    .selectFrom("users")
    .select(["id", "email_normalized"])
    .where("email_normalized", "in", addresses)
    .execute();
  const readable = await findReadable(
    reading,
    rows.map(({ id }) => ({ kind: "user", id })),
  );
  return new Set(rows.flatMap(({ id, email_normalized }) => (readable.has(id) ? [email_normalized] : [])));
}
