/** The rules for creating, updating and closing organizations. */
import { joinPolicyValues, type Schemas } from "roster-schema";
import { beginChain } from "../../audit/heads.ts";
import type { Call, Context } from "../../auth/operation.ts";
import { isServiceOwner } from "../../auth/principal.ts";
import { isSame } from "../../managed/audit.ts";
import type { CreateResult, CreateRules, EndRules } from "../../managed/lifecycle.ts";
import {
  conflict,
  refuseTakenExternalId,
  requirePermission,
  requireServiceOwner,
  type Update,
  type UpdateRules,
} from "../../managed/resource.ts";
import { type Identify, store } from "../../managed/take-over.ts";
import { Refusal, unprocessable } from "../../problems.ts";
import { revokeKeys } from "../api-keys/revocation.ts";
import { deleteAssignments } from "../assignments/rules.ts";
import { endMemberships } from "../memberships/ending.ts";
import { givenLogo, keepLogo } from "./logos.ts";
import { countMembers, refuseBeyondPlan } from "./plans.ts";
import { findOpenOrganization, findOrganization, organizations, settableColumns } from "./resource.ts";
import { changePlanAtStripe, refuseWrongLink } from "./subscriptions.ts";

type Organization = Schemas["Organization"];

/** The rules for creating organizations. */
export const createRules: CreateRules<"createOrganization", Organization> = {
  create: createOrganization,
  find: async ({ db, body }) =>
    (await db.selectFrom("organizations").select("id").where("slug_live", "=", body.slug).executeTakeFirst())?.id,
  // The logo is still its content here; it is read later.
  wanted: ({ body }) => settableOf(body) as Partial<Organization>,
};

/** The rules for updating organizations. */
export const updateRules: UpdateRules<Organization> = {
  find: (context, id) => findOpenOrganization(context, id, "organization:update", "subscription:update"),
  apply: updateOrganization,
};

/** The rules for closing organizations. */
export const endRules: EndRules<Organization> = {
  async find(context, id) {
    const organization = await findOrganization(context, id);
    requireServiceOwner(context, "Closing an organization");
    return organization;
  },
  end: close,
};

async function createOrganization(
  call: Call<"createOrganization">,
  identify: Identify<Organization>,
): Promise<CreateResult<Organization>> {
  requireServiceOwner(call, "Creating an organization");
  const { body, db, now } = call;
  const { name } = body;
  if (name === undefined) {
    throw unprocessable(
      "/name",
      "A new organization needs a name. Only an organization that is adopted keeps the name it has.",
    );
  }
  const { id, lost } = await identify(null);
  const settable = { ...settableOf(body), name };
  const given = await givenLogo(db, id, settable.logo);
  const organization: Organization = {
    id,
    externalId: body.externalId ?? null,
    adopted: false,
    ...settable,
    logo: given?.logo ?? null,
    logoLinkActive: false,
    status: "open",
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
  };
  await refuseTaken(call, organization, new Set(["slug", "externalId"]));
  refuseOtherPolicies(organization, "joinPolicies");
  refuseBeyondPlan(organization, await countMembers(db, id));
  await refuseWrongLink(db, organization);
  await store(call, "organizations", id, { ...settableColumns(organization), status: organization.status });
  await keepLogo(db, id, given);
  // A taken-over organization already has a chain.
  if (lost === undefined) {
    await beginChain(db, call.facilities.peppers, id, now);
  }
  return { id };
}

/** The settable members of a create, with defaults. */
function settableOf(body: Schemas["OrganizationCreate"]) {
  const allowedJoinPolicies = [...(body.allowedJoinPolicies ?? joinPolicyValues)];
  return {
    slug: body.slug,
    name: body.name,
    websiteUrl: body.websiteUrl ?? null,
    logo: body.logo ?? null,
    joinPolicies: [...(body.joinPolicies ?? allowedJoinPolicies)],
    allowedJoinPolicies,
    features: { externalApiAccess: false, ...body.features },
    settings: { keysPerOwner: null, allowExpiringJwt: false, ...body.settings },
    subscription: {
      plan: "basic" as const,
      billing: "custom" as const,
      stripeSubscription: null,
      ...body.subscription,
    },
  };
}

async function updateOrganization(context: Context, update: Update<Organization>): Promise<void> {
  const { before, after, changed } = update;
  requireUpdatePermissions(context, before, after, changed);
  await refuseTaken(context, after, changed);
  await writeOrganization(context, update);
  // Change the plan at Stripe last, after all checks.
  await changePlanAtStripe(context, before, after);
}

/**
 * Writes the members of an organization, whichever object they were changed through.
 *
 * @throws Refusal `plan_required`, `unprocessable`.
 */
