import type { Schemas } from "roster-schema";
import type { Call } from "../operation.ts";
import { type Page, selectPage } from "../paging.ts";
import { type Managed, type Resource, requirePermission } from "../resource.ts";
import { resources } from "../resources/index.ts";
import { type Routes, read } from "../route.ts";
import { createdColumns } from "../tables.ts";
import { isLost } from "../take-over.ts";

type ManagedObject = Schemas["ManagedObject"];

interface Dated extends Managed {
  readonly createdAt: string | null;
}

/** The route that tells a stack what of its own there is. */
export const managedObjectRoutes: Routes<"listManagedObjects"> = { listManagedObjects: read(listManaged) };

async function listManaged(call: Call<"listManagedObjects">): Promise<Page<ManagedObject>> {
  // Each kind's functions are given what they made.
  const resource = resources[call.query.kind] as unknown as Resource<Dated>;
  const { db, principal, query } = call;
  requirePermission(call, resource.reading);
  // The six tables share these columns, which Kysely's types don't see through a variable.
  let rows = db
    .selectFrom(resource.table as "roles")
    .select(createdColumns)
    .where("external_id", "like", `${query.externalIdPrefix.replace(/[\\%_]/g, "\\$&")}%`);
  if (principal.kind === "api_key") {
    rows = rows.where(resource.organizationColumn as "organization_id", "=", principal.organization);
  }
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
