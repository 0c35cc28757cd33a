import type { Schemas } from "roster-schema";
import type { Call } from "../operation.ts";
import { type Page, selectPage } from "../paging.ts";
import { type Managed, type Resource, requirePermission } from "../resource.ts";
import { apiKeyAssignments } from "../resources/api-key-assignments.ts";
import { apiKeys } from "../resources/api-keys.ts";
import { memberships } from "../resources/memberships.ts";
import { organizations } from "../resources/organizations.ts";
import { roles } from "../resources/roles.ts";
import { users } from "../resources/users.ts";
import { type Routes, read } from "../route.ts";
import { createdColumns } from "../tables.ts";
import { isLost } from "../take-over.ts";

type ManagedObject = Schemas["ManagedObject"];

/** The route that tells a stack what of its own there is. */
export const managedObjectRoutes: Routes<"listManagedObjects"> = {
  listManagedObjects: read(async (call) => {
    switch (call.query.kind) {
      case "organization":
        return await listManaged(call, organizations, "id");
      case "user":
        return await listManaged(call, users, "home_organization_id");
      case "role":
        return await listManaged(call, roles, "organization_id");
      case "membership":
        return await listManaged(call, memberships, "organization_id");
      case "api_key":
        return await listManaged(call, apiKeys, "organization_id");
      case "api_key_assignment":
        return await listManaged(call, apiKeyAssignments, "organization_id");
    }
  }),
};

/** @param scope the column of the organization that an object belongs to. */
async function listManaged<T extends Managed & { readonly createdAt: string | null }>(
  call: Call<"listManagedObjects">,
  resource: Resource<T>,
  scope: "id" | "home_organization_id" | "organization_id",
): Promise<Page<ManagedObject>> {
  const { db, principal, query } = call;
  requirePermission(call, resource.reading);
  // The six tables share these columns, which Kysely's types don't see through a variable.
  let rows = db
    .selectFrom(resource.table as "roles")
    .select(createdColumns)
    .where("external_id", "like", `${query.externalIdPrefix.replace(/[\\%_]/g, "\\$&")}%`);
  if (principal.kind === "api_key") rows = rows.where(scope as "organization_id", "=", principal.organization);
  const page = await selectPage(rows, "id", resource.kind, query, (row) => row);
  const created = new Map(page.items.map((row) => [row.id, row]));
  const items = created.size === 0 ? [] : await resource.loadAll(call, [...created.keys()]);
  return {
    items: items
      .filter((item) => resource.isLive(item))
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
      .map((item) => ({
        id: item.id,
        kind: resource.kind,
        externalId: item.externalId ?? "",
        organization: resource.organizationOf(item),
        name: resource.nameOf(item),
        createdAt: item.createdAt ?? "",
        adopted: item.adopted,
        lost: isLost(call, resource, item, created.get(item.id)),
      })),
    nextCursor: page.nextCursor,
  };
}
