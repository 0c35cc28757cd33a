/** The operation that identifies the service and the caller. */
import type { AnswerOf, Call } from "../auth/operation.ts";
import { isServiceOwner } from "../auth/principal.ts";
import { type Routes, read } from "../http/route.ts";
import { load } from "../managed/resource.ts";
import { findPersonalToken } from "../objects/access-tokens/personal-tokens.ts";
import { accessTokens } from "../objects/access-tokens/resource.ts";
import { organizations } from "../objects/organizations/resource.ts";
import { users } from "../objects/users/resource.ts";
import { readIdentity } from "../rows/identity.ts";

type Self = AnswerOf<"getSelf">;

/** The route that identifies the service and the caller. */
export const selfRoutes: Routes<"getSelf"> = { getSelf: read(tellSelf) };

async function tellSelf(call: Call<"getSelf">): Promise<Self> {
  const { id, restores } = await readIdentity(call.db);
  return {
    service: {
      id,
      restores: restores.map(({ takenAt, restoredAt }) => ({
        takenAt: takenAt.toISOString(),
        restoredAt: restoredAt.toISOString(),
      })),
    },
    caller: await callerOf(call),
    organizations: await organizationsOf(call),
  };
}

async function callerOf(call: Call<"getSelf">): Promise<Self["caller"]> {
  const { kind, id, user, accessToken } = call.principal;
  if (kind === "service") {
    throw new Error("the service doesn't call itself");
  }
  const token =
    accessToken === null || user === null
      ? undefined
      : ((await findPersonalToken(call, user, accessToken)) ?? (await load(call, accessTokens, accessToken)));
  return {
    kind,
    id,
    user,
    email: (user === null ? undefined : await load(call, users, user))?.email ?? null,
    serviceOwner: isServiceOwner(call.principal),
    accessToken: token === undefined ? null : { id: token.id, name: token.name, expiresAt: token.expiresAt },
  };
}

async function organizationsOf(call: Call<"getSelf">): Promise<Self["organizations"]> {
  const { db, now, principal } = call;
  const held = principal.rights.list();
  if (held.length === 0) {
    return [];
  }
  const found = await organizations.loadAll(
    { db, now },
    held.map(({ id }) => id),
  );
  const byId = new Map(found.map((organization) => [organization.id, organization]));
  const roles = await rolesOf(call);
  return held.map(({ id, permissions }) => ({
    id,
    slug: byId.get(id)?.slug ?? "",
    name: byId.get(id)?.name ?? "",
    role: roles.get(id) ?? null,
    permissions,
  }));
}

/** The roles of the user who acts, by organization. */
async function rolesOf({ db, principal }: Call<"getSelf">): Promise<ReadonlyMap<string, string>> {
  if (principal.kind !== "user") {
    return new Map();
  }
  const rows = await db
    .selectFrom("memberships")
    .select(["organization_id", "role"])
    .where("user_id", "=", principal.user)
    .where("status", "=", "active")
    .execute();
  return new Map(rows.map(({ organization_id, role }) => [organization_id, role]));
}
