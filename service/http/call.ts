/** Converts a request to a call. */
import type { FastifyRequest } from "fastify";
import type { Call, OperationId } from "../auth/operation.ts";
import type { Principal } from "../auth/principal.ts";
import { currentGroup } from "../rows/shared-statements.ts";
import type { Database } from "../rows/tables.ts";
import type { Runtime } from "./runtime.ts";

/** The principal of an authenticated request. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) {
    throw new Error(`${request.url} is not authenticated`);
  }
  return request.principal;
}

/** The call of a request. */
export function callOf<O extends OperationId>(
  runtime: Runtime,
  request: FastifyRequest,
  db: Database,
  principal: Principal,
): Call<O> {
  const { params, query, body } = request;
  // Requests are validated against the contract before any handler runs; the types come from the same contract.
  const input = { path: params, query, body } as Pick<Call<O>, "path" | "query" | "body">;
  const { clock, facilities } = runtime;
  const run = header(request, "roster-run");
  const attempt = header(request, "idempotency-key") ?? request.id;
  const now = currentGroup()?.now ?? clock();
  return { ...input, db, principal, now, requestId: request.id, run, attempt, facilities };
}

/** The value of a header. */
export function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}
