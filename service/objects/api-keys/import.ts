/** Imports legacy keys by the hashes of their secrets. */
import { endOf, isNever, type Schemas } from "roster-schema";
import type { Call } from "../../auth/operation.ts";
import { requireServiceOwner } from "../../managed/resource.ts";
import { unprocessable } from "../../problems.ts";
import { newId } from "../../rows/identifiers.ts";
import { liveName } from "../../rows/tables.ts";
import { findOpenOrganization } from "../organizations/resource.ts";
import { refuseTaken } from "./changes.ts";
import { requireApiAccess } from "./draft.ts";
import { storeDigest } from "./issue.ts";
import { apiKeyKind } from "./resource.ts";

/**
 * Imports a key by the hash of its secret.
 *
 * @returns the key's identifier.
 * @throws Refusal `permission_denied`, `organization_closed`, `api_access_disabled`, `name_taken`; `unprocessable` for
 * invalid times and for a hash that is already in use.
 */
export async function importApiKey(call: Call<"importApiKey">): Promise<string> {
  const { body, db, now, path, principal } = call;
  const organization = await findOpenOrganization(call, path.organizationId);
  requireServiceOwner(call, "Importing a key by its hash");
  requireApiAccess(organization);
  const id = newId("api_key");
  const createdAt = readPast("/createdAt", body.createdAt, now) ?? now;
  const usedAt = readPast("/lastUsedAt", body.lastUsedAt, now);
  const expiresAt = readEnd(body);
  const isActive = expiresAt === null || expiresAt > now;
  if (isActive) {
    await refuseTaken(apiKeyKind, call, { id, organization: organization.id, name: body.name, externalId: null });
  }
  await db
    .insertInto("api_keys")
    .values({
      id,
      organization_id: organization.id,
      owner_id: null,
      external_id: null,
      external_id_live: null,
      name: body.name,
      name_live: isActive ? liveName(apiKeyKind.scopeOf(organization.id), body.name) : null,
      kind: "server",
      format: "opaque",
      permissions: "[]",
      generation: 1,
      end_date: body.endDate ?? null,
      expires_at: expiresAt,
      revoked_at: null,
      legacy: true,
      created_by: principal.id,
      created_at: createdAt,
      // An imported key is not a lost create.
      created_run: null,
      known_at: now,
      updated_at: now,
    })
    .execute();
  await storeDigest(call, { keyId: id, digest: Buffer.from(body.sha256, "hex"), createdAt, usedAt });
  return id;
}

/** @throws Refusal `unprocessable` if the time doesn't exist or is in the future. */
function readPast(pointer: string, time: string | undefined, now: Date): Date | null {
  if (time === undefined) {
    return null;
  }
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) {
    throw unprocessable(pointer, "The time does not exist.");
  }
  refuseNever(pointer, at);
  if (at > now) {
    throw unprocessable(pointer, "The time is in the future. Give a time in the past.");
  }
  return at;
}

/** The end date may be in the past, because expired keys are imported as records. */
function readEnd({ endDate }: Schemas["ApiKeyImport"]): Date | null {
  if (endDate === undefined) {
    return null;
  }
  const end = endOf(endDate);
  if (end === undefined) {
    throw unprocessable("/endDate", "The date or time does not exist.");
  }
  refuseNever("/endDate", end);
  return end;
}

/** Refuses times that other systems use for "never". */
function refuseNever(pointer: string, at: Date): void {
  if (!isNever(at)) {
    return;
  }
  throw unprocessable(pointer, 'The time must be after 1970-01-01T00:00:00Z. Omit it for "never".');
}
