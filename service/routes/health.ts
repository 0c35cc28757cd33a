/** The operations on the service's health and contract. */
import type { Schemas } from "roster-schema";
import type { Call } from "../auth/operation.ts";
import { contractText } from "../http/contract.ts";
import { type Page, selectPage } from "../http/paging.ts";
import { publicRead, type Routes, read } from "../http/route.ts";
import { isAdministrator, lacksAdministrator } from "../managed/administrators.ts";
import { requireServiceOwner } from "../managed/resource.ts";
import { Refusal } from "../problems.ts";
import { unavailabilityOf } from "../rows/database.ts";
import type { Database } from "../rows/tables.ts";
import { userStatusOf } from "../rows/user-status.ts";

/** The routes of the service's health and contract. */
export const healthRoutes: Routes<"getLiveness" | "getReadiness" | "getContract" | "listHealthFindings"> = {
  listHealthFindings: read(listFindings),
  getLiveness: publicRead(() => ({ status: "ok" })),
  getReadiness: publicRead(async ({ db }) => {
    try {
      // A write that changes nothing fails if the database accepts no changes.
      await db.deleteFrom("attempts").where("id", "=", "").execute();
    } catch (cause) {
      throw new Refusal("unavailable", unavailabilityOf(cause) ?? "The database doesn't answer.", { cause });
    }
    return { status: "ok" };
  }),
  getContract: publicRead((_runtime, reply) => {
    reply.type("application/yaml");
    return contractText;
  }),
};

async function listFindings(call: Call<"listHealthFindings">): Promise<Page<Schemas["HealthFinding"]>> {
  requireServiceOwner(call, "Reading the health findings");
  const { db, now, query } = call;
  const unattended = db
    .selectFrom("organizations")
    .select(["organizations.id", "organizations.slug", "organizations.name"])
    .where("organizations.status", "=", "open")
    .where(lacksAdministrator(now));
  const page = await selectPage(unattended, "organizations.id", "organization", query, (row) => row);
  const reasons = await reasonsOf(
    db,
    page.items.map(({ id }) => id),
  );
  return {
    ...page,
    items: page.items.map(({ id, slug, name }) => ({
      id,
      kind: "organization_without_administrator",
      organization: id,
      slug,
      name,
      detail: detailOf(reasons.get(id) ?? []),
    })),
  };
}

/** The reasons why the administrators of organizations can't act. */
async function reasonsOf(db: Database, organizationIds: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
  const reasons = new Map<string, string[]>();
  if (organizationIds.length === 0) {
    return reasons;
  }
  const rows = await db
    .selectFrom("memberships")
    .innerJoin("users", "users.id", "memberships.user_id")
    .select(["memberships.organization_id", "users.state", "users.activated_at", "users.block_reason"])
    .where("memberships.organization_id", "in", organizationIds)
    .where(isAdministrator)
    .orderBy("memberships.id")
    .execute();
  for (const { organization_id, ...user } of rows) {
    const status = userStatusOf(user);
    const reason = status === "active" ? "without a usable API key" : status;
    reasons.set(organization_id, [...(reasons.get(organization_id) ?? []), reason]);
  }
  return reasons;
}

function detailOf(reasons: readonly string[]): string {
  const advice = "Make a user who can act its administrator.";
  if (reasons.length === 0) {
    return `The organization has no administrator. ${advice}`;
  }
  const counts = [...new Set(reasons)].map((reason) => {
    return `${reasons.filter((other) => other === reason).length} ${reason}`;
  });
  return `No administrator of the organization can act: ${counts.join(", ")}. ${advice}`;
}
