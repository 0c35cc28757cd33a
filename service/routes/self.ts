/** The operation that identifies the service and the caller. */
import type { AnswerOf, Call } from "../auth/operation.ts";
import { inOrder } from "../auth/permissions.ts";
import { type Routes, read } from "../http/route.ts";
import { readIdentity } from "../rows/identity.ts";

/** The route that identifies the service and the caller. */
export const selfRoutes: Routes<"getSelf"> = { getSelf: read(tellSelf) };

async function tellSelf({ db, principal }: Call<"getSelf">): Promise<AnswerOf<"getSelf">> {
  const { id, restores } = await readIdentity(db);
  const isKey = principal.kind === "api_key";
  return {
    service: {
      id,
      restores: restores.map(({ takenAt, restoredAt }) => ({
        takenAt: takenAt.toISOString(),
        restoredAt: restoredAt.toISOString(),
      })),
    },
    caller: {
      kind: isKey ? "api_key" : "owner",
      id: principal.id,
      user: isKey ? principal.user : null,
      serviceOwner: principal.kind === "owner",
    },
    organizations: isKey ? [{ id: principal.organization, permissions: inOrder(principal.permissions) }] : [],
  };
}
