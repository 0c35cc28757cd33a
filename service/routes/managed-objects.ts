/** The operation that lists the objects that a stack manages. */
import { idPrefix, isId, type Schemas } from "roster-schema";
import type { Call } from "../auth/operation.ts";
import { defaultLimit, type Page, readCursor, selectAfter, toPage } from "../http/paging.ts";
import { type Routes, read } from "../http/route.ts";
import { etagOf } from "../managed/etag.ts";
import { type Managed, type Resource, requireSomewhere } from "../managed/resource.ts";
import { findRuns, runsThatMayHaveLost } from "../managed/runs.ts";
import { fateOf } from "../managed/take-over.ts";
import { resources } from "../objects/index.ts";
import { beginningWith, type CreationColumns, creationColumns } from "../rows/tables.ts";

type ListCall = Call<"listManagedObjects">;
type ManagedObject = Schemas["ManagedObject"];

interface Dated extends Managed {
  readonly createdAt: string | null;
}

type Row = CreationColumns & { readonly id: string };

/** The route that lists managed objects. */
export const managedObjectRoutes: Routes<"listManagedObjects"> = { listManagedObjects: read(listManaged) };

// Each resource gets only its own objects. The kinds are sorted by id prefix, so that all kinds form one list.
const kinds = (Object.values(resources) as unknown as Resource<Dated>[]).toSorted((one, other) =>
  idPrefix(one.kind) < idPrefix(other.kind) ? -1 : 1,
);

async function listManaged(call: ListCall): Promise<Page<ManagedObject>> {
  const { cursor, kind, limit = defaultLimit } = call.query;
  const requested = kinds.filter((resource) => kind === undefined || resource.kind === kind);
  requireSomewhere(call, ...requested.map(({ reading }) => reading));
  const readable = requested.filter(({ reading }) => call.principal.rights.where(reading).length > 0);
  const after = readCursor(cursor, (id) => readable.some((resource) => isId(resource.kind, id)));
  const first = readable.findIndex((resource) => after !== undefined && isId(resource.kind, after));
  const rows: (Row & { readonly resource: Resource<Dated> })[] = [];
  for (const [at, resource] of readable.entries()) {
    if (at < first || rows.length > limit) {
      continue;
    }
    const count = limit + 1 - rows.length;
    const found = await selectAfter(rowsOf(call, resource), "id", at === first ? after : undefined, count);
    rows.push(...found.map((row) => ({ ...row, resource })));
  }
  const page = toPage(rows, limit, (row) => row);
  const items: ManagedObject[] = [];
  for (const resource of readable) {
    items.push(
      ...(await toManagedObjects(
        call,
        resource,
        page.items.filter((row) => row.resource === resource),
      )),
    );
  }
  return { items, nextCursor: page.nextCursor };
}

/** The query for the rows of one kind. */
function rowsOf(call: ListCall, resource: Resource<Dated>) {
  const { db, principal, query } = call;
  const own = beginningWith(query.externalIdPrefix);
  // The tables share these columns, which Kysely's types don't express for a variable.
  let rows = db
    .selectFrom(resource.table as "roles")
    .select(creationColumns)
    // API keys and access tokens have one table.
    .where("id", "like", beginningWith(`${idPrefix(resource.kind)}_`))
    .where("external_id", "like", own);
  if (query.entries === "omit") {
    rows = rows.where("external_id", "not like", `${own}/%`);
  }
  if (query.lost !== undefined) {
    rows = rows.where("known_at", "is", null).where("created_run", "in", runsThatMayHaveLost(call));
  }
  const scope = principal.rights.where(resource.reading);
  if (scope !== "everywhere") {
    rows = rows.where(resource.organizationColumn as "organization_id", "in", scope);
  }
  return rows;
}

/** Converts rows of one kind to the contract's form, without objects that have ended. */
async function toManagedObjects(
  call: ListCall,
  resource: Resource<Dated>,
  rows: readonly Row[],
): Promise<ManagedObject[]> {
  if (rows.length === 0) {
    return [];
  }
  const created = new Map(rows.map((row) => [row.id, row]));
  const items = await resource.loadAll(call, [...created.keys()]);
  const makers = await findRuns(call, [...new Set(rows.flatMap(({ created_run }) => created_run ?? []))]);
  const fates = new Map(
    items.map((item) => {
      const found = created.get(item.id);
      return [item.id, fateOf(call, resource, item, found, makers.get(found?.created_run ?? ""))];
    }),
  );
  return items
    .filter((item) => resource.isLive(item) && (call.query.lost === undefined || fates.get(item.id)?.is === "lost"))
    .toSorted((one, other) => (one.id < other.id ? -1 : 1))
    .map((item) => ({
      id: item.id,
      kind: resource.kind,
      externalId: item.externalId ?? "",
      organization: resource.organizationOf(item),
      name: resource.nameOf(item),
      createdAt: item.createdAt ?? "",
      adopted: item.adopted,
      lost: fates.get(item.id)?.is === "lost",
      unsettled: fates.get(item.id)?.is === "unsettled",
      ...(call.query.include === "object"
        ? { object: item as object as ManagedObject["object"], etag: etagOf(resource, item) }
        : {}),
    }));
}
