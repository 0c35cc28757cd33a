/** Rotation: a key gets a new secret, and the previous secret can stay valid for a while. */
import { durationMs, type Schemas } from "roster-schema";
import type { Context } from "../../auth/operation.ts";
import { endSooner, heldUntilOf, type SecretOverlap, selectSecretEnd } from "../../keys/secret-end.ts";
import { isEarlier } from "../../managed/take-over.ts";
import { type ObjectReference, Refusal, unprocessable } from "../../problems.ts";
import { findOpenOrganization } from "../organizations/resource.ts";
import { refuseGranting } from "./changes.ts";
import { requireApiAccess } from "./draft.ts";
import { issueSecret } from "./issue.ts";
import { type Key, type KeyKind, type KeyMembers, notActive } from "./key.ts";

/** A call that rotates a key or an access token. */
export type RotationCall = Context & { readonly body: Schemas["ApiKeyRotation"] };

/**
 * Gives a key or an access token its next secret.
 *
 * @returns the plaintext; null if the client made the secret.
 * @throws Refusal `key_not_active`, `organization_closed`, `api_access_disabled`, `permission_denied`, `secret_in_use`,
 * `generation_conflict`; `unprocessable` for a secret or an overlap that can't be used.
 */
export async function rotateKey<T extends KeyMembers>(
  kind: KeyKind<T>,
  call: RotationCall,
  item: T,
): Promise<string | null> {
  const { body, db, now } = call;
  const key = kind.keyOf(item);
  if (key.status !== "active") {
    throw notActive(kind, key, `Create another ${kind.word}.`);
  }
  const organization = await findOpenOrganization(call, key.organization);
  if (kind.needsApiAccess) {
    requireApiAccess(organization);
  }
  await refuseGranting(kind, call, key);
  if ((key.kind === "webapi") !== (body.secret !== undefined)) {
    throw unprocessable("/secret", "Give a secret for a key of kind webapi, and for no other kind.");
  }
  refuseMisfit(call);
  if (body.generation === key.generation + 1) {
    await endSecrets(kind, call, key);
  } else {
    await refuseUnlessUnused(kind, call, key);
    await shortenOverlap(call, key);
  }
  const { expires_at } = await db
    .updateTable("api_keys")
    .set({ generation: body.generation, updated_at: now })
    .where("id", "=", key.id)
    .returning("expires_at")
    .executeTakeFirstOrThrow();
  return await issueSecret(call, {
    keyId: key.id,
    generation: body.generation,
    kind: key.kind,
    format: key.format,
    organizationId: key.organization,
    ownerId: key.owner,
    expiresAt: expires_at,
    clientSecret: body.secret,
  });
}

/** @throws Refusal `unprocessable` if `holdWhileUsed` would have no effect. */
function refuseMisfit({ body }: RotationCall): void {
  if (body.holdWhileUsed === undefined || overlapOf(body).overlapMs > 0) {
    return;
  }
  throw unprocessable(
    "/holdWhileUsed",
    "Without an overlap, the earlier secret ends at once, even if it is in use. Give an overlap.",
  );
}

function overlapOf({ overlap = "0s", holdWhileUsed }: Schemas["ApiKeyRotation"]): SecretOverlap {
  return {
    overlapMs: durationMs(overlap),
    holdSeconds: holdWhileUsed === undefined ? null : durationMs(holdWhileUsed) / 1000,
  };
}

/**
 * Keeps the current secret valid for the overlap, and ends older secrets at once: a key has at most two valid secrets.
 *
 * @throws Refusal `secret_in_use` if an older secret is still in use.
 */
async function endSecrets<T extends KeyMembers>(kind: KeyKind<T>, call: RotationCall, key: Key): Promise<void> {
  const { body, db, now } = call;
  const { overlapMs, holdSeconds } = overlapOf(body);
  // A key has at most two valid secrets, so secrets before this one have ended.
  const generation = key.generation - 1;
  const older = await selectSecretEnd(db, key.id, generation);
  const heldUntil = older === undefined ? null : heldUntilOf(older);
  if (overlapMs > 0 && heldUntil !== null && heldUntil > now) {
    throw secretInUse({ kind: kind.resource.kind, id: key.id }, generation, heldUntil);
  }
  await endSooner(call, { keyId: key.id, generation }, older, { overlapMs: 0, holdSeconds: null });
  await db
    .updateTable("api_key_secrets")
    .set({ expires_at: new Date(now.getTime() + overlapMs), hold_while_used_seconds: holdSeconds })
    .where("key_id", "=", key.id)
    .where("generation", "=", key.generation)
    .execute();
}

/**
 * Applies the overlap of a rotation that generates a secret again, so that one without an overlap leaves a single valid secret,
 * whoever made that generation first and with which overlap. The previous secret never ends later than it would have.
 */
async function shortenOverlap(call: RotationCall, key: Key): Promise<void> {
  const generation = key.generation - 1;
  const previous = await selectSecretEnd(call.db, key.id, generation);
  await endSooner(call, { keyId: key.id, generation }, previous, overlapOf(call.body));
}

function secretInUse(key: ObjectReference, generation: number, heldUntil: Date): Refusal {
  return new Refusal(
    "secret_in_use",
    `The secret of generation ${generation} is still in use: it stays valid until ${heldUntil.toISOString()}, or longer while it ` +
      "is used. Rotate later, or with the overlap 0s, which ends it at once.",
    { dependsOn: [key] },
  );
}

/**
 * Requires that the current generation can be issued again: its secret must be unused, so that the answer to the rotation
 * may have been lost, and must not come from a later run than this request.
 *
 * @throws Refusal `generation_conflict`
 */
async function refuseUnlessUnused<T extends KeyMembers>(
  { resource }: KeyKind<T>,
  { body, db, run }: RotationCall,
  key: Key,
): Promise<void> {
  const wrong = new Refusal(
    "generation_conflict",
    `The key is at generation ${key.generation}; the next one is ${key.generation + 1}. Read the key again, and then decide what to do.`,
    { dependsOn: [{ kind: resource.kind, id: key.id }] },
  );
  if (body.generation !== key.generation) {
    throw wrong;
  }
  const secret = await db
    .selectFrom("api_key_secrets")
    .select(["used_at", "created_run"])
    .where("key_id", "=", key.id)
    .where("generation", "=", key.generation)
    .executeTakeFirstOrThrow();
  const isOvertaken = run !== undefined && secret.created_run !== null && isEarlier(run, secret.created_run);
  if (secret.used_at !== null || isOvertaken) {
    throw wrong;
  }
}