export async function writeOrganization(
  { db, now }: Context,
  { before, after: wanted, changed }: Update<Organization>,
): Promise<void> {
  const given = await givenLogo(db, wanted.id, wanted.logo);
  const after = { ...wanted, logo: given?.logo ?? null };
  // A logo with the same content is not a change.
  if (isSame(before, after)) {
    return;
  }
  if (changed.has("joinPolicies") || changed.has("allowedJoinPolicies")) {
    refuseOtherPolicies(after, changed.has("joinPolicies") ? "joinPolicies" : "allowedJoinPolicies");
  }
  refuseBeyondPlan(after, changed.has("subscription") ? await countMembers(db, after.id) : 0);
  if (changed.has("logo")) {
    await keepLogo(db, after.id, given);
  }
  if (changed.has("subscription")) {
    await refuseWrongLink(db, after);
  }
  const columns = { ...settableColumns(after), updated_at: now };
  await db.updateTable("organizations").set(columns).where("id", "=", after.id).execute();
}

/**
 * Refuses join policies that the service owner doesn't allow.
 *
 * @param changed the member that the request changes.
 * @throws Refusal `unprocessable`
 */
function refuseOtherPolicies(
  { id, joinPolicies, allowedJoinPolicies }: Organization,
  changed: "joinPolicies" | "allowedJoinPolicies",
): void {
  const others = joinPolicies.filter((policy) => !allowedJoinPolicies.includes(policy)).join(", ");
  if (others === "") {
    return;
  }
  throw unprocessable(
    `/${changed}`,
    changed === "joinPolicies"
      ? `This organization's allowedJoinPolicies are ${allowedJoinPolicies.join(", ")}, without ${others}. Choose from these, or ask ` +
          "the service owner to allow more."
      : `The organization's joinPolicies still include ${others}. Change joinPolicies first, or in the same request.`,
    [{ kind: "organization", id }],
  );
}

function requireUpdatePermissions(
  call: Context,
  before: Organization,
  after: Organization,
  changed: ReadonlySet<keyof Organization>,
): void {
  const link = (["billing", "stripeSubscription"] as const).filter(
    (name) => before.subscription[name] !== after.subscription[name],
  );
  const ownersOnly = [...(changed.has("features") ? ["features"] : []), ...link.map((name) => `subscription.${name}`)];
  if (ownersOnly.length > 0) {
    requireServiceOwner(call, `Changing ${ownersOnly.join(" and ")}`);
  }
  if (changed.has("allowedJoinPolicies")) {
    requireServiceOwner(call, "Changing allowedJoinPolicies");
  }
  if (changed.has("subscription")) {
    const { billing, stripeSubscription } = before.subscription;
    const isOwner = isServiceOwner(call.principal);
    // No administrator can change a custom plan, so this comes before the permission.
    if (!isOwner && billing === "custom") {
      throw contactVendor(before, "has custom billing");
    }
    requirePermission(call, before.id, "subscription:update");
    if (!isOwner && stripeSubscription === null) {
      throw contactVendor(before, "is not linked to Stripe yet");
    }
  }
  if ([...changed].some((member) => member !== "subscription")) {
    requirePermission(call, before.id, "organization:update");
  }
}

function contactVendor({ id }: Organization, why: string): Refusal {
  return new Refusal("contact_vendor", `This subscription ${why}. Contact the vendor to change its plan.`, {
    dependsOn: [{ kind: "organization", id }],
  });
}

async function refuseTaken(
  call: Context,
  organization: Organization,
  changed: ReadonlySet<keyof Organization>,
): Promise<void> {
  if (changed.has("slug")) {
    const existing = await call.db
      .selectFrom("organizations")
      .select("id")
      .where("slug_live", "=", organization.slug)
      .where("id", "!=", organization.id)
      .executeTakeFirst();
    if (existing !== undefined) {
      throw await conflict(call, organizations, existing, "slug_taken", "Another organization has this slug");
    }
  }
  if (changed.has("externalId")) {
    await refuseTakenExternalId(call, organizations, null, organization);
  }
}

async function close(call: Context, { id, status }: Organization): Promise<void> {
  if (status === "closed") {
    return;
  }
  const everybodys = { organizationId: id, requestId: call.requestId };
  await revokeKeys(call, everybodys);
  await deleteAssignments(call, everybodys);
  await endMemberships(call, { organizationId: id });
  await call.db
    .updateTable("organizations")
    .set({ status: "closed", slug_live: null, external_id_live: null, updated_at: call.now })
    .where("id", "=", id)
    .execute();
}
