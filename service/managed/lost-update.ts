/** Refuses a change that is based on an outdated version of an object. */
import type { Selectable } from "kysely";
import type { Context } from "../auth/operation.ts";
import { holds } from "../auth/principal.ts";
import { Refusal } from "../problems.ts";
import type { Tables } from "../rows/tables.ts";
import { etagOf, isMatch } from "./etag.ts";
import type { Managed, Resource } from "./resource.ts";

type Entry = Selectable<Tables["audit_entries"]>;

const entriesLookedAt = 100;
const advice = "Read it again, and then decide what to change.";

/**
 * Refuses a change that is based on an outdated version of an object. The message says when the object was changed; to
 * callers who can read the audit, it also says what was changed, by whom and in which request.
 *
 * @throws Refusal `precondition_failed`
 */
export async function refuseLostUpdate<T extends Managed>(
  context: Context,
  resource: Resource<T>,
  item: T,
  ifMatch: string | undefined,
): Promise<void> {
  const etag = etagOf(resource, item);
  if (isMatch(ifMatch, etag)) {
    return;
  }
  if (resource.apart !== undefined && isMatch(ifMatch, etag, true)) {
    if ((await resource.apart.managerOf(context, item)) !== undefined) {
      return;
    }
  }
  const entry = await newestChange(context, resource, item.id);
  throw new Refusal("precondition_failed", `${describe(context, resource, entry)} ${advice}`, {
    dependsOn: [{ kind: resource.kind, id: item.id }],
  });
}

/** The newest audit entry that changed a settable member, because the ETag covers only those. */
async function newestChange<T extends Managed>(
  { db }: Context,
  resource: Resource<T>,
  id: string,
): Promise<Entry | undefined> {
  const entries = await db
    .selectFrom("audit_entries")
    .selectAll()
    .where("object_id", "=", id)
    .orderBy("id", "desc")
    .limit(entriesLookedAt)
    .execute();
  return entries.find((entry) => entry.before === null || changedIn(entry, resource).length > 0);
}

function changedIn<T extends Managed>({ before, after }: Entry, resource: Resource<T>): string[] {
  const changed = { ...before, ...after };
  return resource.settable.map(String).filter((member) => Object.hasOwn(changed, member));
}

function describe<T extends Managed>({ principal }: Context, resource: Resource<T>, entry: Entry | undefined): string {
  const noun = `The ${resource.noun}`;
  if (entry === undefined) {
    return `${noun} was changed since it was read.`;
  }
  const { at, before, organization_id, request_id } = entry;
  const time = at.toISOString().replace(/\.\d+Z$/, "Z");
  const mayReadAudit = holds(principal, "audit:read", organization_id);
  const [who, request] = mayReadAudit ? [`, by ${actorOf(entry)}`, ` (request ${request_id})`] : ["", ""];
  if (before === null) {
    return `${noun} is not in a version that If-Match lists: it has not changed since it was created${who}, at ${time}${request}.`;
  }
  const what = mayReadAudit ? `: ${changedIn(entry, resource).join(", ")}` : "";
  return `${noun} was changed since it was read${what}${who}, at ${time}${request}.`;
}

function actorOf({ actor_kind, actor_id, actor_token }: Entry): string {
  if (actor_kind === "owner") {
    return "the owner token";
  }
  if (actor_kind === "service") {
    return "the service";
  }
  const token = actor_token === null ? "" : ` with the access token ${actor_token}`;
  return `${actor_kind === "api_key" ? "API key" : "user"} ${actor_id}${token}`;
}
