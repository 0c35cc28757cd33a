/** The operation that identifies the service and the caller. */
import type { AnswerOf, Call } from "../auth/operation.ts";
import { isServiceOwner } from "../auth/principal.ts";
import { type Routes, read } from "../http/route.ts";
import { readIdentity } from "../rows/identity.ts";

/** The route that identifies the service and the caller. */
export const selfRoutes: Routes<"getSelf"> = { getSelf: read(tellSelf) };

async function tellSelf({ db, principal }: Call<"getSelf">): Promise<AnswerOf<"getSelf">> {
  const { id, restores } = await readIdentity(db);
  return {
    service: {
      id,
      restores: restores.map(({ takenAt, restoredAt }) => ({
        takenAt: takenAt.toISOString(),
        restoredAt: restoredAt.toISOString(),
      })),
    },
    caller: {
      kind: principal.kind === "api_key" ? "api_key" : "owner",
      id: principal.id,
      user: principal.user,
      serviceOwner: isServiceOwner(principal),
    },
    organizations: principal.rights.list(),
  };
}
